"""Whom nobody writes to or calls (E5): do-not-contact, lawyer-represented, insolvent."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict
from tests.examples import by, day
from tests.world import World

THREE = ("do_not_contact", "lawyer_represented", "insolvent")


def dunned() -> World:
    """A bill a week overdue, with an open call."""
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    return world.walk("2026-03-12")


def restrict(name: str = "do_not_contact", off: bool = False) -> c.RestrictCustomer:
    return c.RestrictCustomer(customer="C-1", restriction=name, reason="asked in writing", off=off)


@pytest.mark.parametrize("name", THREE)
def test_E5_by_the_feed_dunning_stops_and_legal_has_a_task(name):
    world = dunned()
    happened = world.do(c.UpdateCustomer(customer="C-1", restrictions=[name]))
    assert [one.event.kind for one in happened if one.event.type == "task.cancelled"] == ["call"]
    (task,) = world.events("task.created", kind="restriction")
    assert (task.role, task.rule, task.why, task.cases) == ("legal", "E5", name, ["INV-1"])
    reminded = len(world.events("case.reminded"))
    world.walk("2026-05-10")
    assert len(world.events("case.reminded")) == reminded
    assert world.levels("INV-1")[-1].endswith("manager")  # our own people go on


@pytest.mark.parametrize("name", THREE)
def test_E5_a_person_restricts_and_the_feed_does_not_undo_it(name):
    world = dunned()
    happened = world.do(restrict(name), by("supervisor"))
    assert happened[0].private == {"": {"reason": "asked in writing"}}
    assert world.do(restrict(name), by("supervisor")) == []
    world.do(c.UpdateCustomer(customer="C-1", restrictions=[]))
    assert world.customer.restrictions == (name,)
    world.do(restrict(name, off=True), by("supervisor"))
    assert world.customer.restrictions == ()
    assert [task.why for task in world.events("task.cancelled", kind="restriction")] == ["restriction_lifted"]


def test_E5_what_the_feed_says_is_lifted_by_the_feed():
    world = dunned()
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["insolvent"]))
    with pytest.raises(Conflict, match="not_restricted"):
        world.do(restrict("insolvent", off=True), by("supervisor"))
    world.do(restrict("insolvent"), by("supervisor"))
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["lawyer_represented"]))
    assert world.customer.restrictions == ("insolvent", "lawyer_represented")
    world.do(restrict("insolvent", off=True), by("supervisor"))
    assert world.customer.restrictions == ("lawyer_represented",)


def test_E5_one_task_for_legal_and_none_where_nothing_is_open():
    world = World("2026-03-02")
    world.do(restrict(), by("supervisor"))
    assert world.events("task.created") == []
    world = dunned()
    world.do(restrict(), by("supervisor"))
    world.do(restrict("insolvent"), by("supervisor"))
    assert len(world.events("task.created", kind="restriction")) == 1


def test_E5_contacts_go_on_when_the_last_restriction_is_lifted():
    world = dunned()
    world.do(restrict(), by("supervisor"))
    world.walk("2026-03-17")
    world.do(restrict(off=True), by("supervisor"))
    world.walk("2026-03-19")
    assert world.days("overdue-daily")[-1] == "03-19"


def visited(world: World) -> None:
    world.habits_by_hand = {"INV-1": frozenset({"pays_late"})}
    world.walk("2026-03-16")


def said(outcome: str, times: int = 1, **more):
    def say(world: World) -> None:
        record = c.ContactRecord(**{"channel": "phone", "outcome": outcome, "contact": "ap", **more})
        for _ in range(times):
            world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))

    return say


def never_answered(world: World) -> None:
    world.do(c.Reconcile(customer="C-1", cases=("INV-1",)), by("finance"))
    world.walk("2026-04-10")


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("visit", visited),
        ("find_contact", said("left")),
        ("follow_up", said("reached", next_on=day("2026-03-20"))),
        ("lost_contact", said("not_reached", times=3)),
        ("documents", said("asks_documents")),
        ("reconciliation", never_answered),
    ],
)
def test_E5_whatever_reaches_out_ends(kind, wanted):
    world = dunned()
    wanted(world)
    assert kind in world.customer.tasks
    happened = world.do(restrict(), by("supervisor"))
    ended = {one.event.kind: one.event.why for one in happened if one.event.type == "task.cancelled"}
    assert ended[kind] == "restricted"
    assert kind not in world.customer.tasks


def test_E5_no_letter_goes_out_though_it_is_granted():
    world = dunned().walk("2026-06-12")
    world.grant("hold")
    world.walk("2026-06-23")
    world.do(restrict("lawyer_represented"), by("legal"))
    with pytest.raises(Conflict, match="customer_restricted"):
        world.grant("letter")
    assert world.events("letter.issued") == []
    world.do(restrict("lawyer_represented", off=True), by("legal"))
    world.grant("letter")
    assert [letter.kind for letter in world.events("letter.issued")] == ["formal_dunning", "reconciliation"]


def test_E5_credit_is_stopped_without_a_letter():
    world = dunned()
    world.do(restrict("insolvent"), by("legal"))
    world.do(c.RestrictCredit(customer="C-1", measure="stop", reason="insolvent"), by("manager"))
    world.grant("credit_stop", "finance")
    assert "stop" in world.customer.credit
    assert world.events("letter.issued") == []
