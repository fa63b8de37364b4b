"""Conditions asked when a step fires (`when`, `unless`): each holds, or does not, by its own fact alone."""

from collections.abc import Callable

import pytest

from service.domain import commands as c
from tests.examples import a_playbook, by
from tests.world import World

STEP = """
grammar: 1
name: asking
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: STEP, rule: G, at: P3D, WORD: {CONDITION}, do: [{notice: {audience: [sales], text: overdue}}]}
"""
DUE, FIRES = "2026-03-09", "2026-03-12"


def told(condition: str, before: Callable[[World], object] = lambda world: None, word: str = "when", **more) -> bool:
    """Whether the step does what it is there for; skipped it says so."""
    plan = a_playbook(STEP.replace("STEP", "tell").replace("WORD", word).replace("CONDITION", condition))
    world = World("2026-03-02", playbook=plan, **more)
    world.owed("INV-1", due=DUE, issued="2026-03-02")
    before(world)
    world.walk(FIRES)
    fired = world.notices("overdue") != []
    why = {"when": "condition", "unless": "exception"}[word]
    assert [e.why for e in world.events("step.skipped")] == ([] if fired else [why])
    return fired


def owing(exposure: int = 0, oldest: int = 0) -> Callable[[World], None]:
    """What the store adds up of the customer's bills."""

    def set(world: World) -> None:
        world.account.exposure = {"CNY": exposure, "USD": 10**9}
        world.account.oldest_overdue = oldest

    return set


def conversation(outcome: str) -> Callable[[World], object]:
    record = c.ContactRecord(channel="phone", outcome=outcome)
    return lambda world: world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))


def paid(amount: str, on: str | None = None) -> Callable[[World], object]:
    def pay(world: World) -> None:
        world.walk(on or "2026-03-10").pay("P-1", amount, on=on)

    return pay


def bounced(world: World) -> None:
    world.pay("P-1", "1.00")
    world.do(c.ReversePayment(payment="P-1"))


def late_by_habit(world: World) -> None:
    world.habits_by_hand = {"INV-1": frozenset({"pays_late"})}


def word(*given: tuple[str, bool]) -> Callable[[World], None]:
    """Promises on other bills, each kept or not, before the step fires."""

    def give(world: World) -> None:
        for n, (on, kept) in enumerate(given, start=2):
            world.owed(f"INV-{n}", due="2026-04-01", issued="2026-03-02")
            world.promise(f"INV-{n}", on)
            if kept:
                allocated = (c.Allocation(invoice=f"INV-{n}", amount="1000.00"),)
                world.pay(f"P-{n}", "1000.00", on="2026-03-02", allocations=allocated)

    return give


LIMIT = {"currency": "CNY", "credit_limit": "5000.00"}

CASES = [
    ("segment: [risk]", {"segment": "risk"}, None, True),
    ("segment: [risk]", {"segment": "standard"}, None, False),
    ("key_account: true", {"key_account": True}, None, True),
    ("key_account: true", {"key_account": False}, None, False),
    ("key_account: false", {"key_account": False}, None, True),
    ("billing_cycle: monthly", {"billing_cycle": "monthly"}, None, True),
    ("billing_cycle: monthly", {}, None, False),
    ("last_outcome: [refused]", {}, conversation("refused"), True),
    ("last_outcome: [refused]", {}, conversation("reached"), False),
    ("last_outcome: [refused]", {}, None, False),
    ("customer_flag: payment_reversed", {}, bounced, True),
    ("customer_flag: payment_reversed", {}, None, False),
    ("days_overdue_at_least: 3", {}, None, True),
    ("days_overdue_at_least: 4", {}, None, False),
    ("amount_at_least: {CNY: '1000.00'}", {}, None, True),
    ("amount_at_least: {CNY: '1000.01'}", {}, None, False),
    ("amount_at_least: {CNY: '1000.00'}", {}, paid("0.01"), False),
    ("amount_at_least: {USD: '1.00'}", {}, None, False),
    ("oldest_overdue_over: 60", {}, owing(oldest=61), True),
    ("oldest_overdue_over: 60", {}, owing(oldest=60), False),
    ("exposure_over_limit: true", LIMIT, owing(exposure=500_001), True),
    ("exposure_over_limit: true", LIMIT, owing(exposure=500_000), False),
    ("exposure_over_limit: false", LIMIT, owing(exposure=500_000), True),
    ("exposure_over_limit: true", {"currency": "CNY"}, owing(exposure=10**12), False),
    ("exposure_over_limit: true", {}, owing(exposure=10**12), False),
    ("without_progress: P2D", {}, paid("1.00", "2026-03-10"), True),
    ("without_progress: P3D", {}, paid("1.00", "2026-03-10"), False),
    ("without_progress: P3D", {}, None, True),
    ("habit: pays_late", {}, late_by_habit, True),
    ("habit: pays_late", {}, None, False),
    ("reliability: [unreliable]", {}, word(("2026-03-03", False), ("2026-03-03", False)), True),
    ("reliability: [unreliable]", {}, word(("2026-03-03", False), ("2026-03-03", True)), False),
    ("reliability: [reliable]", {}, word(("2026-03-03", True), ("2026-03-03", True)), True),
    ("reliability: [mixed, unknown]", {}, word(("2026-03-03", False)), True),
    ("reliability: [mixed, unknown]", {}, word(("2026-03-03", False), ("2026-03-03", True)), True),
    ("stage: [collection]", {}, None, True),
    ("stage: [legal]", {}, None, False),
]


@pytest.mark.parametrize(("condition", "customer", "before", "holds"), CASES)
def test_G_a_step_goes_when_its_condition_holds_and_not_where_it_is_excepted(condition, customer, before, holds):
    before = before or (lambda world: None)
    assert told(condition, before, **customer) == holds
    assert told(condition, before, word="unless", **customer) != holds


def test_G_all_conditions_together_must_hold():
    both = "segment: [risk], key_account: true"
    assert told(both, segment="risk", key_account=True)
    assert not told(both, segment="risk")
    assert not told(both, key_account=True)


def test_G_before_its_due_day_a_bill_is_overdue_for_no_days():
    plan = a_playbook(
        STEP.replace("STEP", "tell")
        .replace("WORD: {CONDITION}", "unless: {days_overdue_at_least: 1}")
        .replace("P3D", "-P3D")
    )
    world = World("2026-03-02", playbook=plan)
    world.owed("INV-1", due=DUE, issued="2026-03-02")
    assert world.walk(DUE).notices("overdue") == ["03-06 sales"]
