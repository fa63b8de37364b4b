"""Rule D6: discounts - offered with an end date, earned by paying the rest in time, credited by themselves, or lapsed."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Refused
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World


def overdue(settings: Settings | None = None) -> World:
    world = World("2026-03-02", settings=settings)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    return world.walk("2026-03-11")


def offer(world: World, amount: str = "50.00", ends_on: str = "2026-03-20", role: str = "supervisor") -> list[Any]:
    offered = c.OfferDiscount(customer="C-1", case="INV-1", amount=amount, ends_on=day(ends_on), reason="settle")
    return world.do(offered, by(role))


def state(world: World) -> str:
    return str(world.case("INV-1").discount.state)


def test_D6_paid_in_time_the_rest_is_credited_and_the_case_closes():
    world = overdue()
    offer(world)
    world.walk("2026-03-18").pay("P-1", "950.00")
    (taken,) = world.events("discount.taken")
    case = world.case("INV-1")
    assert (taken.amount, case.open, case.credited, case.closed_as) == (5000, 0, 5000, "paid")
    assert [one.event.type for _, one in world.log][-5:] == [
        "payment.applied",
        "discount.taken",
        "notice.raised",
        "task.cancelled",
        "case.closed",
    ]
    assert world.notices("discount_taken") == ["03-18 finance"]


def test_D6_an_offer_pauses_nothing_and_asks_for_the_whole_amount():
    world = overdue()
    offer(world)
    assert (world.case("INV-1").pause, world.case("INV-1").chased) == (None, 100000)


@pytest.mark.parametrize(
    ("amount", "on", "taken"),
    [
        ("950.00", "2026-03-20", True),  # a Friday, the last day
        ("950.00", "2026-03-21", False),
        ("949.99", "2026-03-20", False),
        ("960.00", "2026-03-20", True),
        ("1000.00", "2026-03-20", False),
    ],
)
def test_D6_all_the_rest_and_in_time(amount, on, taken):
    world = overdue()
    offer(world)
    world.walk(on).pay("P-1", amount)
    assert bool(world.events("discount.taken")) is taken


@pytest.mark.parametrize(("switch", "taken"), [(True, True), (False, False)])
def test_T6_of_an_end_on_a_closed_day_the_next_open_one_is_in_time(switch, taken):
    world = overdue(Settings(in_time_on_next_open_day=switch))
    offer(world, ends_on="2026-03-21")  # a Saturday
    world.walk("2026-03-23 08:00").pay("P-1", "950.00")
    assert bool(world.events("discount.taken")) is taken


def test_D6_several_payments_earn_it_together():
    world = overdue()
    offer(world)
    world.pay("P-1", "500.00")
    assert world.events("discount.taken") == []
    world.pay("P-2", "450.00")
    assert world.events("discount.taken")[0].amount == 5000


def test_D6_a_credit_alone_earns_nothing():
    world = overdue()
    offer(world)
    world.do(c.CreditInvoice(invoice="INV-1", amount="950.00"))
    assert (state(world), world.case("INV-1").open) == ("open", 5000)


def test_D6_else_it_lapses_visibly():
    world = overdue()
    offer(world)
    world.walk("2026-03-31")
    assert world.timed("discount.lapsed") == ["03-23 09:00"]
    assert (world.events("discount.lapsed")[0].why, state(world)) == ("ended", "lapsed")
    assert world.case("INV-1").open == 100000


def test_D6_money_in_time_recorded_late_earns_it_after_all():
    world = overdue()
    offer(world)
    world.walk("2026-03-24").pay("P-1", "950.00", on="2026-03-20")
    assert (state(world), world.case("INV-1").closed_as) == ("taken", "paid")


def test_D6_what_is_paid_before_the_offer_earns_none_of_it():
    world = overdue()
    world.pay("P-1", "960.00")
    offer(world, "1.00", "2026-03-20")
    assert world.walk("2026-03-31").events("discount.taken") == []


def test_D6_a_dispute_is_settled_with_it():
    world = overdue()
    opened = c.OpenDispute(customer="C-1", cases=("INV-1",), reason="quality", text="scratched", amount="200.00")
    world.do(opened, by("collector"))
    offer(world)
    world.pay("P-1", "950.00")
    assert [e.outcome for e in world.events("dispute.resolved")] == ["lapsed"]
    assert world.case("INV-1").closed_as == "paid"


def test_D6_a_promise_of_the_rest_is_kept_by_it():
    world = overdue()
    world.promise("INV-1", "2026-03-20")
    offer(world)
    world.pay("P-1", "950.00")
    assert [p.state for p in world.case("INV-1").promises] == ["kept"]


# Taken back


def test_D6_a_bounced_payment_takes_it_back_and_restores_what_was_open():
    world = overdue()
    offer(world)
    world.pay("P-1", "950.00")
    world.walk("2026-03-13").do(c.ReversePayment(payment="P-1"))
    case = world.case("INV-1")
    assert (case.open, case.credited, case.stage, state(world)) == (100000, 0, "collection", "open")
    assert world.events("discount.withdrawn")[0].amount == 5000
    world.pay("P-2", "950.00")
    assert state(world) == "taken"


def test_D6_taken_back_after_its_day_it_has_lapsed():
    world = overdue()
    offer(world)
    world.pay("P-1", "950.00")
    world.walk("2026-03-24").do(c.ReversePayment(payment="P-1"))
    assert (state(world), world.case("INV-1").open) == ("lapsed", 100000)


def test_D6_the_erps_credit_note_for_it_takes_off_nothing_twice():
    world = overdue()
    offer(world)
    world.pay("P-1", "950.00")
    world.do(c.CreditInvoice(invoice="INV-1", amount="30.00"))
    world.do(c.CreditInvoice(invoice="INV-1", amount="20.00"))
    case = world.case("INV-1")
    assert ((case.credited, case.paid, case.open), case.closed_as) == ((5000, 95000, 0), "paid")
    assert [e.booked for e in world.events("invoice.credited")] == [3000, 2000]
    world.do(c.CreditInvoice(invoice="INV-1", amount="10.00"))  # a further one is a credit of its own
    assert (world.case("INV-1").paid, world.account.payments["P-1"].rest) == (94000, 1000)


def test_D6_what_the_erp_has_booked_is_not_taken_back_here():
    world = overdue()
    offer(world)
    world.pay("P-1", "950.00")
    world.do(c.CreditInvoice(invoice="INV-1", amount="50.00"))
    world.do(c.ReversePayment(payment="P-1"))
    assert (world.case("INV-1").open, world.events("discount.withdrawn")) == (95000, [])


# Offering


@pytest.mark.parametrize(
    ("amount", "ends_on", "code"),
    [
        ("1000.00", "2026-03-20", "discount_too_large"),
        ("0.00", "2026-03-20", "amount_not_positive"),
        ("1.001", "2026-03-20", "money_precision"),
        ("50.00", "2026-03-10", "date_in_past"),
    ],
)
def test_D6_offers_that_make_no_sense_are_refused(amount, ends_on, code):
    with pytest.raises(Refused, match=code):
        offer(overdue(), amount, ends_on)


def test_D6_one_offer_at_a_time_and_none_on_a_closed_bill():
    world = overdue()
    offer(world)
    with pytest.raises(Conflict, match="discount_open"):
        offer(world)
    world.pay("P-1", "950.00")
    with pytest.raises(Conflict, match="case_closed"):
        offer(world)


def test_D6_ends_with_the_case():
    world = overdue()
    offer(world)
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert [e.why for e in world.events("discount.lapsed")] == ["voided"]


@pytest.mark.parametrize(
    ("amount", "limits", "asked"),
    [
        ("50.00", {}, False),  # five in a hundred
        ("50.01", {}, True),
        ("50.00", {"discount_amounts": {"CNY": "49.99"}}, True),
        ("100.00", {"discount_percent": 10}, False),
    ],
)
def test_D6_consent_above_a_share_or_an_amount(amount, limits, asked):
    world = overdue(Settings(**limits))
    offer(world, amount)
    assert bool(world.events("approval.requested", kind="discount")) is asked
    assert bool(world.events("discount.offered")) is not asked


def waiting() -> tuple[World, str]:
    world = overdue()
    offer(world, "200.00", "2026-03-31")
    (asked,) = world.events("approval.requested")
    return world, asked.approval


def test_D6_what_was_asked_for_is_offered_when_it_is_granted():
    world, approval = waiting()
    world.do(c.GrantApproval(customer="C-1", approval=approval), by("manager"))
    (offered,) = world.events("discount.offered")
    assert (offered.amount, offered.ends_on, offered.approval) == (20000, day("2026-03-31"), approval)
    world.pay("P-1", "800.00")
    assert world.case("INV-1").closed_as == "paid"


def test_D6_a_request_ends_when_as_much_is_not_open_any_more():
    world, _ = waiting()
    world.pay("P-1", "1.00")
    assert [e.why for e in world.events("approval.cancelled")] == ["content_stale"]


def test_D6_a_request_whose_day_has_passed_is_stale():
    world, approval = waiting()
    world.walk("2026-04-01")
    with pytest.raises(Conflict, match="content_stale"):
        world.do(c.GrantApproval(customer="C-1", approval=approval), by("manager"))
