"""Rule C12: a reply stops what would go out by itself until a person has looked."""

import pytest

from service.domain import commands as c
from tests.examples import by, day
from tests.world import World


def answered(now: str = "2026-03-11", due: str = "2026-03-10", **more) -> World:
    world = World("2026-03-02", **more)
    world.owed("INV-1", due=due, issued="2026-03-02")
    world.walk(now)
    reply = c.RecordReply(
        customer="C-1", message="C-1~ap~email~2026-03-11", contact="ap", channel="email", cases=("INV-1",), text="Soon."
    )
    world.do(reply, by("collector"))
    return world


def test_C12_the_owner_is_to_look_at_a_reply():
    world = answered(collector="li")
    (task,) = world.events("task.created", kind="reply")
    assert (task.rule, task.why, task.role, task.owner, task.contact) == ("C12", "reply_received", "collector", "li", "ap")
    assert (task.due_on, task.cases) == (day("2026-03-11"), ["INV-1"])


@pytest.mark.parametrize(("text", "private"), [("Soon.", {"": {"text": "Soon."}}), (None, None)])
def test_C12_what_they_wrote_stays_out_of_the_log(text, private):
    world = World("2026-03-02")
    reply = c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=(), text=text)
    assert world.do(reply, by("collector"))[0].private == private


def test_C12_what_is_paid_is_not_what_the_reply_is_about():
    world = World("2026-03-02")
    for id in ("INV-1", "INV-2"):
        world.owed(id, due="2026-04-10", issued="2026-03-02")
    world.pay("P-1", "1000.00")
    reply = c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=("INV-1", "INV-2"))
    world.do(reply, by("collector"))
    (task,) = world.events("task.created", kind="reply")
    assert task.cases == ["INV-2"]


def test_C12_on_a_raised_bill_it_is_the_supervisors():
    (task,) = answered("2026-03-25").events("task.created", kind="reply")
    assert (task.role, task.owner) == ("supervisor", "supervisor")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-11", "2026-03-13"),
        ("2026-03-12", "2026-03-16"),  # Friday, then Monday
        ("2026-03-14", "2026-03-17"),  # a Saturday
    ],
)
def test_C12_messages_wait_two_open_days_at_most(now, until):
    assert answered(now).customer.waits_until == day(until)


def test_C12_once_a_person_has_looked_nothing_waits():
    world = answered()
    world.finish("call")
    assert world.customer.waits_until is not None  # another task's end is no look at the reply
    world.finish("reply")
    assert world.customer.waits_until is None


def test_C12_a_second_reply_waits_anew_and_is_no_second_task():
    world = answered()
    world.walk("2026-03-12")
    world.do(
        c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=("INV-1",)), by("collector")
    )
    assert (world.customer.waits_until, len(world.events("task.created", kind="reply"))) == (day("2026-03-16"), 1)


def test_C12_whoever_answers_is_not_lost():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-10")
    missed = c.ContactRecord(channel="phone", outcome="not_reached", contact="ap")
    world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=missed), by("collector"))
    world.do(c.RecordReply(customer="C-1", message="m", contact="ap", channel="email", cases=()), by("collector"))
    assert world.customer.missed == {}


def test_C12_the_clock_goes_on_meanwhile():
    world = answered().walk("2026-03-31")
    assert world.levels("INV-1") == ["03-24 supervisor"]
