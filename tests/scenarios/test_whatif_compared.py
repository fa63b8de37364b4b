"""Another playbook on recorded history: what it brings earlier, later or never, and what nobody can know."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.assignment import AssignmentRule
from service.domain.decide import run
from service.domain.playbook import Playbook
from service.domain.settings import Settings
from service.domain.whatif.comparing import Comparison
from service.domain.whatif.deeds import deeds, steps, with_answers
from service.domain.whatif.fidelity import Fidelity
from service.domain.whatif.setting import Choice, Company, Era
from service.domain.whatif.standing import standing_of
from service.domain.whatif.story import Story, Told
from tests.examples import CHINA, a_playbook, by, moment
from tests.retold import BEGIN, WrittenDown, in_place_of, steps_told

TEXT = """grammar: 1
name: standard
ladders:
  - ladder: overdue
    start: due
    while: {stage: [collection]}
    steps:
      - step: remind
        rule: X1
        at: P1D
        every: P7D
        until: {level: manager}
        do:
          - message: {template: overdue}
      - step: to-manager
        rule: X2
        at: P28D
        do:
          - escalate: manager
          - notice: {audience: [manager], text: hold_applied}
      - step: ask-hold
        rule: X3
        at: P56D
        do:
          - request: {kind: hold, role: boss, granted: [hold: shipments], again: P14D}
"""


def a_version(number: int, *changes: tuple[str, str]) -> Playbook:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return a_playbook(text, number)


FIRST = a_version(1)


def a_world() -> WrittenDown:
    """One bill, due on 2 March."""
    world = WrittenDown("2026-03-02", FIRST)
    world.owed("INV-1", due="2026-03-02")
    return world


def told(world: WrittenDown, playbook: Playbook, since: str | None = None) -> tuple[Story, list[Told]]:
    return world.told_again(moment(since) if since else BEGIN, in_place_of(playbook, "standard"))


def days(found: list[Told], step: str, type: str = "case.reminded") -> list[str]:
    return [
        f"{one.at:%m-%d}"
        for one in found
        for happened in one.happened
        if happened.event.type == type and getattr(happened.event, "step", None) == step
    ]


def compared(world: WrittenDown, playbook: Playbook, since: str | None = None, samples: int = 3) -> Comparison:
    found = Comparison(samples_wanted=samples)
    (story, now), (other, then) = world.told_again(moment(since) if since else BEGIN), told(world, playbook, since)
    sides = [
        (tally.take(what, world.workdays), one.here.cases)
        for tally, what, one in ((found.now, now, story), (found.then, then, other))
    ]
    found.take("C-1", list(other.here.cases), *sides)
    return found


def test_another_distance_brings_the_manager_so_many_days_earlier():
    world = a_world().walk("2026-04-20")
    found = compared(world, a_version(2, ("at: P28D", "at: P14D")))
    (shift,) = [one for *_, one in found.shifts if one.milestone == "manager"]
    assert (shift.case, shift.now_on, shift.then_on, shift.days) == ("INV-1", date(2026, 3, 30), date(2026, 3, 16), -14)
    assert (found.milestones["manager"].sooner, found.milestones["manager"].days) == (1, -14)
    assert found.milestones["supervisor"].days == -14, "whoever stands at a level has reached those below it"
    assert (found.now.steps["remind"].fired, found.then.steps["remind"].fired) == (4, 2)
    assert sum(week["messages"] for week in found.now.weeks.values()) == 4
    assert found.then.roles["manager"] == {"escalations": 1, "notices": 1}
    assert (found.cases, found.differing, found.now.touched) == (1, 1, 1)
    (sample,) = found.samples
    assert [line.what for line in sample.then] != [line.what for line in sample.now]


def test_the_same_playbook_under_a_new_number_changes_nothing():
    world = a_world().walk("2026-06-20")
    found = compared(world, a_version(2))
    assert (found.differing, found.shifts, found.changed) == (0, [], [])
    assert found.milestones["manager"].same == 1
    assert found.now.weeks == found.then.weeks


def test_a_bill_that_was_paid_meanwhile_is_paid_on_its_day_by_any_playbook():
    world = a_world().walk("2026-03-20")
    world.pay("P-1", "1000.00")
    world.walk("2026-06-20")
    found = compared(world, a_version(2, ("at: P28D", "at: P14D")))
    assert found.milestones["manager"].only_then == 1
    _, then = told(world, a_version(2, ("at: P28D", "at: P35D")))
    assert days(then, "to-manager", "case.escalated") == []


def test_what_a_playbook_would_have_said_before_the_first_day_is_not_said_again_but_levels_follow():
    world = a_world().walk("2026-05-10")
    sooner = a_version(2, ("at: P28D", "at: P7D"))
    _, then = told(world, sooner, since="2026-03-12")
    assert days(then, "to-manager", "case.escalated") == ["03-12"]
    assert days(then, "remind") == []
    assert days(world.told_again(moment("2026-03-12"))[1], "remind") == ["03-17", "03-24"]


def test_bills_of_other_playbooks_go_on_by_theirs():
    world = a_world().walk("2026-04-20")
    _, then = world.told_again(BEGIN, in_place_of(a_version(2, ("at: P28D", "at: P14D")), "pressure"))
    assert days(then, "to-manager", "case.escalated") == ["03-30"]


def hold_asked(answered_after: int, agreed: bool = True) -> WrittenDown:
    """Asked for on 27 April, answered so many days later."""
    world = a_world().walk("2026-04-27")
    world.walk(moment("2026-04-27 14:00") + timedelta(answered_after))
    (world.grant if agreed else world.reject)("hold")
    return world.walk("2026-06-20")


def test_a_request_is_answered_as_it_was_after_as_long():
    world = hold_asked(2)
    assert world.levels("INV-1")[-1] == "04-29 hold"
    found = compared(world, a_version(2, ("at: P56D", "at: P42D")))
    shifts = {one.milestone: one.days for *_, one in found.shifts}
    assert shifts == {"hold_asked": -14, "hold": -14, "general_manager": -14}


def test_an_answer_that_would_come_at_night_waits_for_a_window():
    world = hold_asked(5)
    _, then = told(world, a_version(2, ("at: P56D", "at: P42D")))
    assert world.levels("INV-1")[-1] == "05-02 hold", "when it came it came on a closed day"
    assert days(then, "ask-hold", "case.escalated") == ["04-20"], "18 April is a Saturday"


def test_a_request_that_nobody_was_asked_for_then_is_answered_by_nobody():
    world = a_world().walk("2026-04-20")
    story, _ = told(world, a_version(2, ("at: P56D", "at: P42D")))
    assert list(story.here.customer.requests) == ["hold"] and not story.here.customer.hold


def test_an_answer_to_what_is_not_asked_is_left_out_and_what_follows_the_hold_is_told():
    world = hold_asked(0)
    world.do(c.AcknowledgeHold(customer="C-1", hold=world.customer.hold.id))
    story, _ = told(world, a_version(2, ("at: P56D", "at: P120D")))
    assert story.left_out == {"hold.acknowledged": 1}
    assert not story.here.customer.hold


def test_a_rejected_request_comes_again_and_the_second_answer_belongs_to_the_second():
    world = hold_asked(1, agreed=False)
    assert "hold" in world.customer.requests
    world.grant("hold")
    story, then = told(world, a_version(2, ("at: P56D", "at: P49D")))
    answers = [h.event.type for one in then for h in one.happened if h.event.type.startswith("approval.")]
    assert answers == ["approval.requested", "approval.rejected", "approval.requested", "approval.granted"]
    assert story.here.customer.hold


def test_a_task_that_is_not_there_cannot_be_done_and_is_counted():
    text = ("- message: {template: overdue}", "- task: {kind: call, why: overdue_call}")
    world = WrittenDown("2026-03-02", a_version(1, text))
    world.owed("INV-1", due="2026-03-02")
    world.walk("2026-03-10")
    world.finish("call")
    assert world.told_again()[0].left_out == {}
    story, _ = told(world, a_version(2))
    assert story.left_out == {"task.completed": 1}
    assert story.here.customer.last_outcome == "reached", "what was said was said"


def test_settings_are_those_of_each_moment():
    world = a_world().walk("2026-03-02 08:00")
    later = replace(world.settings, windows=world.settings.windows[1:])
    eras = [
        Era(BEGIN, world.settings, world.workdays, world.scene.law),
        Era(moment("2026-03-05"), later, later.workdays(CHINA), world.scene.law),
    ]
    story = Story(Company(eras, lambda *_: FIRST, world.scene.channels, world.people), world.told_again()[0].here, world.now)
    found = list(story.tell([], {}, moment("2026-03-20")))
    assert [f"{one.at:%m-%d %H:%M}" for one in found] == ["03-03 01:00", "03-10 05:30", "03-17 05:30"]


def test_a_case_that_was_moved_goes_on_by_the_playbook_that_takes_its_place():
    world = a_world().walk("2026-03-10")
    second = a_version(2, ("at: P28D", "at: P35D"))
    first, world.playbook = world.playbook, second
    world.do(c.MoveCases(customer="C-1", cases=("INV-1",), playbook="standard", version=2), by("admin"))
    world.walk("2026-04-30")
    company = Company(
        [Era(BEGIN, world.settings, world.workdays, world.scene.law)],
        lambda _, version: {1: first, 2: second}[version],
        world.scene.channels,
        world.people,
    )
    found = {}
    for choice in (None, in_place_of(a_version(3, ("at: P28D", "at: P14D")), "standard")):
        left, answers = with_answers(deeds(world.records))
        story = Story(company, standing_of("C-1", []), BEGIN, choice)
        found[bool(choice)] = days(list(story.tell(left, answers, world.now)), "to-manager", "case.escalated")
    assert found == {False: ["04-07"], True: ["03-16"]}


def test_whose_turn_it_was_it_still_is():
    rule = AssignmentRule(to=("li.na", "wang.wei"))
    world = WrittenDown("2026-03-02", FIRST, settings=Settings(assignment=(rule,)))
    world.loads = {"li.na": 5, "wang.wei": 3}
    world.owed("INV-1", due="2026-03-02")
    assert world.case("INV-1").owner == "wang.wei"
    story, _ = world.told_again()
    assert story.here.cases["INV-1"].owner == "wang.wei"


def test_what_is_due_and_does_nothing_is_looked_at_again_an_hour_later(monkeypatch):
    world = a_world().walk("2026-03-04 09:00")
    tried: list[object] = []

    def late(*given: Any) -> Any:
        tried.append(given)
        return run(*given) if len(tried) > 2 else []

    monkeypatch.setattr("service.domain.whatif.story.run", late)
    era = Era(BEGIN, world.settings, world.workdays, world.scene.law)
    company = Company([era], lambda *_: FIRST, world.scene.channels, world.people)
    story = Story(company, world.told_again()[0].here, moment("2026-03-09 17:00"))
    tried.clear()
    found = list(story.tell([], {}, moment("2026-03-11 17:00")))
    assert [f"{one.at:%m-%d %H:%M}" for one in found] == ["03-10 03:00"]


def test_what_is_due_by_what_comes_at_the_very_end_comes_after_it():
    world = a_world().walk("2026-03-02 10:00")
    world.owed("INV-2", due="2026-02-02")
    _, told_again = world.told_again()
    assert days(told_again, "remind") == [] and steps_told(told_again) == world.steps()


def test_ahead_of_the_record_nobody_pays_and_the_clock_goes_on():
    world = a_world().walk("2026-03-10")
    era = Era(BEGIN, world.settings, world.workdays, world.scene.law)
    story = Story(Company([era], lambda *_: FIRST, world.scene.channels, world.people), world.told_again()[0].here, world.now)
    found = list(story.tell([], {}, moment("2026-04-10")))
    assert days(found, "to-manager", "case.escalated") == ["03-30"]


def test_a_playbook_that_never_ends_is_cut_short(monkeypatch):
    monkeypatch.setattr("service.domain.whatif.story.MOST_WAKES", 3)
    world = a_world().walk("2026-06-20")
    assert world.told_again()[0].is_cut_short


@pytest.mark.parametrize("step", ["remind", "to-manager"])
def test_what_differs_from_the_log_is_named(step):
    world = a_world().walk("2026-04-20")
    _, now = world.told_again()
    found = Fidelity()
    found.take(steps(deeds(world.records), world.now), now, world.workdays, world.now)
    assert (found.recorded, found.reproduced, found.extra, found.differences) == (5, 5, 0, [])
    lost = [one for one in now if not any(getattr(h.event, "step", None) == step for h in one.happened)]
    found = Fidelity()
    found.take(steps(deeds(world.records), world.now), lost, world.workdays, world.now)
    assert {(one.side, one.step, one.case) for one in found.differences} == {("missing", step, "INV-1")}
    assert found.reproduced == found.recorded - len(found.differences)
    found = Fidelity()
    found.take([], now, world.workdays, world.now)
    assert (found.extra, {one.side for one in found.differences}) == (5, {"extra"})


def test_what_people_agreed_is_agreed_by_any_playbook():
    world = a_world().walk("2026-03-10")
    world.promise("INV-1", "2026-03-20")
    world.walk("2026-04-20")
    _, then = told(world, a_version(2, ("at: P28D", "at: P14D")))
    types = [h.event.type for one in then for h in one.happened]
    assert types.count("promise.made") == types.count("promise.broken") == types.count("case.paused") == 1
    assert days(then, "to-manager", "case.escalated") == ["03-24"], "not while the promise lets it rest"


def test_a_choice_of_several_playbooks_takes_all_of_them():
    choice = Choice(FIRST, frozenset({"standard", "pressure"}))
    assert choice.takes("standard") and choice.takes("pressure") and not choice.takes("hotel")
    assert by("boss").role == "boss"
