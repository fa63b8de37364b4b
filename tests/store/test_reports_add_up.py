"""K: properties of the sums themselves, over any money in any currencies, against the same worked out row by row."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.reports import ageing, dso, effectiveness, rolls
from service.reports.asked import Asked
from service.store import movements
from service.store.database import Tx, transaction

FIRST, TODAY = date(2026, 1, 1), date(2026, 12, 31)
MOMENT = datetime(2026, 12, 1, tzinfo=UTC)
_tenants = count(1)


class Bill(NamedTuple):
    """A bill with the money on it, and for how many days after the first moment each of these was recorded."""

    customer: str
    currency: str
    amount: int
    issued_on: date
    terms: int
    paid: list[tuple[int, int]]
    lost: int | None
    recorded: int


days = st.integers(0, 364).map(lambda n: FIRST + timedelta(n))
bills = st.builds(
    Bill,
    customer=st.sampled_from(["C-1", "C-2", "C-3"]),
    currency=st.sampled_from(["CNY", "JPY", "USD"]),
    amount=st.integers(1, 10**9),
    issued_on=days,
    terms=st.integers(0, 120),
    paid=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 100)), max_size=3),
    lost=st.none() | st.integers(0, 300),
    recorded=st.integers(0, 3),
)


def moved(bill: Bill) -> list[tuple[date, str, int]]:
    """Its rows as (day, kind, amount): payments of so many hundredths of what is left, then perhaps the rest is given up."""
    left, rows = bill.amount, [(bill.issued_on, "billed", bill.amount)]
    for after, share in sorted(bill.paid):
        part = left * share // 100
        left -= part
        rows.append((bill.issued_on + timedelta(after), "paid", -part))
    if bill.lost is not None and left:
        rows.append((max(rows[-1][0], bill.issued_on + timedelta(bill.lost)), "lost", -left))
    return rows


def written(tx: Tx, known: Sequence[Bill]) -> None:
    """Each in the table, under a case of its own."""
    rows = [
        (
            *(bill.customer, f"INV-{n}", version, 0, kind, day, amount, bill.currency),
            bill.issued_on + timedelta(bill.terms),
            MOMENT + timedelta(bill.recorded),
        )
        for n, bill in enumerate(known)
        for version, (day, kind, amount) in enumerate(moved(bill), 1)
    ]
    movements.add(tx, rows)


def owed(bill: Bill, day: date) -> int:
    return sum(amount for on, _, amount in moved(bill) if on <= day)


@given(st.lists(bills, max_size=8), days, st.integers(1, 200), st.none() | st.integers(0, 3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_K_every_report_is_the_sum_of_its_bills(engine, all_bills, as_of, length, known):
    seen = [bill for bill in all_bills if known is None or bill.recorded <= known]
    asked = {"as_of": as_of, "days": length, "known_at": None if known is None else MOMENT + timedelta(known)}
    with transaction(engine, f"t{next(_tenants)}") as tx:
        written(tx, all_bills)
        by_customer, totals = (ageing.read(tx, Asked(group_by=by, **asked)) for by in ("customer", "currency"))
        _ageing(by_customer, totals, seen, as_of)
        for *_, sales, simple, counted, best, late in dso.read(tx, Asked(**asked)):
            assert (simple is None) == (sales <= 0)
            assert simple is None or (simple >= best >= 0 and late == round(simple - best, 2))
            assert counted is None or counted >= 0
        for _, currency, opening, sold, collected, lost, open_amount, *_ in effectiveness.read(tx, Asked(**asked)):
            assert opening + sold - collected - lost == open_amount
            assert open_amount == sum(owed(bill, as_of) for bill in seen if bill.currency == currency)
        _rolls(rolls.read(tx, Asked(**asked)), seen, as_of - timedelta(length))


def _ageing(by_customer, totals, seen, as_of):
    expected: Counter[tuple[str, str]] = Counter()
    for bill in seen:
        expected[bill.customer, bill.currency] += owed(bill, as_of)
    assert {(row[0], row[1]): row[2] for row in by_customer} == {key: amount for key, amount in expected.items() if amount}
    for _, _, open_amount, overdue, *buckets in (*by_customer, *totals):
        assert sum(buckets) == open_amount and sum(buckets[1:]) == overdue and min(buckets) >= 0
    for row in totals:
        parts = [its for its in by_customer if its[1] == row[0] == row[1]]
        assert [sum(column) for column in zip(*(its[2:] for its in parts), strict=True)] == list(row[2:])


def _rolls(rows, seen, before):
    opening: Counter[str] = Counter()
    for _, currency, _, began, rolled, stayed, cured, lost, *shares in rows:
        assert rolled + stayed + cured + lost == began and min(rolled, stayed, cured, lost) >= 0
        assert abs(sum(shares) - 1) < 0.001
        opening[currency] += began
    assert opening == Counter({bill.currency: 0 for bill in seen}) + sum(
        (Counter({bill.currency: owed(bill, before)}) for bill in seen), Counter()
    )
