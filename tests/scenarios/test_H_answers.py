"""Rule H1: what an answer to a comparison of books is kept with, and whose what it leads to is."""

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.refusals import Conflict
from tests.examples import by, day
from tests.world import World


def compared(*bills: str) -> tuple[World, str]:
    world = World("2026-03-02", collector="li.na")
    for bill in bills or ("INV-1",):
        world.owed(bill, due="2026-06-30", issued="2026-03-02")
    world.do(c.Reconcile(customer="C-1", cases=tuple(world.account.cases)), by("finance"))
    return world, world.events("reconciliation.sent")[-1].reconciliation


def answer(world: World, id: str, amount: str | None = None, **said: str):
    differs = (c.BalanceSaid(currency="CNY", amount=amount),) if amount else ()
    cases = world.account.reconciled[id]
    command = c.AnswerReconciliation(customer="C-1", reconciliation=id, cases=cases, on=None, differs=differs, **said)
    return world.do(command, by("finance"))


@pytest.mark.parametrize("amount", [None, "1.00"])
def test_H1_who_signed_and_what_proves_it_stays_out_of_the_log(amount):
    said = {"signed_by": "Zhang Wei", "title": "CFO", "proof": "scan 7", "text": "As agreed."}
    world, id = compared()
    assert answer(world, id, amount, **said)[0].private == {"": said}
    world, id = compared()
    assert answer(world, id, amount)[0].private is None


def test_H1_a_difference_is_all_of_finances():
    world, id = compared()
    answer(world, id, "1.00")
    assert (world.customer.tasks["difference"].role, world.customer.tasks["difference"].owner) == ("finance", "finance")


def test_H1_a_late_difference_ends_the_asking_and_begins_the_looking():
    world, id = compared()
    world.walk("2026-03-23")
    assert "reconciliation" in world.customer.tasks
    answer(world, id, "1.00")
    assert world.customer.tasks.keys() == {"difference"}
    assert world.customer.tasks["difference"].due_on == day("2026-03-24")


def test_H1_a_difference_is_about_what_is_still_owed():
    world, id = compared("INV-1", "INV-2")
    world.pay("P-1", "1000.00")
    answer(world, id, "1.00")
    assert world.events("task.created", kind="difference")[0].cases == ["INV-2"]


def test_J1_what_is_with_others_is_theirs_to_compare():
    world, _ = compared()
    world.account.cases["INV-1"] = replace(world.case("INV-1"), stage="legal")
    with pytest.raises(Conflict, match="not_to_reconcile"):
        world.do(c.Reconcile(customer="C-1", cases=("INV-1",)), by("finance"))
