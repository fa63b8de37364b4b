"""K: money as rows that only have to be added up, by day and due date, whatever the order in which it became known."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.domain.case import Case
from service.domain.events import CaseEvent
from service.domain.events import bill as b
from service.domain.events.claim import WrittenOff
from service.domain.evolve import evolve_case
from service.domain.movements import Book, Movement, moves

S, D = date(2026, 1, 5), date(2026, 2, 4)


def issued(amount: int = 1000, due_on: date | None = D) -> b.InvoiceIssued:
    return b.InvoiceIssued(customer="C", amount=amount, currency="CNY", issued_on=S, due_on=due_on, terms=None)


def paid(amount: int, on: date) -> b.PaymentApplied:
    return b.PaymentApplied(payment="P", amount=amount, currency="CNY", received_on=on)


def booked(story: Sequence[tuple[date, CaseEvent]]) -> list[Movement]:
    """The rows of a whole stream."""
    case, book, rows = Case(id="INV-1"), Book(), []
    for day, event in story:
        before, case = case, evolve_case(case, event)
        if moves(before, case):
            rows += book.book(before, case, day)
    return rows


def as_of(rows: Sequence[Movement], day: date) -> dict[date | None, int]:
    """What is open by due date: a sum."""
    found: Counter[date | None] = Counter()
    for row in rows:
        if row.day <= day:
            found[row.due_on] += row.amount
    return {due_on: amount for due_on, amount in found.items() if amount}


def test_K_a_bill_and_its_money_are_a_row_each():
    rows = booked([(S, issued()), (date(2026, 1, 20), paid(400, date(2026, 1, 20)))])
    assert rows == [Movement("billed", S, 1000, D), Movement("paid", date(2026, 1, 20), -400, D)]
    assert as_of(rows, date(2026, 1, 19)) == {D: 1000}
    assert as_of(rows, date(2026, 1, 20)) == {D: 600}


def test_K_money_that_came_before_its_bill_counts_from_the_bills_day():
    early = S - timedelta(3)
    rows = booked([(S, issued()), (early, paid(400, early))])
    assert as_of(rows, early) == {}
    assert as_of(rows, S) == {D: 600}


def test_K_another_due_date_moves_what_is_open_from_its_day_on():
    later, agreed = date(2026, 4, 1), date(2026, 3, 1)
    rows = booked([(S, issued()), (agreed, b.DueDateChanged(due_on=later, previous=D))])
    assert as_of(rows, date(2026, 2, 28)) == {D: 1000}
    assert as_of(rows, agreed) == {later: 1000}


def test_K_money_told_late_counts_under_the_due_date_of_its_own_day():
    later, agreed, received = date(2026, 4, 1), date(2026, 3, 1), date(2026, 2, 20)
    rows = booked([(S, issued()), (agreed, b.DueDateChanged(due_on=later, previous=D)), (received, paid(400, received))])
    assert as_of(rows, date(2026, 2, 19)) == {D: 1000}
    assert as_of(rows, received) == {D: 600}
    assert as_of(rows, agreed) == {later: 600}


def test_K_the_date_that_terms_become_holds_from_the_bills_own_day():
    fixed = b.DueDateSet(due_on=D, terms="P30D", terms_from="confirmed")
    rows = booked([(S, issued(due_on=None)), (date(2026, 3, 1), fixed)])
    assert as_of(rows[:1], date(2026, 1, 6)) == {None: 1000}
    assert as_of(rows, date(2026, 1, 6)) == {D: 1000}


def test_K_a_changed_due_date_leaves_a_row_though_nothing_is_open():
    day = date(2026, 1, 20)
    rows = booked([(S, issued()), (day, paid(1000, day)), (date(2026, 3, 1), b.DueDateChanged(due_on=date(2026, 4, 1)))])
    assert rows[2:] == [Movement("due", date(2026, 3, 1), 0, date(2026, 4, 1))]


def test_K_what_was_paid_and_credited_before_the_issue_counts_with_it():
    submitted = b.InvoiceSubmitted(customer="C", amount=900, currency="CNY", period="2026-01", submitted_on=S)
    credit = b.InvoiceCredited(amount=100, on=S)
    rows = booked([(S, submitted), (S, credit), (S, paid(50, S)), (S, issued())])
    assert [(row.kind, row.amount) for row in rows] == [("billed", 1000), ("credited", -100), ("paid", -50)]


def test_K_what_is_written_off_and_what_comes_of_it_later_are_told_apart():
    given_up, came = date(2026, 6, 1), date(2026, 7, 1)
    recovered = b.PaymentApplied(payment="P", amount=300, currency="CNY", received_on=came, recovered=300)
    rows = booked([(S, issued()), (given_up, WrittenOff(amount=1000, currency="CNY", on=given_up)), (came, recovered)])
    assert [(row.kind, row.day, row.amount) for row in rows[1:]] == [
        ("lost", given_up, -1000),
        ("paid", came, -300),
        ("lost", came, 300),
    ]
    assert as_of(rows, came) == {}


days = st.integers(-10, 120).map(lambda n: S + timedelta(n))
dues = st.integers(0, 150).map(lambda n: S + timedelta(n))
amounts = st.integers(1, 2000)
facts = st.one_of(
    st.tuples(st.just("paid"), days, amounts),
    st.tuples(st.just("taken back"), days, amounts),
    st.tuples(st.just("credited"), days, amounts),
    st.tuples(st.just("amended"), st.none(), amounts),
    st.tuples(st.just("voided"), st.none(), amounts),
    st.tuples(st.just("due"), st.none(), dues),
)


def _event(kind: str, day: date, what: int | date) -> CaseEvent:
    match kind, what:
        case "paid", int():
            return paid(what, day)
        case "taken back", int():
            return b.PaymentUnapplied(payment="P", amount=what, currency="CNY", received_on=day, why="reversed")
        case "credited", int():
            return b.InvoiceCredited(amount=what, on=day)
        case "amended", int():
            return b.InvoiceAmended(amount=what)
        case "due", date():
            return b.DueDateChanged(due_on=what)
        case _:
            return b.InvoiceVoided()


def replayed(story: Sequence[tuple[date, CaseEvent]], until: date) -> dict[date | None, int]:
    """The same without any row: each fact changes what is open by so much; those of later days are left out, and the due
    date is the last one said of a day up to then."""
    case, open_amount, due_on, changed_on = Case(id="INV-1"), 0, None, date.min
    for day, event in story:
        before, case = case, evolve_case(case, event)
        since = S if isinstance(event, b.DueDateSet) else max(day, S)
        if since <= until:
            open_amount += case.open - before.open
        if case.due_on != before.due_on and changed_on <= since <= until:
            due_on, changed_on = case.due_on, since
    return {due_on: open_amount} if open_amount else {}


@given(st.lists(facts, max_size=8), st.booleans(), days)
def test_K_sums_by_day_are_what_replaying_up_to_that_day_says(told, terms, until):
    today = S
    story: list[tuple[date, CaseEvent]] = [(S, issued(due_on=None if terms else D))]
    story += [(S, b.DueDateSet(due_on=D, terms="P30D", terms_from="issued"))] if terms else []
    for n, (kind, day, what) in enumerate(told):
        today = S + timedelta(15 * n)  # what is no money counts from the day it is said
        story.append((day or today, _event(kind, day or today, what)))
    rows = booked(story)
    assert as_of(rows, until) == replayed(story, until)
