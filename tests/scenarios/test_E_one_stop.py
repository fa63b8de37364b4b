"""A stop of credit has one road (E3): whoever wants it - the daily look, a playbook in either of its ways, a person - stands
behind the one open request of the customer, and nothing is asked of what is stopped."""

import pytest

from service.domain import commands as c
from service.domain.decide.content import opened
from service.domain.playbook import CREDIT_STOP, Playbook
from tests.examples import SHIPPED, STANDARD, a_playbook, by
from tests.world import World

PROPOSED = "propose: credit_stop"
ASKED = "request: {kind: credit_stop, role: boss, granted: [{propose: credit_stop}]}"


def asking(how: str) -> Playbook:
    """Asks for a stop on D+61, as the daily look does."""
    return a_playbook(
        f"""
grammar: 1
name: stopping
ladders:
  - ladder: credit
    start: due
    while: {{stage: [collection]}}
    steps: [{{step: stop, rule: E3, at: P61D, do: [{{{how}}}]}}]
"""
    )


def owing(playbook: Playbook, *dues: str) -> World:
    world = World("2026-03-02", playbook=playbook)
    for number, due in enumerate(dues or ("2026-03-09",), start=1):
        world.owed(f"INV-{number}", due=due)
    return world


def asked(world: World) -> list[tuple[str, list[str]]]:
    return [(event.role, event.cases) for event in world.events("approval.requested", kind="credit_stop")]


@pytest.mark.parametrize("how", [PROPOSED, ASKED])
@pytest.mark.parametrize("looks_first", [True, False])
def test_E3_look_and_playbook_on_one_day_ask_once(how, looks_first):
    world = owing(asking(how)).walk("2026-05-08 18:00")
    world.now = world.workdays.opening(world.workdays.next_open(world.scene.today.replace(day=9)))
    acts = [lambda: world.watch(), lambda: world.do(c.Wake(customer="C-1"))]
    for act in acts if looks_first else acts[::-1]:
        act()
    assert asked(world) == [("finance", ["INV-1"])]
    assert list(world.customer.requests) == ["credit_stop"] and world.customer.requests["credit_stop"].bills == 1
    assert world.case("INV-1").requests == {"credit_stop": world.customer.requests["credit_stop"].id}


@pytest.mark.parametrize("how", [PROPOSED, ASKED])
def test_E3_what_is_asked_for_is_the_same_whoever_asks(how):
    by_look, by_playbook = owing(STANDARD), owing(asking(how))
    by_look.sleep("2026-05-09").watch()
    by_playbook.walk("2026-05-09 18:00")
    by_person = owing(STANDARD)
    by_person.do(c.RestrictCredit(customer="C-1", measure="stop", reason="two cheques came back"), by("manager"))
    requests = [world.events("approval.requested", kind="credit_stop")[0] for world in (by_look, by_playbook, by_person)]
    assert [request.role for request in requests] == ["finance"] * 3
    contents = [opened(request.content, request.content_hash).granted for request in requests]
    assert contents[0] == contents[1] == contents[2] != []


def test_E3_a_later_bill_joins_the_request_of_the_look():
    world = owing(asking(PROPOSED), "2026-03-09", "2026-03-16")
    world.sleep("2026-05-09").watch()
    world.walk("2026-05-18 18:00")
    assert asked(world) == [("finance", ["INV-1"])]
    (joined,) = world.events("approval.joined")
    assert (joined.cases, joined.bills) == (["INV-2"], 2)


def test_E3_a_bill_joins_the_request_of_a_person():
    world = owing(asking(PROPOSED))
    world.sleep("2026-05-04")
    world.do(c.RestrictCredit(customer="C-1", measure="stop", reason="two cheques came back"), by("manager"))
    world.walk("2026-05-09 18:00").watch()
    assert [request.asked_by for request in world.events("approval.requested")] == ["manager"]
    assert world.customer.requests["credit_stop"].bills == 1


def test_E3_a_refusal_binds_playbook_and_look_alike():
    world = owing(asking(PROPOSED))
    world.sleep("2026-05-05")
    world.do(c.RestrictCredit(customer="C-1", measure="stop", reason="two cheques came back"), by("manager"))
    world.reject("credit_stop", "finance")
    for day in ("2026-05-09", "2026-05-11", "2026-05-18"):
        world.walk(f"{day} 18:00")
        world.sleep(f"{day} 18:00")
    assert len(asked(world)) == 1
    world.walk("2026-05-20 18:00")
    assert len(asked(world)) == 2


def test_E3_nothing_is_asked_of_what_is_stopped():
    world = owing(asking(PROPOSED), "2026-03-09", "2026-03-16")
    world.sleep("2026-05-09").watch()
    world.grant("credit_stop", "finance")
    world.walk("2026-05-20")
    assert len(asked(world)) == 1
    assert [event.why for event in world.events("step.skipped", step="stop")] == ["credit_stopped"] * 2
    assert world.case("INV-2").requests == {}


def test_F2_a_proposal_of_late_bills_waits_its_quiet_week():
    world = World("2026-06-01", playbook=asking(PROPOSED))
    world.owed("INV-1", due="2026-03-09")
    assert world.walk("2026-06-07").events("approval.requested") == []
    assert len(world.walk("2026-06-09").events("approval.requested")) == 1


def test_E3_the_shipped_procedures_ask_as_everybody_does():
    for name in ("hotel", "pressure"):
        steps = a_playbook(SHIPPED[name]).steps
        wanted = [a.deed for step in steps for a in step.actions if step.name in ("too-old", "ask-credit-stop")]
        assert wanted == [CREDIT_STOP]
