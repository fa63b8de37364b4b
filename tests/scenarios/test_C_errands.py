"""Errands (C4, C9, C12, H1): one open of a kind, whose it is, what joins it and what ends it."""

from typing import Any

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.directory import Directory, User
from service.domain.settings import Settings
from tests.examples import a_contact, by, day
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


def test_C4_of_three_bills_two_are_left():
    world = owing("2026-04-30", "2026-05-01", "2026-05-02")
    say(world, "reached", *world.account.cases, next_on=day("2026-03-06"))
    world.pay("P-1", "1000.00")
    assert world.customer.tasks["follow_up"].bills == 2


def test_C4_a_step_about_more_bills_than_are_kept_with_it_ends_with_the_last_of_them():
    world = owing(*["2026-04-30"] * 13)
    twelve = [f"INV-{n}" for n in range(1, 13)]
    say(world, "reached", *twelve, next_on=day("2026-03-06"))
    world.do(c.VoidInvoice(invoice="INV-13"))
    assert world.customer.tasks["follow_up"].bills == 12  # it was never about that one
    for n, case in enumerate(twelve[::-1]):
        assert world.customer.tasks["follow_up"].bills == 12 - n
        world.do(c.VoidInvoice(invoice=case))
    assert [task.why for task in world.events("task.cancelled", kind="follow_up")] == ["voided"]


def test_C4_of_more_bills_than_are_kept_with_a_step_each_is_counted_once():
    world = owing(*["2026-04-30"] * 13)
    say(world, "reached", *[f"INV-{n}" for n in range(1, 13)], next_on=day("2026-03-06"))
    say(world, "reached", *[f"INV-{n}" for n in range(2, 14)], next_on=day("2026-03-06"))
    (changed,) = world.events("task.changed")
    assert (changed.cases, changed.bills) == (["INV-13"], 13)


def test_C4_who_asks_for_documents_of_what_is_paid_too_gets_those_of_the_rest():
    world = owing("2026-04-30", "2026-04-30")
    world.pay("P-1", "1000.00")
    say(world, "asks_documents", "INV-1", "INV-2")
    (task,) = world.events("task.created")
    assert task.cases == ["INV-2"]


@pytest.mark.parametrize("role", ["collector", "supervisor", "manager", "general_manager", "boss"])
def test_C4_whoever_of_the_line_agreed_it_keeps_it(role):
    world = owing("2026-04-30")
    say(world, "reached", "INV-1", who=role, actor="zhou", next_on=day("2026-03-06"))
    assert whose(world, "follow_up") == (role, "zhou")


def test_C4_where_nothing_was_said_nothing_is_private():
    world = owing("2026-04-30")
    (logged, *_) = say(world, "reached", "INV-1")
    assert logged.private is None


# C7


@pytest.mark.parametrize("outcome", ["reached", "refused", "evasive", "promised", "disputed", "asks_documents"])
def test_C7_whatever_they_say_the_number_is_theirs(outcome):
    world = owing("2026-04-30")
    say(world, outcome, "INV-1", point="workplace")
    assert world.customer.contacts["ap"].points == {"workplace": "verified"}


def test_C7_a_second_person_crossed_out_leaves_the_search_as_it_is():
    world = owing("2026-04-30")
    say(world, "left", "INV-1")
    world.do(c.UpdateCustomer(customer="C-1", contacts=[a_contact("cfo", "decision_maker")]))
    say(world, "left", "INV-1", contact="cfo")
    assert [task.bills for task in world.events("task.created")] == [1]
    assert world.events("task.changed") == []


# C9


def test_C9_a_wrong_number_is_a_miss_too():
    world = owing("2026-04-30")
    say(world, "wrong_number", "INV-1")
    assert world.customer.missed == {"ap": 1}


def test_C9_the_first_bounce_is_one():
    world = owing("2026-04-30")
    bounce = c.ReportMessage(
        customer="C-1", message="m", contact="ap", channel="email", cases=(), outcome="bounced", code="550"
    )
    (bounced,) = world.do(bounce, by("clock"))
    assert (bounced.event.missed, bounced.event.returned, world.customer.missed) == (1, False, {"ap": 1})
    back = c.ReturnMessage(customer="C-1", message="m", contact="ap", channel="email", cases=(), code="550")
    (returned,) = world.do(back, by("clock"))
    assert (returned.event.missed, returned.event.returned) == (2, True)


def test_C9_where_one_miss_is_enough_nobody_who_was_reached_is_lost():
    world = World("2026-03-02", settings=Settings(lost_after=1))
    say(world, "reached")
    assert world.customer.tasks == {}
    say(world, "not_reached")
    (task,) = world.events("task.created")
    assert (task.kind, task.why) == ("lost_contact", "lost_contact")


def test_C9_taken_up_already_a_further_miss_puts_nothing_off():
    world = owing("2026-04-30")
    for on in ("2026-03-02", "2026-03-03"):
        world.sleep(on)
        for _ in range(3):
            say(world, "not_reached", "INV-1")
    assert world.events("task.changed") == []
    assert world.customer.tasks["lost_contact"].due_on == day("2026-03-02")


def test_C9_lost_twice_on_one_day_is_one_signal():
    world = owing("2026-04-30")
    for _ in range(2):
        for _ in range(3):
            say(world, "not_reached", "INV-1")
        world.finish("lost_contact")
    assert len(world.events("task.created", kind="lost_contact")) == 2
    assert world.dated("customer.flagged", flag="lost_contact") == ["03-02"]


def test_C9_where_the_directory_names_nobody_all_of_the_role_are_told():
    world = World("2026-03-02")
    say(world, "refused")
    (notice,) = world.events("notice.raised")
    assert (notice.audience, notice.users, notice.customers) == (["supervisor"], [], ["C-1"])


def test_C9_a_message_to_a_parent_about_a_childs_bills_may_bounce():
    world = owing("2026-04-30")
    bounce = c.ReportMessage(
        customer="C-1", message="m", contact="ap", channel="email", cases=("CHILDS",), outcome="bounced", code="550"
    )
    for _ in range(3):
        world.do(bounce, by("clock"))
    assert whose(world, "lost_contact") == ("supervisor", "wu")
    for outcome, kind in (("asks_documents", "documents"), ("reached", "follow_up"), ("left", "find_contact")):
        say(world, outcome, "CHILDS", next_on=day("2026-03-06"))
        assert world.events("task.created", kind=kind)[0].cases == []


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


def test_C12_of_very_many_bills_some_are_named_and_all_are_counted():
    world = owing("2026-04-30")
    world.account.cases |= {f"B-{n}": replace(world.case("INV-1"), id=f"B-{n}") for n in range(1100)}

    def replied(first: int, last: int):
        names = tuple(f"B-{n}" for n in range(first, last))
        reply = c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=names)
        return world.do(reply, by("collector"))[-1].event

    created = replied(0, 501)
    assert (len(created.cases), created.bills) == (500, 501)
    changed = replied(501, 1100)
    assert (len(changed.cases), changed.bills) == (500, 1100)


def test_C12_a_reply_about_bills_of_others_is_for_whose_the_customer_is():
    world = owing("2026-04-30")
    reply = c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=("CHILDS",))
    world.do(reply, by("collector"))
    (task,) = world.events("task.created")
    assert (task.kind, task.owner, task.cases, task.bills) == ("reply", "li", [], 0)


# D7


def test_D7_whose_a_payment_is_is_no_question_once_its_bills_are_paid():
    world = owing("2026-04-30")
    world.do(c.LookIntoPayment(customer="C-1", cases=("INV-1",)), by("finance"))
    assert "whose_payment" in world.customer.tasks
    world.pay("P-1", "1000.00")
    assert [task.why for task in world.events("task.cancelled", kind="whose_payment")] == ["paid"]
