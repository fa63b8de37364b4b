"""A few customers with their bills, lived through the engine in a sandbox of their own: what a world is multiplied from."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from service.domain import commands as c
from service.domain.commands import FACTS
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.domain.workdays import Window
from service.engine import administer, walk
from service.engine.asks import Ask
from service.engine.handle import handle
from service.provision import OPERATOR
from service.runtime import Runtime
from service.store.calendars import published
from service.store.inbox import Identity
from service.store.shipped import shipped_playbooks
from service.words.compose import compose

BILLS = 4
"""Bills of a customer."""

QUIET, AGED, ARMED, LOGGED = "C91", "C92", "R93", "L94"
"""How a pattern's number begins: bills not due yet, bills long overdue, bills of which a step is due today, and bills with
about ten of the ERP's events each."""

COUNTRIES = ("DE", "IL", "IR")
"""Between them they have an open day on every weekday."""

ERP = Asker(actor="erp", role="erp", source="erp/bench")


def settings(today: date) -> Settings:
    """A tenant that may be contacted at any hour of this day, whichever it is."""
    each = [
        Settings(country=country, time_zone="UTC", language="en", windows=(Window(time(0), time(23, 59, 59)),))
        for country in COUNTRIES
    ]
    open_today = [one for one in each if one.workdays(published(one.country)).is_open(today)]
    return (open_today or each)[0]


def names(kind: str, count: int) -> list[str]:
    """The customers of a kind: a letter and eight digits, which copies replace."""
    return [f"{kind}{n:06}" for n in range(count)]


def live(runtime: Runtime, tenant: str, now: datetime) -> dict[str, list[str]]:
    """Let all patterns live up to `now`, the armed ones up to the midnight before; the customers of each kind."""
    today = now.date()
    made = {QUIET: names(QUIET, 98), AGED: names(AGED, 2), ARMED: names(ARMED, 5), LOGGED: names(LOGGED, 5)}
    story = sorted(
        (moment, place, customer)
        for kind, customers in made.items()
        for number, customer in enumerate(customers)
        for place, (moment, *_) in enumerate(_life(kind, customer, number, today))
    )
    first = datetime.combine(story[0][0], time(1), UTC)
    for name, end in ((tenant, now), (f"{tenant}-armed", datetime.combine(today, time(), UTC) - timedelta(seconds=1))):
        administer.create(runtime.engine, name, "sandbox", settings(today), shipped_playbooks(), OPERATOR, first)
        kinds = (ARMED,) if end < now else (QUIET, AGED, LOGGED)
        _tell(runtime, name, [(kind, made[kind]) for kind in kinds], today)
        walk.move(runtime.desk, name, end, False, compose, lambda _: None)
    return made


def _tell(runtime: Runtime, tenant: str, kinds: list[tuple[str, list[str]]], today: date) -> None:
    """Each day's facts, the clock walked between them."""
    by_day: dict[date, list[Ask]] = {}
    for kind, customers in kinds:
        for number, customer in enumerate(customers):
            for day, id, type, data in _life(kind, customer, number, today):
                command = understood(type, data)
                identity = Identity("erp/bench", f"{customer}/{id}", bytes(32))
                by_day.setdefault(day, []).append(Ask(command=command, asker=ERP, identity=identity))
    for day, asks in sorted(by_day.items()):
        moment = datetime.combine(day, time(1), UTC)
        walk.move(runtime.desk, tenant, moment, False, compose, lambda _: None)
        wrong = [done for done in handle(runtime.desk, tenant, asks) if done.status == "rejected"]
        assert not wrong, wrong[0].refused


def understood(type: str, data: dict[str, Any]) -> c.ErpCommand:
    """The ERP's event as the command that it is."""
    command: c.ErpCommand = msgspec.convert(data, FACTS[type])  # type: ignore[assignment]
    return command


Told = tuple[date, str, str, dict[str, Any]]
"""Day, id, type and data of an ERP's event."""


def _life(kind: str, customer: str, number: int, today: date) -> Iterator[Told]:
    match kind:
        case "C91":
            yield from _quiet(customer, number, today)
        case "C92":
            yield from _aged(customer, number, today)
        case "R93":
            issued = today - timedelta(31)
            yield _known(customer, issued)
            for n in range(BILLS):
                yield _issued(customer, n, issued, today - timedelta(1), 1000 + 100 * number + n)
        case _:
            yield from _logged(customer, number, today)


def _quiet(customer: str, number: int, today: date) -> Iterator[Told]:
    """Not due for weeks; every tenth customer's wait for confirmation, every ninth bill is paid in part."""
    issued = today - timedelta(0 if number % 10 == 0 else number % 9)
    yield _known(customer, issued, confirmation_required=number % 10 == 0)
    for n in range(BILLS):
        amount = 500 + (number * 977 + n * 3571) % 90_000
        due = today + timedelta(20 + (number * 7 + n * 23) % 90)
        yield _issued(customer, n, issued, due, amount)
        if (number * BILLS + n) % 9 == 4:
            yield _paid(customer, n, 0, issued, 100)


def _aged(customer: str, number: int, today: date) -> Iterator[Told]:
    """One to three months overdue: tasks, escalations, a weekly reminder that does not fall on the next days."""
    issued = today - timedelta(100)
    yield _known(customer, issued)
    for n in range(BILLS):
        due = today - timedelta(38 + 30 * (number % 2) + n % 2)
        yield _issued(customer, n, issued, due, 2000 + 50 * number + n)


def _logged(customer: str, number: int, today: date) -> Iterator[Told]:
    """About ten events a bill: issued, confirmed, and paid in eight parts, half of them in full."""
    issued = today - timedelta(3)
    yield _known(customer, issued, confirmation_required=True)
    for n in range(BILLS):
        yield _issued(customer, n, issued, today + timedelta(30 + n), 800 if n % 2 else 1200)
        yield issued, f"{customer}-{n}/confirmed", "invoice.confirmed", {"invoice": f"{customer}-{n}"}
        for part in range(8):
            yield _paid(customer, n, part, issued, 100)


def _known(customer: str, day: date, confirmation_required: bool = False) -> Told:
    people = [
        {"id": "ap", "name": f"Li Na {customer}", "email": f"ap@{customer.lower()}.example", "role": "accounts_payable"},
        {"id": "cfo", "name": "Wu Lei", "phone": "+86 21 5555 0100", "role": "decision_maker"},
    ]
    told = {"customer": customer, "name": f"Buyer {customer}", "contacts": people, "credit_limit": "500000.00"}
    return day, "known", "customer.updated", told | {"confirmation_required": confirmation_required, "currency": "CNY"}


def _issued(customer: str, n: int, day: date, due: date, amount: int) -> Told:
    bill = f"{customer}-{n}"
    data = {"invoice": bill, "customer": customer, "amount": f"{amount}.00", "currency": "CNY", "issued_on": str(day)}
    return day, f"{bill}/issued", "invoice.issued", data | {"due_on": str(due), "reference": f"PO {bill}"}


def _paid(customer: str, n: int, part: int, day: date, amount: int) -> Told:
    bill, payment = f"{customer}-{n}", f"{customer}-{n}-p{part}"
    data = {"payment": payment, "customer": customer, "amount": f"{amount}.00", "currency": "CNY", "received_on": str(day)}
    allocations = [{"invoice": bill, "amount": f"{amount}.00"}]
    return day, f"{bill}/paid-{part}", "payment.received", data | {"allocations": allocations}
