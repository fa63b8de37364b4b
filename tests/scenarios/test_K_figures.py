"""K: definitions worked out by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reports.dso import countback
from service.reports.effectiveness import cei
from service.reports.sums import Sums, ratio

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
SALES = {JAN: 300_00, FEB: 280_00, MAR: 310_00}


@pytest.mark.parametrize(
    ("owed", "as_of", "days"),
    [
        (0, date(2026, 3, 31), 0.0),
        (155_00, date(2026, 3, 31), 15.5),  # half of March
        (310_00, date(2026, 3, 31), 31.0),  # all of it
        (450_00, date(2026, 3, 31), 45.0),  # March, then 140 of February's 280
        (890_00, date(2026, 3, 31), 90.0),  # 31 + 28 + 31
        (891_00, date(2026, 3, 31), None),  # more than was ever sold
        (140_00, date(2026, 2, 14), 7.0),  # of a month only the days up to then
    ],
)
def test_K_days_sales_outstanding_by_countback(owed, as_of, days):
    assert countback(owed, SALES, as_of) == days


def test_K_a_month_of_more_credit_notes_than_sales_owes_its_days_too():
    assert countback(310_00, {MAR: -20_00, FEB: 660_00}, date(2026, 3, 31)) == 31 + 14.0


def some(opening: int, sales: int, open: int, current: int) -> Sums:
    return Sums("g", "CNY", opening, open, current, 0, 0, 0, sales, 0, 0)


def test_K_collection_effectiveness_index():
    assert cei(some(opening=100, sales=200, open=120, current=100)) == 90.0
    assert cei(some(opening=0, sales=200, open=200, current=200)) is None
    assert cei(some(opening=100, sales=0, open=100, current=0)) == 0.0


@given(*[st.integers(0, 10**12) for _ in range(4)])
def test_K_collection_effectiveness_lies_between_0_and_100_without_credit_balances(opening, sales, part, due):
    owed = part % (opening + sales + 1)
    found = cei(some(opening, sales, owed, due % (owed + 1)))
    assert found is None or 0 <= found <= 100


def test_K_a_share_of_nothing_is_undefined():
    assert (ratio(1, 3), ratio(0, 5), ratio(5, 0), ratio(5, -5)) == (0.3333, 0.0, None, None)
