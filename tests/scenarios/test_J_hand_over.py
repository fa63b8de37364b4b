"""Rule J1: hand-over to an agency, a law firm or our own legal department by consent; dunning by the playbook stops, and what
follows is milestones, deadlines and costs."""

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.refusals import Conflict, Forbidden, NotFound, Refused
from service.domain.views import case_view
from tests.examples import STANDARD_TEXT, a_playbook, by, day
from tests.world import World


def owing(*amounts: str, until: str = "2026-05-04", **more) -> World:
    """A bill for each amount, long overdue."""
    world = World("2026-03-02", **more)
    for n, amount in enumerate(amounts or ("1000.00",), start=1):
        world.owed(f"INV-{n}", due="2026-03-09", issued="2026-03-02", amount=amount)
    return world.walk(until)


def asked(world: World, *cases: str, who: str = "manager", to: str = "lawyer", **more):
    """Somebody asks; the request."""
    hand_over = c.HandOver(customer="C-1", cases=cases or ("INV-1",), to=to, reason="no answer", **more)
    world.do(hand_over, by(who, "asker"))
    return world.events("approval.requested", kind="hand_over")[-1]


def granted(world: World, *cases: str, **more) -> World:
    request = asked(world, *cases, **more)
    world.do(c.GrantApproval(customer="C-1", approval=request.approval), by(request.role, "granter"))
    return world


def reach(world: World, milestone: str, on: str | None = None, *cases: str):
    on_day = day(on) if on else None
    return world.do(
        c.ReachMilestone(customer="C-1", cases=cases or ("INV-1",), milestone=milestone, on=on_day), by("legal")
    )


def deadline(world: World, what: str, on: str, text: str | None = None):
    return world.do(c.SetDeadline(customer="C-1", case="INV-1", what=what, on=day(on), text=text), by("legal"))


def cost(world: World, kind: str, amount: str, currency: str | None = None):
    return world.do(
        c.IncurCost(customer="C-1", case="INV-1", kind=kind, amount=amount, currency=currency), by("legal")
    )


def handed(world: World, id: str = "INV-1"):
    return world.case(id).handed


def seen(world: World, id: str = "INV-1"):
    """As other programs see it."""
    return case_view(world.case(id), world.customer, world.scene.today, world.scene.law)["handed_over"]


def contacts_since(world: World, since: str) -> list[str]:
    """What the playbook has done to the customer after that day."""
    return [e.step for e in world.events("case.reminded") if e.due_at.date() > day(since)]


# Asked for and agreed to


@pytest.mark.parametrize(("who", "role"), [("legal", "manager"), ("manager", "general_manager"), ("boss", "boss")])
def test_J1_the_next_role_above_agrees_and_for_legal_the_manager(who, role):
    request = asked(owing(), who=who)
    assert (request.role, request.rule, request.cases) == (role, "J1", ["INV-1"])


def test_J1_who_asked_never_agrees():
    world = owing()
    request = asked(world, who="boss")
    with pytest.raises(Forbidden, match="four_eyes"):
        world.do(c.GrantApproval(customer="C-1", approval=request.approval), by("boss", "asker"))


def test_J1_nothing_happens_before_the_grant_and_nothing_after_a_no():
    world = owing()
    request = asked(world)
    assert (world.case("INV-1").stage, handed(world)) == ("collection", None)
    world.do(c.RejectApproval(customer="C-1", approval=request.approval, reason="talk to them"), by("general_manager"))
    assert (world.case("INV-1").stage, handed(world)) == ("collection", None)


def test_J1_to_whom_is_as_it_was_agreed_and_legal_is_told():
    world = granted(owing(), to="lawyer", name="Blue Sky Law Firm", reference="2026-0817")
    (event,) = world.events("case.handed_over")
    assert (event.to, event.name, event.reference, event.amount) == ("lawyer", "Blue Sky Law Firm", "2026-0817", 100000)
    assert (world.case("INV-1").stage, handed(world).on) == ("legal", day("2026-05-04"))
    (notice,) = world.events("notice.raised", text="hand_over_granted")
    assert (notice.audience, notice.cases) == (["legal"], ["INV-1"])


def test_J1_a_bill_paid_meanwhile_is_not_handed_over_and_one_paid_in_part_is():
    world = owing("100.00", "200.00")
    request = asked(world, "INV-1", "INV-2")
    world.pay("P-1", "150.00")
    world.do(c.GrantApproval(customer="C-1", approval=request.approval), by(request.role, "granter"))
    assert [world.case(id).stage for id in ("INV-1", "INV-2")] == ["closed", "legal"]
    assert [e.amount for e in world.events("case.handed_over")] == [15000]


def test_J1_more_than_was_agreed_to_needs_another_consent():
    world = owing()
    request = asked(world)
    world.do(c.AmendInvoice(invoice="INV-1", amount="1500.00"))
    with pytest.raises(Conflict, match="amount_grown"):
        world.do(c.GrantApproval(customer="C-1", approval=request.approval), by(request.role, "granter"))


@pytest.mark.parametrize("how", ["closed", "review"])
def test_J1_only_what_is_owed_is_handed_over(how):
    world = owing()
    if how == "closed":
        world.pay("P-1", "1000.00")
    else:
        submit = c.SubmitInvoice(invoice="INV-2", customer="C-1", amount="5.00", currency="CNY", period="2026-04")
        world.do(submit)
    with pytest.raises(Conflict, match="case_closed" if how == "closed" else "not_issued"):
        asked(world, "INV-1" if how == "closed" else "INV-2")


# Dunning stops


def test_J1_dunning_by_the_playbook_stops():
    world = granted(owing(until="2026-04-20"))
    world.walk("2026-09-30")
    assert contacts_since(world, "2026-04-20") == []
    assert world.case("INV-1").level == "manager"
    assert world.customer.tasks == {}


def test_J1_the_other_bills_go_on():
    world = granted(owing("100.00", "200.00", until="2026-04-20"), "INV-1")
    world.walk("2026-04-30")
    assert {e.message for e in world.events("case.reminded")}
    assert [world.case(id).stage for id in ("INV-1", "INV-2")] == ["legal", "collection"]
    assert contacts_since(world, "2026-04-20")


def test_J1_what_the_playbook_asked_for_is_asked_no_more_and_legals_task_is_done():
    world = owing(until="2026-06-10")
    assert world.customer.requests["hold"].bills == 1
    granted(world)
    assert "hold" not in world.customer.requests
    assert world.case("INV-1").requests == {}
    assert world.events("approval.cancelled", kind="hold")


def test_J1_a_promise_and_its_pause_end_with_it_and_are_not_judged():
    world = owing()
    world.promise("INV-1", on="2026-05-20")
    granted(world).walk("2026-06-30")
    assert (world.case("INV-1").pause, world.case("INV-1").promises_broken) == (None, 0)
    assert world.case("INV-1").promises[-1].state == "cancelled"


def test_J1_a_promise_to_the_agency_that_breaks_calls_nobody_and_raises_nothing():
    world = granted(owing(until="2026-03-11"))
    for on, judged in (("2026-03-13", "2026-03-17"), ("2026-03-20", "2026-03-24")):
        world.promise("INV-1", on=on, amount="10.00")
        world.walk(judged)
    assert (world.case("INV-1").promises_broken, world.case("INV-1").level) == (2, "none")
    assert world.customer.tasks == {}


EVERYWHERE = """
grammar: 1
name: everywhere
title: {en: Everywhere, zh: 到处}
ladders:
  - ladder: any
    start: due
    steps:
      - step: mail
        rule: X1
        at: P1D
        every: P7D
        until: P1Y
        do: [{message: {template: overdue}}]
      - step: tell
        rule: X2
        at: P2M
        do: [{notice: {audience: [manager], text: overdue_one_month}}]
  - ladder: with-others
    start: due
    while: {stage: [collection, legal]}
    steps:
      - step: mail-too
        rule: X3
        at: P3M
        do: [{message: {template: overdue}}]
      - step: tell-too
        rule: X4
        at: P3M
        do: [{notice: {audience: [legal], text: overdue_two_months}}]
"""


def test_J1_after_hand_over_only_steps_run_that_name_that_stage_and_contact_nobody():
    world = granted(owing(until="2026-04-20", playbook=a_playbook(EVERYWHERE)))
    world.walk("2026-09-30")
    assert contacts_since(world, "2026-04-20") == []
    assert [e.text for e in world.events("notice.raised") if e.rule.startswith("X")] == ["overdue_two_months"]


def test_J1_a_grant_of_the_playbooks_own_request_hands_it_to_our_legal_department():
    text = STANDARD_TEXT.replace("- hold: shipments", "- propose: hand_over")
    world = owing(until="2026-06-10", playbook=a_playbook(text))
    world.grant("hold")
    assert (world.case("INV-1").stage, handed(world).to) == ("legal", "legal")


# How far they have come


def test_J1_milestones_have_their_days_and_the_latest_of_each_is_shown():
    world = granted(owing())
    world.walk("2026-09-30")
    reach(world, "mediation", "2026-05-20")
    reach(world, "filed", "2026-06-10")
    reach(world, "hearing", "2026-09-01")
    reach(world, "hearing", "2026-08-11")  # told late
    assert seen(world)["milestones"] == {
        "mediation": day("2026-05-20"),
        "filed": day("2026-06-10"),
        "hearing": day("2026-09-01"),
    }


def test_J1_a_milestone_needs_a_hand_over_lies_after_it_and_not_ahead():
    world = owing()
    with pytest.raises(Conflict, match="not_handed_over"):
        reach(world, "filed")
    granted(world)
    with pytest.raises(Refused, match="before_hand_over"):
        reach(world, "filed", "2026-04-01")
    with pytest.raises(Refused, match="date_in_future"):
        reach(world, "filed", "2026-05-06")


def test_J1_one_suit_about_several_bills_is_said_once():
    world = granted(owing("100.00", "200.00"), "INV-1", "INV-2")
    reach(world, "filed", None, "INV-1", "INV-2")
    assert [handed(world, id).milestones for id in ("INV-1", "INV-2")] == [{"filed": day("2026-05-04")}] * 2


@pytest.mark.parametrize(
    ("milestone", "expires"),
    [
        ("filed", "2029-09-01"),
        ("mediation", "2029-09-01"),
        ("preserved", "2029-09-01"),
        ("judgment", "2029-09-01"),
        ("enforcement", "2029-09-01"),
        ("hearing", "2029-03-09"),
    ],
)
def test_I1_legal_action_interrupts_as_the_law_says_and_a_hearing_does_not(milestone, expires):
    world = granted(owing()).walk("2026-09-30")
    reach(world, milestone, "2026-09-01")
    limitation = case_view(world.case("INV-1"), world.customer, world.scene.today, world.scene.law)["limitation"]
    assert limitation["expires_on"] == day(expires)
    assert limitation["set_by"] == (None if milestone == "hearing" else "milestone.reached")


def test_J1_closed_asks_what_becomes_of_the_rest():
    world = granted(owing())
    reach(world, "closed")
    (task,) = world.events("task.created", kind="legal")
    assert (task.why, task.role, task.rule) == ("decide_rest", "legal", "J1")
    request = c.WriteOff(customer="C-1", cases=("INV-1",), reason="nothing left")
    world.do(request, by("manager", "asker"))
    approval = world.events("approval.requested", kind="write_off")[-1].approval
    world.do(c.GrantApproval(customer="C-1", approval=approval), by("boss"))
    assert (world.case("INV-1").closed_as, world.case("INV-1").tasks) == ("written_off", {})
    reach(world, "recovered")
    assert world.events("task.created", kind="legal") == [task]


def test_J1_it_goes_on_from_the_agency_to_a_lawyer_by_another_consent():
    world = granted(owing(), to="agency", name="Swift Collections")
    cost(world, "agency", "50.00")
    world.pay("P-1", "200.00")
    reach(world, "closed")
    world.walk("2026-06-30")
    granted(world, to="lawyer", name="Blue Sky Law Firm")
    assert [e.stage for e in world.events("case.stage_changed")][-1:] == ["legal"]
    assert len(world.events("case.stage_changed", stage="legal")) == 1
    assert (handed(world).to, handed(world).on) == ("lawyer", day("2026-06-30"))
    assert (seen(world)["recovered"], seen(world)["costs"]) == ("200.00", [{"currency": "CNY", "amount": "50.00"}])
    assert world.events("task.completed", kind="legal")


def test_J1_what_comes_while_it_is_with_others_is_shown_as_recovered():
    world = owing()
    world.pay("P-1", "300.00")
    granted(world).pay("P-2", "200.00")
    assert seen(world)["recovered"] == "200.00"
    world.pay("P-3", "500.00")
    assert (world.case("INV-1").closed_as, seen(world)["recovered"]) == ("paid", "700.00")
    world.do(c.ReversePayment(payment="P-3"))
    assert (world.case("INV-1").stage, seen(world)["recovered"]) == ("legal", "200.00")


# Taken back


def test_J1_taken_back_the_playbook_goes_on_and_what_it_missed_is_only_logged():
    world = granted(owing(until="2026-03-20"))
    world.walk("2026-04-20")
    world.do(c.TakeBack(customer="C-1", cases=("INV-1",), reason="they gave up"), by("legal"))
    assert (world.case("INV-1").stage, world.case("INV-1").level) == ("collection", "manager")
    assert seen(world)["back_on"] == day("2026-04-20")
    world.walk("2026-05-31")
    assert world.days("overdue-daily") == ["03-17", "03-18", "03-19", "03-20", "04-21"]
    assert [e.count for e in world.events("step.skipped", step="overdue-daily")] == [29]


def test_J1_only_what_is_with_others_is_taken_back():
    world = owing()
    with pytest.raises(Conflict, match="not_handed_over"):
        world.do(c.TakeBack(customer="C-1", cases=("INV-1",), reason="x"), by("legal"))


# Deadlines


def told(world: World) -> list[tuple[str, str, list[str]]]:
    found = [(h, at) for at, h in world.log if h.event.type == "notice.raised" and h.event.text.startswith("deadline")]
    return [(world.workdays.today(at).isoformat()[5:], h.event.text, h.event.audience) for h, at in found]


def test_J1_legal_is_told_a_week_before_and_on_the_day_and_the_managers_when_it_was_missed():
    world = granted(owing())
    deadline(world, "hearing", "2026-06-12")
    world.walk("2026-07-31")
    assert told(world) == [
        ("06-05", "deadline_nears", ["legal"]),
        ("06-12", "deadline_today", ["legal"]),
        ("06-15", "deadline_missed", ["legal", "manager"]),
    ]


def test_J1_two_deadlines_do_not_hide_each_other():
    world = granted(owing())
    deadline(world, "hearing", "2026-06-12")
    deadline(world, "other", "2026-06-17", "evidence")
    deadline(world, "other", "2026-06-12", "fee")
    world.walk("2026-06-16")
    assert [text for _, text, _ in told(world)] == [
        "deadline_nears",
        "deadline_nears",
        "deadline_today",
        "deadline_missed",
    ]
    assert [on for on, _, _ in told(world)] == ["06-05", "06-10", "06-12", "06-15"]


def test_J1_a_deadline_near_is_told_on_its_day_and_one_of_today_only_when_missed():
    world = granted(owing())
    deadline(world, "hearing", "2026-05-07")
    deadline(world, "other", "2026-05-04", "today")
    world.walk("2026-05-07")
    assert [(on, text) for on, text, _ in told(world)] == [("05-06", "deadline_missed"), ("05-07", "deadline_today")]


def test_J1_a_milestone_meets_the_earliest_deadline_for_it():
    world = granted(owing())
    deadline(world, "hearing", "2026-06-12")
    deadline(world, "hearing", "2026-07-24")
    deadline(world, "judgment", "2026-06-12")
    world.walk("2026-05-29")
    reach(world, "hearing")
    assert [(one.what, one.on) for one in handed(world).deadlines] == [
        ("hearing", day("2026-07-24")),
        ("judgment", day("2026-06-12")),
    ]


@pytest.mark.parametrize("outcome", ["met", "dropped"])
def test_J1_of_a_deadline_that_ended_nobody_is_told(outcome):
    world = granted(owing())
    deadline(world, "other", "2026-06-12", "evidence")
    world.do(c.EndDeadline(customer="C-1", case="INV-1", deadline=1, outcome=outcome), by("legal"))
    world.walk("2026-07-31")
    assert (told(world), handed(world).deadlines) == ([], ())
    with pytest.raises(NotFound, match="unknown_deadline"):
        world.do(c.EndDeadline(customer="C-1", case="INV-1", deadline=1, outcome=outcome), by("legal"))


def test_J1_paid_or_taken_back_no_deadline_is_left():
    world = granted(owing("100.00", "200.00"), "INV-1", "INV-2")
    deadline(world, "hearing", "2026-06-12")
    world.do(c.SetDeadline(customer="C-1", case="INV-2", what="hearing", on=day("2026-06-12")), by("legal"))
    world.pay("P-1", "100.00")
    world.do(c.TakeBack(customer="C-1", cases=("INV-2",), reason="x"), by("legal"))
    world.walk("2026-07-31")
    assert told(world) == []


def test_J1_deadlines_that_cannot_be():
    world = granted(owing())
    with pytest.raises(Refused, match="date_in_past"):
        deadline(world, "hearing", "2026-05-03")
    with pytest.raises(Refused, match="text_required"):
        deadline(world, "other", "2026-06-12")
    for _ in range(8):
        deadline(world, "hearing", "2026-06-12")
    with pytest.raises(Conflict, match="deadlines_exhausted"):
        deadline(world, "hearing", "2026-06-12")
    world.owed("INV-9", due="2026-05-04")
    with pytest.raises(Conflict, match="not_handed_over"):
        world.do(c.SetDeadline(customer="C-1", case="INV-9", what="hearing", on=day("2026-06-12")), by("legal"))


# Costs


def test_J1_costs_stand_by_currency_less_refunds_and_are_never_owed():
    world = granted(owing())
    cost(world, "court_fee", "120.00")
    cost(world, "lawyer", "300.50")
    cost(world, "refund", "60.00")
    cost(world, "agency", "12", "JPY")
    assert seen(world)["costs"] == [{"currency": "CNY", "amount": "360.50"}, {"currency": "JPY", "amount": "12"}]
    assert world.case("INV-1").open == 100000


def test_J1_costs_come_long_after_the_end():
    world = granted(owing())
    world.pay("P-1", "1000.00")
    cost(world, "lawyer", "300.00")
    assert seen(world)["costs"] == [{"currency": "CNY", "amount": "300.00"}]


def test_J1_costs_that_cannot_be():
    world = owing()
    with pytest.raises(Conflict, match="not_handed_over"):
        cost(world, "lawyer", "1.00")
    granted(world)
    cost(world, "lawyer", "1.00")
    with pytest.raises(Conflict, match="refund_exceeds_costs"):
        cost(world, "refund", "1.01")
    with pytest.raises(Refused, match="currency_unknown"):
        cost(world, "lawyer", "1.00", "XXQ")
    for currency in ("USD", "EUR", "JPY"):
        cost(world, "lawyer", "1", currency)
    with pytest.raises(Conflict, match="currencies_exhausted"):
        cost(world, "lawyer", "1.00", "GBP")


def test_J1_what_the_log_of_earlier_days_calls_hand_over_can_be_followed():
    world = granted(owing())
    world.account.cases["INV-1"] = replace(world.case("INV-1"), handed=None)  # a stage alone, once
    reach(world, "filed")
    assert (handed(world).to, handed(world).milestones) == ("legal", {"filed": day("2026-05-04")})
