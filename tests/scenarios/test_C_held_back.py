"""What the schedule says stands in the way of steps to come (C12, D5, E3, E7): as the process itself would have it."""

from typing import Any

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.outlook import Ahead, Outlook
from service.domain.payment_run import PaymentRun
from tests.examples import a_playbook, by, day
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
      - {step: mail, rule: B3, at: P1D, every: P1D, times: 12, do: [{message: {template: overdue}}]}
      - {step: confirm, rule: A5, at: P3D, do: [{message: {template: overdue, service: true}}]}
      - {step: rise, rule: B4, at: P20D, do: [{escalate: supervisor}]}
      - {step: stop, rule: E3, at: P30D, do: [{propose: credit_stop}]}
      - step: hold
        rule: B8
        at: P40D
        do: [{request: {kind: hold, role: boss, granted: [{hold: shipments}]}}]
"""
)


def owing(**more: Any) -> World:
    world = World("2026-03-02", playbook=PLAN, **more)
    world.owed("INV-1", due="2026-03-09")
    return world


def ahead(world: World, step: str, **more: Any) -> list[Ahead]:
    scene = world.scene
    found = Outlook(world.case("INV-1"), world.account, PLAN, scene.workdays, scene.law, scene.now, **more)
    return [one for one in found.all() if one.step == step]


def told(world: World, step: str, **more: Any) -> list[tuple[str, list[str]]]:
    """`03-10` and the codes of what holds each occurrence back."""
    return [
        (f"{one.at:%m-%d}", [why.code for why in one.why] if one.held_back else [])
        for one in ahead(world, step, **more)
    ]


def test_C12_a_reply_nobody_has_looked_at_holds_the_mail_back_for_two_open_days():
    world = owing()
    world.sleep("2026-03-10")
    world.do(
        c.RecordReply(customer="C-1", message="m", cases=("INV-1",), channel="email", contact="ap", text=None),
        by("collector"),
    )
    days = told(world, "mail")
    assert [on for on, why in days if why[:1] == ["schedule.waits_for_look"]] == ["03-10", "03-11"]
    assert days[2] == ("03-12", [])
    assert told(world, "confirm")[0][1] == []  # what asks for nothing goes
    (reason, *_) = ahead(world, "mail")[0].why
    assert reason.params == {"until": day("2026-03-12")}


def test_C12_a_silent_payment_feed_holds_every_mail_back_and_nothing_else():
    world = owing()
    assert all(why[:1] == ["schedule.payment_feed"] for _, why in told(world, "mail", feed_is_late=True))
    assert told(world, "confirm", feed_is_late=True) == told(world, "confirm") == [("03-12", [])]
    assert told(world, "rise", feed_is_late=True) == [("03-30", [])]


def test_D5_a_part_that_is_disputed_is_named_with_what_is_asked_for():
    world = owing()
    world.do(
        c.OpenDispute(
            customer="C-1", cases=("INV-1",), reason="price", amount="300.00", text="too dear", owner="finance"
        )
    )
    mail = ahead(world, "mail")[0]
    assert not mail.held_back and [why.code for why in mail.why] == ["schedule.after", "schedule.part_disputed"]
    assert mail.why[-1].params == {"amount": "300.00", "asked": "700.00", "currency": "CNY"}
    rise = [why.code for why in ahead(world, "rise")[0].why]
    assert rise == ["schedule.after", "schedule.moved"]  # nothing is said to the customer


def test_F1_a_part_that_a_draft_covers_is_named_too():
    world = owing()
    world.pay("P-1", "400.00", method="cheque", matures_on=day("2026-05-29"))
    mail = ahead(world, "mail")[0]
    assert mail.why[-1].params == {"amount": "400.00", "asked": "600.00", "currency": "CNY"}
    assert mail.why[-1].code == "schedule.part_covered"


def test_E3_credit_that_is_stopped_is_not_asked_for():
    world = owing()
    assert not ahead(world, "stop")[0].held_back
    world.do(c.RestrictCredit(customer="C-1", measure="stop", reason="x"), by("manager"))
    world.grant("credit_stop", "finance")
    (stop,) = ahead(world, "stop")
    assert (stop.held_back, stop.why[0].code, stop.why[0].params) == (
        True,
        "schedule.credit_stopped",
        {"on": day("2026-03-02")},
    )


@pytest.mark.parametrize(("level", "held"), [("none", False), ("hold", True)])
def test_B8_a_hold_takes_along_the_bills_below_it_and_leaves_the_others(level, held):
    world = owing()
    world.do(c.ApplyHold(customer="C-1", reason="x"), by("manager"))
    world.grant("hold")
    world.account.cases["INV-1"] = replace(world.case("INV-1"), level=level)
    (hold,) = ahead(world, "hold")
    assert hold.held_back is held
    assert (hold.why[0].code == "schedule.hold_stands") is held


def test_E7_what_is_left_to_the_weeks_payment_run_is_said():
    world = owing(payment_run=PaymentRun(day_of_month=20))
    days = told(world, "mail")
    assert [on for on, why in days if why[:1] == ["schedule.payment_run"]] == [
        "03-16",
        "03-17",
        "03-18",
        "03-19",
        "03-20",
    ]
