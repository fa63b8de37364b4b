"""Rule F1: pauses and downtime - nothing is sent, and what was missed comes back in a measured way."""

from collections import Counter

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Forbidden, Refused
from tests.examples import a_playbook, by, day
from tests.world import World


def overdue(*dues: str, start: str = "2026-03-02") -> World:
    world = World(start)
    for n, due in enumerate(dues or ("2026-03-09",), start=1):
        world.owed(f"INV-{n}", due=due, issued=start)
    return world


def pause(world: World, until: str, role: str = "collector", *cases: str) -> None:
    command = c.PauseCases(customer="C-1", cases=cases or ("INV-1",), until=day(until), reason="under discussion")
    world.do(command, by(role))


def resume(world: World, *cases: str) -> None:
    world.do(c.ResumeCases(customer="C-1", cases=cases or ("INV-1",)), by("supervisor"))


# Pausing


def test_F1_while_paused_nothing_is_sent():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-03-24")
    assert "call" not in world.customer.tasks
    world.walk("2026-03-24 23:59")
    assert max(world.dated("case.reminded")) == "03-10"
    assert world.levels("INV-1") == []


def test_F1_a_paused_bill_is_left_alone_while_another_one_is_worked():
    world = overdue("2026-03-09", "2026-03-09").walk("2026-03-11")
    pause(world, "2026-03-24")
    world.walk("2026-03-24 23:59")
    assert max(world.days("overdue-daily", case="INV-2")) == "03-24"
    assert world.days("overdue-daily", case="INV-1") == []
    assert (world.levels("INV-1"), world.levels("INV-2")) == ([], ["03-23 supervisor"])


def test_F1_a_manual_pause_has_a_reason_which_is_private():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-03-24")
    (paused,) = [one for _, one in world.log if one.event.type == "case.paused"]
    assert (paused.event.reason, paused.event.until) == ("manual", day("2026-03-24"))
    assert paused.private == {"": {"reason": "under discussion"}}


@pytest.mark.parametrize(
    ("role", "until", "allowed"),
    [
        ("collector", "2026-03-25", True),
        ("collector", "2026-03-26", False),
        ("supervisor", "2026-06-30", True),
    ],
)
def test_F1_a_collectors_up_to_fourteen_days(role, until, allowed):
    world = overdue().walk("2026-03-11")
    if allowed:
        pause(world, until, role)
    else:
        with pytest.raises(Forbidden, match="pause_too_long"):
            pause(world, until, role)
    assert bool(world.case("INV-1").pause) == allowed


def test_F1_pauses_that_make_no_sense_are_refused():
    world = overdue().walk("2026-03-11")
    with pytest.raises(Refused, match="date_in_past"):
        pause(world, "2026-03-10")
    with pytest.raises(Refused, match="date_out_of_range"):
        pause(world, "9999-12-31", "supervisor")
    with pytest.raises(Conflict, match="not_paused"):
        resume(world)
    world.pay("P-1", "1000.00")
    with pytest.raises(Conflict, match="case_closed"):
        pause(world, "2026-03-12")


def test_F1_of_two_pauses_the_longer_one_stands():
    world = overdue().walk("2026-03-11")
    world.promise("INV-1", "2026-03-18")
    with pytest.raises(Conflict, match="already_paused"):
        pause(world, "2026-03-16")
    pause(world, "2026-03-24")
    world.walk("2026-03-23")  # the promise breaks on the 20th, the pause goes on
    assert (world.dated("promise.broken"), world.case("INV-1").pause.reason) == (["03-20"], "manual")


def test_F1_a_promise_that_ends_sooner_changes_no_pause():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-03-24")
    world.promise("INV-1", "2026-03-16")
    assert (world.case("INV-1").pause.reason, world.case("INV-1").pause.until) == ("manual", day("2026-03-24"))


def test_F1_a_draft_bounces_but_an_open_promise_covers_still():
    world = overdue().walk("2026-03-11")
    world.promise("INV-1", "2026-03-18")
    world.pay("P-1", "1000.00", method="cheque", matures_on=day("2026-03-27"))
    assert world.case("INV-1").pause.reason == "draft"
    world.walk("2026-03-12").do(c.ReversePayment(payment="P-1"))
    assert (world.case("INV-1").pause.reason, world.case("INV-1").pause.until) == ("promise", day("2026-03-19"))


# Resuming


def test_F1_the_pause_ends_after_its_last_day_and_missed_contacts_are_one_email_and_one_call():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-03-19")
    world.walk("2026-03-20")
    assert world.timed("case.resumed") == ["03-20 00:00"]
    today = [e for e in world.events("case.reminded") if e.on >= day("2026-03-11")]
    assert Counter((e.step, e.channel) for e in today) == {("overdue-daily", "email"): 1, ("overdue-daily", "phone"): 1}
    skipped = {e.step: (e.why, e.count) for e in world.events("step.skipped")}
    assert skipped == {"overdue-first-week": ("paused", 3), "overdue-daily": ("paused", 3)}


def test_F1_after_a_persons_resume_not_before_the_next_open_day():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-03-24")
    world.walk("2026-03-19 10:00")
    resume(world)
    world.walk("2026-03-31")
    assert world.days("overdue-daily")[:2] == ["03-20", "03-23"]


def test_F1_after_a_resume_on_friday_evening_it_is_monday():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-03-24")
    world.walk("2026-03-20 18:00")
    resume(world)
    assert world.walk("2026-03-31").days("overdue-daily")[0] == "03-23"


def test_F1_all_the_customers_missed_bills_share_one_email_and_one_call():
    world = overdue("2026-03-09", "2026-03-10", "2026-03-11").walk("2026-03-11")
    pause(world, "2026-03-19", "collector", "INV-1", "INV-2", "INV-3")
    world.walk("2026-03-20")
    today = [e for e in world.events("case.reminded", channel="email") if e.message.endswith("03-20")]
    assert (len(today), {e.message for e in today}, {e.bills for e in today}) == (3, {"C-1~ap~email~2026-03-20"}, {3})
    assert world.customer.tasks["call"].bills == 3


def test_F1_clocks_keep_running_and_missed_escalations_follow_one_an_open_day():
    world = overdue().walk("2026-03-11")
    pause(world, "2026-06-10", "supervisor")
    world.walk("2026-06-30")
    assert world.levels("INV-1") == ["06-11 supervisor", "06-12 manager", "06-15 general_manager"]
    # the request waits its turn as well: one thing a case and open day, 19 June is closed
    assert world.dated("approval.requested") == ["06-16"]
    assert world.notices("overdue_one_month") == ["06-12 manager"]


def test_F1_a_request_that_was_missed_takes_a_day_of_its_own_too():
    plan = a_playbook("""
grammar: 1
name: asking-first
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: ask, rule: G, at: P5D, do: [{request: {kind: letter, role: boss, granted: [{letter: {kind: stern}}]}}]}
      - {step: rise, rule: G, at: P9D, do: [{escalate: manager}]}
""")
    world = World("2026-03-02", playbook=plan)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.sleep("2026-03-31")
    world.walk("2026-04-10")
    assert (world.dated("approval.requested"), world.levels("INV-1")) == (["03-31"], ["04-01 manager"])


def test_F1_each_case_climbs_on_its_own():
    world = overdue("2026-03-09", "2026-03-10").walk("2026-03-11")
    pause(world, "2026-06-10", "supervisor", "INV-1", "INV-2")
    world.walk("2026-06-12")
    assert world.levels("INV-1") == world.levels("INV-2") == ["06-11 supervisor", "06-12 manager"]


# Downtime


def test_F1_after_forty_days_of_downtime():
    world = overdue().walk("2026-03-09").sleep("2026-04-18 10:00")  # a Saturday
    world.walk("2026-04-24")
    sent = world.timed("case.reminded", channel="email")[1:]
    assert sent[0] == "04-20 09:00"
    assert len([one for one in sent if one.startswith("04-20")]) == 1
    assert world.levels("INV-1") == ["04-20 supervisor", "04-21 manager"]
    missed = [(e.step, e.count) for e in world.events("step.skipped", why="missed")]
    assert missed == [("overdue-first-week", 4), ("overdue-daily", 32)]  # the 18th and 19th are the 20th's (T2)


def test_F1_what_is_due_on_the_day_itself_goes_and_only_the_missed_collapse():
    world = overdue("2026-03-09", "2026-03-24").walk("2026-03-09").sleep("2026-03-17 08:00")
    world.walk("2026-03-17")
    assert world.dated("case.reminded", channel="email", id="INV-1")[1:] == ["03-17"]
    assert world.dated("case.reminded", channel="email", id="INV-2") == ["03-17"]  # its own D-7


def test_F1_a_notice_that_was_missed_is_raised_late_not_lost():
    world = World("2026-03-03", billing_cycle="monthly")
    world.do(c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="9.00", currency="CNY", period="2026-02"))
    world.sleep("2026-03-25 18:00")
    assert world.walk("2026-03-31").notices("bill_unsent") == ["03-26 supervisor"]


def test_F1_a_playbook_may_say_that_what_was_missed_is_not_caught_up():
    plan = a_playbook("""
grammar: 1
name: no-catching-up
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: thank, rule: G, at: P1D, catch_up: none, do: [{message: {template: thanks}}]}
      - {step: ask, rule: G, at: P2D, do: [{message: {template: overdue}}]}
      - {step: tell, rule: G, at: P3D, catch_up: none, do: [{notice: {audience: [sales], text: overdue}}]}
""")
    world = World("2026-03-02", playbook=plan)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.sleep("2026-03-20")
    world.walk("2026-03-31")
    assert (world.days("thank"), world.days("ask")) == ([], ["03-20"])
    assert [(e.step, e.why) for e in world.events("step.skipped")] == [("thank", "missed"), ("tell", "missed")]
    assert world.notices("overdue") == []


PRESSING = """
grammar: 1
name: pressing
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: ring, rule: G, at: P1D, do: [{task: {kind: call, why: overdue}}]}
      - {step: first, rule: G, at: P7D, do: [{letter: {kind: reminder}}]}
      - {step: urgent, rule: G, at: P9D, do: [{letter: {kind: urgent}}, {escalate: supervisor}]}
      - {step: stern, rule: G, at: P11D, do: [{letter: {kind: stern}}, {escalate: manager}]}
LAST
"""
LAST = "      - {step: last, rule: G, at: P13D, do: [{letter: {kind: final_notice}}]}"


@pytest.mark.parametrize(
    ("last", "letters"),
    [(LAST, ["03-25 final_notice"]), ("", ["03-25 urgent"])],  # the latest that can speak today
)
def test_F1_missed_letters_are_one_too_and_the_levels_that_came_with_them_follow_quietly(last, letters):
    world = World("2026-03-02", playbook=a_playbook(PRESSING.replace("LAST", last)))
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2026-03-09").sleep("2026-03-25 08:00")
    world.walk("2026-04-30")
    sent = zip(world.dated("letter.issued"), world.events("letter.issued"), strict=True)
    assert [f"{day} {one.kind}" for day, one in sent] == letters
    assert world.levels("INV-1") == ["03-25 supervisor", "03-26 manager"]
    assert "call" not in world.customer.tasks


def test_F1_letters_of_their_own_day_go_beside_what_was_missed():
    world = World("2026-03-02", playbook=a_playbook(PRESSING.replace("LAST", LAST)))
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2026-03-09").sleep("2026-03-18 08:00")  # the urgent letter's own day
    world.walk("2026-04-30")
    days = list(zip(world.dated("letter.issued"), [e.kind for e in world.events("letter.issued")], strict=True))
    assert days == [("03-18", "urgent"), ("03-20", "stern"), ("03-23", "final_notice")]
