"""Errands (C4, C9, C12, H1): one open of a kind, whose it is, what joins it and what ends it."""

from typing import Any

from service.domain import commands as c
from service.domain.directory import Directory, User
from tests.examples import by, day
from tests.world import World

PEOPLE = Directory(
    {
        one.id: one
        for one in (
            User(id="li", role="collector", reports_to="wu"),
            User(id="chen", role="collector", reports_to="sun"),
            User(id="wu", role="supervisor"),
            User(id="sun", role="supervisor"),
        )
    }
)


def owing(*dues: str) -> World:
    """Bills of li's customer, of which the last is chen's."""
    world = World("2026-03-02", collector="li")
    world.people = PEOPLE
    for n, due in enumerate(dues, start=1):
        world.owed(f"INV-{n}", due=due, issued="2026-03-02")
    if len(dues) > 1:
        world.do(c.AssignCase(customer="C-1", case=f"INV-{len(dues)}", owner="chen"), by("supervisor", "wu"))
    return world


def say(world: World, outcome: str, *cases: str, who: str = "collector", actor: str = "li", **more: Any) -> list[Any]:
    record = c.ContactRecord(**{"channel": "phone", "outcome": outcome, "contact": "ap", **more})
    return world.do(c.LogContact(customer="C-1", cases=cases, record=record), by(who, actor))


def whose(world: World, kind: str) -> tuple[str, str]:
    task = world.customer.tasks[kind]
    return task.role, task.owner


# C4


def test_C4_agreed_anew_by_somebody_else_the_step_is_theirs():
    world = owing("2026-04-30")
    say(world, "reached", "INV-1", next_on=day("2026-03-06"))
    assert whose(world, "follow_up") == ("collector", "li")
    say(world, "reached", "INV-1", who="supervisor", actor="wu", next_on=day("2026-03-10"))
    assert whose(world, "follow_up") == ("supervisor", "wu")


def test_C4_the_same_step_said_again_changes_nothing():
    world = owing("2026-04-30")
    say(world, "reached", "INV-1", next_on=day("2026-03-06"))
    say(world, "reached", "INV-1", next_on=day("2026-03-06"))
    assert world.events("task.changed") == []


def test_C4_on_the_same_day_another_bill_joins_it():
    world = owing("2026-04-30", "2026-04-30")
    say(world, "reached", "INV-1", next_on=day("2026-03-06"))
    say(world, "reached", "INV-1", "INV-2", next_on=day("2026-03-06"))
    (changed,) = world.events("task.changed")
    assert (changed.cases, changed.bills, changed.due_on) == (["INV-2"], 2, day("2026-03-06"))
    assert world.customer.tasks["follow_up"].about == ("INV-1", "INV-2")


def test_C4_what_somebody_outside_the_line_recorded_is_the_owners():
    world = owing("2026-04-30")
    say(world, "reached", "INV-1", who="finance", actor="cash", next_on=day("2026-03-06"))
    assert whose(world, "follow_up") == ("collector", "li")


def test_C4_a_step_is_no_call_with_a_time_of_its_own():
    world = owing("2026-04-30")
    say(world, "reached", "INV-1", next_on=day("2026-03-06"))
    (task,) = world.events("task.created")
    assert (task.why, task.best_from, task.best_until) == ("next_step", None, None)


def test_C4_a_step_is_about_what_is_still_owed():
    world = owing("2026-04-30", "2026-04-30")
    world.pay("P-1", "1000.00")
    say(world, "reached", "INV-1", "INV-2", next_on=day("2026-03-06"))
    (task,) = world.events("task.created")
    assert (task.cases, task.bills) == (["INV-2"], 1)


def test_C4_a_bill_that_is_paid_leaves_the_others_with_whom_they_were():
    world = owing("2026-04-30", "2026-04-30")
    say(world, "reached", "INV-1", "INV-2", who="supervisor", actor="wu", next_on=day("2026-03-06"))
    world.pay("P-1", "1000.00")
    (left,) = world.events("task.changed")
    assert (left.removed, left.bills, left.due_on) == (["INV-1"], 1, None)
    task = world.customer.tasks["follow_up"]
    assert (task.role, task.owner, task.about, task.due_on) == ("supervisor", "wu", ("INV-2",), day("2026-03-06"))


def test_C4_a_bill_that_it_is_not_about_leaves_it_as_it_is():
    world = owing("2026-04-01", "2026-04-30")
    say(world, "reached", "INV-2", next_on=day("2026-03-06"))
    world.pay("P-1", "1000.00")
    assert world.customer.tasks["follow_up"].bills == 1
    assert world.events("task.changed") == world.events("task.cancelled") == []


def test_C4_one_raised_bill_of_two_makes_the_documents_the_supervisors():
    world = owing("2026-03-02", "2026-04-30").walk("2026-03-16 12:00")
    say(world, "asks_documents", "INV-1", "INV-2")
    assert whose(world, "documents") == ("supervisor", "supervisor")


def test_C4_documents_are_sent_by_whoever_works_the_bill():
    world = owing("2026-04-30", "2026-04-30")
    say(world, "asks_documents", "INV-2")
    assert whose(world, "documents") == ("collector", "chen")
    world = owing("2026-04-30")
    say(world, "asks_documents")
    assert whose(world, "documents") == ("collector", "li")  # about no bill: whose the customer is


# C9


def test_C9_the_superior_is_that_of_whoever_works_the_bill():
    world = owing("2026-04-30", "2026-04-30")
    for _ in range(3):
        say(world, "not_reached", "INV-2")
    assert whose(world, "lost_contact") == ("supervisor", "sun")
    world = owing("2026-04-30")
    for _ in range(3):
        say(world, "not_reached")
    assert whose(world, "lost_contact") == ("supervisor", "wu")  # about no bill: whose the customer is


# C12


def test_C12_a_reply_about_bills_of_others_is_for_whose_the_customer_is():
    world = owing("2026-04-30")
    reply = c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=("CHILDS",))
    world.do(reply, by("collector"))
    (task,) = world.events("task.created")
    assert (task.kind, task.owner, task.cases, task.bills) == ("reply", "li", [], 0)
