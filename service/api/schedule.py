"""What lies ahead of one case - every step still to come, and what is held back - and what was promised on it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.answers import json, may_read_texts
from service.api.failures import language_of
from service.api.guards import House, Principal, needs
from service.api.models.cases import PromiseList, Schedule
from service.api.models.problems import responses
from service.api.models.queries import Paged
from service.api.outlooks import outlook, schedule_answer
from service.api.queries import known_id, listing
from service.api.roles import Right
from service.domain.account import Account
from service.domain.case import Case
from service.domain.money import format
from service.domain.outlook import HORIZON, OCCURRENCES
from service.domain.refusals import NotFound
from service.engine.desk import Session
from service.store import balances, cases, log, lookups, promises

router = APIRouter(prefix="/v1", tags=["cases"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get(
    "/cases/{case}/schedule", response_model=Schedule, responses=responses(404), summary="What comes, and what waits"
)
def get_schedule(case: str, request: Request, house: House, reader: Reader) -> Response:
    """Every step still to come as things stand, were nobody to pay, answer or agree: the next 10 occurrences of each
    within a year, then the steps that are held back with nothing to say when. `why` says what each waits for."""
    known_id(case, "unknown_invoice", invoice=case)
    language = language_of(request)
    with house.desk.open(reader.tenant) as session:
        found = lookups.case(session.tx, case)
        if found is None:
            raise NotFound("unknown_invoice", None, invoice=case)
        state, customer = found
        account = Account(customer)
        account.cases[case] = state
        _circumstances(session, account, state)
        rows = schedule_answer(session, outlook(session, state, account), language)
    bounds = {"occurrences": OCCURRENCES, "days": HORIZON.days}
    return json({"data": rows, "bounds": bounds}, language)


def _circumstances(session: Session, account: Account, case: Case) -> None:
    """What conditions may ask of the customer, as it is today."""
    scene, customer = session.scene, account.customer
    settings = scene.settings
    rules = cases.HabitRules(settings.habit_bills, settings.habit_late, settings.habit_days)
    grace = scene.workdays.deadline if settings.in_time_on_next_open_day else lambda day: day
    account.habits |= cases.habits(session.tx, [case], scene.today, rules, grace)
    for one in balances.of_customers(session.tx, [customer.id], scene.today)[customer.id]:
        account.exposure[one.currency] = one.exposure
    oldest = balances.oldest_due(session.tx, customer.id)
    account.oldest_overdue = max(0, (scene.today - oldest).days) if oldest else 0


@router.get(
    "/cases/{case}/promises", response_model=PromiseList, responses=responses(404, 422), summary="Promises on a case"
)
def list_promises(case: str, asked: Annotated[Paged, Query()], house: House, reader: Reader) -> Response:
    """Oldest first, with what became of each; who promised is not told to viewers and the ERP."""
    known_id(case, "unknown_invoice", invoice=case)
    pages = listing(house, reader, f"cases/{case}/promises", asked)
    (after,) = pages.after() or (0,)
    with house.desk.open(reader.tenant) as session:
        currency = lookups.currency_of_case(session.tx, case)
        if currency is None:
            raise NotFound("unknown_invoice", None, invoice=case)
        made = [one for one in promises.of_case(session.tx, case) if one.version > int(after or 0)][: asked.limit]
        stream = f"case/{case}"
        private = log.private_of(session.tx, [(stream, one.version) for one in made]) if may_read_texts(reader) else {}
    data = [
        _promise(case, currency, one, private.get((stream, one.version), {}).get("", {}).get("promised_by"))
        for one in made
    ]
    return json({"data": data, "next_cursor": pages.next_cursor(made, lambda one: (one.version,))})


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
