"""Families: where the tenant wants it, what asks a child for money goes to its parent; no deeper than two generations."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.account import Account, Kin
from service.domain.customer import Customer
from service.domain.decide import run
from service.domain.outlook import Outlook
from service.domain.refusals import NotFound, Refused
from tests.examples import ERP, a_contact, a_playbook
from tests.world import World

PLAN = a_playbook(
    """
grammar: 1
name: plain
ladders:
  - ladder: overdue
    start: due
    while: {stage: [collection]}
    steps:
      - {step: mail, rule: B3, at: P1D, every: P1D, times: 9, do: [{message: {template: overdue}}]}
      - {step: told, rule: A5, at: P2D, do: [{message: {template: overdue, service: true}}]}
"""
)


class Family:
    """A child, `C-1`, with its bill, and its parent, `P`."""

    def __init__(self, wanted: bool = True, head: dict[str, Any] | None = None, **child: Any) -> None:
        self.child = World("2026-03-02", playbook=PLAN, **child)
        self.head = Account(Customer(id="P"))
        kin = Kin({"P": self.head, "C-1": self.child.account}, lambda _: frozenset(), wanted)
        self.head.kin = self.child.account.kin = kin
        facts = {"contacts": [a_contact("boss")]} | (head or {})
        run(c.UpdateCustomer(customer="P", name="Holding", **facts), self.head, self.child.scene, ERP)
        self.child.do(c.UpdateCustomer(customer="C-1", parent="P"))
        self.child.owed("INV-1", due="2026-03-09")

    def change(self, **facts: Any) -> None:
        """The ERP says something of the parent."""
        run(c.UpdateCustomer(customer="P", **facts), self.head, self.child.scene, ERP)

    def written(self, until: str = "2026-03-10") -> list[str]:
        """The messages that the child's steps have put its bill into."""
        return [event.message for event in self.child.walk(until).events("case.reminded", channel="email")]


def test_E_what_asks_for_money_goes_to_the_parents_people():
    family = Family()
    assert family.written() == ["P~boss~email~2026-03-10"]
    assert family.child.events("case.reminded")[0].contact == "boss"


def test_E_what_tells_of_the_childs_own_affairs_goes_to_its_own_people():
    assert "C-1~ap~email~2026-03-11~service" in Family().written("2026-03-11")


@pytest.mark.parametrize(
    "family",
    [
        {"wanted": False},
        {"head": {"restrictions": ["insolvent"]}},
        {"head": {"contacts": []}},
        {"head": {"contacts": [a_contact("aunt", role="relative")]}},
    ],
    ids=["not wanted", "parent may not be contacted", "nobody there", "nobody who may know"],
)
def test_E_where_the_parent_is_not_to_be_had_the_child_is_written_to_itself(family):
    assert Family(**family).written() == ["C-1~ap~email~2026-03-10"]


def test_C11_only_where_neither_has_anybody_is_a_person_looked_for():
    family = Family(head={"contacts": []}, contacts=[])
    assert family.written() == []
    assert [event.why for event in family.child.events("step.skipped")] == ["no_contact"]
    assert "find_contact" in family.child.customer.tasks


def test_E5_nobody_is_written_to_of_a_child_that_may_not_be_contacted():
    family = Family(restrictions=["lawyer_represented"])
    assert family.written() == []
    assert [event.why for event in family.child.events("step.skipped")] == ["restricted"]


def test_C3_the_parents_day_and_its_messages_count():
    family = Family(head={"time_zone": "Europe/Berlin"})
    family.child.sleep("2026-03-10 09:00").account._gone = lambda id: frozenset(
        {"P~boss~email~2026-03-10"} if id == "P" else ()
    )
    family.child.wake()
    (mail,) = family.child.events("case.reminded", channel="email")
    assert (mail.message, f"{mail.slot:%H:%M}") == ("P~boss~email~2026-03-11", "08:00")  # nine o'clock in Berlin


def test_E_a_child_that_leaves_the_family_is_written_to_itself_again():
    family = Family()
    family.child.do(c.UpdateCustomer(customer="C-1", parent=None))
    assert family.child.customer.parent is None
    assert family.written() == ["C-1~ap~email~2026-03-10"]


def test_E_the_schedule_knows_who_is_written_to_and_what_holds_that_back():
    family = Family(contacts=[])
    child = family.child

    def held() -> list[bool]:
        scene = child.scene
        found = Outlook(child.case("INV-1"), child.account, PLAN, scene.workdays, scene.law, scene.now)
        return [one.held_back for one in found.all() if one.step == "mail"][:3]

    child.sleep("2026-03-10")
    assert held() == [False] * 3
    reply = c.RecordReply(customer="P", message="m", cases=("INV-1",), channel="email", contact="boss", text=None)
    run(reply, family.head, child.scene, ERP)
    assert held() == [True, True, False]  # the parent has answered, and nobody has looked
    family.change(contacts=[c.ContactGiven(id="boss", removed=True)])
    assert held() == [True] * 3


# Who may be whose parent


def member(id: str, kin: Kin) -> Account:
    account = kin.accounts[id] = Account(Customer(id=id), kin=kin)
    return account


def say(account: Account, **facts: Any) -> None:
    run(c.UpdateCustomer(customer=account.customer.id, **facts), account, World("2026-03-02").scene, ERP)


def test_E_families_have_two_generations():
    stored = {"A": frozenset({"B"})}
    kin = Kin({}, lambda id: stored.get(id, frozenset()))
    head, child, other = member("A", kin), member("B", kin), member("C", kin)
    for one in (head, child, other):
        say(one, name=one.customer.id)
    say(child, parent="A")
    for account, parent, code in (
        (other, "B", "parent_has_parent"),
        (head, "C", "parent_has_children"),
        (head, "A", "own_parent"),
    ):
        with pytest.raises(Refused, match=code) as refusal:
            say(account, parent=parent)
        assert refusal.value.pointer == "/data/parent"
    say(child, parent=None)
    say(head, parent="C")  # nobody's parent any more, whatever was stored before
    assert head.customer.parent == "C"


def test_E_children_that_are_not_at_hand_count_too():
    kin = Kin({}, lambda id: frozenset({"B"} if id == "A" else ()))
    head, other = member("A", kin), member("C", kin)
    for one in (head, other):
        say(one, name=one.customer.id)
    with pytest.raises(Refused, match="parent_has_children"):
        say(head, parent="C")


@pytest.mark.parametrize("known", [True, False])
def test_E_a_parent_must_be_known(known):
    kin = Kin()
    child = member("B", kin)
    if known:
        member("A", kin)  # locked, but nothing was ever said of it
    with pytest.raises(NotFound, match="unknown_customer"):
        say(child, parent="A")
