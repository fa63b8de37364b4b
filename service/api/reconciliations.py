"""Books compared with a customer (H1): asked for, read, and answered as the paper came back."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.acts import Asking, Reply, Replying, act, asks
from service.api.answers import json, may_read_texts
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, chosen, known
from service.api.guards import House, Principal, needs
from service.api.models.problems import responses
from service.api.models.queries import Paged
from service.api.models.reconciliations import (
    ConfirmBody,
    DifferBody,
    ReconciliationAnswer,
    ReconciliationBody,
    ReconciliationList,
)
from service.api.problems import fault
from service.api.queries import known_id, listing
from service.api.roles import Right
from service.domain.commands import AnswerReconciliation, BalanceSaid, Reconcile
from service.domain.money import format
from service.domain.reconciliation import KIND
from service.domain.refusals import Conflict, NotFound
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import balances, cases, log, reconciliations
from service.store.reconciliations import Told

router = APIRouter(prefix="/v1", tags=["customers"], route_class=CommandRoute)

MOST = 1000
"""Bills of one letter."""

ReconciliationId = Annotated[str, Path(description="The letter's id.", examples=["reconciliation~C-1.31"])]
Reader = Annotated[Principal, Depends(needs(Right.READ))]
Reconciling = Annotated[Asking, Depends(asks(Right.RECONCILE))]
_PROBLEMS = responses(404, 409, 412, 422)


@router.post(
    "/customers/{customer}/reconciliations",
    status_code=201,
    response_model=ReconciliationAnswer,
    responses=_PROBLEMS,
    summary="Send a reconciliation letter",
)
def reconcile(customer: CustomerId, body: ReconciliationBody, asking: Reconciling) -> Response:
    """The letter says what our books show today on the bills named, or on all that are out and open, and asks to be signed and
    returned within the setting `reconciliation_days`. It leaves in the next window."""

    def plan(session: Session) -> Reconcile:
        return Reconcile(customer=customer, cases=_bills(session, customer, body.cases))

    def reply(session: Session, done: Done) -> Reply:
        event = next(fact.event for fact in done.happened if fact.event.type == "reconciliation.sent")
        id: str = event.reconciliation  # type: ignore[union-attr]
        return Reply(_one(session, asking.principal, customer, id), 201, f"/v1/reconciliations/{id}")

    return act(asking, plan, reply, ("customer", customer))


def _bills(session: Session, customer: str, named: list[str] | None) -> tuple[str, ...]:
    if named is not None:
        return chosen(session, customer, named, lambda _: True)
    known(session, customer)
    found = balances.open_bills(session.tx, customer, MOST + 1)
    if len(found) > MOST:
        raise fault("/cases", "too_many", limit=MOST)
    ids = tuple(case.id for case in found if case.stage in ("confirmation", "collection") and case.open)
    if not ids:
        raise Conflict("nothing_to_reconcile", None, customer=customer)
    return ids


@router.get(
    "/customers/{customer}/reconciliations",
    response_model=ReconciliationList,
    responses=responses(404, 422),
    summary="List a customer's reconciliations",
)
def list_reconciliations(
    customer: CustomerId, asked: Annotated[Paged, Query()], house: House, reader: Reader
) -> Response:
    """The latest first."""
    pages = listing(house, reader, f"customers/{customer}/reconciliations", asked)
    (after,) = pages.after() or (None,)
    with house.desk.open(reader.tenant) as session:
        known(session, customer)
        told = reconciliations.of_customer(session.tx, customer)[::-1]
        found = [one for one in told if after is None or one.version < int(after)][: asked.limit]
        data = _rows(session, reader, customer, found)
    return json({"data": data, "next_cursor": pages.next_cursor(found, lambda one: (one.version,))})


@router.get(
    "/reconciliations/{reconciliation}",
    response_model=ReconciliationAnswer,
    responses=responses(404),
    summary="Read a reconciliation",
)
def get_reconciliation(reconciliation: ReconciliationId, request: Request, house: House, reader: Reader) -> Response:
    """What both books show, and who signed."""
    customer = _customer_of(reconciliation)
    with house.desk.open(reader.tenant) as session:
        answer = _one(session, reader, customer, reconciliation)
    return json(answer.model_dump())


@router.post(
    "/reconciliations/{reconciliation}/confirm",
    response_model=ReconciliationAnswer,
    responses=_PROBLEMS,
    summary="It came back signed",
)
def confirm(reconciliation: ReconciliationId, body: ConfirmBody, asking: Reconciling) -> Response:
    """The customer acknowledges every bill that it names: the limitation period begins anew on the day it was signed, where
    the tenant's law counts that (I1). An answer counts whenever it comes, also after they had said otherwise."""
    return _answered(asking, reconciliation, body, ())


@router.post(
    "/reconciliations/{reconciliation}/differ",
    response_model=ReconciliationAnswer,
    responses=_PROBLEMS,
    summary="The customer's books differ",
)
def differ(reconciliation: ReconciliationId, body: DifferBody, asking: Reconciling) -> Response:
    """Finance has a task to find the difference. No bill is disputed by it: where one is, open a dispute about that."""
    said = tuple(BalanceSaid(currency=one.currency, amount=one.amount) for one in body.balances)
    return _answered(asking, reconciliation, body, said)


def _answered(asking: Asking, id: str, body: ConfirmBody | DifferBody, differs: tuple[BalanceSaid, ...]) -> Response:
    customer = _customer_of(id)

    def plan(session: Session) -> AnswerReconciliation:
        told = _told(session, customer, id)
        return AnswerReconciliation(
            customer=customer,
            reconciliation=id,
            cases=tuple(told.sent.cases),
            on=body.on,
            differs=differs,
            signed_by=body.signed_by,
            title=body.title,
            proof=body.proof,
            text=body.text,
        )

    def reply(session: Session, _: Done) -> Reply:
        return Reply(_one(session, asking.principal, customer, id))

    replying: Replying = reply
    return act(asking, plan, replying, ("customer", customer))


def _customer_of(id: str) -> str:
    """Whom a reconciliation's id names. Raises NotFound for what is none."""
    kind, _, place = known_id(id, "unknown_reconciliation", made=True, reconciliation=id).partition("~")
    customer, _, version = place.rpartition(".")
    if kind != KIND or not customer or not (version.isdecimal() and len(version) < 10):
        raise NotFound("unknown_reconciliation", None, reconciliation=id)
    return customer


def _told(session: Session, customer: str, id: str) -> Told:
    found = reconciliations.of_customer(session.tx, customer, id)
    if not found:
        raise NotFound("unknown_reconciliation", None, reconciliation=id)
    return found[0]


def _one(session: Session, principal: Principal, customer: str, id: str) -> ReconciliationAnswer:
    told = _told(session, customer, id)
    (row,) = _rows(session, principal, customer, [told])
    amounts = reconciliations.stated(session.tx, id, told.sent.cases)
    loaded = cases.load(session.tx, sorted(amounts))
    bills = [
        {"case": case, "currency": currency, "amount": format(amounts[case], currency)}
        for case in told.sent.cases
        for currency in (loaded[case].state.currency,)
    ]
    return ReconciliationAnswer.model_validate({**row, "bills": bills})


def _rows(session: Session, principal: Principal, customer: str, found: Sequence[Told]) -> list[dict[str, Any]]:
    keys = [(f"customer/{customer}", one.answered_at) for one in found if one.answered_at]
    said = log.private_of(session.tx, keys) if may_read_texts(principal) else {}
    return [_row(customer, one, said.get((f"customer/{customer}", one.answered_at or 0), {}).get("", {})) for one in found]


def _row(customer: str, told: Told, said: dict[str, Any]) -> dict[str, Any]:
    sent = told.sent
    theirs = {one.currency: one.amount for one in (sent.balances if told.state == "confirmed" else told.balances)}
    return {
        "id": sent.reconciliation,
        "customer": customer,
        "state": told.state,
        "on": sent.on,
        "until": sent.until,
        "balances": [_balance(one.currency, one.amount, theirs.get(one.currency)) for one in sent.balances],
        "answered_on": told.answered_on,
        **{name: said.get(name) for name in ("signed_by", "title", "proof", "text")},
    }


def _balance(currency: str, ours: int, theirs: int | None) -> dict[str, Any]:
    return {
        "currency": currency,
        "amount": format(ours, currency),
        "customers_amount": format(theirs, currency) if theirs is not None else None,
        "difference": format(ours - theirs, currency) if theirs is not None else None,
    }
