"""What steps want of people (G): who takes up a proposal, whose a customer's task is, how often a request is brought up."""

import pytest

from tests.examples import a_contact, a_playbook, day
from tests.world import World

PLAN = """
grammar: 1
name: plain
ladders:
  - ladder: overdue
    start: due
    while: {{stage: [collection]}}
    steps:
      - step: wants
        rule: X1
        at: P1D
        do: [{do}]
"""


def wanting(do: str, *bills: str, **more) -> World:
    world = World("2026-03-02", playbook=a_playbook(PLAN.format(do=do)), **more)
    for bill in bills or ("INV-1",):
        world.owed(bill, due="2026-03-05")
    return world.walk("2026-03-06")


@pytest.mark.parametrize(("what", "audience"), [("hand_over", "legal"), ("statement", "collector")])
def test_G_a_proposal_is_taken_up_by_whom_it_is_for(what, audience):
    assert wanting(f"{{propose: {what}}}").notices(f"propose_{what}") == [f"03-06 {audience}"]


def test_B8_how_often_a_request_is_brought_up_is_the_playbooks():
    world = wanting("{request: {kind: hold, role: boss, remind_open_days: 5, granted: [{hold: shipments}]}}")
    (asked,) = world.events("approval.requested")
    assert (asked.remind_open_days, asked.approval) == (5, world.customer.requests["hold"].id)
    assert asked.approval == f"hold~C-1.{world.customer.version}"


def test_C11_a_bill_that_wants_two_messages_is_looked_for_once():
    two = "{message: {template: overdue}}, {message: {template: friendly}}"
    world = wanting(two, "INV-1", "INV-2", contacts=[a_contact(may_receive_details=False)])
    (task,) = world.events("task.created", kind="find_contact")
    assert (task.cases, task.bills) == (["INV-1", "INV-2"], 2)


def test_C10_a_bill_that_wants_two_calls_stands_in_one_once():
    two = "{task: {kind: call, why: overdue}}, {task: {kind: call, why: due_soon}}"
    world = wanting(two, "INV-1", "INV-2")
    (task,) = world.events("task.created", kind="call")
    assert (task.cases, task.bills, task.due_on) == (["INV-1", "INV-2"], 2, day("2026-03-06"))
