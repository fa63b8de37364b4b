"""Rule C5: what the call sheet says - how far one may go, the day to name, and what speaks for which objection."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.callsheet import Deadline, deadline, signs, to_say
from tests.examples import a_contact, by, day
from tests.world import World


def owing(due: str = "2026-03-10", today: str = "2026-03-11", **more: Any) -> World:
    world = World("2026-03-02", **more)
    world.owed("INV-1", due=due, issued="2026-03-02")
    return world.walk(today)


def found(world: World, **record: Any) -> frozenset[str]:
    """The signs, after a conversation of that kind."""
    last = None
    if record:
        said = c.ContactRecord(**{"channel": "phone", "outcome": "reached", **record})
        world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=said), by("collector"))
        (*_, last) = world.events("contact.logged")
    return signs(world.customer, list(world.account.cases.values()), last, world.scene.today)


def named(world: World) -> Deadline:
    return deadline([world.case("INV-1")], world.scene)


@pytest.mark.parametrize(
    ("today", "on", "before"),
    [
        ("2026-03-11", "2026-03-16", None),  # three open days
        ("2026-03-12", "2026-03-17", None),
        ("2026-03-20", "2026-03-23", "2026-03-24"),  # D+14 is Tuesday the 24th
        ("2026-03-23", "2026-03-24", "2026-03-24"),  # never today
    ],
)
def test_C5_our_own_deadline_lies_before_what_follows(today, on, before):
    assert named(owing(today=today)) == Deadline(day(on), day(before) if before else None)


def test_C5_a_request_ahead_binds_the_deadline_too():
    world = owing(today="2026-06-08")
    assert world.case("INV-1").level == "general_manager"
    assert named(world) == Deadline(day("2026-06-09"), day("2026-06-10"))  # B8 on D+3M


@pytest.mark.parametrize(
    ("record", "sign"),
    [
        ({"outcome": "not_reached", "contact": "ap"}, "unreached"),
        ({"outcome": "evasive"}, "evasive"),
        ({"cause": "cash_short"}, "cash_short"),
        ({"cause": "their_process"}, "their_process"),
        ({"willingness": "hesitant"}, "willing_hesitant"),
        ({"ability": "part"}, "able_part"),
    ],
)
def test_C5_the_last_conversation_says_what_comes_again(record, sign):
    assert sign not in found(owing())
    assert sign in found(owing(), **record)


def test_C5_a_broken_promise_a_dispute_and_a_missing_tax_invoice_are_signs():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-10")
    assert found(world) == {"unconfirmed"}
    world.confirm("INV-1", "2026-03-03")
    assert found(world) == {"no_tax_invoice"}
    world.do(c.DispatchTaxInvoice(invoice="INV-1", courier="SF", tracking="1"))
    assert found(world) == frozenset()
    world.promise("INV-1", "2026-03-04")
    world.walk("2026-03-06")
    assert found(world) == {"promise_broken"}
    dispute = c.OpenDispute(
        customer="C-1", cases=("INV-1",), reason="quality", amount="10.00", text="x", owner=None
    )
    world.do(dispute, by("collector"))
    assert found(world) == {"promise_broken", "disputed"}


def test_C5_after_sixty_days_people_wear_one_down():
    assert "long_overdue" not in found(owing(today="2026-05-09"))
    assert "long_overdue" in found(owing(today="2026-05-10"))


@pytest.mark.parametrize(
    ("facts", "mark", "said"),
    [
        ({}, None, "details"),
        ({"role": "other"}, None, "call_back"),
        ({"role": "other", "may_receive_details": True}, None, "details"),
        ({"role": "relative", "may_receive_details": True}, None, "call_back"),
        ({}, "left", "nothing"),
    ],
)
def test_C5_C7_the_sheet_says_how_far_one_may_go(facts, mark, said):
    world = World("2026-03-02", contacts=[a_contact("him", **facts)])
    if mark:
        world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="him"), mark=mark), by("collector"))
    assert to_say(world.customer.contacts["him"]) == said
