"""K: the money that reports add up is written with the events it comes from, and is what their whole log says (I24)."""

from datetime import UTC, date, datetime
from typing import Literal

import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from tests.store.histories import House, begin

JAN, FEB, MARCH = date(2026, 1, 12), date(2026, 2, 20), date(2026, 3, 1)


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    """Bills whose due dates change, with money recorded before, after, and late for days before."""
    house = begin(engine, database, "acme")
    house.walk(datetime(2026, 1, 12, 2, tzinfo=UTC))
    house.ask(_on_terms("INV-T", "issued"), _on_terms("INV-L", "confirmed"))
    house.ask(_paid("P-L", "INV-L", "30.00", JAN))
    house.walk(datetime(2026, 3, 1, 2, tzinfo=UTC))
    house.ask(c.ConfirmInvoice(invoice="INV-L", confirmed_on=FEB))
    house.ask(c.ConfirmInvoice(invoice="INV-1-0"), c.ChangeDueDate(invoice="INV-1-0", due_on=date(2026, 5, 1)))
    house.ask(_paid("P-1", "INV-1-0", "200.00", FEB))
    house.ask(c.AmendInvoice(invoice="INV-1-0", amount="1000.00", due_on=date(2026, 3, 6)))
    house.ask(_paid("P-2", "INV-1-0", "300.00", MARCH), _paid("P-3", "INV-1-1", "500.00", FEB))
    house.ask(c.ReversePayment(payment="P-3", reason="bounced"), c.VoidInvoice(invoice="INV-1-2", reason="typed twice"))
    return house


def _on_terms(invoice: str, terms_from: Literal["issued", "confirmed"]) -> c.IssueInvoice:
    return c.IssueInvoice(
        invoice=invoice,
        customer="C-1",
        amount="90.00",
        currency="CNY",
        issued_on=JAN,
        terms="P30D",
        terms_from=terms_from,
    )


def _paid(payment: str, invoice: str, amount: str, on: date) -> c.ReceivePayment:
    return c.ReceivePayment(
        payment=payment,
        customer="C-1",
        amount=amount,
        currency="CNY",
        received_on=on,
        allocations=[c.Allocation(invoice=invoice, amount=amount)],
    )


def _open(house: House, invoice: str, day: date) -> dict[date | None, int]:
    return {
        due_on: int(amount)
        for due_on, amount in house.rows(
            """SELECT due_on, sum(amount) FROM movements WHERE tenant = 'acme' AND case_id = %s AND day <= %s
                GROUP BY 1 HAVING sum(amount) <> 0""",
            invoice,
            day,
        )
    }


def test_what_was_written_piece_by_piece_is_what_the_whole_log_says(house):
    assert house.found() == set()


def test_money_recorded_late_stands_under_the_due_date_of_its_own_day(house):
    first = date(2026, 3, 6)
    assert _open(house, "INV-1-0", date(2026, 2, 19)) == {first: 120000}
    assert _open(house, "INV-1-0", FEB) == {first: 100000}
    assert _open(house, "INV-1-0", MARCH) == {first: 50000}


def test_a_date_that_terms_become_late_holds_from_the_bills_day(house):
    due_on = date(2026, 2, 11)
    assert _open(house, "INV-T", JAN) == {due_on: 9000}
    assert list(_open(house, "INV-L", JAN).values()) == [6000]
    assert None not in _open(house, "INV-L", JAN)


def test_every_bills_rows_add_up_to_what_is_open(house):
    assert house.rows(
        """SELECT c.id FROM cases c LEFT JOIN movements m ON m.tenant = c.tenant AND m.case_id = c.id
            WHERE c.tenant = 'acme' GROUP BY c.id, c.open_amount HAVING COALESCE(sum(m.amount), 0) <> c.open_amount"""
    ) == []  # fmt: skip
