"""What a grant or a playbook of one's own does beyond the standard ladder: holds without asking, letters, whose the call is."""

import pytest

from service.domain import commands as c
from tests.examples import a_contact, a_playbook
from tests.world import World

EARLY = """
grammar: 1
name: early
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: call, rule: B2, at: P1D, do: [{task: {kind: call, why: overdue}}]}
      - step: ask
        rule: B8
        at: P2D
        do: [{request: {kind: KIND, role: boss, granted: [GRANTED]}}]
"""


def asked(kind: str, granted: str, *bills: str, **more) -> World:
    """Bills due on Monday, called about on Tuesday, asked about on Wednesday."""
    world = World("2026-03-09", playbook=a_playbook(EARLY.replace("KIND", kind).replace("GRANTED", granted)), **more)
    for bill in bills or ("INV-1",):
        world.owed(bill, due="2026-03-09")
    return world.walk("2026-03-11")


def test_B8_a_grant_that_raises_a_bill_gives_its_call_to_the_supervisor():
    world = asked("hold", "{hold: shipments}")
    assert world.customer.tasks["call"].role == "collector"
    world.grant("hold")
    assert (world.case("INV-1").level, world.customer.tasks["call"].role) == ("hold", "supervisor")
    assert world.customer.tasks["call"].raised == 1


def test_B8_a_bill_that_has_risen_meanwhile_is_not_lowered_by_a_grant():
    plan = a_playbook("""
grammar: 1
name: climbing
ladders:
  - ladder: collection
    start: due
    steps:
      - step: ask
        rule: B9
        at: P1D
        do: [{request: {kind: letter, role: boss, granted: [{letter: {kind: reminder, level: supervisor}}]}}]
      - {step: climb, rule: B6, at: P2D, do: [{escalate: manager}]}
""")
    world = World("2026-03-09", playbook=plan)
    world.owed("INV-1", due="2026-03-09")
    world.walk("2026-03-11").grant("letter")
    assert world.levels("INV-1") == ["03-11 manager"]
    assert world.events("letter.issued")[0].cases == ["INV-1"]


def test_B8_a_playbook_may_apply_a_hold_without_asking():
    plan = a_playbook("""
grammar: 1
name: stern
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: stop, rule: B8, at: P2D, do: [{hold: shipments}]}
""")
    world = World("2026-03-09", playbook=plan)
    world.owed("INV-1", due="2026-03-09")
    world.owed("INV-2", due="2026-03-10")
    world.walk("2026-03-13")
    (hold,) = world.events("hold.applied")
    assert (hold.cases, hold.approval) == (["INV-1"], None)
    assert (world.levels("INV-1"), world.levels("INV-2")) == (["03-11 hold"], ["03-12 hold"])


@pytest.mark.parametrize(
    ("people", "addressed"),
    [
        ([a_contact("ap"), a_contact("dm", role="decision_maker")], "ap"),
        ([a_contact("ap", email=None), a_contact("dm", role="decision_maker")], "dm"),
        ([a_contact("ap", email=None)], "ap"),  # a letter needs no e-mail address
        ([a_contact("x", role="other", email=None)], None),  # may not know
        ([], None),
    ],
)
def test_B9_a_letter_is_addressed_to_whoever_may_know_of_it(people, addressed):
    world = asked("letter", "{letter: {kind: formal_dunning, level: formal}}", contacts=people)
    world.grant("letter")
    (letter,) = world.events("letter.issued")
    assert letter.contact == addressed
    assert (letter.message is not None, letter.slot is not None) == (addressed is not None, addressed is not None)
    assert world.case("INV-1").letters == {"formal_dunning": world.scene.today}


def test_B9_a_person_who_has_left_gets_no_letter():
    world = asked("letter", "{letter: {kind: formal_dunning, level: formal}}", contacts=[a_contact("ap", email=None)])
    world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="ap"), mark="left"))
    world.grant("letter")
    assert [letter.contact for letter in world.events("letter.issued")] == [None]
