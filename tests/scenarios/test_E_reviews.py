"""Reviews (E2): due every six months or after a danger signal; a person's word stands against the feed."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.account import Account
from service.domain.customer import Customer
from service.domain.refusals import Conflict
from service.domain.review import Bill, figures, suggested
from tests.examples import a_contact, by, day
from tests.world import World


def decided(segment: str = "risk") -> c.ReviewCustomer:
    return c.ReviewCustomer(customer="C-1", segment=segment, suggested="standard", reason="pays late lately")


def test_E2_a_review_is_due_six_months_after_the_customer_became_known():
    world = World("2026-03-02")
    assert world.sleep("2026-09-01").watch() == []
    world.sleep("2026-09-02").watch()
    (task,) = world.events("task.created")
    assert (task.kind, task.role, task.rule, task.why) == ("review", "manager", "E2", "review_customer")
    assert world.sleep("2026-09-03").watch() == []


def test_E2_a_customer_known_by_a_bill_alone_is_reviewed_too():
    world = World("2026-03-02")
    bill = c.IssueInvoice(
        invoice="INV-1", customer="C-1", amount="1.00", currency="CNY", issued_on=day("2026-03-02"), due_on=day("2026-04-01")
    )
    world.account = Account(Customer(id="C-1"))
    world.do(bill)
    assert world.customer.review_on == day("2026-09-02")


def test_E2_the_decision_ends_the_task_and_stands_against_the_feed_until_the_next_review():
    world = World("2026-03-02", segment="standard")
    world.sleep("2026-09-02").watch()
    happened = world.do(decided("risk"), by("manager", "wang"))
    assert [one.event.type for one in happened] == ["customer.reviewed", "task.completed"]
    reviewed = happened[0].event
    assert (reviewed.previous, reviewed.segment, reviewed.by) == ("standard", "risk", "wang")
    assert happened[0].private == {"": {"reason": "pays late lately"}}
    world.do(c.UpdateCustomer(customer="C-1", segment="preferred"))
    assert (world.customer.segment, world.customer.segment_said) == ("risk", "preferred")
    assert world.customer.review_on == day("2027-03-02")
    world.do(decided("standard"), by("manager"))
    assert (world.customer.segment, world.customer.segment_said) == ("standard", "preferred")


def test_E2_the_feed_counts_while_nobody_has_decided():
    world = World("2026-03-02", segment="standard")
    world.do(c.UpdateCustomer(customer="C-1", segment="preferred"))
    assert world.customer.segment == "preferred"


def test_E1_open_cases_keep_their_playbook_and_grace_when_the_segment_changes():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-01")
    before = world.case("INV-1")
    world.do(decided("risk"), by("manager"))
    after = world.case("INV-1")
    assert (after.playbook, after.playbook_version, after.grace_days) == ("standard", 1, before.grace_days)


def bounced(world: World) -> None:
    world.pay("P-1", "10.00", method="cheque")
    world.do(c.ReversePayment(payment="P-1"))


def refuses(world: World) -> None:
    record = c.ContactRecord(channel="phone", outcome="refused")
    world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))


def moved(world: World) -> None:
    world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="ap"), mark="moved"), by("collector"))


def insolvent(world: World) -> None:
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["insolvent"]))


def breaks_two_promises(world: World) -> None:
    for promised, broken in (("2026-03-05", "2026-03-09"), ("2026-03-12", "2026-03-16")):
        world.promise("INV-1", promised)
        world.walk(broken)


@pytest.mark.parametrize(
    ("signal", "flag"),
    [
        (bounced, "payment_reversed"),
        (refuses, "refusal"),
        (moved, "moved"),
        (insolvent, "insolvent"),
        (breaks_two_promises, "promises_broken"),
    ],
)
def test_E2_a_danger_signal_brings_the_review_forward(signal, flag):
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-01")
    signal(world)
    assert flag in world.customer.flags
    world.sleep("2026-03-17")
    assert world.watch()[0].event.why == "review_after_danger"
    world.do(decided(), by("manager"))
    assert world.watch() == []


def reached(world: World) -> None:
    record = c.ContactRecord(channel="phone", outcome="not_reached")
    world.do(c.LogContact(customer="C-1", cases=("INV-1",), record=record), by("collector"))


def barred(world: World) -> None:
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["do_not_contact"]))


def breaks_one_promise(world: World) -> None:
    world.promise("INV-1", "2026-03-05")
    world.walk("2026-03-09")


def left(world: World) -> None:
    world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="ap"), mark="left"), by("collector"))


@pytest.mark.parametrize("harmless", [reached, barred, breaks_one_promise, left])
def test_E2_what_is_no_danger_leaves_the_review_where_it_is(harmless):
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-01")
    harmless(world)
    assert world.customer.review_on == day("2026-09-02")


def test_E2_a_signal_is_told_once_a_day():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-01")
    refuses(world)
    refuses(world)
    assert world.dated("customer.flagged", flag="refusal") == ["03-02"]
    world.sleep("2026-03-03")
    refuses(world)
    assert world.dated("customer.flagged", flag="refusal") == ["03-02", "03-03"]


def test_E2_two_who_moved_on_one_day_are_one_signal():
    world = World("2026-03-02", contacts=[a_contact("ap"), a_contact("cfo", "decision_maker")])
    for id in ("ap", "cfo"):
        world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id=id), mark="moved"), by("collector"))
    assert world.dated("customer.flagged", flag="moved") == ["03-02"]


def test_E2_a_signal_puts_no_review_off():
    world = World("2026-03-02")
    world.sleep("2026-09-07")
    insolvent(world)
    assert world.customer.review_on == day("2026-09-02")


def test_E2_a_signal_from_before_the_last_review_is_no_danger_any_more():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-12-01")
    refuses(world)
    world.do(decided(), by("manager"))
    world.sleep("2026-09-02")
    assert world.watch()[0].event.why == "review_customer"


def test_E2_the_newest_of_two_signals_counts():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-12-01")
    refuses(world)
    world.sleep("2026-03-09")
    world.do(decided(), by("manager"))
    world.sleep("2026-03-16")
    moved(world)
    assert world.watch()[0].event.why == "review_after_danger"


def test_E2_of_a_customer_from_before_there_were_reviews_the_first_bill_says_since_when():
    world = World("2026-03-02")
    world.account.customer = replace(world.customer, review_on=None)
    assert world.watch() == []  # no bill, no credit
    submitted = c.SubmitInvoice(invoice="INV-0", customer="C-1", amount="1.00", currency="CNY", period="2026-01")
    world.do(submitted)
    for n, issued in enumerate(("2026-04-13", "2026-03-11"), start=1):
        world.owed(f"INV-{n}", due="2027-12-01", issued=issued)
    assert world.sleep("2026-09-10").watch() == []
    assert [one.event.why for one in world.sleep("2026-09-11").watch()] == ["review_customer"]


def test_E2_nor_does_an_early_signal_make_theirs_one_after_a_danger():
    world = World("2026-03-02")
    world.owed("INV-1", due="2027-12-01", issued="2026-03-02")
    world.account.customer = replace(world.customer, review_on=None, flags={"refusal": day("2026-03-02")})
    assert [one.event.why for one in world.sleep("2026-09-02").watch()] == ["review_customer"]


def test_E2_a_signal_is_told_when_it_comes_and_not_with_what_follows():
    world = World("2026-03-02")
    insolvent(world)
    world.sleep("2026-03-03")
    world.do(c.AddNote(customer="C-1", cases=(), text="x"), by("collector"))
    assert world.dated("customer.flagged", flag="insolvent") == ["03-02"]


def test_E2_nobody_reviews_whom_nobody_knows():
    world = World("2026-03-02")
    world.account = Account(Customer(id="C-1"))
    with pytest.raises(Conflict, match="nothing_to_review"):
        world.do(decided(), by("manager"))


def test_E2_a_decision_before_its_time_counts_too():
    world = World("2026-03-02")
    happened = world.do(decided(), by("manager"))
    assert [one.event.type for one in happened] == ["customer.reviewed"]
    assert (happened[0].event.suggested, world.customer.reviewed_on) == ("standard", day("2026-03-02"))


TODAY = date(2026, 9, 1)


def bill(late: int | None, ago: int = 100, level: str = "none", **more) -> Bill:
    """Due so many days ago, settled `late` days after that; not at all when None."""
    due = TODAY - timedelta(ago)
    return Bill(due_on=due, settled_on=None if late is None else due + timedelta(late), level=level, **more)


def judged(*bills: Bill):
    return figures(bills, TODAY, lambda due: due)


def test_E2_figures_of_a_year():
    found = judged(bill(0, 300), bill(10, 200, promises=("kept",)), bill(20, 100, promises=("broken", "kept")), bill(None, 40))
    assert (found.bills, found.bills_settled, found.average_days_late, found.share_late) == (4, 3, 10.0, 75)
    assert (found.promises, found.promises_kept) == (3, 2)


def test_E2_money_in_time_is_not_late():
    assert figures([bill(1)], TODAY, lambda due: due + timedelta(1)).share_late == 0


def test_E2_without_bills_there_are_no_figures():
    found = judged()
    assert (found.average_days_late, found.share_late, found.trend, found.payer_type) == (None, None, None, None)
    assert suggested(found, False, False) == "standard"


@pytest.mark.parametrize(
    ("bills", "payer"),
    [
        ([bill(0), bill(0), bill(9)], "unasked"),
        ([bill(0), bill(9), bill(9)], "reminded"),
        ([bill(9), bill(40, level="manager"), bill(30, level="supervisor")], "under_pressure"),
        ([bill(0, 400), bill(None, 91), bill(None, 92)], "not"),
        ([bill(None, 90)], "reminded"),
        ([bill(50, written_off=True)], "not"),
        ([bill(0), bill(9)], "reminded"),
    ],
)
def test_E2_what_kind_of_payer_it_is(bills, payer):
    assert judged(*bills).payer_type == payer


@pytest.mark.parametrize(
    ("late", "trend"), [([0, 0, 9, 9], "worse"), ([9, 9, 0, 0], "better"), ([3, 3, 6, 6], "steady"), ([5], None)]
)
def test_E2_the_trend_is_the_newer_half_against_the_older(late, trend):
    assert judged(*(bill(days, 300 - 30 * n) for n, days in enumerate(late))).trend == trend


GOOD = [bill(0, 50), bill(0, 80), bill(0, 110)]


@pytest.mark.parametrize(
    ("bills", "over_limit", "in_danger", "segment"),
    [
        (GOOD, False, False, "preferred"),
        (GOOD[:2], False, False, "standard"),
        (GOOD, True, False, "standard"),
        (GOOD, False, True, "risk"),
        ([*GOOD, bill(9)], False, False, "standard"),
        ([bill(31), bill(31)], False, False, "risk"),
        ([bill(9), bill(9)], False, False, "standard"),
        ([bill(9), bill(9)], True, False, "risk"),
        ([bill(9, promises=("broken", "broken"))], False, False, "risk"),
        ([bill(9, promises=("broken",))], False, False, "standard"),
        ([bill(None, 120)], False, False, "risk"),
    ],
)
def test_E2_the_figures_speak_for_a_segment(bills, over_limit, in_danger, segment):
    assert suggested(judged(*bills), over_limit, in_danger) == segment
