"""Rule D2: a second broken promise on one case escalates one level; from the general manager B8 is asked at once."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain import commands as c
from tests.examples import a_playbook, by, day
from tests.world import World


def overdue(due: str = "2026-03-09", **more: Any) -> World:
    world = World("2026-03-02", **more)
    world.owed("INV-1", due=due, issued="2026-03-02")
    return world.walk("2026-03-10")


def break_one(world: World, id: str = "INV-1") -> None:
    """Promised for tomorrow; nothing comes, and it is the day on which that is judged."""
    due_on = world.scene.today + timedelta(1)
    world.promise(id, due_on.isoformat())
    until = world.case(id).promises[-1].until
    world.walk(world.workdays.next_open(until + timedelta(1)).isoformat())


def test_D2_the_first_is_forgiven_and_the_second_raises_the_case_a_level():
    world = overdue()
    break_one(world)
    assert world.levels("INV-1") == []
    break_one(world)
    (escalated,) = world.events("case.escalated")
    assert world.timed("case.escalated") == ["03-17 09:00"]
    assert (escalated.level, escalated.previous, escalated.rule) == ("supervisor", "none", "D2")
    assert (world.customer.tasks["call"].role, world.customer.tasks["call"].owner) == ("supervisor", "supervisor")


def test_D2_each_further_one_raises_it_again_up_to_the_general_manager():
    world = overdue()
    for level in ("none", "supervisor", "manager", "general_manager"):
        break_one(world)
        assert world.case("INV-1").level == level
    assert world.events("approval.requested") == []


def test_D2_from_the_general_manager_the_hold_is_asked_at_once_and_once():
    world = overdue()
    for _ in range(5):
        break_one(world)
    asked_on = world.dated("promise.broken")[-1]
    assert world.dated("approval.requested") == [asked_on]
    (asked,) = world.events("approval.requested")
    assert (asked.kind, asked.role, asked.rule, asked.cases) == ("hold", "boss", "B8", ["INV-1"])
    assert world.walk("2026-06-30").dated("approval.requested") == [asked_on]  # D+3M finds it open
    world.grant("hold")
    assert world.case("INV-1").level == "hold"


def test_D2_a_hold_that_was_refused_lately_is_not_asked_for_again():
    world = overdue("2026-03-03")
    world.owed("INV-2", due="2026-03-03", issued="2026-03-02")
    world.walk("2026-06-03")
    assert world.dated("approval.requested") == ["06-03"]
    world.owed("INV-3", due="2026-05-04", issued="2026-05-01")
    world.walk("2026-07-06")
    world.reject("hold")
    assert world.case("INV-3").level == "general_manager"
    for _ in range(2):
        break_one(world, "INV-3")
    asked = [e for e in world.events("step.fired", step="ask-hold") if e.did == ["refused_lately"]]
    assert len(asked) == 1 and world.dated("approval.requested", kind="hold") == ["06-03"]


def test_D2_a_missed_part_of_a_plan_is_a_broken_promise():
    world = overdue()
    break_one(world)
    terms = c.PlanTerms(count=2, first_on=day("2026-03-16"), every="P7D")
    world.do(c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms), by("supervisor"))
    world.walk("2026-03-18")
    assert [e.rule for e in world.events("case.escalated")] == ["D2"]


def test_D2_money_taken_back_breaks_one_too():
    world = overdue()
    break_one(world)
    world.promise("INV-1", "2026-03-16")
    world.pay("P-1", "1000.00")
    assert world.case("INV-1").closed_as == "paid"
    world.walk("2026-03-18").do(c.ReversePayment(payment="P-1"))
    assert world.levels("INV-1") == ["03-18 supervisor"]


def test_D2_only_promises_of_the_same_case_count():
    world = overdue()
    world.owed("INV-2", due="2026-03-09", issued="2026-03-02")
    world.promise("INV-1", "2026-03-11")
    world.promise("INV-2", "2026-03-11")
    assert world.walk("2026-03-13").levels("INV-1") == world.levels("INV-2") == []


@pytest.mark.parametrize("level", ["formal"])
def test_D2_beyond_the_hold_nothing_more_is_asked(level):
    plan = a_playbook("""
grammar: 1
name: steep
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: rise, rule: G, at: P1D, do: [{escalate: formal}]}
""")
    world = overdue(playbook=plan)
    break_one(world)
    break_one(world)
    assert (world.case("INV-1").level, world.events("approval.requested")) == (level, [])


def test_D2_a_playbook_without_a_hold_asks_for_none():
    plan = a_playbook("""
grammar: 1
name: short
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: rise, rule: G, at: P1D, do: [{escalate: general_manager}]}
""")
    world = overdue(playbook=plan)
    break_one(world)
    break_one(world)
    assert (world.case("INV-1").level, world.events("approval.requested")) == ("general_manager", [])
