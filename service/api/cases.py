"""Cases as they are read: lists, one, and its log."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.answers import json
from service.api.entries import event_answers
from service.api.etags import etag
from service.api.failures import language_of
from service.api.guards import House, Principal, needs
from service.api.models.cases import CaseAnswer, CaseList, EventList
from service.api.models.problems import responses
from service.api.models.queries import CasesAsked, Paged
from service.api.outlooks import case_answers
from service.api.pages import page
from service.api.queries import after_of, check_currency, known_id, listing, minor, sorted_by_amount
from service.api.roles import Right
from service.api.wishes import Counting
from service.domain.refusals import NotFound
from service.store import listings, log, lookups

router = APIRouter(prefix="/v1", tags=["cases"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get("/cases", response_model=CaseList, responses=responses(422), summary="List cases")
def list_cases(
    asked: Annotated[CasesAsked, Query()], counting: Counting, request: Request, house: House, reader: Reader
) -> Response:
    """Open cases by any of the filters, all of which must hold. Closed ones are listed by `customer`, by `stage=closed`
    and, in `q`, by their whole id. A case that does not change is neither skipped nor repeated between pages."""
    check_currency(asked.currency)
    by, down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if by == "open_amount":
        sorted_by_amount(asked.currency)
    wanted = _filter(asked)
    pages = listing(house, reader, "cases", asked)
    position = after_of(pages.after())
    after = (listings.value_of(position[0], by), position[1]) if position else None
    language = language_of(request)
    with house.desk.open(reader.tenant) as session:
        rows = listings.cases(session.tx, wanted, session.scene.today, by, down, after, asked.limit)
        total = listings.count_cases(session.tx, wanted, session.scene.today) if counting else None
        data = case_answers(session, [(row.case, row.customer) for row in rows], language)
    next_cursor = pages.next_cursor(rows, lambda row: (listings.position_of(row.sorted_by), row.case.id))
    return json(page(pages, CaseAnswer, data, next_cursor, total), language)


def _filter(asked: CasesAsked) -> listings.CaseFilter:
    given = asked.model_dump(exclude={"limit", "cursor", "fields", "sort", "amount_min", "amount_max"})
    return listings.CaseFilter(
        **given,
        amount_min=minor(asked.amount_min, asked.currency, "amount_min"),
        amount_max=minor(asked.amount_max, asked.currency, "amount_max"),
    )


@router.get("/cases/{case}", response_model=CaseAnswer, responses=responses(404), summary="Read a case")
def get_case(case: str, request: Request, house: House, reader: Reader) -> Response:
    """The case with what comes next; its `ETag` is what `If-Match` of commands on it names."""
    known_id(case, "unknown_invoice", invoice=case)
    language = language_of(request)
    with house.desk.open(reader.tenant, by_key=True) as session:
        found = lookups.case(session.tx, case)
        if found is None:
            raise NotFound("unknown_invoice", None, invoice=case)
        (answer,) = case_answers(session, [found], language)
    return json(answer, language, etag(found[0].version))


@router.get(
    "/cases/{case}/events", response_model=EventList, responses=responses(404, 422), summary="Read a case's log"
)
def list_case_events(case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader) -> Response:
    """Oldest first: the case's own stream, and the events of its customer and payments that name it in `data.cases`.

    What people wrote stands under `private`; viewers and the ERP get null there.
    """
    known_id(case, "unknown_invoice", invoice=case)
    pages = listing(house, reader, f"cases/{case}/events", asked)
    (after,) = pages.after() or (0,)
    with house.desk.open(reader.tenant) as session:
        rows = log.of_case(session.tx, case, int(after or 0), asked.limit)
        if not rows and lookups.currency_of_case(session.tx, case) is None:
            raise NotFound("unknown_invoice", None, invoice=case)
        data = event_answers(session, reader, rows)
    return json({"data": data, "next_cursor": pages.next_cursor(rows, lambda row: (row["position"],))})
