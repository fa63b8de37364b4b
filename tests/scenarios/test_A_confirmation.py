"""Rules A6-A8 and A10: how often an unconfirmed bill is asked about, by whom, and when the supervisor takes over."""

import pytest

from service.domain import commands as c
from tests.examples import by
from tests.world import World


def unconfirmed(issued: str, due: str = "2026-12-30", **more) -> World:
    world = World(issued, **more)
    world.bill("INV-1", issued, due)
    return world


# A6


@pytest.mark.parametrize(
    ("issued", "asked"),
    [
        ("2026-03-02", ["03-04", "03-06", "03-09"]),  # S+6 is a Sunday
        ("2026-02-10", ["02-12", "02-14", "02-24"]),  # a worked Saturday, then the Spring Festival
        ("2026-04-27", ["04-29", "05-06"]),  # S+4 and S+6 land on the day after May Day and are one
        ("2026-09-28", ["09-30", "10-08"]),
    ],
)
def test_A6_email_and_phone_on_the_second_fourth_and_sixth_day(issued, asked):
    world = unconfirmed(issued).walk("2026-12-01")
    assert world.days("confirm-first-week", "email") == asked
    assert world.days("confirm-first-week", "phone") == asked
    first = world.events("case.reminded", step="confirm-first-week", channel="email")[0]
    assert (first.template, first.rule) == ("confirm", "A6")


def test_A6_does_not_ask_for_what_is_confirmed_or_needs_no_confirmation():
    world = unconfirmed("2026-03-02")
    world.walk("2026-03-05").confirm("INV-1")
    world.owed("INV-2", due="2026-12-30", issued="2026-03-05")
    world.walk("2026-03-31")
    assert world.days("confirm-first-week") == ["03-04"]
    assert world.days("confirm-daily") == []


# A7


@pytest.mark.parametrize(
    ("issued", "days"),
    [
        ("2026-03-02", ["03-10", "03-11", "03-12", "03-13", "03-16", "03-17"]),
        ("2026-02-06", ["02-14", "02-24", "02-25", "02-26", "02-27", "02-28", "03-02"]),
        ("2026-04-27", ["05-06", "05-07", "05-08", "05-09", "05-11"]),
    ],
)
def test_A7_daily_from_the_eighth_day_on_open_days(issued, days):
    world = unconfirmed(issued).walk("2026-06-30")
    assert world.days("confirm-daily", "email")[: len(days)] == days
    assert world.days("confirm-daily", "phone")[: len(days)] == days


def test_A7_goes_on_to_the_due_day_and_not_beyond():
    world = unconfirmed("2026-03-02", due="2026-03-18").walk("2026-03-31")
    assert world.days("confirm-daily")[-1] == "03-18"


def test_A7_one_email_though_the_sixth_and_eighth_day_meet():
    world = unconfirmed("2026-02-10").walk("2026-02-24")
    sent = [e for e in world.events("case.reminded", channel="email") if e.message.endswith("2026-02-24")]
    assert [e.step for e in sent] == ["confirm-first-week", "confirm-daily"]
    assert len({e.message for e in sent}) == 1


# A8


@pytest.mark.parametrize(
    ("issued", "day"),
    [("2026-03-02", "03-16"), ("2026-02-10", "02-24"), ("2026-02-06", "02-24"), ("2026-04-17", "05-06")],
)
def test_A8_escalates_after_two_weeks_without_progress(issued, day):
    world = unconfirmed(issued).walk("2026-06-30")
    assert world.levels("INV-1") == [f"{day} supervisor"]
    assert world.events("case.escalated")[0].rule == "A8"


def test_A8_the_call_and_visit_tasks_become_the_supervisors():
    world = unconfirmed("2026-03-02", collector="li.na").walk("2026-03-13")
    call = world.customer.tasks["call"]
    assert (call.role, call.owner, call.raised) == ("collector", "li.na", 0)
    world.walk("2026-03-16")
    assert (world.customer.tasks["call"].role, world.customer.tasks["call"].raised) == ("supervisor", 1)
    world.finish("call")
    world.walk("2026-03-17")
    assert world.customer.tasks["call"].role == "supervisor"
    assert world.case("INV-1").owner == "li.na"


def test_A8_a_bill_that_joins_the_task_and_rises_on_one_day_is_counted_once():
    world = unconfirmed("2026-03-02").walk("2026-03-13")
    world.finish("call")
    world.walk("2026-03-16 08:00")
    world.owed("INV-2", due="2026-03-13", issued="2026-03-13")
    world.walk("2026-03-16")
    assert (world.customer.tasks["call"].bills, world.customer.tasks["call"].raised) == (2, 1)


def test_A8_waits_two_weeks_after_a_payment():
    world = unconfirmed("2026-03-02").walk("2026-03-10")
    world.pay("P-1", "10.00")
    assert world.walk("2026-04-30").levels("INV-1") == ["03-24 supervisor"]


def test_A8_waits_two_weeks_after_the_latest_progress():
    world = unconfirmed("2026-03-02").walk("2026-03-10")
    world.pay("P-1", "10.00")
    world.walk("2026-03-20").pay("P-2", "10.00", "2026-03-18")
    assert world.walk("2026-04-30").levels("INV-1") == ["04-01 supervisor"]


def test_A8_progress_counts_from_its_own_date_and_only_after_S():
    world = unconfirmed("2026-03-02").walk("2026-03-12")
    world.pay("P-1", "10.00", on="2026-03-02")
    assert world.walk("2026-04-30").levels("INV-1") == ["03-16 supervisor"]


def test_A8_a_promise_is_progress_until_it_breaks():
    world = unconfirmed("2026-03-02").walk("2026-03-12")
    world.promise("INV-1", "2026-03-18", amount="10.00")
    world.walk("2026-03-19 23:00")
    assert world.levels("INV-1") == []
    # broken when 20 March begins: the step that had waited since the 16th is due at once
    assert world.walk("2026-04-30").levels("INV-1") == ["03-20 supervisor"]
    (escalated,) = world.events("case.escalated")
    assert world.timed("case.escalated") == ["03-20 09:00"]
    assert (escalated.on.isoformat(), escalated.due_at.date().isoformat()) == ("2026-03-16", "2026-03-16")


def test_A8_a_credit_a_reply_or_a_logged_contact_is_no_progress():
    world = unconfirmed("2026-03-02").walk("2026-03-12")
    world.do(c.CreditInvoice(invoice="INV-1", amount="10.00"))
    record = c.ContactRecord(channel="phone", outcome="reached", willingness="yes")
    world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))
    assert world.walk("2026-04-30").levels("INV-1") == ["03-16 supervisor"]


# A10


def late_confirmer() -> World:
    """Two of the last three bills were confirmed after S+14."""
    world = World("2026-01-05")
    for n, (issued, confirmed) in enumerate([("2026-01-05", "2026-01-29"), ("2026-01-06", "2026-01-30")]):
        world.bill(f"OLD-{n}", issued, "2026-12-30")
        world.walk(confirmed).confirm(f"OLD-{n}") if n else None
    world.confirm("OLD-0")
    world.do(c.VoidInvoice(invoice="OLD-0"))
    world.do(c.VoidInvoice(invoice="OLD-1"))
    world.walk("2026-03-02").bill("INV-1", "2026-03-02", "2026-12-30")
    return world


def test_A10_a_visit_replaces_the_call_of_habitually_late_confirmers_from_the_eighth_day():
    world = late_confirmer()
    world.walk("2026-03-31")
    assert world.days("confirm-first-week", "phone", "INV-1") == ["03-04", "03-06", "03-09"]
    assert world.days("confirm-daily", "phone", "INV-1") == []
    assert world.days("confirm-daily", "email", "INV-1")[:3] == ["03-10", "03-11", "03-12"]
    assert {e.rule for e in world.events("case.reminded", channel="visit")} == {"A10"}


def test_A10_at_most_one_visit_a_week():
    world = late_confirmer().walk("2026-03-10")
    record = c.ContactRecord(channel="visit", outcome="not_reached")
    world.finish("visit", record)
    world.walk("2026-03-16 18:00")
    assert world.dated("task.created", kind="visit") == ["03-10"]
    world.walk("2026-03-17")
    assert world.dated("task.created", kind="visit") == ["03-10", "03-17"]


def test_A10_an_open_visit_is_not_asked_for_again():
    world = late_confirmer().walk("2026-03-31")
    assert world.dated("task.created", kind="visit") == ["03-10"]
    assert world.days("confirm-daily", "visit", "INV-1") == ["03-10"]


def test_A10_each_task_counts_its_own_bills_and_each_day_leaves_one_trace():
    world = unconfirmed("2026-03-02")
    world.bill("INV-2", "2026-03-02", "2026-12-30")
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late"})}
    world.walk("2026-03-11")
    sent = world.events("case.reminded", step="confirm-daily")
    assert {(e.channel, e.bills) for e in sent} == {("email", 2), ("phone", 1), ("visit", 1)}
    assert world.events("step.fired", step="confirm-daily") == []


def test_A10_one_late_bill_is_no_habit():
    world = World("2026-01-05")
    world.bill("OLD-0", "2026-01-05", "2026-12-30")
    world.walk("2026-01-29").confirm("OLD-0")
    world.walk("2026-03-02").bill("INV-1", "2026-03-02", "2026-12-30")
    world.walk("2026-03-20")
    assert world.days("confirm-daily", "phone", "INV-1")[0] == "03-10"
    assert world.dated("task.created", kind="visit") == []


def test_A10_is_judged_when_the_step_fires():
    world = unconfirmed("2026-03-02").walk("2026-03-11")
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late"})}
    world.walk("2026-03-13")
    world.habits_by_hand = {}
    world.walk("2026-03-17")
    assert world.days("confirm-daily", "phone") == ["03-10", "03-11", "03-16", "03-17"]
    assert world.days("confirm-daily", "visit") == ["03-12"]
