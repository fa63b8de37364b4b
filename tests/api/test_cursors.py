"""Cursors lead back to where they were made for, and nowhere else."""

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.cursors import LONGEST, Cursors
from service.api.problems import Problem

CURSORS = Cursors(b"k" * 32)
FILTERS = {"stage": "collection", "sort": "-due_on", "due_before": date(2026, 3, 1), "q": None}
POSITION = ("2026-03-06", "INV-1", 12, None)
VALUES = st.none() | st.text() | st.integers(-(2**63), 2**63)


def a_cursor():
    return CURSORS.write("acme", "cases", FILTERS, POSITION)


def refused(text, tenant="acme", kind="cases", filters=FILTERS, cursors=CURSORS):
    with pytest.raises(Problem) as caught:
        cursors.read(text, tenant, kind, filters)
    problem = caught.value
    assert [fault.pointer for fault in problem.errors] == ["/query/cursor"]
    return problem.status == 422 and problem.code == "cursor_invalid"


def test_it_leads_back():
    assert CURSORS.read(a_cursor(), "acme", "cases", FILTERS) == POSITION


def test_the_order_of_filters_and_absent_ones_do_not_matter():
    reordered = {name: value for name, value in reversed(FILTERS.items()) if value is not None}
    assert CURSORS.read(a_cursor(), "acme", "cases", reordered) == POSITION


def test_another_replica_reads_it():
    assert Cursors(b"k" * 32).read(a_cursor(), "acme", "cases", FILTERS) == POSITION


@pytest.mark.parametrize(
    "other",
    [
        {"filters": FILTERS | {"stage": "closed"}},
        {"filters": FILTERS | {"owner": "li.na"}},
        {"filters": {}},
        {"tenant": "other"},
        {"kind": "customers"},
        {"cursors": Cursors(b"K" * 32)},
    ],
)
def test_it_is_bound_to_tenant_list_filters_and_house(other):
    assert refused(a_cursor(), **other)


@pytest.mark.parametrize("text", ["", "x", "null", "é", "A" * (LONGEST + 1), "====", "A A", "../..", "12345"])
def test_made_up(text):
    assert refused(text)


def test_every_changed_sign_is_found():
    cursor = a_cursor()
    for at in range(len(cursor)):
        assert refused(cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :])


def test_only_one_spelling_is_ours():
    cursor = a_cursor()
    padded = cursor + "=" * (-len(cursor) % 4)
    assert padded == cursor or refused(padded)
    assert refused(cursor + "\n")
    assert refused(cursor[:-1])
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for length in range(1, 4):  # of the last sign some bits may not count
        cursor = CURSORS.write("acme", "cases", FILTERS, ("x" * length,))
        last = signs[signs.index(cursor[-1]) ^ 1]
        assert refused(cursor[:-1] + last)


def test_signed_nonsense_of_another_release_is_refused():
    content = b"\xc1"
    raw = CURSORS._mac(content) + content
    assert refused(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


@given(st.lists(VALUES, max_size=4), st.dictionaries(st.text(), VALUES, max_size=3))
def test_any_position_comes_back(values, filters):
    cursor = CURSORS.write("acme", "feed", filters, tuple(values))
    assert CURSORS.read(cursor, "acme", "feed", filters) == tuple(values)
    assert cursor.isascii() and not set(cursor) & set("+/=&?#% ")


@given(st.text())
def test_any_text_is_refused(text):
    assert refused(text)
