"""Rule F2: bills first recorded after steps of theirs were due, and the day a tenant goes live."""

import pytest

from service.domain import commands as c
from service.domain.announce import audience
from service.domain.outlook import Outlook
from service.domain.scene import CLOCKWORK
from service.domain.settings import Settings
from tests.examples import a_contact, a_playbook, day, moment
from tests.world import World


def recorded(due: str, on: str, issued: str = "2025-12-01", **more) -> World:
    world = World(on, **more)
    world.owed("INV-1", due=due, issued=issued)
    return world


@pytest.mark.parametrize(
    ("overdue_since", "level"),
    [
        ("2026-06-06", None),  # D+4
        ("2026-05-28", None),  # D+13
        ("2026-05-27", None),  # D+14 is today: its own step comes in the window
        ("2026-05-26", "supervisor"),
        ("2026-05-09", "manager"),
        ("2026-04-09", "general_manager"),
        ("2026-01-09", "general_manager"),  # at most
    ],
)
def test_F2_takes_the_level_its_age_calls_for_in_one_event(overdue_since, level):
    world = recorded(overdue_since, "2026-06-10 08:00")
    risen = world.events("case.escalated")
    assert [(e.level, e.backfill, e.previous) for e in risen] == ([(level, True, "none")] if level else [])
    assert (world.case("INV-1").stage, world.case("INV-1").level) == ("collection", level or "none")
    assert world.events("case.reminded") == []


def test_F2_steps_of_earlier_days_are_skipped_and_the_customer_gets_one_email_and_one_call():
    world = recorded("2026-05-20", "2026-06-10 08:00").walk("2026-06-10")  # D+21
    reminded = [(e.step, e.channel) for e in world.events("case.reminded")]
    assert reminded == [("overdue-daily", "email"), ("overdue-daily", "phone")]
    skipped = {e.step: (e.why, e.count) for e in world.events("step.skipped")}
    assert skipped == {
        "due-soon": ("backfill", 1),
        "overdue-first-week": ("backfill", 4),
        "overdue-daily": ("backfill", 13),
        "overdue-supervisor": ("backfill", 1),
    }


def foretold(world: World, now: str) -> dict[str, str]:
    """What the schedule says of each step that comes on that morning: `comes`, or what holds it back."""
    scene, at = world.scene, moment(now)
    case = world.case("INV-1")
    outlook = Outlook(case, world.account, scene.plan_of(case), scene.workdays, scene.law, at)
    coming = [one for one in outlook.all() if one.at and scene.workdays.today(one.at) == scene.workdays.today(at)]
    return {one.step: one.why[0].code if one.held_back else "comes" for one in coming}


def test_F2_the_schedule_says_beforehand_which_steps_are_passed_over():
    """As the test above saw them go."""
    assert foretold(recorded("2026-05-20", "2026-06-10 08:00"), "2026-06-10 08:00") == {
        "due-soon": "skipped.backfill",
        "overdue-first-week": "skipped.backfill",
        "overdue-daily": "comes",
        "overdue-supervisor": "schedule.level_reached",
    }


def test_F1_B1_after_downtime_the_schedule_says_which_steps_are_passed_over():
    """Nobody looked from a fortnight before the day until twelve days after it."""
    world = recorded("2026-06-10", "2026-05-27 10:00", issued="2026-05-27").walk("2026-05-28")
    assert foretold(world, "2026-06-22 08:00") == {
        "due-soon": "skipped.too_late",
        "overdue-first-week": "skipped.missed",
        "overdue-daily": "comes",
    }
    world.now = moment("2026-06-22 09:00")
    world.do(c.Wake(customer="C-1"), CLOCKWORK)
    assert {e.step: e.why for e in world.events("step.skipped")} == {
        "due-soon": "too_late",
        "overdue-first-week": "missed",
        "overdue-daily": "missed",
    }


def test_F2_recorded_after_hours_it_is_the_next_window():
    world = recorded("2026-05-20", "2026-06-10 18:00").walk("2026-06-11 08:59")
    assert world.events("case.reminded") == []
    world.walk("2026-06-11 12:00")
    assert world.timed("case.reminded", channel="email") == ["06-11 09:00"]
    assert len(world.events("case.reminded", channel="phone")) == 1


def test_F2_a_bill_at_managers_level_gets_its_one_contact_too_and_is_weekly_from_then():
    world = recorded("2026-04-20", "2026-06-10 08:00").walk("2026-06-25")
    assert world.dated("case.reminded", channel="email") == ["06-10", "06-17", "06-24"]


def test_F2_of_the_levels_only_the_one_reached_is_told_and_there_is_no_task_to_help():
    world = World("2026-06-10 08:00")
    for n, due in enumerate(["2026-05-20", "2026-05-22", "2026-05-01", "2026-03-20", "2026-03-01"], start=1):
        world.owed(f"INV-{n}", due=due, issued="2025-12-01")
    world.walk("2026-06-10")
    assert world.digests() == [
        "06-10 general_manager INV-4",
        "06-10 general_manager INV-5",
        "06-10 manager INV-3",
        "06-10 supervisor INV-1",
        "06-10 supervisor INV-2",
    ]
    assert world.events("notice.raised") == []
    assert world.events("task.created", kind="assist") == []


def test_F2_a_backfilled_escalation_calls_on_nobody():
    world = recorded("2026-05-20", "2026-06-10 08:00")
    (backfilled,) = world.events("case.escalated")
    world.walk("2026-06-22")
    risen = world.events("case.escalated")[-1]
    assert (audience(backfilled), audience(risen)) == ([], ["manager"])


def test_F2_notices_of_earlier_days_are_in_the_digest():
    world = World("2026-03-16 08:00", billing_cycle="monthly")
    world.do(c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="9.00", currency="CNY", period="2026-02"))
    world.walk("2026-03-31")
    assert (world.notices("bill_unsent"), world.digests()) == ([], ["03-16 supervisor INV-1"])


@pytest.mark.parametrize(
    ("due", "asked"),
    [
        ("2026-01-05", "06-17"),  # long past D+3M: seven days after
        ("2026-03-12", "06-17"),  # D+3M is two days ahead: not before the seven days either
        ("2026-03-20", "06-22"),  # D+3M is a Saturday in the holiday
    ],
)
def test_F2_nothing_is_asked_before_seven_days_later(due, asked):
    world = recorded(due, "2026-06-10 08:00").walk("2026-07-31")
    assert world.dated("approval.requested", kind="hold") == [asked]


def test_F2_a_bill_recorded_on_its_day_is_asked_about_on_the_day():
    world = World("2026-03-09")
    world.owed("INV-1", due="2026-03-09", issued="2026-03-09")
    assert world.walk("2026-07-01").dated("approval.requested") == ["06-09"]


def test_F2_five_hundred_old_bills_are_one_message_one_call_and_one_request():
    world = World("2026-06-10 08:00", contacts=[a_contact("ap")])
    for n in range(500):
        world.owed(f"INV-{n:03}", due=f"2026-0{1 + n % 2}-1{n % 9}", issued="2025-12-01")
    world.walk("2026-06-10")
    sent = world.events("case.reminded", channel="email")
    assert ({e.message for e in sent}, {e.bills for e in sent}, len(sent)) == ({"C-1~ap~email~2026-06-10"}, {500}, 500)
    (call,) = world.events("task.created", kind="call")
    assert (call.bills, len(call.cases), call.role) == (500, 500, "supervisor")
    assert len(world.digests()) == 500
    world.walk("2026-06-16 23:00")
    assert world.events("approval.requested") == []
    world.walk("2026-06-18")
    (request,) = world.events("approval.requested")
    assert (request.bills, world.dated("approval.requested")) == (500, ["06-17"])


def test_F2_an_unconfirmed_bill_posted_late():
    world = World("2026-03-24 08:00")
    world.bill("INV-1", "2026-03-02", "2026-04-30")  # S+22
    assert world.levels("INV-1") == ["03-24 supervisor"]
    world.walk("2026-03-25")
    assert world.days("confirm-first-week") == []
    assert world.days("confirm-daily") == ["03-24", "03-25"]


def test_F2_confirmed_right_after_it_falls_back_and_collection_runs():
    world = World("2026-03-24 08:00")
    world.bill("INV-1", "2026-03-02", "2026-04-10")
    assert world.case("INV-1").level == "supervisor"
    world.confirm("INV-1", on="2026-03-05")
    assert (world.case("INV-1").stage, world.case("INV-1").level) == ("collection", "none")
    world.walk("2026-03-31")
    assert world.events("case.reminded") == []
    assert world.digests() == []


def test_F2_paid_bills_of_the_past_leave_no_trace_in_the_clock():
    world = World("2026-06-10 08:00")
    world.owed("INV-1", due="2026-01-05", issued="2025-12-01")
    world.pay("P-1", "1000.00", on="2026-01-04")
    assert world.next_alarm() is None
    assert world.case("INV-1").closed_on == day("2026-01-04")


def test_F2_a_due_day_that_becomes_known_late_is_climbed_one_step_an_open_day():
    world = World("2026-06-10 08:00")
    world.bill("INV-1", "2026-02-27", None, terms="P30D", terms_from="confirmed")
    world.walk("2026-06-11 18:00").confirm("INV-1", on="2026-03-01")
    world.walk("2026-06-16")
    assert world.levels("INV-1") == [
        "06-10 supervisor",
        "06-12 supervisor",
        "06-15 manager",
        "06-16 general_manager",
    ]


def test_F2_a_service_message_of_an_earlier_day_is_not_sent():
    world = recorded("2026-08-20", "2026-06-10 08:00")
    world.do(c.DispatchTaxInvoice(invoice="INV-1", on=day("2026-05-05")))
    assert [(e.step, e.why) for e in world.events("step.skipped")] == [("tax-invoice-dispatched", "backfill")]
    assert world.events("case.reminded") == []


def test_F2_at_most_general_manager_whatever_the_playbook_says():
    plan = a_playbook("""
grammar: 1
name: steep
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: rise, rule: G, at: P1D, do: [{escalate: manager}]}
      - {step: rise-on, rule: G, at: P2D, do: [{escalate: hold}]}
""")
    world = recorded("2026-05-20", "2026-06-10 08:00", playbook=plan)
    assert world.levels("INV-1") == ["06-10 manager"]


# Going live


def not_live_before(go_live: str, start: str = "2026-05-20") -> World:
    return World(start, settings=Settings(go_live_on=day(go_live)))


def test_F2_until_the_tenant_goes_live_nothing_goes_out_and_nothing_is_asked():
    world = not_live_before("2026-06-11")
    world.owed("OLD", due="2026-01-05", issued="2025-12-01")
    world.bill("NEW", "2026-05-20", "2026-08-20")
    assert world.events("case.escalated") == []
    world.confirm("NEW")
    world.walk("2026-06-10 23:59")
    quiet = {"case.reminded", "task.created", "notice.raised", "approval.requested", "case.escalated", "step.fired"}
    assert not quiet & {one.event.type for _, one in world.log}


def test_F2_on_that_day_the_same_rule_applies():
    world = not_live_before("2026-06-11")
    world.owed("OLD", due="2026-01-05", issued="2025-12-01")
    world.owed("SOON", due="2026-06-09", issued="2026-05-20")
    world.walk("2026-06-11")
    assert world.timed("case.escalated") == ["06-11 09:00"]
    assert (world.case("OLD").level, world.case("SOON").level) == ("general_manager", "none")
    sent = world.events("case.reminded", channel="email")
    assert ({e.message for e in sent}, len(sent)) == ({"C-1~ap~email~2026-06-11"}, 2)
    assert world.digests() == ["06-11 general_manager OLD"]
    world.walk("2026-06-30")
    assert world.dated("approval.requested") == ["06-18"]


def test_F2_going_live_on_a_closed_day_begins_with_the_next_window():
    world = not_live_before("2026-06-20")  # a Saturday in the holiday
    world.owed("OLD", due="2026-01-05", issued="2025-12-01")
    world.walk("2026-06-22")
    assert world.timed("case.taken_up") == ["06-22 09:00"]
    assert world.timed("case.reminded", channel="email") == ["06-22 09:00"]


def test_F2_the_finance_task_of_a_bill_confirmed_before_comes_on_the_day():
    world = not_live_before("2026-06-11")
    world.bill("NEW", "2026-05-20", "2026-08-20")
    world.confirm("NEW")
    assert world.walk("2026-06-11").dated("task.created", kind="finance") == ["06-11"]


def test_F2_a_step_whose_level_is_taken_at_once_leaves_the_word_to_another():
    plan = a_playbook("""
grammar: 1
name: pressing
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: first, rule: G, at: P7D, do: [{letter: {kind: reminder}}]}
      - {step: urgent, rule: G, at: P9D, do: [{letter: {kind: urgent}}, {escalate: supervisor}]}
""")
    world = World("2026-03-25", playbook=plan)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2026-04-30")
    assert world.levels("INV-1") == ["03-25 supervisor"]
    assert [e.kind for e in world.events("letter.issued")] == ["reminder"]
