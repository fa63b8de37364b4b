"""A part of the shipped history lived through day by day. Whatever people do in it is worked out from the file alone.

Taken are the bills of two countries, each with a currency of its own, that went out from 16 July to 20 September 2012. At eight
in the morning the ERP posts the day's bills, and the money on the day on which the file says a bill was settled. At ten people
act on what is unpaid:

- On the 2nd and the 9th day past due of any of its bills a customer is called about all of them that are overdue.
- On the 3rd day past due, by the last digit of the bill: 0 to 2, it is promised whole for the very day on which it will be
  settled; 3 and 4, half of it is promised for half-way to that day; 5 to 7, what nobody contests of it is to come in two
  parts, 7 and 40 days later.
- 8 and 9: five days before the due day a draft comes that matures two days before the bill will be settled.
- Bills that are disputed in the file are contested on the 10th day after they went out, whole where the last digit is even,
  else half, until somebody decides for us 35 days later or the money comes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cached_property, partial
from typing import Any

from chinese_calendar import is_workday

from tests.journeys import history
from tests.journeys.company import Company
from tests.journeys.history import Line

FIRST, LAST_ISSUED, ENDS = date(2012, 7, 16), date(2012, 9, 20), date(2012, 10, 18)
CURRENCIES = {"406": "EUR", "818": "CNY"}
COLLECTORS, SEGMENTS = ("li.na", "sam.reed"), ("preferred", "standard", "risk")
RATES = {"current": 50, "days_1_30": 333, "days_31_60": 1275}
"""Of provisions, in hundredths of a percent."""

TARGETS = [
    (date(2012, 9, 3), "li.na", {"EUR": "900.00", "CNY": "450.00"}),
    (date(2012, 9, 3), "sam.reed", {"EUR": "700.00", "CNY": "640.50"}),
    (date(2012, 9, 19), "li.na", {"EUR": "1100.00"}),
    (date(2012, 9, 28), "li.na", {"EUR": "1200.00"}),
    (date(2012, 10, 1), "li.na", {"EUR": "800.00", "CNY": "400.00"}),
    (date(2012, 10, 1), "new.hand", {"CNY": "10.00"}),
]
"""When who was set which target for the month: whole, so that a currency left out has none any more."""

HELD, RELEASED = date(2012, 9, 25), date(2012, 10, 16)
"""Deliveries stop to whoever owes most past its day then, and go on."""


def days(number: int) -> timedelta:
    """So many."""
    return timedelta(number)


def open_day(day: date) -> date:
    """The first working day on or after it, as an independent calendar has them."""
    while not is_workday(day):
        day += days(1)
    return day


def half(amount: Decimal) -> Decimal:
    """Of an odd cent the smaller part."""
    return (amount / 2).quantize(Decimal("0.01"), ROUND_DOWN)


@dataclass(frozen=True)
class Promise:
    """Of an amount by a day; what became of it when."""

    amount: Decimal
    given: date
    due: date
    judged: date
    verdict: str

    def state(self, day: date) -> str | None:
        """At the end of a day; None before it was given."""
        return None if day < self.given else self.verdict if self.judged <= day else "waiting"


@dataclass(frozen=True)
class Plan:
    """Parts by their days; `over` when they were paid or missed."""

    given: date
    parts: tuple[tuple[date, Decimal], ...]
    over: date


@dataclass(frozen=True)
class Draft:
    """It covers the bill up to its day."""

    given: date
    matures: date


@dataclass(frozen=True)
class Dispute:
    """What is contested until a day; `decided` by somebody, else the money ended it."""

    amount: Decimal
    given: date
    solved: date
    decided: bool


@dataclass(frozen=True)
class Bill:
    """A line with whose it is, and what people do about it."""

    line: Line
    currency: str
    owner: str
    segment: str
    called: tuple[date, ...]

    @property
    def digit(self) -> int:
        return int(self.line.invoice[-1])

    @property
    def customer(self) -> str:
        return self.line.customer

    @cached_property
    def promise(self) -> Promise | None:
        """In time up to the first open day after its day; judged when the next one begins, unless the bill is settled."""
        line, given = self.line, self.line.due + days(3)
        if self.digit > 4 or line.settled <= given:
            return None
        amount, due = line.amount, line.settled
        if self.digit > 2:
            amount, due = half(line.amount), given + days((line.settled - given).days // 2)
        until = open_day(due + days(1))
        judged = open_day(until + days(1))
        if line.settled <= judged:
            return Promise(amount, given, due, line.settled, "kept" if line.settled <= until else "cancelled")
        return Promise(amount, given, due, judged, "broken")

    @cached_property
    def plan(self) -> Plan | None:
        """Over with the money, or when the first part has not come in time."""
        line, given = self.line, self.line.due + days(3)
        amount = line.amount - (self.dispute.amount if self.dispute else 0)
        if self.digit not in (5, 6, 7) or line.settled <= given or not amount:
            return None
        first, second = given + days(7), given + days(40)
        parts = (first, half(amount)), (second, amount - half(amount))
        return Plan(given, parts, min(line.settled, open_day(open_day(first + days(1)) + days(1))))

    @cached_property
    def draft(self) -> Draft | None:
        given, matures = self.line.due - days(5), self.line.settled - days(2)
        return Draft(given, matures) if self.digit > 7 and matures > given else None

    @cached_property
    def dispute(self) -> Dispute | None:
        line, given = self.line, self.line.issued + days(10)
        if not line.disputed or line.settled <= given:
            return None
        amount = line.amount if self.digit % 2 == 0 else half(line.amount)
        decided = given + days(35)
        return Dispute(amount, given, min(decided, line.settled), decided < line.settled)


def worked(lines: Iterable[Line]) -> list[Bill]:
    """The bills taken, in the file's order; collectors and segments go round by the customers' ids."""
    taken = [line for line in lines if line.country in CURRENCIES and FIRST <= line.issued <= LAST_ISSUED]
    theirs = history.by_customer(taken)
    place = {customer: n for n, customer in enumerate(sorted(theirs))}
    calls = {
        customer: {day for one in bills for day in (one.due + days(2), one.due + days(9)) if day < one.settled}
        for customer, bills in theirs.items()
    }
    return [
        Bill(
            line=line,
            currency=CURRENCIES[line.country],
            owner=COLLECTORS[place[line.customer] % len(COLLECTORS)],
            segment=SEGMENTS[place[line.customer] % len(SEGMENTS)],
            called=tuple(day for day in sorted(calls[line.customer]) if line.due < day < line.settled),
        )
        for line in taken
    ]


def held(bills: Sequence[Bill]) -> str:
    """Whose deliveries stop."""
    late: dict[str, Decimal] = defaultdict(Decimal)
    for bill in bills:
        if bill.line.is_open(HELD) and bill.line.due < HELD:
            late[bill.customer] += bill.line.amount
    return max(late, key=lambda customer: late[customer])


def live_through(company: Company, bills: Sequence[Bill]) -> None:
    """From the first day to the last."""
    company.choose(confirmation_required=False, segment_playbooks={"risk": "ageing"}, provision_rates=RATES)
    for customer, bill in {bill.customer: bill for bill in bills}.items():
        company.customer(customer, collector=bill.owner, segment=bill.segment, language="en")
    told: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for bill in bills:
        for day, type, data in _facts(bill):
            told[day].append(company.event(type, **data))
    acts = _acts(company, bills)
    for day in sorted(day for day in told.keys() | acts.keys() if day <= ENDS):
        if told[day]:
            company.walk(str(day), "08:00")
            company.post(*told[day])
        if acts[day]:
            company.walk(str(day), "10:00")
            for act in acts[day]:
                act()
    company.walk(str(ENDS))


def _facts(bill: Bill) -> Iterator[tuple[date, str, dict[str, Any]]]:
    """What the ERP says of a bill."""
    line, money = bill.line, history.paid(bill.line, bill.currency)
    yield line.issued, "invoice.issued", history.issued(line, bill.currency)
    if bill.draft:
        covers = {"received_on": str(bill.draft.given), "matures_on": str(bill.draft.matures)}
        yield bill.draft.given, "payment.received", {**money, "method": "acceptance_draft", **covers}
        yield line.settled, "payment.honoured", {"payment": money["payment"], "on": str(line.settled)}
    else:
        yield line.settled, "payment.received", money


def _acts(company: Company, bills: Sequence[Bill]) -> dict[date, list[Callable[[], Any]]]:
    """What people do, by day."""
    found: dict[date, list[Callable[[], Any]]] = defaultdict(list)
    called: dict[tuple[date, str], list[str]] = defaultdict(list)
    for bill in bills:
        for day in bill.called:
            called[day, bill.customer].append(bill.line.invoice)
        for day, path, body in _about(bill):
            found[day].append(partial(company.do, "supervisor", f"/v1/cases/{bill.line.invoice}/{path}", body))
    for (day, customer), invoices in called.items():
        said = {"channel": "phone", "outcome": "reached", "cases": invoices}
        found[day].append(partial(company.do, "collector", f"/v1/customers/{customer}/contact-log", said))
    for day, collector, amounts in TARGETS:
        found[day].append(partial(_target, company, f"/v1/users/{collector}/targets/{day:%Y-%m}", amounts))
    for day, kind in ((HELD, "hold"), (RELEASED, "release")):
        found[day].append(partial(_agreed, company, kind, held(bills)))
    return found


def _about(bill: Bill) -> Iterator[tuple[date, str, dict[str, Any]]]:
    """What they do about one bill: when, by which call, with what."""
    if (promise := bill.promise) is not None:
        yield promise.given, "promises", {"amount": f"{promise.amount:.2f}", "due_on": str(promise.due)}
    if (plan := bill.plan) is not None:
        parts = [{"due_on": str(due), "amount": f"{amount:.2f}"} for due, amount in plan.parts]
        yield plan.given, "plans", {"parts": parts}
    if (dispute := bill.dispute) is not None:
        contested = {"reason": "price", "amount": f"{dispute.amount:.2f}", "text": "Not as agreed."}
        yield dispute.given, "disputes", contested
        if dispute.decided:
            yield dispute.solved, "disputes/1/resolve", {"outcome": "ours", "text": "As agreed."}


def _target(company: Company, path: str, amounts: dict[str, str]) -> None:
    answer = company.ask("manager", "PUT", path, {"amounts": amounts})
    assert answer.status_code == 200, answer.text


def _agreed(company: Company, kind: str, customer: str) -> None:
    company.do("manager", f"/v1/customers/{customer}/{kind}", {"reason": "By the rule."})
    company.grant(kind, customer)
