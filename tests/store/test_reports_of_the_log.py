"""K: what reports read beside the money - promises, disputes, contacts, steps - over any bills, against the same row by row."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.buckets import BUCKETS
from service.reports import ageing, at_risk, contacts, disputes, effectiveness, promises, provision, steps
from service.reports.asked import Asked
from service.reports.sums import ratio
from service.store import log, movements
from service.store.database import Tx, transaction

FIRST = date(2026, 1, 1)
MOMENT = datetime(2026, 12, 1, tzinfo=UTC)
KEPT, BROKEN, CANCELLED = "promise.kept", "promise.broken", "promise.cancelled"
_tenants = count(1)


class Promise(NamedTuple):
    """Made so many days after the issue for an amount, due so many days on, judged so (None: not yet) so many days on."""

    made: int
    amount: int
    due: int
    judged: str | None
    after: int


class Dispute(NamedTuple):
    """Of a share of the bill, in hundredths, after so many days, and for how many (None: for ever)."""

    opened: int
    share: int
    lasts: int | None


class Bill(NamedTuple):
    """A bill with what happens to it, in days after its issue."""

    customer: str
    currency: str
    amount: int
    issued_on: date
    terms: int
    paid: list[tuple[int, int]]
    promises: list[Promise]
    disputes: list[Dispute]
    contacted: list[int]
    steps: list[int]


spans = st.integers(0, 150)
bills = st.builds(
    Bill,
    customer=st.sampled_from(["C-1", "C-2"]),
    currency=st.sampled_from(["CNY", "JPY"]),
    amount=st.integers(100, 10**9),
    issued_on=st.integers(0, 250).map(lambda n: FIRST + timedelta(n)),
    terms=st.integers(0, 60),
    paid=st.lists(st.tuples(spans, st.integers(1, 100)), max_size=2),
    promises=st.lists(
        st.builds(
            Promise,
            made=spans,
            amount=st.integers(1, 10**6),
            due=st.integers(0, 30),
            judged=st.none() | st.sampled_from([KEPT, BROKEN, CANCELLED]),
            after=st.integers(0, 40),
        ),
        max_size=2,
    ),
    disputes=st.lists(
        st.builds(Dispute, opened=spans, share=st.integers(1, 100), lasts=st.none() | st.integers(0, 90)), max_size=2
    ),
    contacted=st.lists(spans, max_size=2),
    steps=st.lists(spans, max_size=2),
)


class Happened(NamedTuple):
    """One event, or one movement of money (`amount`), of a day."""

    day: date
    type: str
    data: dict[str, Any]
    amount: int | None = None


def life(bill: Bill) -> list[Happened]:
    """What happens to the bill, in the order of its days; money first, then what is said."""
    found = [Happened(bill.issued_on, "billed", {}, bill.amount)]
    left = bill.amount
    for after, share in sorted(bill.paid):
        part = left * share // 100
        left -= part
        if part:
            found.append(Happened(bill.issued_on + timedelta(after), "paid", {}, -part))
    for n, one in enumerate(bill.promises):
        made = bill.issued_on + timedelta(one.made)
        told = {"promise": str(n), "amount": one.amount, "due_on": made + timedelta(one.due)}
        found.append(Happened(made, "promise.made", told))
        if one.judged:
            found.append(Happened(made + timedelta(one.after), one.judged, {"promise": str(n)}))
    for n, contested in enumerate(bill.disputes):
        opened = bill.issued_on + timedelta(contested.opened)
        amount = max(1, bill.amount * contested.share // 100)
        found.append(Happened(opened, "dispute.opened", {"dispute": n, "amount": amount, "on": opened}))
        if contested.lasts is not None:
            solved = opened + timedelta(contested.lasts)
            found.append(Happened(solved, "dispute.resolved", {"dispute": n, "on": solved}))
    for after in bill.steps:
        found.append(Happened(bill.issued_on + timedelta(after), "case.reminded", {"step": f"step-{after % 3}"}))
    return sorted(found, key=lambda one: (one.day, one.amount is None))


def written(tx: Tx, all_bills: Sequence[Bill]) -> None:
    """Each in the tables: its case, its money, its events; contacts in the streams of their customers."""
    money, entries = [], []
    said: Counter[str] = Counter()
    for n, bill in enumerate(all_bills):
        id = f"INV-{n}"
        tx.run(
            """INSERT INTO cases
                 (tenant, id, customer, version, state, hash, stage, level, owner, currency, amount, open_amount)
               VALUES
                 (%(tenant)s, %(id)s, %(customer)s, 1, '{}', '', 'collection', 'none', 'collector', %(currency)s, 1, 1)""",
            {"id": id, "customer": bill.customer, "currency": bill.currency},
        )
        due_on = bill.issued_on + timedelta(bill.terms)
        for version, one in enumerate(life(bill), 1):
            if one.amount is not None:
                row = (bill.customer, id, version, 0, one.type, one.day, one.amount, bill.currency, due_on, MOMENT)
                money.append(row)
            else:
                entries.append(entry(f"case/{id}", version, one, bill.customer))
        for after in bill.contacted:
            on = bill.issued_on + timedelta(after)
            said[bill.customer] += 1
            told = Happened(on, "contact.logged", {"cases": [id], "on": on})
            entries.append(entry(f"customer/{bill.customer}", said[bill.customer], told, bill.customer))
    movements.add(tx, money)
    log.append(tx, entries)


def entry(stream: str, version: int, one: Happened, customer: str) -> log.Entry:
    data = msgspec.json.encode(one.data).decode()
    return log.Entry(stream, version, one.type, data, "{}", customer, MOMENT, one.day, MOMENT, b"")


def open_on(bill: Bill, day: date) -> int:
    return sum(one.amount or 0 for one in life(bill) if one.day <= day)


def paid_on(bill: Bill, first: date, last: date) -> int:
    return -sum(one.amount or 0 for one in life(bill) if one.type == "paid" and first <= one.day <= last)


Rows = dict[str, Any]


@given(st.lists(bills, max_size=5), st.integers(0, 400), st.integers(1, 400), st.integers(1, 30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_K_what_the_log_tells_is_the_sum_of_its_bills(engine, all_bills, until, length, within):
    as_of = FIRST + timedelta(until)
    asked = Asked(as_of=as_of, days=length, within=within, rates={"current": 50, "days_1_30": 333, "over_180": 10_000})
    with transaction(engine, f"log{next(_tenants)}") as tx:
        written(tx, all_bills)
        for read, expected in (
            (promises.read_kept, _kept),
            (promises.read_expected, _expected),
            (disputes.read, _disputes),
            (contacts.read, _contacts),
            (steps.read, _steps),
            (at_risk.read, _at_risk),
        ):
            found = {tuple(row[:3]): tuple(row[3:]) for row in read(tx, asked)}
            assert found == {row[:3]: row[3:] for row in expected(all_bills, asked)}, read
        _undisputed(effectiveness.read(tx, asked), all_bills, asked)
        for row, aged in zip(provision.read(tx, asked), ageing.read(tx, asked), strict=True):
            assert row[3] == sum(row[4:]) and 0 <= row[3] <= row[2] == aged[2]
            for part, whole, rate in zip(row[4:], aged[4:], _rates(asked), strict=True):
                assert abs(part * 10_000 - whole * rate) <= 5_000


def _rates(asked: Asked) -> list[int]:
    return [asked.rates.get(name, 0) for name in BUCKETS]


def _state(promise: Promise, made: date, as_of: date) -> str | None:
    """None before it was made."""
    if made > as_of:
        return None
    return promise.judged if promise.judged and made + timedelta(promise.after) <= as_of else "open"


def _promised(all_bills: Sequence[Bill], as_of: date) -> Iterator[tuple[str, date, int, str]]:
    for bill in all_bills:
        for one in bill.promises:
            made = bill.issued_on + timedelta(one.made)
            state = _state(one, made, as_of)
            if state:
                yield bill.currency, made + timedelta(one.due), one.amount, state


def _kept(all_bills: Sequence[Bill], asked: Asked) -> Iterator[tuple[Any, ...]]:
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: {KEPT: [], BROKEN: [], "open": []})
    for currency, due_on, amount, state in _promised(all_bills, asked.as_of):
        if asked.since <= due_on <= asked.as_of and state != CANCELLED:
            found[currency][state].append(amount)
    for currency, by in found.items():
        counted = [part for amounts in by.values() for part in (len(amounts), sum(amounts))]
        judged = ratio(counted[0], counted[0] + counted[2]), ratio(counted[1], counted[1] + counted[3])
        yield (currency, currency, *counted, *judged)


def _expected(all_bills: Sequence[Bill], asked: Asked) -> Iterator[tuple[Any, ...]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for currency, due_on, amount, state in _promised(all_bills, asked.as_of):
        if state == "open":
            days = (due_on - asked.as_of).days
            found[currency][0 if days < 0 else 1 if days <= 7 else 2 if days <= 30 else 3] += amount
    for currency, parts in found.items():
        yield (currency, currency, sum(parts), sum(parts), 0, 0, *parts)


def _contested(bill: Bill, as_of: date) -> Iterator[tuple[int, date, date | None]]:
    """Amount, opened, solved as of the day."""
    for one in bill.disputes:
        opened = bill.issued_on + timedelta(one.opened)
        if opened <= as_of:
            solved = None if one.lasts is None else opened + timedelta(one.lasts)
            amount = max(1, bill.amount * one.share // 100)
            yield amount, opened, solved if solved and solved <= as_of else None


def _disputes(all_bills: Sequence[Bill], asked: Asked) -> Iterator[tuple[Any, ...]]:
    found: dict[str, list[tuple[int, date, date | None]]] = defaultdict(list)
    for bill in all_bills:
        found[bill.currency] += [x for x in _contested(bill, asked.as_of) if x[2] is None or x[2] >= asked.since]
    for currency, all_disputes in found.items():
        standing = [one for one in all_disputes if one[2] is None]
        amount, ages = sum(one[0] for one in standing), [(asked.as_of - one[1]).days for one in standing]
        owed = sum(open_on(bill, asked.as_of) for bill in all_bills if bill.currency == currency)
        if all_disputes:
            yield (
                *(currency, currency, len(standing), amount, ratio(amount, owed)),
                *(round(sum(ages) / len(ages), 1) if ages else None, max(ages, default=None)),
                sum(one[1] >= asked.since for one in all_disputes),
                sum(one[2] is not None for one in all_disputes),
            )


def _contacts(all_bills: Sequence[Bill], asked: Asked) -> Iterator[tuple[Any, ...]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    before = asked.since - timedelta(1)
    for bill in all_bills:
        overdue = open_on(bill, before)
        if overdue <= 0 or bill.issued_on + timedelta(bill.terms) >= asked.since:
            continue
        ons = [on for after in bill.contacted if asked.since <= (on := bill.issued_on + timedelta(after)) <= asked.as_of]
        came = [one for one in life(bill) if one.type == "paid" and asked.since <= one.day <= asked.as_of]
        after_contact = [one for one in came if any(0 <= (one.day - on).days <= asked.within for on in ons)]
        sums = [-sum(one.amount or 0 for one in some) for some in (came, after_contact)]
        for n, part in enumerate((len(ons), overdue, *(min(one, overdue) for one in sums))):
            found[bill.currency][n] += part
    for currency, (talks, overdue, paid, brought) in found.items():
        yield (currency, currency, talks, asked.within, overdue, paid, brought, ratio(brought, overdue))


def _steps(all_bills: Sequence[Bill], asked: Asked) -> Iterator[tuple[Any, ...]]:
    found: dict[tuple[str, str], list[tuple[int, int | None]]] = defaultdict(list)
    for bill in all_bills:
        last = None
        for one in life(bill):
            last = one if one.type == "case.reminded" else last
            if one.type == "paid" and one.amount and asked.since <= one.day <= asked.as_of:
                step = last.data["step"] if last else "none"
                found[bill.currency, step].append((-one.amount, (one.day - last.day).days if last else None))
    for (currency, step), came in found.items():
        whole = sum(amount for (other, _), each in found.items() if other == currency for amount, _ in each)
        paid, days = sum(amount for amount, _ in came), [late for _, late in came if late is not None]
        yield (
            *(currency, currency, step, len(came), paid, ratio(paid, whole)),
            round(sum(days) / len(days), 1) if days else None,
        )


def _at_risk(all_bills: Sequence[Bill], asked: Asked) -> Iterator[tuple[Any, ...]]:
    found: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
    for bill in all_bills:
        ripe_on = bill.issued_on + timedelta(bill.terms + 90)
        if asked.since <= bill.issued_on <= asked.as_of and ripe_on <= asked.as_of:
            found[bill.currency, bill.issued_on.replace(day=1)][0] += bill.amount
            found[bill.currency, bill.issued_on.replace(day=1)][1] += open_on(bill, ripe_on)
    for (currency, month), (billed, unpaid) in found.items():
        yield (currency, currency, month, billed, unpaid, ratio(unpaid, billed))


def _undisputed(rows: Sequence[Sequence[Any]], all_bills: Sequence[Bill], asked: Asked) -> None:
    names = list(effectiveness.EFFECTIVENESS.columns)
    for row in (dict(zip(names, row, strict=True)) for row in rows):
        these = [bill for bill in all_bills if bill.currency == row["currency"]]
        contested = {
            n: min(open_on(bill, asked.as_of), sum(a for a, _, solved in _contested(bill, asked.as_of) if solved is None))
            for n, bill in enumerate(these)
        }
        assert row["disputed"] == sum(contested.values()) <= row["open"]
        for name, limit in (("overdue", 0), ("over_30", 30), ("over_60", 60), ("over_90", 90)):
            late = {
                n: open_on(bill, asked.as_of)
                for n, bill in enumerate(these)
                if (asked.as_of - bill.issued_on - timedelta(bill.terms)).days > limit
            }
            part = sum(amount - contested[n] for n, amount in late.items())
            assert row[f"{name}_ratio_undisputed"] == ratio(part, row["open"] - row["disputed"])
            assert row[f"{name}_ratio"] == ratio(sum(late.values()), row["open"])
        closed = [b for b in these if open_on(b, asked.as_of) == 0 and paid_on(b, asked.since, asked.as_of)]
        late_days = sum(b.amount * max(0, (_closed_on(b) - b.issued_on).days - b.terms) for b in closed)
        weight = sum(bill.amount for bill in closed)
        assert row["weighted_average_days_late"] == (pytest.approx(late_days / weight, abs=0.006) if weight else None)


def _closed_on(bill: Bill) -> date:
    return max(one.day for one in life(bill) if one.amount)


def test_K_a_step_that_fires_after_the_money_of_its_day_brought_none_of_it(engine):
    bill = Bill("C-1", "CNY", 1000, FIRST, 0, [(10, 50)], [], [], [], [5, 10])
    with transaction(engine, f"log{next(_tenants)}") as tx:
        written(tx, [bill])
        assert steps.read(tx, Asked(as_of=FIRST + timedelta(20), days=30)) == [("CNY", "CNY", "step-2", 1, 500, 1.0, 5.0)]
