"""A customer's account with all that a statement of it shows: read here once, for answers and for documents."""

from collections.abc import Container, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events.reconciliation import ReconciliationSent
from service.domain.offsets import Offset, add
from service.domain.reconciliation import KIND as RECONCILIATION
from service.domain.statement import Open, Statement
from service.domain.views import interest_of
from service.engine.desk import Session
from service.store import cases, reconciliations, statements
from service.words import letters as words

STATEMENT = "statement"
"""The kind of letter, and the template of messages, that tells the account."""

AT_MOST = 5000
"""Bills, and entries, of all currencies together."""


class Bill(Struct, frozen=True, kw_only=True):
    """An open bill: `amount` is what is open at the end of the period; what is disputed is as of today, and so is the late
    interest, which is not told of an earlier day."""

    case: Case
    due_on: date | None
    amount: int
    disputed: int
    interest: int | None


class Account(Struct, frozen=True, kw_only=True):
    """From the first to the last day of the period; `bills` by currency, oldest due first."""

    customer: Customer
    since: date
    until: date
    statements: list[Statement]
    bills: dict[str, list[Bill]]
    complete: bool


def usual_start(until: date) -> date:
    """The first day of the month before: whoever asks at a month's beginning has all of the last one."""
    return add(until.replace(day=1), Offset(months=-1))


def account(session: Session, customer: Customer, since: date, until: date) -> Account:
    """The customer's account over those days."""
    found, complete = statements.read(session.tx, customer.id, since, until, AT_MOST)
    loaded = cases.load(session.tx, [bill.case for one in found for bill in one.bills])
    return Account(
        customer=customer,
        since=since,
        until=until,
        statements=found,
        bills={
            one.currency: [_bill(session, customer, loaded[bill.case].state, bill, until) for bill in one.bills]
            for one in found
        },
        complete=complete,
    )


def _bill(session: Session, customer: Customer, case: Case, bill: Open, until: date) -> Bill:
    interest = interest_of(case, customer, session.scene) if until == session.scene.today else None
    return Bill(
        case=case,
        due_on=bill.due_on,
        amount=bill.amount,
        disputed=min(bill.amount, case.disputed),
        interest=interest.amount if interest else None,
    )


def told(found: Account) -> words.Account:
    """The account as a document tells it, beside its `lines`."""
    return words.Account(since=found.since, until=found.until, statements=tuple(found.statements))


def lines(found: Account) -> tuple[words.BillLine, ...]:
    """Its open bills."""
    return tuple(_line(bill, found.until) for one in found.statements for bill in found.bills[one.currency])


def _line(bill: Bill, until: date) -> words.BillLine:
    case = bill.case
    return words.BillLine(
        id=case.id,
        amount=case.amount,
        open=bill.amount,
        currency=case.currency,
        reference=case.reference,
        issued_on=case.issued_on,
        due_on=bill.due_on,
        days_overdue=max(0, (until - bill.due_on).days) if bill.due_on else 0,
        contested=bill.disputed,
        interest=bill.interest or 0,
    )


class Books(Struct, frozen=True, kw_only=True):
    """What a letter about the books says beside its bills: a statement its account, a reconciliation what was stated of each
    bill when it was issued, and by when it is to come back."""

    account: Account | None = None
    sent: ReconciliationSent | None = None
    stated: dict[str, int] = {}


NO_BOOKS = Books()


def books(session: Session, customer: Customer, message: Mapping[str, Any], templates: Container[str]) -> Books:
    """Those of a message, whose steps name these templates; nothing for what is not about the books."""
    is_letter, kind = message["channel"] == "letter", message["kind"]
    if (is_letter and kind == STATEMENT) or (message["channel"] == "email" and STATEMENT in templates):
        today = session.scene.today
        return Books(account=account(session, customer, usual_start(today), today))
    if is_letter and kind == RECONCILIATION:
        found = reconciliations.of_customer(session.tx, customer.id, message["id"])
        if found:
            sent = found[0].sent
            return Books(sent=sent, stated=reconciliations.stated(session.tx, message["id"], sent.cases))
    return NO_BOOKS
