"""Customers as they are read: lists, one whole, and whether goods may leave."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.api.answers import json
from service.api.etags import etag
from service.api.families import family_of
from service.api.guards import House, Principal, needs
from service.api.models.credit import CreditAnswer
from service.api.models.customers import CustomerAnswer, CustomerList, CustomerRow
from service.api.models.problems import responses
from service.api.models.queries import CustomersAsked
from service.api.outstanding import counted, outstanding
from service.api.pages import page
from service.api.people import contact_answers
from service.api.queries import after_of, check_currency, known_id, listing, minor, sorted_by_amount
from service.api.roles import Right
from service.api.wishes import Counting
from service.domain.credit import on_credit
from service.domain.customer import Customer
from service.domain.interest import InterestTerms
from service.domain.money import format
from service.domain.refusals import NotFound
from service.domain.reliability import by_contact, record
from service.domain.views import hold_view
from service.engine.desk import Session
from service.store import balances, listings, lookups, reliability
from service.store.balances import Balance

COMMITMENTS_AT_MOST = 500

router = APIRouter(prefix="/v1", tags=["customers"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get("/customers", response_model=CustomerList, responses=responses(422), summary="List customers")
def list_customers(asked: Annotated[CustomersAsked, Query()], counting: Counting, house: House, reader: Reader) -> Response:
    """By any of the filters, all of which must hold."""
    check_currency(asked.currency)
    by, down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    if by == "overdue":
        sorted_by_amount(asked.currency)
    wanted = listings.CustomerFilter(
        q=asked.q,
        segment=asked.segment,
        owner=asked.owner,
        hold=None if asked.hold is None else asked.hold == "true",
        overdue_min=minor(asked.overdue_min, asked.currency, "overdue_min"),
        currency=asked.currency,
    )
    pages = listing(house, reader, "customers", asked)
    after = after_of(pages.after())
    with house.desk.open(reader.tenant) as session:
        today = session.scene.today
        rows = listings.customers(session.tx, wanted, today, by, down, after, asked.limit)
        total = listings.count_customers(session.tx, wanted, today) if counting else None
        owed = balances.of_customers(session.tx, [row.customer.id for row in rows], today)
    data = [_row(row.customer, owed[row.customer.id]) for row in rows]
    next_cursor = pages.next_cursor(rows, lambda row: (listings.position_of(row.sorted_by), row.customer.id))
    return json(page(pages, CustomerRow, data, next_cursor, total))


def _row(customer: Customer, owed: list[Balance]) -> dict[str, Any]:
    """Its own currency stands there even when nothing is owed in it."""
    if customer.currency and all(one.currency != customer.currency for one in owed):
        owed.append(Balance(currency=customer.currency))
    return {
        "id": customer.id,
        "name": customer.name or None,
        "segment": customer.segment,
        "owner": customer.owner,
        "hold": hold_view(customer),
        "exposure": _sums(owed, "exposure"),
        "overdue": _sums(owed, "overdue"),
    }


@router.get("/customers/{customer}", response_model=CustomerAnswer, responses=responses(404), summary="Read a customer")
def get_customer(customer: str, house: House, reader: Reader) -> Response:
    """All there is to know of a customer. Phone numbers and addresses of people are not told to viewers.

    The `ETag` is what `If-Match` of commands on the customer names; it changes with the customer, not with the bills.
    """
    known_id(customer, "unknown_customer", customer=customer)
    with house.desk.open(reader.tenant) as session:
        found = lookups.customer(session.tx, customer)
        if found is None:
            raise NotFound("unknown_customer", None, customer=customer)
        answer = _whole(session, found, reader.role)
    return json(answer, etag=etag(found.version))


def _whole(session: Session, customer: Customer, role: str) -> dict[str, Any]:
    owed = balances.of_customers(session.tx, [customer.id], session.scene.today)[customer.id]
    currency, limit = customer.currency, customer.credit_limit
    return {
        **_row(customer, owed),
        "language": customer.language,
        "time_zone": customer.time_zone,
        "playbook": customer.playbook,
        "sales": customer.sales,
        "key_account": customer.key_account,
        "billing_cycle": customer.billing_cycle,
        "settles_by_pod": customer.settles_by_pod,
        "confirmation_required": customer.confirmation_required,
        "restrictions": customer.restrictions,
        "payment_run": customer.payment_run,
        "parent": customer.parent,
        "family": family_of(session, customer),
        "credit_limit": format(limit, currency) if limit is not None and currency else None,
        "late_interest": _terms(customer.late_interest),
        "currency": currency,
        "credit": _sums(owed, "credit"),
        "bills": {one.currency: one.bills for one in owed},
        "bills_overdue": {one.currency: one.bills_overdue for one in owed},
        "contacts": contact_answers(session, customer, role),
        **outstanding(balances.committed(session.tx, customer.id, COMMITMENTS_AT_MOST)),
        "habits": habits_of(session, customer),
        "flags": customer.flags,
        "version": customer.version,
    }


def _terms(terms: InterestTerms | None) -> dict[str, Any] | None:
    if terms is None:
        return None
    return {"annual_rate": terms.annual_rate, "day_count": terms.day_count, "grace_days": terms.grace_days}


def _sums(owed: Iterable[Balance], name: str) -> dict[str, str]:
    return {one.currency: format(getattr(one, name), one.currency) for one in owed}


def habits_of(session: Session, customer: Customer) -> dict[str, Any]:
    """How the customer pays, over their last bills."""
    scene, settings = session.scene, session.scene.settings
    found = balances.habits(session.tx, customer.id, scene.today, settings, scene.in_time)
    judged = reliability.of_customers(session.tx, [customer.id])[customer.id]
    return {
        "late_confirmer": found.late_confirmations >= settings.habit_late,
        "late_confirmations": found.late_confirmations,
        "confirmations": found.confirmations,
        "late_payer": found.late_payments >= settings.habit_late,
        "late_payments": found.late_payments,
        "payments": found.payments,
        "bills_settled": found.bills_settled,
        "average_days_late": found.average_days_late,
        "promises": counted(record(judged)),
        "promises_by_contact": {contact: counted(one) for contact, one in by_contact(judged).items()},
    }


@router.get(
    "/customers/{customer}/credit", response_model=CreditAnswer, responses=responses(404), summary="May goods leave?"
)
def get_credit(customer: str, house: House, reader: Reader) -> Response:
    """`may_ship` is false only under a hold; the limit is told, not enforced. Other currencies are listed, never converted."""
    known_id(customer, "unknown_customer", customer=customer)
    with house.desk.open(reader.tenant) as session:
        found = balances.exposure(session.tx, customer)
    if found is None:
        raise NotFound("unknown_customer", None, customer=customer)
    return json(_credit(*found))


def _credit(customer: Customer, exposures: dict[str, int]) -> dict[str, Any]:
    """Without a currency of its own a customer's is that of its bills, when they have but one."""
    currency = customer.currency or (next(iter(exposures)) if len(exposures) == 1 else None)
    exposure = exposures.get(currency, 0) if currency else None
    limit = customer.credit_limit if currency == customer.currency else None
    available = limit - exposure if limit is not None and exposure is not None else None
    return {
        "may_ship": customer.hold is None,
        "hold": hold_view(customer),
        "currency": currency,
        "exposure": _money(exposure, currency),
        "limit": _money(limit, currency),
        "available": _money(available, currency),
        "on_credit": on_credit(customer.credit, any(exposures.values())),
        "measures": [
            {"measure": name, "since": one.on, "terms": one.terms, "percent": one.percent, "approval": one.approval}
            for name, one in sorted(customer.credit.items())
        ],
        "others": [
            {"currency": other, "exposure": format(amount, other)}
            for other, amount in exposures.items()
            if other != currency
        ],
    }


def _money(minor_units: int | None, currency: str | None) -> str | None:
    return format(minor_units, currency) if minor_units is not None and currency else None
