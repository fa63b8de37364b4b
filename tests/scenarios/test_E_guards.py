"""Guards of customers as a whole (E1, E5-E7, B10, C3) that nothing else would miss."""

import pytest

from service.domain import commands as c
from service.domain.assignment import AssignmentRule
from service.domain.directory import Directory, User
from service.domain.payment_run import PaymentRun
from service.domain.settings import Settings
from tests.examples import a_playbook, by, day
from tests.world import World

LATE_IN_MARCH = PaymentRun(day_of_month=25)


def restrict(world: World, name: str = "insolvent", off: bool = False) -> None:
    world.do(c.RestrictCustomer(customer="C-1", restriction=name, reason="asked in writing", off=off), by("legal"))


def given(world: World, owner: str, previous: str) -> list[str]:
    command = c.AssignCustomer(customer="C-1", owner=owner, previous=previous)
    return [one.event.type for one in world.do(command, by("supervisor"))]


# Restrictions


def test_E5_the_feeds_same_word_again_is_no_new_one():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["insolvent"]))
    task = world.customer.tasks["restriction"].id
    done = c.CompleteTask(customer="C-1", task=task, record=c.ContactRecord(channel="phone", outcome="reached"))
    world.do(done, by("legal"))
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["insolvent"]))
    assert len(world.events("task.created", kind="restriction")) == 1


def test_E5_nothing_is_lifted_where_nothing_was():
    world = World("2026-03-02")
    world.do(c.UpdateCustomer(customer="C-1", restrictions=[]))
    restrict(world)
    restrict(world, off=True)  # nothing is owed: legal had no task
    assert world.events("task.cancelled") == []


def test_E5_a_call_that_ends_names_the_bills_that_stood_in_it():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    world.owed("INV-2", due="2026-06-05", issued="2026-03-02")
    world.walk("2026-03-12")
    restrict(world)
    assert [event.cases for event in world.events("task.cancelled", kind="call")] == [["INV-1"]]


# Owners


def test_E6_who_is_named_alone_has_no_turn():
    world = World("2026-03-02", settings=Settings(assignment=(AssignmentRule(to=("wang",)),)))
    world.owed("INV-1", due="2026-03-02")
    assert (world.case("INV-1").owner, world.events("customer.assigned")) == ("wang", [])


def test_E6_given_to_whose_it_is_nothing_happens():
    world = World("2026-03-02", collector="li.na")
    world.owed("INV-1", due="2026-03-02")
    world.walk("2026-03-03")
    assert given(world, "li.na", "li.na") == []


def test_E6_a_customers_task_goes_along_once_though_its_bills_know_of_it():
    world = World("2026-03-02", collector="li.na")
    world.owed("INV-1", due="2026-03-02")
    world.walk("2026-03-03")
    world.account.task_owners = {world.customer.tasks["call"].id: "li.na"}
    assert given(world, "chen", "li.na").count("task.changed") == 1


# Key accounts


def test_E1_the_managers_own_bills_are_not_given_to_them():
    world = World("2026-03-02", key_account=True, collector="manager")
    world.owed("INV-1", due="2026-03-05")
    world.live("2026-03-10")
    assert world.events("case.assigned") == []


def test_E1_a_new_due_date_that_passes_makes_it_the_managers_again():
    world = World("2026-03-02", key_account=True)
    world.owed("INV-1", due="2026-03-05")
    world.live("2026-03-06")
    world.people = Directory({"li.na": User(id="li.na", role="collector")})
    world.do(c.AssignCase(customer="C-1", case="INV-1", owner="li.na"), by("manager"))
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-16")))
    world.live("2026-03-16")
    assert world.case("INV-1").owner == "li.na"
    world.live("2026-03-17")
    assert world.case("INV-1").owner == "manager"


# Payment runs


def test_E7_a_bill_that_waits_for_its_confirmation_is_not_asked_for():
    world = World("2026-03-02", payment_run=LATE_IN_MARCH)
    world.bill("INV-1", "2026-03-02", "2026-03-30")
    world.live("2026-03-26")
    assert world.events("case.reminded", step="payment-run-mail") == []


def test_E7_a_bill_that_stands_in_the_call_already_does_not_join_it_again():
    world = World("2026-03-02", payment_run=LATE_IN_MARCH)
    world.owed("INV-1", due="2026-03-06", issued="2026-02-20")
    world.live("2026-03-25")
    assert world.days("payment-run-call", "phone") == ["03-25"]
    assert world.customer.tasks["call"].bills == 1
    assert all(event.cases == [] for event in world.events("task.changed", kind="call"))


# What steps do


PLAN = """
grammar: 1
name: plain
ladders:
  - ladder: overdue
    start: due
    while: {{stage: [collection]}}
    steps:
      - {{step: mail, rule: B3, at: P1D, do: [{{message: {{template: overdue}}{rule}}}]}}
"""


@pytest.mark.parametrize(("given", "told"), [(", rule: X9", "X9"), ("", "B3")])
def test_T5_what_an_action_does_stands_under_its_own_rule(given, told):
    world = World("2026-03-02", playbook=a_playbook(PLAN.format(rule=given)))
    world.owed("INV-1", due="2026-03-05")
    assert [event.rule for event in world.walk("2026-03-06").events("case.reminded")] == [told]


def test_B10_a_bill_that_rises_below_the_hold_leaves_its_release_as_it_was_proposed():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    world.walk("2026-06-08").grant("hold")
    world.pay("P-1", "1000.00")
    assert world.customer.requests["release"].asked_by == "clock"
    world.owed("INV-2", due="2026-06-08")
    world.walk("2026-06-23")
    assert world.levels("INV-2")[0].endswith("supervisor")
    assert "release" in world.customer.requests
