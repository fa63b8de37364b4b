"""H1: a statement's balances and entries, of any story of bills and money, against a fold of the events that shares nothing
with the rows it is added up from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain import commands as c
from service.domain.case import Case
from service.domain.evolve import evolve_case
from service.domain.money import format
from service.domain.movements import Book, moves
from service.domain.refusals import Refused
from service.domain.statement import Statement
from service.engine.save import business_day
from service.store import cases, log, movements, payments, statements
from service.store.chain import GENESIS
from service.store.database import Tx, transaction
from tests.examples import by
from tests.world import World

FIRST = date(2026, 1, 5)
_tenants = count(1)

Step = tuple[str, int, int, int]
"""What happens, to which bill or payment, with how much money, on a day so far from that of its telling."""

KINDS = ("bill", "pay", "draft", "credit", "amend", "void", "due", "allocate", "honour", "reverse", "lose", "wait")
steps = st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(1, 3000), st.integers(-25, 1))


def told(story: Sequence[Step]) -> World:
    """What of the story can be told; a refusal changes nothing. Every other bill and payment is in dollars."""
    world, made = World("2026-01-05"), count(1)
    world.bill("I-0", "2026-01-05", "2026-02-01", "1500.00", confirmation_required=False)
    world.bill("I-1", "2026-01-05", "2026-02-01", "900.00", currency="USD", confirmation_required=False)
    for kind, which, much, days in story:
        with suppress(Refused):
            _tell(world, kind, which, much, days, made)
    return world


def _tell(world: World, kind: str, which: int, much: int, days: int, made: Iterator[int]) -> None:
    day, amount = world.scene.today + timedelta(days), format(much * 100, "CNY")
    bill, payment, currency = f"I-{which}", f"P-{which}", "USD" if which % 2 else "CNY"
    match kind:
        case "bill":
            world.bill(bill, day.isoformat(), (day + timedelta(30)).isoformat(), amount, currency=currency)
        case "pay":
            world.pay(f"P-{next(made)}", amount, day.isoformat(), currency=currency)
        case "draft":
            terms = {"method": "acceptance_draft", "matures_on": world.scene.today + timedelta(60)}
            world.pay(f"P-{next(made)}", amount, day.isoformat(), currency=currency, **terms)
        case "credit":
            world.do(c.CreditInvoice(invoice=bill, amount=amount))
        case "amend":
            world.do(c.AmendInvoice(invoice=bill, amount=amount))
        case "void":
            world.do(c.VoidInvoice(invoice=bill))
        case "due":
            world.do(c.ChangeDueDate(invoice=bill, due_on=world.scene.today + timedelta(much % 90)))
        case "allocate":
            world.do(c.AllocatePayment(payment=payment, allocations=[c.Allocation(invoice=bill, amount=amount)]))
        case "honour":
            world.do(c.HonourPayment(payment=payment, on=day))
        case "reverse":
            world.do(c.ReversePayment(payment=payment))
        case "lose":
            world.do(c.WriteOff(customer="C-1", cases=(bill,), reason="gone"), by("manager"))
            asked = [one.approval for one in world.events("approval.requested", kind="write_off")][-1]
            world.do(c.GrantApproval(customer="C-1", approval=asked), by("boss"))
        case _:
            world.now += timedelta(much % 20)


def written(tx: Tx, world: World) -> None:
    """The story as the store has it."""
    states: dict[str, Case] = {}
    books: dict[str, Book] = {}
    rows, entries = [], []
    versions: Counter[str] = Counter()
    for at, one in world.log:
        today = world.workdays.today(at)
        versions[one.stream + one.id] += 1
        if one.stream == "case":
            before, after = states.get(one.id), evolve_case(states.get(one.id, Case(id=one.id)), one.event)
            states[one.id] = after
            if moves(before, after):
                moved = books.setdefault(one.id, Book()).book(before, after, business_day(one.event, today))
                rows += movements.rows("C-1", one.id, after.currency, versions["case" + one.id], datetime.now(UTC), moved)
        if one.stream == "payment":
            stream, version = f"payment/{one.id}", versions["payment" + one.id]
            day = business_day(one.event, today)
            entries.append(log.entry(GENESIS, stream, version, one.event, "{}", "C-1", at, at, day))
    movements.add(tx, rows)
    log.append(tx, entries)
    cases.save(tx, [cases.Saved(case, 0, GENESIS, None) for case in states.values()])
    payments.save(tx, [payments.Saved(one, 0, GENESIS) for one in world.account.payments.values()])


def folded(world: World) -> list[tuple[str, date, int]]:
    """(currency, day, by how much more is owed) of every event: a bill by what it says is not paid, money by what came."""
    owed: list[tuple[str, date, int]] = []
    money: dict[str, tuple[str, date, int]] = {}
    states: dict[str, Case] = {}
    for at, one in world.log:
        event: Any = one.event
        if one.stream == "case":
            before = states.get(one.id, Case(id=one.id))
            after = states[one.id] = evolve_case(before, event)
            if after.issued_on:
                was = before.open + before.paid if before.issued_on else 0
                day = max(business_day(event, world.workdays.today(at)), after.issued_on)
                owed.append((after.currency, day, after.open + after.paid - was))
        elif event.type == "payment.received":
            money[one.id] = (event.currency, event.received_on, 0 if event.draft else -event.amount)
        elif event.type == "payment.honoured":
            currency, _, _ = money[one.id]
            money[one.id] = (currency, event.on, -world.account.payments[one.id].amount)
        elif event.type == "payment.reversed":
            del money[one.id]
    return [*owed, *money.values()]


@given(st.lists(steps, max_size=14), st.integers(0, 150), st.integers(0, 150))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_H1_a_statement_is_the_sum_of_its_events(engine, story, one_day, another):
    world = told(story)
    since, until = sorted((FIRST + timedelta(one_day), FIRST + timedelta(another)))
    facts = folded(world)
    with transaction(engine, f"t{next(_tenants)}") as tx:
        written(tx, world)
        found, complete = statements.read(tx, "C-1", since, until, 500)
        whole, _ = statements.read(tx, "C-1", FIRST - timedelta(60), FIRST + timedelta(900), 500)
    assert complete
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for currency, day, amount in facts:
        before[currency] += amount if day < since else 0
        after[currency] += amount if day <= until else 0
    for one in found:
        assert (one.opening, one.closing) == (before[one.currency], after[one.currency])
        assert sum(entry.amount for entry in one.entries) == one.closing - one.opening
        assert not one.entries or one.entries[-1].balance == one.closing
        assert all(since <= entry.day <= until for entry in one.entries)
        assert sum(bill.amount for bill in one.bills) == one.open == one.closing + one.credit
        assert one.credit >= 0 and min((bill.amount for bill in one.bills), default=1) > 0
    told_of = {one.currency for one in found}
    assert all(not before[k] and not after[k] for k, *_ in facts if k not in told_of)
    _at_last(world, whole)


def _at_last(world: World, whole: Sequence[Statement]) -> None:
    """When every day has come it is what the states say: what is open, bill by bill, and the credit on account."""
    issued = [case for case in world.account.cases.values() if case.issued_on and case.open]
    found = {bill.case: (bill.amount, bill.due_on) for one in whole for bill in one.bills}
    assert found == {case.id: (case.open, case.due_on) for case in issued}
    rests: Counter[str] = Counter()
    for payment in world.account.payments.values():
        rests[payment.currency] += payment.rest
    assert {one.currency: one.credit for one in whole if one.credit} == {k: rest for k, rest in rests.items() if rest}
