"""Rule J2: a write-off needs a reason and the consent of the level that may, deletes nothing, and money that comes later
is a recovery."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Forbidden, Refused
from service.domain.settings import Settings
from tests.examples import a_contact, by, day
from tests.world import World

LIMITS = Settings(
    write_off_limits={"manager": {"CNY": "500.00"}, "general_manager": {"CNY": "5000.00", "USD": "700.00"}}
)


def owing(*amounts: str, settings: Settings | None = None, **more) -> World:
    """A bill for each amount, long overdue."""
    world = World("2026-03-02", settings=settings, **more)
    for n, amount in enumerate(amounts, start=1):
        world.owed(f"INV-{n}", due="2026-03-09", issued="2026-03-02", amount=amount)
    return world.walk("2026-05-04")


def asked(world: World, *cases: str, who: str = "manager", reason: str = "deregistered"):
    """A manager asks; the request."""
    world.do(c.WriteOff(customer="C-1", cases=cases, reason=reason), by(who, "asker"))
    return world.events("approval.requested", kind="write_off")[-1]


def granted(world: World, *cases: str) -> World:
    request = asked(world, *cases)
    world.do(c.GrantApproval(customer="C-1", approval=request.approval), by(request.role, "granter"))
    return world


def reverse(world: World, payment: str) -> None:
    world.do(c.ReversePayment(payment=payment, reason="bounced"))


# Asked for, and by whom it is agreed to


@pytest.mark.parametrize(
    ("amounts", "role"),
    [
        (("500.00",), "manager"),
        (("500.01",), "general_manager"),
        (("300.00", "300.00"), "general_manager"),  # together they exceed the manager's limit
        (("5000.01",), "boss"),
    ],
)
def test_J2_the_lowest_level_whose_limit_covers_the_sum_is_asked(amounts, role):
    world = owing(*amounts, settings=LIMITS)
    request = asked(world, *world.account.cases)
    assert (request.role, request.rule, request.bills) == (role, "J2", len(amounts))


def test_J2_currencies_are_never_added_and_each_needs_a_limit():
    world = owing("400.00", settings=LIMITS)
    world.bill("INV-U", "2026-03-02", "2026-03-09", "100.00", currency="USD", confirmation_required=False)
    assert asked(world, "INV-1", "INV-U").role == "general_manager"
    world.bill("INV-E", "2026-03-02", "2026-03-09", "1.00", currency="EUR", confirmation_required=False)
    assert asked(world, "INV-E").role == "boss"


def test_J2_without_limits_the_boss_decides():
    assert asked(owing("0.01"), "INV-1").role == "boss"


def test_J2_it_needs_a_reason_which_is_kept():
    world = owing("100.00")
    asked(world, "INV-1", reason="deregistered in March")
    (one,) = [h for _, h in world.log if h.event.type == "approval.requested" and h.event.kind == "write_off"]
    assert one.private == {"": {"reason": "deregistered in March"}}


def test_J2_who_asked_never_agrees_and_only_the_level_that_was_asked_does():
    world = owing("100.00", settings=LIMITS)
    request = asked(world, "INV-1")
    grant = c.GrantApproval(customer="C-1", approval=request.approval)
    with pytest.raises(Forbidden, match="four_eyes"):
        world.do(grant, by("manager", "asker"))
    with pytest.raises(Forbidden, match="role_may_not_approve"):
        world.do(grant, by("boss", "granter"))
    world.do(grant, by("manager", "granter"))
    assert world.case("INV-1").closed_as == "written_off"


def test_J2_nothing_happens_before_the_grant_and_nothing_after_a_no():
    world = owing("100.00")
    request = asked(world, "INV-1")
    assert world.case("INV-1").stage == "collection"
    world.do(c.RejectApproval(customer="C-1", approval=request.approval, reason="sue them"), by("boss"))
    assert (world.case("INV-1").stage, world.case("INV-1").requests) == ("collection", {})
    assert asked(world, "INV-1").approval != request.approval


@pytest.mark.parametrize("how", ["closed", "review"])
def test_J2_only_what_is_owed_is_written_off(how):
    world = owing("100.00")
    if how == "closed":
        world.pay("P-1", "100.00")
    else:
        submit = c.SubmitInvoice(invoice="INV-2", customer="C-1", amount="5.00", currency="CNY", period="2026-04")
        world.do(submit)
    with pytest.raises(Conflict, match="case_closed" if how == "closed" else "not_issued"):
        asked(world, "INV-1" if how == "closed" else "INV-2")


# Requests of single bills stand beside each other


def test_J2_one_request_for_exactly_its_bills_beside_others_of_its_kind():
    world = owing("100.00", "200.00")
    first, second = asked(world, "INV-1"), asked(world, "INV-2")
    assert first.approval != second.approval
    with pytest.raises(Conflict, match="request_open"):
        asked(world, "INV-2")
    world.do(c.GrantApproval(customer="C-1", approval=second.approval), by("boss"))
    assert [world.case(f"INV-{n}").closed_as for n in (1, 2)] == [None, "written_off"]


def test_J2_a_customers_open_requests_are_bounded():
    world = owing(*["1.00"] * 17)
    for n in range(1, 17):
        asked(world, f"INV-{n}")
    with pytest.raises(Conflict, match="requests_exhausted"):
        asked(world, "INV-17")


def test_J2_a_request_is_about_a_hundred_bills_at_most():
    world = owing(*["1.00"] * 101)
    with pytest.raises(Refused, match="too_many"):
        asked(world, *world.account.cases)
    assert asked(world, *list(world.account.cases)[:100]).bills == 100


def test_J2_unanswered_it_expires_and_its_bills_may_be_asked_about_again():
    world = owing("100.00")
    request = asked(world, "INV-1")
    world.walk("2026-06-03")
    assert world.notices("request_unanswered")[0] == "05-08 boss"
    assert request.approval in world.customer.requests
    world.walk("2026-06-04")
    assert world.dated("approval.expired") == ["06-04"]
    assert "write_off" not in world.case("INV-1").requests and "write_off" not in world.case("INV-1").answers
    asked(world, "INV-1")


def test_J2_paid_meanwhile_the_request_has_lost_its_object():
    world = owing("100.00", "200.00")
    alone, both = asked(world, "INV-1"), None
    world.pay("P-1", "100.00")
    assert [e.approval for e in world.events("approval.cancelled", kind="write_off")] == [alone.approval]
    world.owed("INV-3", due="2026-04-09", issued="2026-03-02", amount="50.00")
    both = asked(world, "INV-2", "INV-3")
    world.pay("P-2", "200.00")
    world.do(c.GrantApproval(customer="C-1", approval=both.approval), by("boss"))
    assert [world.case(f"INV-{n}").closed_as for n in (2, 3)] == ["paid", "written_off"]


# What is granted is what was asked for, or less


def test_J2_what_has_been_paid_meanwhile_is_not_written_off():
    world = owing("100.00")
    request = asked(world, "INV-1")
    world.pay("P-1", "30.00")
    world.do(c.GrantApproval(customer="C-1", approval=request.approval), by("boss"))
    (event,) = world.events("case.written_off")
    assert (event.amount, event.currency, event.approval) == (7000, "CNY", request.approval)


def test_J2_more_than_was_asked_for_needs_another_consent():
    world = owing("100.00")
    world.pay("P-1", "30.00")
    request = asked(world, "INV-1")
    reverse(world, "P-1")
    with pytest.raises(Conflict, match="amount_grown"):
        world.do(c.GrantApproval(customer="C-1", approval=request.approval), by("boss"))
    assert world.case("INV-1").stage == "collection"


# What it means


def test_J2_a_write_off_ends_the_case_and_deletes_nothing():
    world = granted(owing("100.00"), "INV-1")
    case = world.case("INV-1")
    assert (case.stage, case.closed_as, case.closed_on) == ("closed", "written_off", day("2026-05-04"))
    assert (case.open, case.amount, case.written_off, case.lost) == (0, 10000, 10000, 10000)
    assert case.tasks == {} and "call" not in world.customer.tasks
    assert world.notices("write_off_granted") == ["05-04 finance"]
    before = world.dated("case.reminded")
    assert world.walk("2026-12-31").dated("case.reminded") == before


def test_J2_the_level_stays_in_the_log_and_a_hold_is_kept_for_the_other_bills_behind_it():
    world = World("2026-01-12", contacts=[a_contact("ap")])
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    world.owed("INV-2", due="2026-03-09", issued="2026-01-12")
    world.walk("2026-06-10").grant("hold")
    granted(world, "INV-1")
    assert world.customer.hold and "release" not in world.customer.requests
    granted(world, "INV-2")
    assert world.customer.hold and "release" in world.customer.requests  # proposed to the boss (B10)
    world.grant("release")
    assert world.customer.hold is None


def test_J2_a_hold_is_released_at_once_with_the_last_bill_when_the_tenant_chose_so():
    world = World("2026-01-12", settings=Settings(automatic_release=True))
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    world.walk("2026-06-10").grant("hold")
    granted(world, "INV-1")
    assert world.customer.hold is None


# Recoveries


def test_J2_money_that_comes_later_is_a_recovery():
    world = granted(owing("100.00"), "INV-1")
    world.pay("P-1", "40.00")
    (event,) = world.events("case.recovered")
    assert (event.payment, event.amount, event.rest) == ("P-1", 4000, 6000)
    case = world.case("INV-1")
    assert (case.closed_as, case.stage, case.lost, case.paid) == ("written_off", "closed", 6000, 4000)
    world.pay("P-2", "60.00")
    assert (world.case("INV-1").closed_as, world.case("INV-1").lost) == ("recovered", 0)
    assert world.events("case.recovered")[-1].rest == 0


def test_J2_what_is_still_open_comes_before_what_was_written_off_unless_the_remittance_says_otherwise():
    world = granted(owing("100.00", "50.00"), "INV-1")
    world.pay("P-1", "70.00")
    assert (world.case("INV-2").closed_as, world.case("INV-1").recovered) == ("paid", 2000)
    named = [c.Allocation(invoice="INV-1", amount="30.00")]
    world.owed("INV-3", due="2026-04-09", issued="2026-03-02", amount="50.00")
    world.pay("P-2", "30.00", allocations=named)
    assert (world.case("INV-1").recovered, world.case("INV-3").open) == (5000, 5000)


def test_J2_more_than_was_lost_is_the_customers_credit():
    world = granted(owing("100.00"), "INV-1")
    world.pay("P-1", "140.00")
    assert (world.case("INV-1").closed_as, world.account.payments["P-1"].rest) == ("recovered", 4000)


def test_J2_credit_on_account_can_be_used_for_it_on_request():
    world = owing("100.00")
    world.pay("P-1", "140.00")
    world.owed("INV-2", due="2026-04-09", issued="2026-03-02", amount="90.00")
    granted(world, "INV-2")
    assert world.case("INV-2").recovered == 0  # used only on request (D7)
    one = c.Allocation(invoice="INV-2", amount="40.00")
    world.do(c.AllocatePayment(payment="P-1", allocations=[one]))
    assert (world.case("INV-2").recovered, world.case("INV-2").lost) == (4000, 5000)


def test_J2_a_recovery_that_is_taken_back_is_lost_again():
    world = granted(owing("100.00"), "INV-1")
    world.pay("P-1", "100.00")
    assert world.case("INV-1").closed_as == "recovered"
    reverse(world, "P-1")
    case = world.case("INV-1")
    assert (case.closed_as, case.stage, case.lost, case.open) == ("written_off", "closed", 10000, 0)
    assert world.customer.flags == {"payment_reversed": day("2026-05-04")}
    world.pay("P-2", "100.00")
    assert world.case("INV-1").closed_as == "recovered"


def test_J2_what_was_paid_before_and_bounces_after_was_never_written_off():
    world = owing("100.00")
    world.pay("P-1", "30.00")
    granted(world, "INV-1")
    reverse(world, "P-1")
    case = world.case("INV-1")
    assert (case.stage, case.closed_as, case.open, case.lost) == ("collection", None, 3000, 7000)
    world.pay("P-2", "30.00")
    assert (world.case("INV-1").closed_as, world.case("INV-1").lost) == ("written_off", 7000)
    world.pay("P-3", "70.00")
    assert world.case("INV-1").closed_as == "recovered"


def test_J2_a_credit_note_makes_the_loss_smaller():
    world = granted(owing("100.00"), "INV-1")
    world.do(c.CreditInvoice(invoice="INV-1", amount="25.00"))
    case = world.case("INV-1")
    assert (case.lost, case.open, case.closed_as) == (7500, 0, "written_off")
    world.do(c.CreditInvoice(invoice="INV-1", amount="75.00"))
    assert (world.case("INV-1").lost, world.case("INV-1").closed_as) == (0, "credited")


def test_J2_a_voided_bill_was_never_lost():
    world = granted(owing("100.00"), "INV-1")
    world.pay("P-1", "40.00")
    world.do(c.VoidInvoice(invoice="INV-1"))
    case = world.case("INV-1")
    assert (case.closed_as, case.lost, case.open, case.paid) == ("voided", 0, 0, 0)
    assert world.account.payments["P-1"].rest == 4000


def test_J2_a_correction_that_leaves_more_to_pay_opens_the_bill_for_that():
    world = granted(owing("100.00"), "INV-1")
    world.do(c.AmendInvoice(invoice="INV-1", amount="130.00"))
    case = world.case("INV-1")
    assert (case.stage, case.open, case.lost) == ("collection", 3000, 10000)
    world.do(c.AmendInvoice(invoice="INV-1", amount="90.00"))
    assert (world.case("INV-1").stage, world.case("INV-1").open, world.case("INV-1").lost) == ("closed", 0, 9000)
