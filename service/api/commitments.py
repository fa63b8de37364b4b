"""What was agreed about a case or contested of it, as it is read: oldest first, with what became of each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.agreed import discount_answer, dispute_answer, plan_answer
from service.api.answers import json, may_read_texts, sentence
from service.api.failures import language_of
from service.api.guards import House, Principal, needs
from service.api.models.agreements import DiscountList, DisputeList, DisputeReasons, PlanList
from service.api.models.cases import PromiseList
from service.api.models.problems import responses
from service.api.models.queries import Paged
from service.api.queries import known_id, listing
from service.api.roles import Right
from service.domain.dispute_reasons import REASONS
from service.domain.money import format
from service.domain.refusals import NotFound
from service.engine.desk import Session
from service.store import agreed, log, lookups, promises

router = APIRouter(prefix="/v1", tags=["cases"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get(
    "/cases/{case}/promises", response_model=PromiseList, responses=responses(404, 422), summary="Promises on a case"
)
def list_promises(
    case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader
) -> Response:
    """Oldest first, with what became of each; who promised is not told to viewers and the ERP."""
    pages, after = _page(case, "promises", asked, house, reader)
    with house.desk.open(reader.tenant) as session:
        currency = _currency(session, case)
        made = [one for one in promises.of_case(session.tx, case) if one.version > after][: asked.limit]
        said = _said(session, reader, case, [one.version for one in made], "promised_by")
    data = [_promise(case, currency, one, said.get(one.version)) for one in made]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


@router.get("/cases/{case}/plans", response_model=PlanList, responses=responses(404, 422), summary="Plans on a case")
def list_plans(case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader) -> Response:
    """Oldest first, with what became of each part; who agreed is not told to viewers and the ERP."""
    pages, after = _page(case, "plans", asked, house, reader)
    with house.desk.open(reader.tenant) as session:
        currency = _currency(session, case)
        made = [one for one in agreed.plans_of(session.tx, case) if one.version > after][: asked.limit]
        said = _said(session, reader, case, [one.version for one in made], "promised_by")
    data = [plan_answer(case, currency, one.plan, said.get(one.version), one.approval) for one in made]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


@router.get(
    "/cases/{case}/disputes", response_model=DisputeList, responses=responses(404, 422), summary="Disputes about a case"
)
def list_disputes(case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader) -> Response:
    """Oldest first, with what became of each; what was said is not told to viewers and the ERP."""
    pages, after = _page(case, "disputes", asked, house, reader)
    with house.desk.open(reader.tenant) as session:
        found = lookups.case(session.tx, case)
        if found is None:
            raise NotFound("unknown_invoice", None, invoice=case)
        made = [one for one in agreed.disputes_of(session.tx, case) if one.version > after][: asked.limit]
        said = _said(session, reader, case, [one.version for one in made], "text")
    data = [dispute_answer(found[0], one, said.get(one.version)) for one in made]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


@router.get(
    "/cases/{case}/discounts", response_model=DiscountList, responses=responses(404, 422), summary="Discounts on a case"
)
def list_discounts(case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader) -> Response:
    """Oldest first, with what became of each."""
    pages, after = _page(case, "discounts", asked, house, reader)
    with house.desk.open(reader.tenant) as session:
        currency = _currency(session, case)
        made = [one for one in agreed.discounts_of(session.tx, case) if one.version > after][: asked.limit]
    data = [discount_answer(case, currency, one) for one in made]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


@router.get("/dispute-reasons", response_model=DisputeReasons, summary="Why bills are disputed")
def list_dispute_reasons(request: Request, reader: Reader) -> Response:
    """The codes that a dispute's reason may have, each with its usual root cause and who takes it up."""
    language = language_of(request)
    data = [
        {
            "code": code,
            "text": sentence(f"dispute_reason.{code}", language, {}),
            "root_cause": reason.root_cause,
            "root_cause_text": sentence(f"root_cause.{reason.root_cause}", language, {}),
            "owner": reason.owner,
        }
        for code, reason in REASONS.items()
    ]
    return json({"data": data, "next_cursor": None}, language)


def _page(case: str, kind: str, asked: Paged, house: House, reader: Principal) -> tuple[Any, int]:
    known_id(case, "unknown_invoice", invoice=case)
    pages = listing(house, reader, f"cases/{case}/{kind}", asked)
    (after,) = pages.after() or (0,)
    return pages, int(after or 0)


def _currency(session: Session, case: str) -> str:
    currency = lookups.currency_of_case(session.tx, case)
    if currency is None:
        raise NotFound("unknown_invoice", None, invoice=case)
    return currency


def _said(session: Session, reader: Principal, case: str, versions: list[int], name: str) -> dict[int, str | None]:
    if not may_read_texts(reader):
        return {}
    private = log.private_of(session.tx, [(f"case/{case}", version) for version in versions])
    return {version: parts.get("", {}).get(name) for (_, version), parts in private.items()}


def _promise(case: str, currency: str, one: promises.Promise, promised_by: str | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "case": case,
        "amount": format(one.amount, currency),
        "received": format(one.received, currency),
        "currency": currency,
        "due_on": one.due_on,
        "until": one.until,
        "made_on": one.made_on,
        "promised_by": promised_by,
        "state": one.state,
    }
