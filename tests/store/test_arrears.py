"""What customers owe past its day is kept by currency, right until a due day is over, and counted anew when it is (P6)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.engine import turning
from service.engine.rebuild import rebuild
from service.engine.verify import Place
from service.store import listings
from tests.store.histories import House, Vandal, begin

DUE = date(2026, 3, 6)
"""Of each customer's first bill; the others are due on the days after it."""


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    """Two days after the first bills' due day; C-1 has paid part of its first, C-2 all of it, C-3 owes what is due later."""
    house = begin(engine, database, "acme")
    house.walk(_noon(DUE - timedelta(1)))
    house.ask(*(c.ChangeDueDate(invoice=f"INV-3-{k}", due_on=date(2026, 5, 1)) for k in range(4)))
    house.walk(_noon(DUE + timedelta(2)))
    house.ask(_paid("P-1", "C-1", "500.00"), _paid("P-2", "C-2", "1200.00"))
    return house


@pytest.fixture
def vandal(house: House) -> Iterator[Vandal]:
    vandal = Vandal(house)
    yield vandal
    vandal.put_back()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def _paid(payment: str, customer: str, amount: str) -> c.ReceivePayment:
    return c.ReceivePayment(payment=payment, customer=customer, amount=amount, currency="CNY", received_on=DUE)


def kept(house: House) -> dict[str, tuple[int, date | None]]:
    rows = house.rows("SELECT customer, overdue, next_due FROM arrears WHERE tenant = %s", house.tenant)
    return {customer: (overdue, next_due) for customer, overdue, next_due in rows}


def listed(house: House, down: bool = True) -> list[tuple[str, Any]]:
    with house.desk.open(house.tenant) as session:
        wanted = listings.CustomerFilter(currency="CNY")
        rows = listings.customers(session.tx, wanted, session.scene.today, "overdue", down, None, 10)
    return [(row.customer.id, row.sorted_by) for row in rows]


STALE = "overdue = 0, next_due = '2026-03-06'"
"""As it stood before the first day was over."""


def test_each_row_says_until_when_it_is_right(house):
    assert kept(house) == {
        "C-0": (240000, DUE + timedelta(2)),
        "C-1": (190000, DUE + timedelta(2)),
        "C-2": (120000, DUE + timedelta(2)),
        "C-3": (0, date(2026, 5, 1)),
    }
    assert house.found() == set()


def test_the_list_is_right_before_and_after_a_day_that_is_over_is_counted(house, vandal):
    before = kept(house)
    right = [("C-0", 240000), ("C-1", 190000), ("C-2", 120000), ("C-3", 0)]
    assert (listed(house), listed(house, down=False)) == (right, right[::-1])
    assert vandal.change("arrears", STALE, "customer IN ('C-0', 'C-2')") == 2
    assert house.found() == set()
    assert (listed(house), listed(house, down=False)) == (right, right[::-1])
    assert turning.turn(house.desk, house.tenant) == 2
    assert kept(house) == before
    assert turning.turn(house.desk, house.tenant) == 0


def test_a_decision_counts_its_own_customer_anew_when_a_day_is_over(house, vandal):
    for table in ("events", "cases", "customers", "payments", "movements", "mentions", "inbox"):
        vandal.change(table, "tenant = tenant", "true")  # to be put back
    assert vandal.change("arrears", STALE, "customer IN ('C-0', 'C-2')") == 2
    house.ask(_paid("P-9", "C-2", "100.00"))
    assert kept(house)["C-2"] == (110000, DUE + timedelta(2))
    assert kept(house)["C-0"] == (0, DUE)
    assert house.found() == set()


def test_who_owes_nothing_more_has_no_row(house, vandal):
    for table in ("events", "cases", "customers", "payments", "movements", "mentions", "inbox"):
        vandal.change(table, "tenant = tenant", "true")  # to be put back
    assert vandal.change("arrears", "next_due = next_due", "true") == 4
    house.ask(_paid("P-10", "C-2", "3600.00"))
    house.ask(c.IssueInvoice(invoice="I-9", customer="C-9", amount="5.00", currency="CNY", issued_on=DUE, due_on=DUE))
    assert kept(house)["C-9"] == (500, None)
    house.ask(_paid("P-11", "C-9", "5.00"))
    assert "C-9" not in kept(house)
    assert house.found() == set()


def test_one_whom_somebody_holds_is_counted_later(house, vandal):
    assert vandal.change("arrears", STALE, "customer IN ('C-0', 'C-2')") == 2
    with house.owner() as other:
        other.execute("SELECT FROM customers WHERE tenant = %s AND id = 'C-0' FOR UPDATE", (house.tenant,))
        assert turning.turn(house.desk, house.tenant) == 1
    assert turning.turn(house.desk, house.tenant) == 1


@pytest.mark.parametrize(
    ("change", "customer"),
    [
        ("overdue = overdue + 1", "C-1"),
        ("next_due = NULL", "C-1"),
        ("next_due = next_due + 1", "C-1"),
        ("overdue = 1", "C-3"),
        ("currency = 'EUR'", "C-3"),
    ],
)
def test_what_is_not_as_the_bills_say_is_found_and_mended(house, vandal, change, customer):
    before = kept(house)
    assert vandal.change("arrears", change, "customer = %s", customer) == 1
    assert ("column", f"arrears/{customer}.CNY") in house.found()
    assert sum(one.mended for one in rebuild(house.desk, Place(house.tenant))) >= 1
    assert house.found() == set()
    assert kept(house)[customer] == before[customer]


def test_an_early_day_does_no_harm(house, vandal):
    assert vandal.change("arrears", "next_due = '2026-04-01'", "customer = 'C-3'") == 1
    assert house.found() == set()
