"""Rule D7: where money goes and how it goes back; drafts that cover until they mature."""

import pytest

from service.domain import commands as c
from service.domain.case import Case
from service.domain.refusals import Conflict, NotFound, Refused
from tests.examples import day
from tests.world import World


def overdue(*dues: str, amount: str = "1000.00", start: str = "2026-03-02", **more) -> World:
    world = World(start, **more)
    for n, due in enumerate(dues or ("2026-03-09",), start=1):
        world.owed(f"INV-{n}", due=due, issued=start, amount=amount)
    return world


def opened(world: World) -> dict[str, int]:
    return {id: case.open // 100 for id, case in world.account.cases.items()}


def to(*wishes: tuple[str, str]) -> list[c.Allocation]:
    return [c.Allocation(invoice=invoice, amount=amount) for invoice, amount in wishes]


# Where it goes


def test_D7_as_the_remittance_says_each_up_to_its_bills_open_amount():
    world = overdue("2026-03-09", "2026-03-10", "2026-03-11")
    world.pay("P-1", "1700.00", allocations=to(("INV-3", "1200.00"), ("INV-2", "500.00")))
    # 200 of the wish for INV-3 find no room there and go to the oldest
    assert opened(world) == {"INV-1": 800, "INV-2": 500, "INV-3": 0}
    received = world.events("payment.received")[0]
    assert [(a.case, a.amount) for a in received.allocations] == [("INV-3", 120000), ("INV-2", 50000)]


def test_D7_the_rest_by_due_date_then_issue_date_then_id_bills_not_yet_due_included():
    world = World("2026-03-02")
    world.owed("D", due="2026-06-30", issued="2026-03-02")
    world.owed("C", due="2026-03-20", issued="2026-03-02")
    world.owed("B", due="2026-03-20", issued="2026-03-01")
    world.owed("A", due="2026-03-20", issued="2026-03-02")
    world.bill("E", "2026-03-02", None, terms="P30D", terms_from="confirmed")
    world.pay("P-1", "4500.00")
    assert [a.case for a in world.events("payment.received")[0].applied] == ["B", "A", "C", "D", "E"]
    assert opened(world)["E"] == 500


def test_D7_what_remains_is_credit_and_used_only_on_request():
    world = overdue()
    world.pay("P-1", "1500.00")
    assert (opened(world), world.account.payments["P-1"].rest) == ({"INV-1": 0}, 50000)
    world.owed("INV-2", due="2026-04-09", issued="2026-03-02")
    assert opened(world)["INV-2"] == 1000
    world.do(c.AllocatePayment(payment="P-1", allocations=to(("INV-2", "300.00"))))
    assert (opened(world)["INV-2"], world.account.payments["P-1"].rest) == (700, 20000)
    with pytest.raises(Refused, match="over_allocated"):
        world.do(c.AllocatePayment(payment="P-1", allocations=to(("INV-2", "200.01"))))


def test_D7_only_bills_of_its_currency_that_have_gone_out():
    world = overdue()
    world.bill("USD", "2026-03-02", "2026-03-05", currency="USD", confirmation_required=False)
    world.do(c.SubmitInvoice(invoice="REVIEW", customer="C-1", amount="9.00", currency="CNY", period="2026-02"))
    world.pay("P-1", "2000.00")
    assert opened(world) == {"INV-1": 0, "USD": 1000, "REVIEW": 9}


@pytest.mark.parametrize(
    ("allocations", "code"),
    [
        ([("NONE", "1.00")], "unknown_invoice"),
        ([("INV-1", "1.00"), ("USD", "1.00")], "currency_mismatch"),
        ([("INV-1", "700.00"), ("INV-1", "700.00")], "over_allocated"),
        ([("INV-1", "0.00")], "amount_not_positive"),
        ([("INV-1", "1.001")], "money_precision"),
    ],
)
def test_D7_a_remittance_that_cannot_be_understood_is_refused_whole(allocations, code):
    world = overdue()
    world.bill("USD", "2026-03-02", "2026-03-05", currency="USD", confirmation_required=False)
    before = world.case("INV-1")
    with pytest.raises(Refused, match=code):
        world.pay("P-1", "1000.00", allocations=to(*allocations))
    assert (world.case("INV-1"), world.account.payments) == (before, {})


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"currency": "XYZ"}, "currency_unknown"),
        ({"on": "2026-03-04"}, "date_in_future"),
        ({"on": "1066-10-14"}, "date_out_of_range"),
        ({"method": "cheque", "matures_on": day("2999-01-01")}, "date_out_of_range"),
    ],
)
def test_D7_payments_that_make_no_sense_are_refused(more, code):
    with pytest.raises(Refused, match=code):
        overdue().pay("P-1", "1000.00", **more)


def test_D7_money_may_be_dated_a_day_ahead():
    world = overdue()
    world.pay("P-1", "1000.00", on="2026-03-03")
    assert world.case("INV-1").closed_on == day("2026-03-03")


def test_D7_a_payment_said_twice_is_one_and_said_otherwise_a_conflict():
    world = overdue()
    world.pay("P-1", "100.00")
    assert world.pay("P-1", "100.00") == []
    with pytest.raises(Conflict, match="payment_exists"):
        world.pay("P-1", "100.01")
    assert opened(world) == {"INV-1": 900}


def test_D7_a_closed_bill_takes_no_more():
    world = overdue()
    world.do(c.VoidInvoice(invoice="INV-1"))
    world.pay("P-1", "100.00", allocations=to(("INV-1", "100.00")))
    assert (world.account.payments["P-1"].rest, opened(world)) == (10000, {"INV-1": 0})


# How it goes back


def test_D7_reversed_the_case_reopens_at_the_level_it_closed_with_and_the_customer_is_flagged():
    world = overdue().walk("2026-04-10")
    world.pay("P-1", "1000.00")
    world.walk("2026-04-20").do(c.ReversePayment(payment="P-1", reason="no funds"))
    case = world.case("INV-1")
    assert (case.stage, case.level, case.open, case.closed_as) == ("collection", "manager", 100000, None)
    assert [e.flag for e in world.events("customer.flagged")] == ["payment_reversed"]
    assert world.do(c.ReversePayment(payment="P-1")) == []
    assert world.account.payments["P-1"].rest == 0


def test_D7_what_was_missed_while_closed_is_backfilled():
    world = overdue().walk("2026-04-10")
    world.pay("P-1", "1000.00")
    world.walk("2026-06-12 18:00").do(c.ReversePayment(payment="P-1"))
    # D+2M passed while closed; D+3M did too, but nothing is asked for a week
    assert world.levels("INV-1") == ["03-23 supervisor", "04-09 manager", "06-12 general_manager"]
    assert world.events("case.escalated")[-1].backfill
    world.walk("2026-06-30")
    assert world.notices("overdue_two_months") == []
    assert world.digests() == ["06-15 general_manager INV-1"]
    assert world.days("overdue-weekly")[0] == "06-15"
    assert world.dated("approval.requested") == ["06-22"]  # the 19th is a holiday


def test_D7_reopened_after_its_due_day_passed_unconfirmed_it_is_in_collection():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-20")
    world.pay("P-1", "1000.00")
    world.walk("2026-05-06").do(c.ReversePayment(payment="P-1"))
    assert (world.case("INV-1").stage, world.case("INV-1").level) == ("collection", "manager")


def test_D7_reversing_one_of_two_leaves_the_other():
    world = overdue()
    world.pay("P-1", "400.00")
    world.pay("P-2", "600.00")
    world.do(c.ReversePayment(payment="P-1"))
    assert opened(world) == {"INV-1": 400}


def test_D7_an_unknown_payment_cannot_be_reversed():
    with pytest.raises(NotFound, match="unknown_payment"):
        overdue().do(c.ReversePayment(payment="P-9"))


def test_D7_voided_its_money_is_credit_again():
    world = overdue()
    world.pay("P-1", "400.00")
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert (world.account.payments["P-1"].rest, world.case("INV-1").paid) == (40000, 0)
    assert world.do(c.VoidInvoice(invoice="INV-1")) == []


def test_D7_a_credit_on_a_bill_that_is_worth_nothing_is_nothing():
    world = overdue()
    world.do(c.CreditInvoice(invoice="INV-1", amount="1500.00"))
    assert (world.case("INV-1").credited, world.case("INV-1").closed_as) == (100000, "credited")
    assert world.do(c.CreditInvoice(invoice="INV-1", amount="1.00")) == []


def test_D7_amended_to_less_than_was_paid_the_newest_money_is_freed():
    world = overdue()
    world.pay("P-1", "400.00")
    world.pay("P-2", "500.00", on="2026-03-03")
    world.do(c.AmendInvoice(invoice="INV-1", amount="700.00"))
    assert (world.account.payments["P-1"].rest, world.account.payments["P-2"].rest) == (0, 20000)
    assert world.case("INV-1").closed_as == "paid"
    world.do(c.AmendInvoice(invoice="INV-1", amount="800.00"))
    assert (world.case("INV-1").stage, opened(world)) == ("collection", {"INV-1": 100})


def test_D7_many_small_payments_are_freed_to_the_last_cent():
    world = overdue()
    for n in range(30):
        world.pay(f"P-{n:02}", "10.00")
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert {p.rest for p in world.account.payments.values()} == {1000}


def test_D7_credit_finds_no_room_on_a_closed_bill():
    world = overdue()
    world.pay("P-1", "1500.00")
    assert world.do(c.AllocatePayment(payment="P-1", allocations=to(("INV-1", "5.00")))) == []


def test_D7_another_customers_bill_is_none_of_theirs():
    world = overdue()
    world.account.cases["INV-9"] = Case(id="INV-9", customer="C-2", currency="CNY", amount=100, stage="collection")
    with pytest.raises(Refused, match="other_customer"):
        world.pay("P-1", "5.00", allocations=to(("INV-9", "1.00")))
