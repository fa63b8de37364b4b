"""Rule D4, the basics: another due day - a new ladder when it lies ahead, no repetition when it is past."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Refused
from tests.examples import by, day
from tests.world import World


def overdue(due: str = "2026-03-09") -> World:
    world = World("2026-03-02")
    world.owed("INV-1", due=due, issued="2026-03-02")
    return world


def test_D4_a_new_day_in_the_future_is_a_new_ladder_from_level_none():
    world = overdue().walk("2026-04-10")
    assert world.case("INV-1").level == "manager"
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-05-11"), reason="agreed"))
    assert (world.case("INV-1").level, "call" in world.customer.tasks) == ("none", False)
    (changed,) = world.events("invoice.due_date_changed")
    assert (changed.previous, changed.due_on) == (day("2026-03-09"), day("2026-05-11"))
    world.walk("2026-06-11")
    assert world.days("due-soon") == ["03-02", "05-06"]  # 4 May is closed
    assert world.days("overdue-first-week")[3:] == ["05-12", "05-14", "05-18"]
    assert world.levels("INV-1")[-2:] == ["05-25 supervisor", "06-11 manager"]


def test_D4_the_whole_consent_ladder_may_come_again():
    world = overdue().walk("2026-06-10")
    world.grant("hold")
    world.walk("2026-06-17").grant("letter")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-07-01")))
    assert world.case("INV-1").level == "none"
    assert "release" in world.customer.requests  # nobody stands behind the hold any more
    world.grant("release")
    world.walk("2026-10-15")
    assert world.dated("approval.requested", kind="hold") == ["06-09", "10-08"]
    world.reject("hold")
    assert world.walk("2026-10-31").dated("approval.requested", kind="letter") == ["06-17", "10-22"]


def test_D4_an_open_request_loses_its_object():
    world = overdue().walk("2026-06-10")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-07-01")))
    assert [e.why for e in world.events("approval.cancelled")] == ["due_date_changed"]


def test_D4_still_past_the_level_is_kept_and_fired_steps_are_not_repeated():
    world = overdue().walk("2026-03-26 18:00")
    assert world.days("overdue-daily")[-1] == "03-26"
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-16")))
    assert (world.case("INV-1").level, "call" in world.customer.tasks) == ("supervisor", True)
    world.walk("2026-04-17")
    assert world.days("overdue-first-week") == ["03-10", "03-12", "03-16"]
    assert world.days("overdue-daily")[-3:] == ["04-14", "04-15", "04-16"]
    assert "03-27" in world.days("overdue-daily")
    assert world.levels("INV-1") == ["03-23 supervisor", "04-16 manager"]
    assert world.events("step.skipped") == []


def test_D4_still_past_a_refused_request_comes_again_by_its_refusal():
    world = overdue().walk("2026-06-10")
    world.reject("hold")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-30")))
    world.walk("2026-07-10")
    assert world.dated("approval.requested", kind="hold") == ["06-09", "06-24"]


def test_D4_moved_back_what_has_passed_is_caught_up_one_a_day():
    world = overdue("2026-04-30").walk("2026-05-06")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-06")))
    world.walk("2026-05-11")
    assert world.levels("INV-1") == ["05-07 supervisor", "05-08 manager", "05-09 general_manager"]


def test_D4_the_day_may_not_lie_before_the_issue():
    with pytest.raises(Refused, match="due_before_issued"):
        overdue().do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-01")))
    assert overdue().do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-09"))) == []


def test_D4_the_day_of_issue_itself_is_allowed():
    assert overdue().do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-02")))


def test_D4_today_is_not_past():
    world = overdue().walk("2026-04-10")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-04-10")))
    assert world.case("INV-1").level == "none"
    assert world.walk("2026-04-13").days("overdue-first-week")[3:] == ["04-13"]


def test_D4_an_unconfirmed_bill_keeps_its_level_and_its_call():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-05-04")
    world.walk("2026-03-17").do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-06-01")))
    case = world.case("INV-1")
    assert (case.stage, case.level, "call" in world.customer.tasks) == ("confirmation", "supervisor", True)


def test_D4_help_wanted_on_the_old_ladder_is_wanted_no_longer():
    world = overdue().walk("2026-04-10")
    assert "assist:manager" in world.case("INV-1").tasks
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-05-11")))
    assert world.case("INV-1").tasks == {}
    assert [e.kind for e in world.events("task.cancelled", why="due_date_changed")] == ["call", "assist"]


def test_D4_a_hold_that_no_bill_caused_outlives_another_day():
    world = overdue().walk("2026-03-11")
    world.do(c.ApplyHold(customer="C-1", reason="bad news"), by("manager"))
    world.grant("hold")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-05-11")))
    assert world.customer.hold is not None and world.customer.requests == {}


def test_D4_still_past_only_what_counts_from_D_moves():
    world = overdue().walk("2026-04-17")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-16")))
    assert world.walk("2026-04-24").days("overdue-weekly") == ["04-16", "04-23"]


def test_D4_moved_by_a_day_what_has_not_fired_still_does():
    world = overdue().walk("2026-03-10 18:00")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-08")))
    assert world.walk("2026-03-16").days("overdue-first-week") == ["03-10", "03-11", "03-13", "03-16"]
