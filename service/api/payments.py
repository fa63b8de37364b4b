"""Payments as they are read: what they were applied to, and what of them is still the customer's credit."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.api.answers import json
from service.api.guards import House, Principal, needs
from service.api.models.customers import PaymentAnswer, PaymentList
from service.api.models.problems import responses
from service.api.models.queries import CustomerPaymentsAsked, PaymentsAsked
from service.api.pages import page
from service.api.queries import known_id, listing
from service.api.roles import Right
from service.api.wishes import Counting
from service.domain.money import format
from service.domain.payment import Payment
from service.domain.refusals import NotFound
from service.store import listings, lookups

router = APIRouter(prefix="/v1", tags=["payments"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get("/payments", response_model=PaymentList, responses=responses(422), summary="List payments")
def list_payments(asked: Annotated[PaymentsAsked, Query()], counting: Counting, house: House, reader: Reader) -> Response:
    """The last received first."""
    return _list(house, reader, asked, counting, asked.customer, None)


@router.get(
    "/customers/{customer}/payments",
    response_model=PaymentList,
    responses=responses(404, 422),
    tags=["customers"],
    summary="A customer's payments",
)
def list_customer_payments(
    customer: str, asked: Annotated[CustomerPaymentsAsked, Query()], counting: Counting, house: House, reader: Reader
) -> Response:
    """The last received first."""
    known_id(customer, "unknown_customer", customer=customer)
    return _list(house, reader, asked, counting, customer, customer)


def _list(
    house: House,
    reader: Reader,
    asked: CustomerPaymentsAsked,
    counting: bool,
    customer: str | None,
    must: str | None,
) -> Response:
    """`must` names a customer that has to be there."""
    pages = listing(house, reader, f"payments/{must or ''}", asked)
    position = pages.after()
    after = (listings.value_of(position[0], "due_on"), str(position[1])) if position else None
    with house.desk.open(reader.tenant) as session:
        found = lookups.payments(session.tx, customer, asked.received_from, asked.received_until, after, asked.limit)
        if must is not None and not found and lookups.customer(session.tx, must) is None:
            raise NotFound("unknown_customer", None, customer=must)
        days = asked.received_from, asked.received_until
        total = lookups.count_payments(session.tx, customer, *days) if counting else None
    next_cursor = pages.next_cursor(found, lambda one: (listings.position_of(one.received_on), one.id))
    return json(page(pages, PaymentAnswer, [payment_answer(one) for one in found], next_cursor, total))


@router.get("/payments/{payment}", response_model=PaymentAnswer, responses=responses(404), summary="Read a payment")
def get_payment(payment: str, house: House, reader: Reader) -> Response:
    """What it was applied to, and its rest: credit, used only on request (D7)."""
    known_id(payment, "unknown_payment", payment=payment)
    with house.desk.open(reader.tenant) as session:
        found = lookups.payment(session.tx, payment)
    if found is None:
        raise NotFound("unknown_payment", None, payment=payment)
    return json(payment_answer(found))


def payment_answer(one: Payment) -> dict[str, Any]:
    """The payment as others see it."""
    return {
        "id": one.id,
        "customer": one.customer,
        "amount": format(one.amount, one.currency),
        "currency": one.currency,
        "received_on": one.received_on,
        "method": one.method,
        "state": _state(one),
        "matures_on": one.matures_on,
        "reference": one.reference,
        "applications": _applications(one.applied, one.currency),
        "planned": _applications(one.planned, one.currency),
        "rest": format(one.rest, one.currency),
        "reversed_on": one.reversed_on,
        "version": one.version,
    }


def _state(one: Payment) -> str:
    if one.reversed_on:
        return "reversed"
    if one.draft:
        return "maturing"
    return "honoured" if one.matures_on and one.version > 1 else "received"


def _applications(applied: Mapping[str, int], currency: str) -> list[dict[str, str]]:
    return [{"case": case, "amount": format(amount, currency)} for case, amount in sorted(applied.items())]
