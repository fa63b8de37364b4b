"""Section G: a case keeps its version until it is moved on purpose, and then goes on where it stands."""

from typing import Any

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from tests.examples import SHIPPED, STANDARD_TEXT, a_playbook, by, day
from tests.world import World

OTHER = """
grammar: 1
name: other
parameters:
  grace: {standard: P2D}
ladders:
  - ladder: collection
    start: due
    while: {stage: [collection]}
    steps:
      - {step: write, rule: G, at: P1D, every: P2D, until: closed, do: [{message: {template: overdue}}]}
      - {step: tell, rule: G, at: P4D, do: [{notice: {audience: [sales], text: overdue}}]}
      - {step: rise, rule: G, at: P5D, do: [{escalate: supervisor}]}
      - {step: higher, rule: G, at: P6D, do: [{escalate: manager}]}
      - {step: ask, rule: G, at: P7D, do: [{request: {kind: hold, role: boss, granted: [{hold: shipments}]}}]}
      - {step: late, rule: G, at: {offset: P30D, parameter: grace}, do: [{message: {template: overdue}}]}
"""


def standing(until: str, text: str = STANDARD_TEXT) -> World:
    world = World("2026-03-02", playbook=a_playbook(text))
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    return world.walk(until)


def move(world: World, text: str = OTHER, version: int = 1) -> list[Any]:
    world.playbook = a_playbook(text, version)
    command = c.MoveCases(customer="C-1", cases=("INV-1",), playbook=world.playbook.name, version=version)
    return world.do(command, by("admin"))


def test_G_what_was_due_earlier_is_not_said_again_and_levels_follow_one_a_day():
    world = standing("2026-03-17 18:00")
    (moved,) = [one.event for one in move(world)]
    assert (moved.previous, moved.previous_version, moved.playbook, moved.playbook_version) == (
        "standard",
        1,
        "other",
        1,
    )
    assert moved.done == {  # the 16th was its day; the 18th is ahead
        "write": [day("2026-03-09"), day("2026-03-16")],
        "tell": [day("2026-03-09"), day("2026-03-13")],
    }
    world.walk("2026-03-31")
    assert world.days("write") == ["03-18", "03-20", "03-23", "03-24", "03-26", "03-30"]
    assert world.notices("overdue") == []
    assert world.levels("INV-1") == ["03-18 supervisor", "03-19 manager"]
    assert world.dated("approval.requested") == ["03-20"]
    assert not [e for e in world.events("step.skipped") if e.step == "write"]


def test_G_a_level_reached_already_is_not_climbed_again():
    world = standing("2026-04-10")
    assert world.levels("INV-1") == ["03-23 supervisor", "04-09 manager"]
    move(world)
    world.walk("2026-04-30")
    assert world.levels("INV-1") == ["03-23 supervisor", "04-09 manager"]
    assert {e.why for e in world.events("step.skipped") if e.step in ("rise", "higher")} == {"level_reached"}


@pytest.mark.parametrize("answer", ["grant", "reject", None])
def test_G_consent_asked_for_before_is_not_asked_for_again(answer):
    world = standing("2026-06-09 10:00")
    assert world.dated("approval.requested") == ["06-09"]
    if answer:
        getattr(world, answer)("hold")
    move(world)
    world.walk("2026-06-12")
    assert world.dated("approval.requested") == ["06-09"]


def test_G_a_new_version_goes_on_where_the_old_one_stood():
    world = standing("2026-03-17 18:00")
    before = dict(world.case("INV-1").done)
    move(
        world,
        STANDARD_TEXT.replace(
            "at: P8D\n        every: P1D\n        until: {level", "at: P8D\n        every: P2D\n        until: {level"
        ),
        2,
    )
    done = world.case("INV-1").done
    assert {step: done[step] for step in before} == before
    world.walk("2026-03-23")
    assert world.days("overdue-daily") == ["03-17", "03-19", "03-23"]


def test_G_grace_is_the_new_playbooks():
    world = standing("2026-03-17 18:00")
    move(world)
    assert world.case("INV-1").grace_days == 2
    assert world.walk("2026-04-30").days("late") == ["04-10"]


@pytest.mark.parametrize(("tenants", "late"), [({}, "04-10"), ({"standard": 5}, "04-13"), ({"risk": 9}, "04-10")])
def test_G_with_the_tenants_own_grace_for_the_segment_the_move_takes_that(tenants, late):
    world = standing("2026-03-17 18:00")
    world.settings = replace(world.settings, grace_days=tenants)
    move(world)
    assert world.walk("2026-04-30").days("late") == [late]


def test_G_what_is_over_by_the_new_grace_is_not_said_though_by_the_old_one_it_lies_ahead():
    """On the day of the move D+30 is over, D+30 and two days of grace is not."""
    world = standing("2026-04-09 18:00", OTHER)
    assert world.case("INV-1").grace_days == 2
    move(world, OTHER.replace("{standard: P2D}", "{standard: P0D}"), 2)
    assert world.walk("2026-04-30").days("late") == []


def test_G_who_is_there_already_or_has_paid_is_not_moved():
    world = standing("2026-03-17")
    assert move(world) != []
    assert move(world) == []
    world.pay("P-1", "1000.00")
    assert move(world, version=2) == []


def test_G_from_any_shipped_playbook_to_any_other_the_clock_comes_to_an_end():
    for before in SHIPPED:
        for after in SHIPPED:
            world = standing("2026-04-20", SHIPPED[before])
            move(world, SHIPPED[after], 2)
            world.walk("2026-05-31")


def test_G_what_is_due_on_the_very_day_is_said():
    world = standing("2026-03-15")
    world.walk("2026-03-16 08:00")
    move(world)
    assert world.walk("2026-03-17").days("write") == ["03-16"]
