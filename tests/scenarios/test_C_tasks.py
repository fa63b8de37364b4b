"""Rule C10: at most one open call and one open visit a customer, which bills join and leave."""

import pytest

from service.domain import commands as c
from service.domain.directory import Directory, User
from service.domain.refusals import NotFound, Refused
from tests.examples import a_playbook, by, day
from tests.world import World


def overdue(*dues: str, **more) -> World:
    world = World("2026-03-02", **more)
    for n, due in enumerate(dues, start=1):
        world.owed(f"INV-{n}", due=due, issued="2026-03-02")
    return world


def test_C10_a_later_step_adds_its_bill_to_the_open_call_and_the_email_goes_all_the_same():
    world = overdue("2026-03-16", "2026-03-17").walk("2026-03-17")
    assert world.customer.tasks["call"].bills == 2  # both had their D-7 on the 9th and 10th
    world.finish("call")
    world.walk("2026-03-19")
    created = world.events("task.created", kind="call")
    changed = world.events("task.changed", kind="call")
    assert [t.cases for t in created[-1:]] == [["INV-2"]]
    assert [t.cases for t in changed[-1:]] == [["INV-1"]]
    assert changed[-1].bills == 2
    assert world.days("overdue-first-week", "email", "INV-2") == ["03-18"]


def test_C10_no_second_call_is_opened_while_one_is_open():
    world = overdue("2026-03-09", "2026-03-10", "2026-03-20").walk("2026-04-30")
    assert len(world.events("task.created", kind="call")) == 1


def test_C10_a_bill_leaves_when_it_is_paid_and_an_empty_task_is_cancelled():
    world = overdue("2026-03-09", "2026-03-09").walk("2026-03-10")
    world.pay("P-1", "1000.00")
    (left,) = world.events("task.changed", kind="call")
    assert (left.removed, left.bills) == (["INV-1"], 1)
    world.pay("P-2", "1000.00")
    (cancelled,) = world.events("task.cancelled", kind="call")
    assert (cancelled.cases, cancelled.why) == (["INV-2"], "paid")
    assert "call" not in world.customer.tasks


def test_C10_a_bill_leaves_when_it_is_fully_paused():
    world = overdue("2026-03-09", "2026-03-09").walk("2026-03-10")
    world.promise("INV-1", "2026-03-20", amount="10.00")
    assert world.customer.tasks["call"].bills == 2  # a part pauses nothing
    world.promise("INV-2", "2026-03-20")
    assert world.customer.tasks["call"].bills == 1


def test_C10_a_bill_leaves_when_its_stage_changes():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-12")
    world.bill("INV-2", "2026-03-02", "2026-04-30")
    world.walk("2026-03-12")
    assert world.customer.tasks["call"].bills == 2
    world.walk("2026-03-13 08:00")
    assert world.customer.tasks["call"].bills == 1
    world.walk("2026-03-13")
    assert world.customer.tasks["call"].bills == 2


def test_C10_it_belongs_to_the_supervisor_while_one_of_its_bills_is_at_their_level():
    world = overdue("2026-03-09", "2026-03-20", collector="li.na").walk("2026-03-21")
    assert (world.customer.tasks["call"].role, world.customer.tasks["call"].owner) == ("collector", "li.na")
    world.walk("2026-03-23")
    assert world.customer.tasks["call"].role == "supervisor"
    world.pay("P-1", "1000.00")
    assert (world.customer.tasks["call"].role, world.customer.tasks["call"].owner) == ("collector", "li.na")


def test_C10_it_is_the_owners_who_has_the_case():
    world = overdue("2026-03-09", collector="li.na")
    world.people = Directory({"wang.wei": User(id="wang.wei", role="collector")})
    world.do(c.AssignCase(customer="C-1", case="INV-1", owner="wang.wei"), by("supervisor"))
    assert world.walk("2026-03-10").customer.tasks["call"].owner == "wang.wei"


def test_C10_completing_it_records_the_contact_on_every_bill_in_it():
    world = overdue("2026-03-09", "2026-03-09").walk("2026-03-10")
    happened = world.finish("call", c.ContactRecord(channel="phone", outcome="reached", contact="ap"))
    assert [one.event.type for one in happened] == ["task.completed", "contact.logged"]
    assert happened[1].event.cases == ["INV-1", "INV-2"]
    assert happened[1].event.task == happened[0].event.task
    assert "call" not in world.customer.tasks


def test_C10_the_next_step_opens_the_next_one():
    world = overdue("2026-03-09").walk("2026-03-10")
    world.finish("call")
    world.walk("2026-03-12")
    assert world.dated("task.created", kind="call") == ["03-02", "03-12"]


def test_C10_open_for_three_open_days_the_supervisor_is_told_once():
    world = overdue("2026-09-28", "2026-12-30").walk("2026-03-02")
    world.walk("2026-09-29")
    world.finish("call")
    world.walk("2026-11-30")
    # opened on 30 September; 8, 9 and the worked 10 October follow
    opened = world.dated("task.created", kind="call")
    told = world.notices("task_neglected")
    assert opened[-1] == "10-08"
    assert told[-1] == "10-12 supervisor"
    assert len([one for one in told if one >= "10-08"]) == 1


def test_C10_a_call_is_completed_with_a_record_and_only_once():
    world = overdue("2026-03-09").walk("2026-03-10")
    task = world.customer.tasks["call"].id
    with pytest.raises(Refused, match="record_required"):
        world.do(c.CompleteTask(customer="C-1", task=task), by("collector"))
    world.finish("call")
    record = c.ContactRecord(channel="phone", outcome="reached")
    with pytest.raises(Refused, match="task_closed"):
        world.do(c.CompleteTask(customer="C-1", task=task, record=record), by("collector"))
    with pytest.raises(NotFound, match="unknown_task"):
        world.do(c.CompleteTask(customer="C-1", task="call~C-1.999", record=record), by("collector"))


def test_a_playbook_may_ask_for_fields_of_the_record():
    plan = a_playbook("""
grammar: 1
name: asking
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: ask-why, rule: G, at: P1D, do: [{task: {kind: call, why: overdue, requires: [cause]}}]}
""")
    world = overdue("2026-03-09", playbook=plan).walk("2026-03-10")
    with pytest.raises(Refused, match="record_incomplete"):
        world.finish("call")
    assert world.finish("call", c.ContactRecord(channel="phone", outcome="reached", cause="forgot"))


def test_other_tasks_belong_to_one_bill_and_are_completed_on_it():
    world = overdue("2026-03-09").walk("2026-04-09")
    (task,) = world.events("task.created", kind="assist")
    happened = world.do(c.CompleteTask(customer="C-1", task=task.task), by("manager"))
    assert [(one.stream, one.event.type) for one in happened] == [("case", "task.completed")]
    assert world.case("INV-1").tasks.keys() == {"call"}
    assert happened[0].event.on == day("2026-04-09")
