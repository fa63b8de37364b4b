"""Rule C14: a message is held back and a superior asked; unanswered it goes as it always does."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.directory import Directory, User
from service.domain.refusals import Conflict
from tests.examples import by, day, moment
from tests.world import World

TODAYS = "C-1~ap~email~2026-03-12"


def asked(now: str = "2026-03-12 10:00", text: str | None = "A word before.") -> World:
    world = World("2026-03-02", collector="li")
    world.owed("INV-1", due="2026-03-30", issued="2026-03-02")
    world.walk(now)
    withhold(world, text=text)
    return world


def withhold(world: World, message: str = TODAYS, text: str | None = None) -> list[Any]:
    command = c.WithholdMessage(
        customer="C-1", message=message, contact="ap", channel="email", cases=("INV-1",), question="May we?", text=text
    )
    return world.do(command, by("collector", "li"))


def advise(world: World, message: str = TODAYS, **more: Any) -> list[Any]:
    command = c.AdviseMessage(
        customer="C-1", message=message, contact="ap", channel="email", cases=("INV-1",), **more
    )
    return world.do(command, by("supervisor"))


def test_C14_the_superior_is_asked_and_has_to_the_end_of_the_next_open_day():
    world = asked()
    (task,) = world.events("task.created", kind="advise")
    assert (task.rule, task.role, task.owner, task.due_on) == ("C14", "supervisor", "supervisor", day("2026-03-13"))
    assert world.customer.withheld.until == day("2026-03-13")
    assert asked("2026-03-14 10:00").customer.withheld.until == day("2026-03-16")


def test_C14_where_the_directory_names_a_superior_it_is_theirs():
    world = World("2026-03-02", collector="li")
    users = (User(id="li", role="collector", reports_to="wu"), User(id="wu", role="manager"))
    world.people = Directory({user.id: user for user in users})
    withhold(world)
    (task,) = world.events("task.created", kind="advise")
    assert (task.role, task.owner) == ("manager", "wu")


def test_C14_what_is_asked_and_proposed_stays_out_of_the_log():
    world = World("2026-03-02")
    (withheld, _) = withhold(world, text="Dear friend.")
    assert withheld.private == {"": {"question": "May we?", "text": "Dear friend."}}


def test_C14_answered_it_leaves_with_the_words_given():
    world = asked()
    (advised, done) = advise(world, text="Gently.")
    assert (advised.event.why, advised.event.leaves_as, advised.event.own_words) == ("answered", TODAYS, True)
    assert (advised.private, advised.event.slot) == ({"": {"text": "Gently."}}, moment("2026-03-12 10:00"))
    assert (done.event.type, done.event.kind) == ("task.completed", "advise")
    assert (world.customer.withheld.message, world.customer.tasks) == (TODAYS, {})
    assert not world.walk("2026-03-20").events("message.advised", why="unanswered")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "Mine.", "proposed": "Yours."}, {"": {"text": "Mine."}}),
        ({"proposed": "Yours."}, {"": {"text": "Yours."}}),
        ({}, None),
    ],
)
def test_C14_the_superiors_words_come_before_those_proposed(given, words):
    world = asked()
    (advised, _) = advise(world, **given)
    assert advised.private == words
    assert (world.customer.withheld is not None) == (words is not None)


def test_C14_unanswered_by_the_end_of_the_next_open_day_it_goes_as_always():
    world = asked().walk("2026-03-20")
    assert world.timed("message.advised") == ["03-13 17:00"]
    (advised,) = world.events("message.advised")
    assert (advised.why, advised.own_words, advised.leaves_as) == ("unanswered", False, "C-1~ap~email~2026-03-16")
    assert (world.customer.withheld, world.dated("task.cancelled", kind="advise")) == (None, ["03-13"])


def test_C14_answered_on_a_later_day_it_leaves_with_that_days_message():
    world = asked().walk("2026-03-13 10:00")
    (advised, _) = advise(world, text="Gently.")
    assert (advised.event.leaves_as, advised.event.day) == ("C-1~ap~email~2026-03-13", day("2026-03-13"))
    assert world.customer.withheld.message == "C-1~ap~email~2026-03-13"


def test_C14_one_message_of_a_customer_waits_at_a_time():
    world = asked()
    with pytest.raises(Conflict, match="advice_awaited"):
        withhold(world, "C-1~ap~email~2026-03-13")
    advise(world, text="Gently.")
    assert withhold(world, "C-1~ap~email~2026-03-13")


def test_C14_what_does_not_wait_cannot_be_answered():
    world = asked()
    with pytest.raises(Conflict, match="no_advice_awaited"):
        advise(world, "C-1~ap~email~2026-03-13")
    advise(world)
    with pytest.raises(Conflict, match="no_advice_awaited"):
        advise(world)


def test_C14_the_task_ends_with_the_answer_alone():
    world = asked()
    with pytest.raises(Conflict, match="advice_by_message"):
        world.finish("advise")
