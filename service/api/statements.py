"""A customer's statement of account: what is open today, bill by bill, currency by currency."""

from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.api.answers import json
from service.api.guards import House, Principal, needs
from service.api.models.customers import StatementAnswer
from service.api.models.problems import responses
from service.api.queries import known_id
from service.api.roles import Right
from service.api.wishes import prefers
from service.domain.case import Case
from service.domain.conditions import days_overdue
from service.domain.customer import Customer
from service.domain.money import format
from service.domain.refusals import NotFound
from service.domain.scene import Scene
from service.domain.views import interest_view
from service.store import balances, lookups
from service.store.balances import Balance

BILLS_AT_MOST = 5000

router = APIRouter(prefix="/v1", tags=["customers"])


@router.get(
    "/customers/{customer}/statement",
    response_model=StatementAnswer,
    responses=responses(404, 406),
    summary="Statement of account",
)
def get_statement(
    customer: str, request: Request, house: House, reader: Annotated[Principal, Depends(needs(Right.READ))]
) -> Response:
    """Open bills, oldest due first, with sums and what was paid ahead; at most 5 000 bills, the sums are of all."""
    known_id(customer, "unknown_customer", customer=customer)
    prefers(request, "application/json")
    with house.desk.open(reader.tenant) as session:
        found = lookups.customer(session.tx, customer)
        if found is None:
            raise NotFound("unknown_customer", None, customer=customer)
        today = session.scene.today
        owed = balances.of_customers(session.tx, [customer], today)[customer]
        bills = balances.open_bills(session.tx, customer, BILLS_AT_MOST)
    by_currency = {currency: list(cases) for currency, cases in groupby(bills, key=lambda case: case.currency)}
    parts = [_part(one, [_bill(case, found, session.scene) for case in by_currency.get(one.currency, [])]) for one in owed]
    complete = len(bills) == sum(one.bills for one in owed)
    return json(
        {"customer": customer, "name": found.name or None, "as_of": today, "currencies": parts, "complete": complete}
    )


def _part(owed: Balance, bills: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "currency": owed.currency,
        "bills": bills,
        "open": format(owed.exposure, owed.currency),
        "overdue": format(owed.overdue, owed.currency),
        "credit": format(owed.credit, owed.currency),
        "balance": format(owed.exposure - owed.credit, owed.currency),
    }


def _bill(case: Case, customer: Customer, scene: Scene) -> dict[str, Any]:
    interest = interest_view(case, customer, scene)
    return {
        "case": case.id,
        "reference": case.reference,
        "issued_on": case.issued_on,
        "due_on": case.due_on,
        "days_overdue": days_overdue(case, scene.today),
        "amount": format(case.amount, case.currency),
        "open_amount": format(case.open, case.currency),
        "disputed_amount": format(case.disputed, case.currency),
        "late_interest": interest["amount"] if interest else None,
    }
