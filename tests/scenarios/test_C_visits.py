"""Rule C13: an appointment with somebody who can decide, a record of whom and what, and a call the same day."""

from typing import Any

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.refusals import Conflict, NotFound, Refused
from tests.examples import a_contact, a_playbook, by, day, moment
from tests.world import World

VISITING = a_playbook("""
grammar: 1
name: visiting
title: {en: Visits, zh: 拜访}
ladders:
  - ladder: collection
    start: due
    while: {stage: [collection]}
    steps:
      - step: visit
        rule: V1
        at: P1D
        do: [{task: {kind: visit, why: overdue}}]
""")
MET: dict[str, Any] = {"channel": "visit", "outcome": "reached", "met": ("Wu Lei",), "agreed": "Half by Friday."}


def visiting(*bills: str) -> World:
    people = [a_contact("ap"), a_contact("cfo", "decision_maker"), a_contact("gone", "decision_maker")]
    world = World("2026-03-02", playbook=VISITING, contacts=people)
    world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="gone"), mark="left"), by("collector"))
    for bill in bills or ("INV-1",):
        world.owed(bill, due="2026-03-09", issued="2026-03-02")
    return world.walk("2026-03-10 10:00")


def arrange(world: World, contact: str = "cfo", at: str = "2026-03-12 10:00", task: str | None = None) -> list[Any]:
    task = task or world.customer.tasks["visit"].id
    return world.do(c.ArrangeVisit(customer="C-1", task=task, contact=contact, at=moment(at)), by("collector", "li"))


def visit(world: World, **more: Any) -> list[Any]:
    task = world.customer.tasks["visit"].id
    record = c.ContactRecord(**{**MET, **more})
    return world.do(c.CompleteTask(customer="C-1", task=task, record=record), by("collector", "li"))


def test_C13_an_appointment_makes_the_visit_due_on_its_day():
    world = visiting()
    arrange(world)
    task = world.customer.tasks["visit"]
    assert (task.due_on, task.appointment.contact, task.appointment.at) == (
        day("2026-03-12"), "cfo", moment("2026-03-12 10:00")
    )  # fmt: skip
    arrange(world, at="2026-03-13 10:00")
    assert world.customer.tasks["visit"].due_on == day("2026-03-13")
    assert world.events("task.changed")[-1].best_from == moment("2026-03-13 10:00")


@pytest.mark.parametrize(
    ("contact", "code"), [("ap", "cannot_decide"), ("gone", "cannot_decide"), ("nobody", "unknown_contact")]
)
def test_C13_only_somebody_who_can_decide_will_do(contact, code):
    with pytest.raises(Refused, match=code):
        arrange(visiting(), contact)


@pytest.mark.parametrize(("at", "code"), [("2026-03-09 23:59", "date_in_past"), ("9000-01-01 10:00", "out_of_range")])
def test_C13_an_appointment_lies_ahead_today_at_the_earliest(at, code):
    world = visiting()
    assert arrange(world, at="2026-03-10 08:00")
    with pytest.raises(Refused, match=code):
        arrange(world, at=at)


def test_C13_what_is_no_open_visit_has_no_appointment():
    world = visiting()
    visited = world.customer.tasks["visit"].id
    with pytest.raises(Conflict, match="no_visit"):
        arrange(world, task=world.customer.tasks["find_contact"].id)
    with pytest.raises(NotFound, match="unknown_task"):
        arrange(world, task="visit~C-1.99")
    arrange(world)
    visit(world)
    with pytest.raises(Conflict, match="task_closed"):
        arrange(world, task=visited)


def test_C13_without_an_appointment_nobody_was_visited():
    world = visiting()
    with pytest.raises(Conflict, match="appointment_first"):
        visit(world)
    assert visit(world, outcome="not_reached", met=(), agreed=None)


@pytest.mark.parametrize(("missing", "value"), [("met", ()), ("agreed", None)])
def test_C13_the_record_says_who_was_met_and_what_was_agreed(missing, value):
    world = visiting()
    arrange(world)
    with pytest.raises(Refused, match="record_incomplete") as refused:
        visit(world, **{missing: value})
    assert refused.value.pointer == f"/{missing}"


def test_C13_what_was_said_of_people_stays_out_of_the_log():
    world = visiting()
    arrange(world)
    (logged,) = [one for one in visit(world) if one.event.type == "contact.logged"]
    assert logged.private == {"": {"met": ["Wu Lei"], "agreed": "Half by Friday."}}


def test_C13_the_same_day_a_call_confirms_the_points():
    world = visiting("INV-1", "INV-2")
    arrange(world)
    world.walk("2026-03-12 11:00")
    visit(world, contact="cfo")
    (call,) = world.events("task.created", kind="confirm_call")
    assert (call.rule, call.why, call.due_on, call.owner) == ("C13", "confirm_visit", day("2026-03-12"), "li")
    assert (call.cases, call.contact, call.best_from) == (["INV-1", "INV-2"], "cfo", moment("2026-03-12 13:30"))


def test_C13_a_promise_given_there_leaves_the_call_standing_and_payment_ends_it():
    world = visiting()
    arrange(world)
    visit(world)
    world.promise("INV-1", "2026-03-20")
    assert "confirm_call" in world.customer.tasks
    world.pay("P-1", "1000.00")
    assert world.dated("task.cancelled", kind="confirm_call") == ["03-10"]


def test_C13_an_appointment_leaves_a_raised_visit_the_supervisors():
    world = visiting()
    world.account.cases["INV-1"] = replace(world.case("INV-1"), level="supervisor")
    visited = replace(world.customer.tasks["visit"], role="supervisor", owner="wu", raised=1)
    world.account.customer = replace(world.customer, tasks={**world.customer.tasks, "visit": visited})
    arrange(world)
    task = world.customer.tasks["visit"]
    assert (task.role, task.owner, task.raised, task.bills) == ("supervisor", "wu", 1, 1)


def test_C13_what_is_paid_meanwhile_needs_no_confirmation():
    world = visiting("INV-1", "INV-2")
    arrange(world)
    task = world.customer.tasks["visit"].id
    world.account.cases["INV-1"] = replace(world.case("INV-1"), stage="closed")
    world.do(c.CompleteTask(customer="C-1", task=task, record=c.ContactRecord(**MET)), by("collector", "li"))
    (call,) = world.events("task.created", kind="confirm_call")
    assert call.cases == ["INV-2"]


def test_C13_who_met_nobody_has_nothing_to_confirm():
    world = visiting()
    visit(world, outcome="not_reached", met=(), agreed=None)
    assert not world.events("task.created", kind="confirm_call")


def test_C13_the_call_ends_with_a_record():
    world = visiting()
    arrange(world)
    visit(world)
    call = world.customer.tasks["confirm_call"].id
    with pytest.raises(Refused, match="record_required"):
        world.do(c.CompleteTask(customer="C-1", task=call), by("collector"))
    assert world.finish("confirm_call")
