"""A customer's statement of account: what was owed, what happened over a period, and what is open at its end."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from service.api.answers import json
from service.api.customer_acts import known
from service.api.guards import House, Principal, needs
from service.api.models.problems import responses
from service.api.models.statements import StatementAnswer, StatementAsked
from service.api.problems import fault
from service.api.roles import Right
from service.api.wishes import prefers
from service.domain.decide.amounts import EARLIEST
from service.domain.decide.messages import recipients
from service.domain.money import format
from service.domain.statement import Entry, Statement
from service.engine.desk import Session
from service.engine.papers import template
from service.engine.statements import Account, Bill, account, usual_start
from service.engine.wording import between, statement
from service.printing.press import legible
from service.store import log
from service.store.people import users_details
from service.words.letters import Letter
from service.words.paper import page_of, paper

PDF = "application/pdf"

router = APIRouter(prefix="/v1", tags=["customers"])


@router.get(
    "/customers/{customer}/statement",
    response_model=StatementAnswer,
    responses={**responses(404, 406, 422), 200: {"content": {PDF: {}}}},
    summary="Statement of account",
)
def get_statement(
    customer: str,
    asked: Annotated[StatementAsked, Query()],
    request: Request,
    house: House,
    reader: Annotated[Principal, Depends(needs(Right.READ))],
) -> Response:
    """By currency the balance when the period began, bills, credits, payments, and the balance when it ended; then the bills
    open that day by their age. At most 5 000 entries and as many bills are listed, the sums are of all. The PDF is addressed to
    whom letters go, and signed by the customer's owner."""
    form = prefers(request, "application/json", PDF)
    with house.desk.open(reader.tenant, snapshot=True) as session:
        found = account(session, known(session, customer), *_period(session, asked))
        letter = _letter(session, found, asked.language) if form == PDF else None
    return _printed(letter, found) if letter else json(_answer(found))


def _letter(session: Session, found: Account, language: str | None) -> Letter:
    customer = found.customer
    people = recipients(customer, "manager", "email")
    details: dict[str, Any] = {}
    if people and people[0].details:
        key = (f"customer/{customer.id}", people[0].details)
        details = log.private_of(session.tx, [key]).get(key, {}).get(people[0].id, {})
    sender = users_details(session.tx, [customer.owner]).get(customer.owner, {})
    letter = statement(between(session.scene, customer, details, sender, language), found)
    own = session.tenancy.tenant.templates.get(f"{letter.language}/{letter.kind}")
    return replace(letter, template=template(session.tx, own) if own else None)


def _printed(letter: Letter, found: Account) -> Response:
    """Nothing is held meanwhile: many bills are many pages."""
    number = f"statement-{found.customer.id}-{found.until}"
    content = legible(page_of(letter), paper(letter, number), on=found.until)
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"', "Vary": "Accept", "Content-Language": letter.language}
    return Response(content, 200, headers, media_type=PDF)


def _period(session: Session, asked: StatementAsked) -> tuple[date, date]:
    today = session.scene.today
    until = asked.to or today
    if until > today:
        raise fault("/query/to", "date_in_future", given=until, today=today)
    if until < EARLIEST:
        raise fault("/query/to", "date_out_of_range", given=until, earliest=EARLIEST, latest=today)
    since = asked.from_ or usual_start(until)
    if not EARLIEST <= since <= until and asked.from_:
        raise fault("/query/from", "date_out_of_range", given=since, earliest=EARLIEST, latest=until)
    return since, until


def _answer(found: Account) -> dict[str, Any]:
    return {
        "customer": found.customer.id,
        "name": found.customer.name or None,
        "from": found.since,
        "to": found.until,
        "as_of": found.until,
        "currencies": [_part(one, found.bills[one.currency], found.until) for one in found.statements],
        "complete": found.complete,
    }


def _part(one: Statement, bills: list[Bill], until: date) -> dict[str, Any]:
    def money(amount: int) -> str:
        return format(amount, one.currency)

    def total(*kinds: str) -> str:
        return money(sum(one.sums.get(kind, 0) for kind in kinds))

    interest = [bill.interest for bill in bills if bill.interest is not None]
    return {
        "currency": one.currency,
        "opening_balance": money(one.opening),
        "billed": total("bill", "correction"),
        "credited": total("credit_note"),
        "paid": total("payment"),
        "written_off": total("write_off", "recovery"),
        "entries": [_entry(entry, one.currency) for entry in one.entries],
        "bills": [_bill(bill, until) for bill in bills],
        "ageing": {name: money(amount) for name, amount in one.ageing.items()},
        "open": money(one.open),
        "overdue": money(one.overdue),
        "disputed": money(sum(bill.disputed for bill in bills)),
        "late_interest": money(sum(interest)) if interest else None,
        "credit": money(one.credit),
        "balance": money(one.closing),
    }


def _entry(entry: Entry, currency: str) -> dict[str, Any]:
    is_payment = entry.kind == "payment"
    return {
        "on": entry.day,
        "kind": entry.kind,
        "case": None if is_payment else entry.id,
        "payment": entry.id if is_payment else None,
        "reference": entry.reference,
        "amount": format(entry.amount, currency),
        "balance": format(entry.balance, currency),
    }


def _bill(bill: Bill, until: date) -> dict[str, Any]:
    case = bill.case
    return {
        "case": case.id,
        "reference": case.reference,
        "issued_on": case.issued_on,
        "due_on": bill.due_on,
        "days_overdue": max(0, (until - bill.due_on).days) if bill.due_on else 0,
        "amount": format(case.amount, case.currency),
        "open_amount": format(bill.amount, case.currency),
        "disputed_amount": format(bill.disputed, case.currency),
        "late_interest": format(bill.interest, case.currency) if bill.interest is not None else None,
    }
