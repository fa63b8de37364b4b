"""Rules B1-B7: the ladder of an overdue bill up to the general manager."""

import pytest

from service.domain import commands as c
from tests.examples import a_playbook, by, day
from tests.world import World


def owed(due: str, start: str = "2026-01-12", **more) -> World:
    world = World(start, **more)
    world.owed("INV-1", due=due, issued=start)
    return world


# B1


@pytest.mark.parametrize(
    ("due", "reminded"),
    [
        ("2026-03-20", "03-13"),
        ("2026-03-15", "03-09"),  # D-7 is a Sunday
        ("2026-02-22", "02-14"),  # no open day from D-7 to D: the last open day before, a worked Saturday
        ("2026-02-24", "02-24"),  # the only open day is D itself
        ("2026-05-05", "04-28"),
        ("2026-05-08", "05-06"),
        ("2026-10-07", "09-30"),
        ("2026-10-05", "09-28"),
    ],
)
def test_B1_one_reminder_seven_days_before_and_never_past_the_due_day(due, reminded):
    world = owed(due).walk("2026-12-01")
    assert world.days("due-soon", "email") == [reminded]
    assert world.days("due-soon", "phone") == [reminded]


def test_B1_a_bill_confirmed_between_gets_it_at_the_next_window():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-20")
    world.walk("2026-03-17 10:00").confirm("INV-1")
    world.walk("2026-03-31")
    assert world.timed("case.reminded", step="due-soon", channel="email") == ["03-17 10:00"]
    (late,) = world.events("case.reminded", step="due-soon", channel="email")
    assert late.due_at == world.workdays.opening(day("2026-03-13"))  # T5: when it was due


def test_B1_confirmed_in_the_evening_gets_it_in_the_morning():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-20")
    world.walk("2026-03-17 18:00").confirm("INV-1")
    assert world.walk("2026-03-31").days("due-soon") == ["03-18"]


@pytest.mark.parametrize(
    ("due", "confirmed"),
    [("2026-03-14", "2026-03-13 18:00"), ("2026-03-12", "2026-03-12 18:00")],  # a Saturday, and a Thursday's evening
)
def test_B1_after_the_due_day_it_is_dropped(due, confirmed):
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", due)
    world.walk(confirmed).confirm("INV-1")
    world.walk("2026-03-31")
    assert world.days("due-soon") == []
    assert [(e.step, e.why) for e in world.events("step.skipped", rule="B1")] == [("due-soon", "too_late")]


# B2


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        ("2026-03-09", ["03-10", "03-12", "03-16"]),  # D+5 and D+7 land on Monday
        ("2026-03-12", ["03-13", "03-16", "03-17", "03-19"]),  # D+3 does
        ("2026-02-13", ["02-14", "02-24"]),
        ("2026-04-28", ["04-29", "05-06"]),
        ("2026-09-29", ["09-30", "10-08"]),
        ("2026-03-31", ["04-01", "04-03", "04-07"]),
    ],
)
def test_B2_email_and_phone_on_the_first_third_fifth_and_seventh_day(due, asked):
    world = owed(due).walk("2026-12-01")
    assert world.days("overdue-first-week", "email") == asked
    assert world.days("overdue-first-week", "phone") == asked


def test_B2_the_email_carries_finances_list_with_finance_in_copy():
    world = owed("2026-03-09").walk("2026-03-10")
    (sent,) = world.events("case.reminded", step="overdue-first-week", channel="email")
    assert (sent.template, sent.copy, sent.rule) == ("overdue", "finance", "B2")


# B3


@pytest.mark.parametrize(
    ("due", "daily"),
    [
        ("2026-03-09", ["03-17", "03-18", "03-19", "03-20", "03-23"]),
        ("2026-02-06", ["02-14", "02-24", "02-25", "02-26", "02-27", "02-28", "03-02"]),
        ("2026-04-30", ["05-08", "05-09", "05-11"]),
    ],
)
def test_B3_daily_from_the_eighth_day(due, daily):
    world = owed(due).walk("2026-12-01")
    assert world.days("overdue-daily", "email")[: len(daily)] == daily
    assert world.days("overdue-daily", "phone")[: len(daily)] == daily


def test_B3_goes_on_daily_at_level_supervisor_and_weekly_from_the_day_a_manager_has_it():
    world = owed("2026-03-09").walk("2026-05-31")
    assert world.levels("INV-1")[:2] == ["03-23 supervisor", "04-09 manager"]
    assert world.days("overdue-daily")[-3:] == ["04-07", "04-08", "04-09"]
    # every seven days from 9 April; 30 April is the last before May Day
    assert world.days("overdue-weekly") == ["04-16", "04-23", "04-30", "05-07", "05-14", "05-21", "05-28"]


def test_B3_weekly_counts_from_the_day_itself_over_closed_days():
    world = owed("2026-03-31").walk("2026-05-31")  # the manager has it on 30 April
    assert world.levels("INV-1")[1] == "04-30 manager"
    assert world.days("overdue-weekly")[:3] == ["05-07", "05-14", "05-21"]


def test_B3_ends_at_level_legal():
    world = owed("2026-01-12").walk("2026-04-14")
    world.grant("hold")
    world.walk("2026-04-22").grant("letter")
    world.walk("2026-05-06").grant("lawyer_letter")
    assert world.case("INV-1").level == "legal"
    world.walk("2026-09-30")
    assert world.days("overdue-weekly")[-1] == "04-30"  # 7 May would have been next
    assert world.days("overdue-weekly")[:2] == ["02-24", "02-26"]


# B4


@pytest.mark.parametrize(
    ("due", "day"),
    [("2026-03-09", "03-23"), ("2026-02-01", "02-24"), ("2026-04-20", "05-06"), ("2026-04-25", "05-09")],
)
def test_B4_supervisor_after_two_weeks_without_progress(due, day):
    world = owed(due).walk("2026-12-01")
    assert world.levels("INV-1")[0] == f"{day} supervisor"
    assert world.events("case.escalated")[0].rule == "B4"
    assert world.customer.tasks["call"].role == "supervisor"


def test_B4_waits_for_progress_and_is_skipped_once_the_manager_has_it():
    world = owed("2026-03-09").walk("2026-03-20")
    world.pay("P-1", "10.00")
    assert world.walk("2026-04-03").levels("INV-1") == ["04-03 supervisor"]
    other = owed("2026-03-09").walk("2026-03-20")
    other.pay("P-1", "10.00")
    other.walk("2026-04-02").pay("P-2", "10.00")
    other.walk("2026-04-30")
    assert other.levels("INV-1") == ["04-09 manager"]
    assert [e.why for e in other.events("step.skipped", step="overdue-supervisor")] == ["level_reached"]
    assert other.dated("step.skipped", step="overdue-supervisor") == ["04-16"]


def test_B4_progress_before_the_due_day_does_not_count():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-12")
    world.walk("2026-03-12").confirm("INV-1")  # on D itself
    world.pay("P-1", "10.00", on="2026-03-11")
    assert world.walk("2026-04-10").levels("INV-1") == ["03-26 supervisor"]


PATIENT = """
grammar: 1
name: patient
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: to-supervisor, rule: B4, at: P5D, wait: {without_progress: P14D}, do: [{escalate: supervisor}]}
"""


@pytest.mark.parametrize(
    ("paid_on", "risen"), [("2026-03-10", "03-16"), ("2026-03-11", "03-16"), ("2026-03-12", "03-26")]
)
def test_B4_progress_counts_from_the_day_after_the_clocks_start(paid_on, risen):
    world = World("2026-03-09", playbook=a_playbook(PATIENT))
    world.owed("INV-1", due="2026-03-11", issued="2026-03-09")
    world.walk("2026-03-12").pay("P-1", "10.00", on=paid_on)
    assert world.walk("2026-04-10").levels("INV-1") == [f"{risen} supervisor"]


def test_B4_a_level_already_reached_is_skipped_and_tells_nobody():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-18")
    world.walk("2026-04-02")
    assert world.levels("INV-1") == ["03-16 supervisor"]
    told_on = world.dated("notice.raised", rule="B4")
    assert (world.dated("step.skipped", step="overdue-supervisor"), told_on) == (["04-01"], [])


def test_B4_credits_contacts_and_broken_promises_are_no_progress():
    world = owed("2026-03-09").walk("2026-03-17")
    world.do(c.CreditInvoice(invoice="INV-1", amount="10.00"))
    record = c.ContactRecord(channel="phone", outcome="promised")
    world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))
    world.promise("INV-1", "2026-03-17", amount="10.00")
    assert world.walk("2026-04-01").levels("INV-1") == ["03-23 supervisor"]


# B5


def test_B5_a_visit_replaces_the_call_of_habitually_late_payers_from_the_eighth_day():
    world = World("2026-01-05")
    for n in range(2):
        world.owed(f"OLD-{n}", due="2026-01-12", issued=f"2026-01-0{5 + n}", amount="5.00")
    world.walk("2026-01-21").pay("P-0", "10.00")  # nine days late
    world.walk("2026-03-02").owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2026-03-31")
    assert world.days("overdue-first-week", "phone", "INV-1") == ["03-10", "03-12", "03-16"]
    assert world.days("overdue-daily", "phone", "INV-1") == []
    assert world.days("overdue-daily", "visit", "INV-1") == ["03-17"]
    assert world.days("overdue-daily", "email", "INV-1")[:3] == ["03-17", "03-18", "03-19"]
    assert {e.rule for e in world.events("case.reminded", channel="visit")} == {"B5"}


def test_B5_bills_a_week_late_or_less_make_no_habit():
    world = World("2026-01-05")
    for n in range(2):
        world.owed(f"OLD-{n}", due="2026-01-12", issued=f"2026-01-0{5 + n}", amount="5.00")
    world.walk("2026-01-19").pay("P-0", "10.00")
    world.walk("2026-03-02").owed("INV-1", due="2026-03-09", issued="2026-03-02")
    assert world.walk("2026-03-20").days("overdue-daily", "phone", "INV-1") == ["03-17", "03-18", "03-19", "03-20"]
    assert world.days("overdue-daily", "visit", "INV-1") == []


# B6, B7


@pytest.mark.parametrize(
    ("due", "manager", "general_manager"),
    [
        ("2026-03-09", "04-09", "05-09"),  # a worked Saturday
        ("2026-01-31", "02-28", "03-31"),  # the month's end, a worked Saturday
        ("2026-01-20", "02-24", "03-20"),
        ("2026-04-01", "05-06", "06-01"),
        ("2026-08-31", "09-30", "11-02"),  # 31 October is a Saturday
        ("2026-09-04", "10-08", "11-04"),
    ],
)
def test_B6_B7_manager_after_one_month_general_manager_after_two(due, manager, general_manager):
    world = owed(due).walk("2026-12-01")
    risen = [one for one in world.levels("INV-1") if "manager" in one]
    assert risen == [f"{manager} manager", f"{general_manager} general_manager"]
    assert world.notices("overdue_one_month") == [f"{manager} manager"]
    assert [e.rule for e in world.events("notice.raised", text="overdue_one_month")] == ["B6"]
    assert world.notices("overdue_two_months") == [f"{general_manager} general_manager"]


def test_B6_B7_each_gets_a_task_to_help_and_the_owner_keeps_the_case():
    world = owed("2026-03-09", collector="li.na").walk("2026-05-20")
    helping = world.events("task.created", kind="assist")
    assert [(t.role, t.owner, t.why, t.rule) for t in helping] == [
        ("manager", "manager", "help_collect", "B6"),
        ("general_manager", "general_manager", "help_collect", "B7"),
    ]
    assert len({t.task for t in helping}) == 2
    assert world.case("INV-1").owner == "li.na"
    world.pay("P-1", "1000.00")
    assert len(world.events("task.cancelled", kind="assist")) == 2


def test_B6_B7_do_not_wait_for_progress():
    world = owed("2026-03-09").walk("2026-04-08")
    world.pay("P-1", "10.00")
    world.promise("INV-1", "2026-04-20", amount="10.00")
    assert world.walk("2026-04-09").levels("INV-1")[-1] == "04-09 manager"
    world.walk("2026-05-08").pay("P-2", "10.00")
    assert world.walk("2026-05-09").levels("INV-1")[-1] == "05-09 general_manager"


def test_B6_a_manager_who_has_it_already_is_told_nothing():
    world = owed("2026-03-09")
    for made_on, until in [("2026-03-24", "2026-03-25"), ("2026-03-27", "2026-03-30")]:
        world.walk(f"{made_on} 10:00").promise("INV-1", until)
    world.walk("2026-04-10")
    assert world.levels("INV-1") == ["03-23 supervisor", "04-01 manager"]  # D2: the second is broken
    assert (world.notices("overdue_one_month"), world.events("task.created", kind="assist")) == ([], [])
    assert world.dated("step.skipped", step="overdue-manager", why="level_reached") == ["04-09"]


def test_B6_waits_only_while_the_case_is_paused():
    world = owed("2026-03-09").walk("2026-04-08")
    world.promise("INV-1", "2026-04-15")
    assert world.walk("2026-04-16 23:00").levels("INV-1") == ["03-23 supervisor"]
    # unpaid on the 16th, the first open day after: broken when the 17th begins
    assert world.walk("2026-04-17").levels("INV-1")[-1] == "04-17 manager"
