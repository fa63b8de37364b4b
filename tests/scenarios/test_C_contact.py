"""Rules C1-C4, C7, C11 and E5: when and whom messages reach, one a day, and what a conversation leaves."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Refused
from tests.examples import a_contact, by, day, moment
from tests.world import World


def overdue(count: int = 1, due: str = "2026-03-09", **more) -> World:
    world = World("2026-03-02", **more)
    for n in range(1, count + 1):
        world.owed(f"INV-{n}", due=due, issued="2026-03-02")
    return world


# C1


def test_C1_nothing_fires_or_leaves_on_a_closed_day_or_outside_the_windows():
    world = World("2026-01-05")
    world.bill("INV-1", "2026-01-05", "2026-02-12")
    world.walk("2026-12-01")
    for at, one in world.log:
        if one.event.type in ("case.reminded", "notice.raised", "approval.requested"):
            assert world.workdays.in_window(at), (at, one)
        if getattr(one.event, "slot", None):
            assert world.workdays.in_window(one.event.slot)


@pytest.mark.parametrize(
    ("woken", "fires"),
    [
        ("2026-03-10 11:29", "03-10 11:29"),
        ("2026-03-10 11:30", "03-10 13:30"),
        ("2026-03-10 16:59", "03-10 16:59"),
        ("2026-03-10 17:00", "03-11 09:00"),
        ("2026-03-14 10:00", "03-16 09:00"),
    ],
)
def test_C1_what_is_late_goes_at_the_next_moment_inside_a_window(woken, fires):
    world = overdue().walk("2026-03-09").sleep(woken)
    assert world.walk("2026-03-31").timed("case.reminded", channel="email", step="overdue-first-week")[0] == fires


def test_C1_in_the_customers_own_window_on_the_tenants_days():
    world = overdue(time_zone="Europe/Berlin").walk("2026-03-10")
    (sent,) = world.events("case.reminded", channel="email", step="overdue-first-week")
    assert sent.slot == moment("2026-03-10 16:00")  # nine o'clock in Berlin
    assert world.timed("case.reminded", channel="phone", step="overdue-first-week") == ["03-10 09:00"]


# C2


@pytest.mark.parametrize(
    ("due", "from_", "until"),
    [
        ("2026-03-09", "2026-03-10 09:00", "2026-03-10 11:00"),
        ("2026-02-13", "2026-02-24 09:00", "2026-02-24 11:00"),  # the worked Saturday and the festival are no good
        ("2026-03-30", "2026-04-01 09:00", "2026-04-01 11:00"),  # the month's last open day is none either
    ],
)
def test_C2_a_call_task_says_when_to_call(due, from_, until):
    world = World("2026-01-12")
    world.owed("INV-1", due=due, issued="2026-01-12")
    world.walk(due).finish("call")  # the one of D-7
    world.walk("2026-06-01")
    task = next(t for t in world.events("task.created", kind="call") if t.rule == "B2")
    assert (task.best_from, task.best_until) == (moment(from_), moment(until))


# C3


def test_C3_five_bills_due_on_one_day_are_one_email_and_one_call():
    world = overdue(5).walk("2026-03-09")
    world.finish("call")  # the one of D-7
    world.walk("2026-03-10")
    sent = world.events("case.reminded", step="overdue-first-week", channel="email")
    assert ({e.message for e in sent}, [e.bills for e in sent]) == ({"C-1~ap~email~2026-03-10"}, [5] * 5)
    (call,) = [t for t in world.events("task.created", kind="call") if t.rule == "B2"]
    assert (call.bills, len(call.cases)) == (5, 5)
    calls = world.events("case.reminded", step="overdue-first-week", channel="phone")
    assert ({e.task for e in calls}, {e.bills for e in calls}) == ({call.task}, {5})


def test_C3_bills_to_confirm_due_soon_and_overdue_share_the_message():
    world = World("2026-03-02")
    world.owed("OVERDUE", due="2026-03-10", issued="2026-03-02")
    world.owed("SOON", due="2026-03-18", issued="2026-03-02")
    world.walk("2026-03-09").bill("CONFIRM", "2026-03-09", "2026-06-30")
    world.walk("2026-03-11")
    sent = [e for e in world.events("case.reminded", channel="email") if e.message.endswith("03-11")]
    assert [e.template for e in sent] == ["overdue", "due-soon", "confirm"]
    assert ({e.message for e in sent}, {e.bills for e in sent}) == ({"C-1~ap~email~2026-03-11"}, {3})


def test_C3_each_contact_gets_one_and_its_bills_are_counted_for_it():
    people = [a_contact("ap"), a_contact("boss", "decision_maker")]
    world = World("2026-01-12", contacts=people)
    world.owed("OLD", due="2026-02-10", issued="2026-01-12")  # level manager since 10 March, weekly from then
    world.walk("2026-03-02").owed("NEW", due="2026-03-16", issued="2026-03-02")
    world.walk("2026-03-17")
    sent = [e for e in world.events("case.reminded", channel="email") if e.message.endswith("03-17")]
    assert sorted((e.contact, e.bills) for e in sent) == [("ap", 2), ("ap", 2), ("boss", 1)]


def test_C3_a_bill_that_falls_due_after_the_days_message_went_waits_for_the_next_open_day():
    world = overdue().walk("2026-03-12 10:00")
    world.owed("LATE", due="2026-03-11", issued="2026-03-11")
    world.walk("2026-03-12 12:00")
    (sent,) = world.events("case.reminded", channel="email", id="LATE")
    assert (sent.message, sent.slot) == ("C-1~ap~email~2026-03-13", moment("2026-03-13"))


def test_C3_a_message_that_has_not_gone_yet_takes_it_along():
    world = overdue(due="2026-03-11").walk("2026-03-13 10:00")
    world.owed("LATE", due="2026-03-12", issued="2026-03-12")
    world.walk("2026-03-13 12:00")
    (sent,) = world.events("case.reminded", channel="email", id="LATE")
    assert sent.message == "C-1~ap~email~2026-03-13"


def test_C3_a_service_message_does_not_count():
    world = overdue().walk("2026-03-10 10:00")
    world.do(c.DispatchTaxInvoice(invoice="INV-1"))
    (sent,) = world.events("case.reminded", rule="A5")
    assert (sent.message, sent.slot) == ("C-1~ap~email~2026-03-10~service", moment("2026-03-10 10:00"))


def test_C3_one_notice_about_several_bills():
    world = overdue(3).walk("2026-04-09")
    (told,) = world.events("notice.raised", text="overdue_one_month")
    assert (told.cases, told.customers) == (["INV-1", "INV-2", "INV-3"], ["C-1"])


# C4


def test_C4_a_contact_is_recorded_in_full_and_its_words_are_private():
    world = overdue().walk("2026-03-11")
    record = c.ContactRecord(
        channel="phone",
        outcome="promised",
        contact="ap",
        willingness="yes",
        ability="part",
        cause="cash short",
        verified=("address",),
        notes="will ask her manager",
        next_step="call",
        next_on=day("2026-03-16"),
    )
    happened = world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))
    event = happened[0].event
    assert (event.channel, event.outcome, event.contact, event.on) == ("phone", "promised", "ap", day("2026-03-11"))
    assert (event.willingness, event.ability, event.cause) == ("yes", "part", "cash short")
    assert (event.next_on, event.cases) == (day("2026-03-16"), ["INV-1"])
    assert happened[0].private == {"": {"notes": "will ask her manager", "verified": ["address"], "next_step": "call"}}
    assert (world.customer.last_contact_on, world.customer.last_outcome) == (day("2026-03-11"), "promised")


def test_C4_an_unknown_contact_is_refused():
    world = overdue()
    record = c.ContactRecord(channel="phone", outcome="reached", contact="nobody")
    with pytest.raises(Refused, match="unknown_contact"):
        world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))


@pytest.mark.parametrize("outcome", ["handed_over", "bounced"])
def test_C4_how_a_message_fared_is_recorded(outcome):
    world = overdue()
    report = c.ReportMessage(
        customer="C-1", message="m", contact="ap", channel="email", cases=("INV-1",), outcome=outcome, code="550"
    )
    happened, *interrupted = world.do(report)
    assert (happened.event.type, happened.event.cases) == (f"message.{outcome}", ["INV-1"])
    assert [one.event.type for one in interrupted] == ["limitation.interrupted"] * (outcome == "handed_over")  # I1


# C7, C11


def recipients(world: World, step: str) -> list[str]:
    return [e.contact for e in world.events("case.reminded", step=step, channel="email")]


@pytest.mark.parametrize(
    ("people", "reached"),
    [
        ([a_contact("ap"), a_contact("boss", "decision_maker")], ["ap"]),
        ([a_contact("ap"), a_contact("ap2"), a_contact("x", "other")], ["ap", "ap2"]),
        ([a_contact("ap", email=None), a_contact("boss", "decision_maker")], ["boss"]),
        ([a_contact("ap", may_receive_details=False), a_contact("boss", "decision_maker")], ["boss"]),
        ([a_contact("x", "other", may_receive_details=True)], ["x"]),
    ],
)
def test_C11_accounts_payable_else_the_decision_maker_and_nobody_who_may_not_know(people, reached):
    world = overdue(contacts=people).walk("2026-03-10")
    assert recipients(world, "overdue-first-week") == reached


def test_C11_from_level_manager_both():
    world = overdue(contacts=[a_contact("ap"), a_contact("boss", "decision_maker")]).walk("2026-04-16")
    assert recipients(world, "overdue-weekly") == ["ap", "boss"]


@pytest.mark.parametrize("people", [[], [a_contact("x", "other")], [a_contact("ap", email=None)]])
def test_C11_without_anybody_the_step_is_skipped_and_one_task_finds_a_contact(people):
    world = overdue(2, contacts=people).walk("2026-03-20")
    assert world.events("case.reminded", channel="email") == []
    skipped = world.events("step.skipped", why="no_contact", step="overdue-first-week", id="INV-1")
    assert len(skipped) == 3
    (task,) = world.events("task.created", kind="find_contact")
    assert (task.cases, task.why) == (["INV-1", "INV-2"], "no_contact")
    assert world.events("task.changed", kind="find_contact") == []


def test_C11_escalations_requests_and_holds_go_on():
    world = overdue(contacts=[]).walk("2026-06-10")
    assert [one.split()[1] for one in world.levels("INV-1")] == ["supervisor", "manager", "general_manager"]
    world.grant("hold")
    world.walk("2026-06-22")
    assert world.notices("hold_applied") == ["06-11 sales,warehouse"]
    assert world.dated("approval.requested", kind="letter") == ["06-17"]


def test_C11_the_calls_go_on_too():
    world = overdue(contacts=[]).walk("2026-03-13")
    assert world.days("overdue-first-week", "phone") == ["03-10", "03-12"]


@pytest.mark.parametrize("mark", ["wrong_number", "left", "moved"])
def test_C7_a_marked_contact_is_skipped_from_then_on(mark):
    world = overdue().walk("2026-03-11")
    world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="ap"), mark=mark), by("collector"))
    world.walk("2026-03-13")
    assert world.days("overdue-first-week") == ["03-10"]
    assert world.dated("task.created", kind="find_contact") == ["03-11"]


@pytest.mark.parametrize("restriction", ["do_not_contact", "lawyer_represented", "insolvent"])
def test_E5_nobody_writes_to_calls_or_visits_the_restricted(restriction):
    world = overdue(restrictions=[restriction]).walk("2026-06-10")
    assert world.events("case.reminded") == []
    assert world.events("task.created", kind="call") == []
    assert {e.why for e in world.events("step.skipped", step="overdue-daily")} == {"restricted"}
    assert [one.split()[1] for one in world.levels("INV-1")] == ["supervisor", "manager", "general_manager"]
    assert len(world.events("task.created", kind="assist")) == 2
    world.grant("hold")
    assert world.walk("2026-06-11").notices("hold_applied") == ["06-11 sales,warehouse"]
