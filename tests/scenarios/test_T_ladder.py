"""Rules T1-T7 as the ladder keeps them: offsets from S and D, windows, what people do at once, provisional years."""

import msgspec
import pytest

from service.domain import commands as c
from tests.examples import CHINA, an_invoice, day
from tests.telling import given
from tests.world import World


def owed(due: str, start: str = "2026-01-12", **more) -> World:
    world = World(start, **more)
    world.owed("INV-1", due=due, issued=start)
    return world


# T1


@pytest.mark.parametrize(
    ("terms", "issued", "due"),
    [
        ({"terms": "P30D"}, "2026-03-02", "2026-04-01"),
        ({"terms": "P1M"}, "2026-01-31", "2026-02-28"),
        ({"terms": "P2M"}, "2026-01-31", "2026-03-31"),
        ({"terms": "P30D", "terms_from": "month_end"}, "2026-02-10", "2026-03-30"),
        ({"terms": "P0D", "terms_from": "month_end"}, "2026-02-10", "2026-02-28"),
    ],
)
def test_T1_the_due_day_follows_from_the_terms_and_is_logged(terms, issued, due):
    world = World(issued)
    world.bill("INV-1", issued, None, **terms)
    assert world.case("INV-1").due_on == day(due)
    (set_,) = world.events("case.due_date_set")
    assert (set_.due_on, set_.terms, set_.terms_from) == (day(due), terms["terms"], terms.get("terms_from", "issued"))


def test_T1_terms_wait_for_the_fact_they_count_from():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", None, terms="P30D", terms_from="tax_invoice")
    world.confirm("INV-1")
    assert (world.case("INV-1").due_on, world.case("INV-1").stage) == (None, "collection")
    world.walk("2026-05-31")
    assert world.events("case.reminded") == []
    world.do(c.IssueTaxInvoice(invoice="INV-1", on=day("2026-05-29")))
    assert world.case("INV-1").due_on == day("2026-06-28")
    assert world.dated("case.due_date_set") == ["05-31"]
    world.do(c.DispatchTaxInvoice(invoice="INV-1", on=day("2026-05-31")))
    assert world.case("INV-1").due_on == day("2026-06-28")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"due": None}, "due_required"),
        ({"due": "2026-03-01"}, "due_before_issued"),
        ({"due": None, "terms": "P9M9W9Y"}, "duration_format"),
        ({"due": None, "terms": "P9999Y"}, "duration_format"),
        ({"due": None, "terms": "P300Y"}, "date_out_of_range"),
        ({"due": "2999-01-01"}, "date_out_of_range"),
        ({"issued_on": day("1066-10-14")}, "date_out_of_range"),
        ({"period": "0000-01"}, "date_out_of_range"),
        ({"period": "9999-12"}, "date_out_of_range"),
    ],
)
def test_T1_days_that_make_no_sense_are_refused(more, code):
    given().when(an_invoice(**more)).refused(code)


def test_T1_offsets_count_from_D_and_never_from_an_earlier_step():
    world = owed("2026-02-13").walk("2026-12-01")
    # D+1 14 February; D+3 to D+7 gather on the 24th; D+14 is 27 February although the festival lay between
    assert world.days("overdue-first-week") == ["02-14", "02-24"]
    assert world.levels("INV-1")[:2] == ["02-27 supervisor", "03-13 manager"]


# T2


def test_T2_different_steps_of_one_day_fire_in_ladder_order():
    world = owed("2026-02-10").walk("2026-02-24")  # D+5, D+7, D+8, D+14 all land on the 24th
    today = [one.event for at, one in world.log if at == world.workdays.opening(day("2026-02-24"))]
    steps = [e.step for e in today if hasattr(e, "step")]
    assert list(dict.fromkeys(steps)) == ["overdue-first-week", "overdue-daily", "overdue-supervisor"]
    assert [e.channel for e in today if e.type == "case.reminded"] == ["email", "phone"] * 2


def test_T2_internal_steps_move_to_the_first_window_of_the_next_open_day_too():
    world = owed("2026-01-15").walk("2026-03-01")
    assert world.timed("case.escalated") == ["01-29 09:00", "02-24 09:00"]  # D+1M is a Sunday in the festival


def test_T2_each_occurrence_fires_once_however_often_the_clock_looks():
    world = owed("2026-03-09").walk("2026-03-10 09:00")
    before = len(world.log)
    assert [world.wake() for _ in range(3)] == [[], [], []]
    assert len(world.log) == before


# T3


def test_T3_what_people_and_the_erp_do_takes_effect_at_any_hour():
    world = owed("2026-03-09").walk("2026-06-20")  # a Saturday in the Dragon Boat holiday
    world.walk("2026-06-21 03:00")
    world.promise("INV-1", "2026-06-30", amount="10.00")
    world.grant("hold")
    world.pay("P-1", "1000.00")
    kinds = ("promise.made", "hold.applied", "payment.applied", "case.closed")
    assert [world.timed(kind) for kind in kinds] == [["06-21 03:00"]] * len(kinds)


def test_T3_the_clock_asks_nothing_of_customers_at_night():
    world = owed("2026-03-09").walk("2026-03-09").sleep("2026-03-12 03:00")
    assert world.wake() == []


# T5


def test_T5_a_step_says_when_it_was_due():
    world = owed("2026-03-09").walk("2026-03-09").sleep("2026-03-10 15:00")
    world.walk("2026-03-10 15:00")
    (sent,) = world.events("case.reminded", step="overdue-first-week", channel="email")
    assert world.timed("case.reminded", step="overdue-first-week", channel="email") == ["03-10 15:00"]
    assert (sent.due_at, sent.on, sent.anchor) == (
        world.workdays.opening(day("2026-03-10")),
        day("2026-03-10"),
        day("2026-03-09"),
    )


def test_T5_after_a_pause_it_is_still_the_day_it_was_due():
    world = owed("2026-03-09").walk("2026-04-08")
    world.promise("INV-1", "2026-04-15")
    world.walk("2026-04-17")
    risen = world.events("case.escalated", level="manager")[0]
    assert (risen.due_at, risen.reached_on) == (world.workdays.opening(day("2026-04-09")), day("2026-04-17"))


# T6: in time for habits and days late is the store's to judge; promises are D1's


def test_T6_the_ladder_still_counts_from_D():
    world = owed("2026-03-14").walk("2026-03-31")  # a Saturday: money on Monday is in time
    assert world.days("overdue-first-week") == ["03-16", "03-17", "03-19", "03-23"]


# T7


def test_T7_steps_decided_in_an_unpublished_year_say_so():
    early = msgspec.structs.replace(CHINA, published_until=2025, closed=frozenset(), working=frozenset())
    world = owed("2026-02-13", calendar=early).walk("2026-02-24")
    sent = world.events("case.reminded", step="overdue-first-week", channel="email")
    assert [e.provisional for e in sent] == [True, True, True]
    assert world.days("overdue-first-week") == ["02-16", "02-18", "02-20"]  # weekdays alone decide
    known = owed("2026-02-13").walk("2026-02-24")
    assert not any(e.provisional for e in known.events("case.reminded"))


def test_T7_unfired_steps_move_when_the_year_is_published():
    early = msgspec.structs.replace(CHINA, published_until=2025, closed=frozenset(), working=frozenset())
    world = owed("2026-02-16", calendar=early).walk("2026-02-12")
    assert world.next_alarm() == world.workdays.opening(day("2026-02-17"))
    world.workdays = world.settings.workdays(CHINA)
    assert world.next_alarm() == world.workdays.opening(day("2026-02-24"))
