"""What was agreed about a case, as it is read: promises and plans, oldest first, with what became of each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.api.agreed import plan_answer
from service.api.answers import json, may_read_texts
from service.api.guards import House, Principal, needs
from service.api.models.agreements import PlanList
from service.api.models.cases import PromiseList
from service.api.models.problems import responses
from service.api.models.queries import Paged
from service.api.queries import known_id, listing
from service.api.roles import Right
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
        said = _promised_by(session, reader, case, [one.version for one in made])
    data = [_promise(case, currency, one, said.get(one.version)) for one in made]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


@router.get("/cases/{case}/plans", response_model=PlanList, responses=responses(404, 422), summary="Plans on a case")
def list_plans(case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader) -> Response:
    """Oldest first, with what became of each part; who agreed is not told to viewers and the ERP."""
    pages, after = _page(case, "plans", asked, house, reader)
    with house.desk.open(reader.tenant) as session:
        currency = _currency(session, case)
        made = [one for one in agreed.plans_of(session.tx, case) if one.version > after][: asked.limit]
        said = _promised_by(session, reader, case, [one.version for one in made])
    data = [plan_answer(case, currency, one.plan, said.get(one.version), one.approval) for one in made]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


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


def _promised_by(session: Session, reader: Principal, case: str, versions: list[int]) -> dict[int, str | None]:
    if not may_read_texts(reader):
        return {}
    private = log.private_of(session.tx, [(f"case/{case}", version) for version in versions])
    return {version: parts.get("", {}).get("promised_by") for (_, version), parts in private.items()}


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
