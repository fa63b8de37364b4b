"""Rule B10 and E4: how a case ends, what ends with it, and how a hold is applied, acknowledged and released."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Refused
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World


def overdue(*dues: str, **more) -> World:
    world = World("2026-01-12", **more)
    for n, due in enumerate(dues, start=1):
        world.owed(f"INV-{n}", due=due, issued="2026-01-12")
    return world


def held(*dues: str, **more) -> World:
    world = overdue(*(dues or ("2026-03-09",)), **more).walk("2026-06-10")
    world.grant("hold")
    return world


# B10: the end of a case


def pay(world: World) -> None:
    world.pay("P-1", "1000.00")


def credit(world: World) -> None:
    world.do(c.CreditInvoice(invoice="INV-1", amount="1000.00"))


def void(world: World) -> None:
    world.do(c.VoidInvoice(invoice="INV-1"))


@pytest.mark.parametrize(("end", "closed_as"), [(pay, "paid"), (credit, "credited"), (void, "voided")])
def test_B10_ends_the_case_with_its_tasks_requests_and_promises(end, closed_as):
    world = overdue("2026-03-09").walk("2026-06-15")
    world.promise("INV-1", "2026-06-20", amount="10.00")
    assert {"call"} == world.customer.tasks.keys() and "hold" in world.customer.requests
    end(world)
    case = world.case("INV-1")
    assert (case.stage, case.closed_as, case.closed_on, case.open) == ("closed", closed_as, day("2026-06-15"), 0)
    assert (world.customer.tasks, world.customer.requests) == ({}, {})
    assert [e.kind for e in world.events("task.cancelled")] == ["call", "assist", "assist"]
    assert [e.why for e in world.events("approval.cancelled")] == [closed_as]
    assert world.case("INV-1").standing_promise() is None
    assert world.next_alarm() is None


def test_B10_paid_when_any_money_was_applied_credited_when_none():
    world = overdue("2026-03-09")
    world.pay("P-1", "1.00")
    world.do(c.CreditInvoice(invoice="INV-1", amount="999.00"))
    assert world.case("INV-1").closed_as == "paid"


def test_B10_other_bills_stay_behind_the_request_and_in_the_task():
    world = overdue("2026-03-09", "2026-03-09").walk("2026-06-10")
    world.pay("P-1", "1000.00", allocations=[c.Allocation(invoice="INV-1", amount="1000.00")])
    assert world.customer.requests["hold"].bills == 1
    assert world.customer.tasks["call"].bills == 1
    (left,) = world.events("approval.joined")
    assert left.removed == ["INV-1"]
    world.grant("hold")
    assert (world.case("INV-2").level, world.case("INV-1").level) == ("hold", "general_manager")


def test_B10_a_bill_that_does_not_stand_behind_the_request_leaves_it_alone():
    world = overdue("2026-03-09", "2026-05-11").walk("2026-06-10")
    world.pay("P-1", "1000.00", allocations=[c.Allocation(invoice="INV-2", amount="1000.00")])
    assert world.customer.requests["hold"].bills == 1
    assert world.events("approval.joined") == world.events("approval.cancelled") == []


def test_B10_a_persons_own_request_outlives_the_bill_that_joined_it():
    world = overdue("2026-03-09").walk("2026-06-01")
    world.do(c.ApplyHold(customer="C-1", reason="rumours"), by("manager"))
    world.walk("2026-06-10").pay("P-1", "1000.00")
    assert world.customer.requests["hold"].bills == 0
    assert world.walk("2026-08-01").dated("approval.expired") == ["07-02"]


# B10: behind a hold


def test_B10_when_the_last_bill_behind_the_hold_closes_its_release_is_proposed():
    world = held("2026-03-09", "2026-03-09")
    world.pay("P-1", "1000.00")
    assert world.events("approval.requested", kind="release") == []
    world.pay("P-2", "1000.00")
    (request,) = world.events("approval.requested", kind="release")
    assert (request.role, request.rule) == ("boss", "B10")
    assert world.customer.hold
    released = [one.event.type for one in world.grant("release")]
    assert released == ["approval.granted", "hold.released"]
    assert world.customer.hold is None


def test_B10_release_is_proposed_once():
    world = held()
    world.pay("P-1", "1000.00")
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert len(world.events("approval.requested", kind="release")) == 1


def test_B10_a_bill_below_hold_does_not_stand_behind_it():
    world = held("2026-03-09", "2026-05-11")
    world.pay("P-1", "1000.00")
    assert world.customer.requests.keys() == {"release"}


@pytest.mark.parametrize("level", ["formal", "legal"])
def test_B10_bills_at_formal_and_legal_stand_behind_it_too(level):
    world = held("2026-03-09", "2026-03-09").walk("2026-06-22")
    world.grant("letter")
    if level == "legal":
        world.walk("2026-07-10").grant("lawyer_letter")
    world.pay("P-1", "1000.00")
    assert world.case("INV-2").level == level
    assert "release" not in world.customer.requests
    world.pay("P-2", "1000.00")
    assert "release" in world.customer.requests


def test_B10_released_at_once_when_the_tenant_chose_so():
    world = held(settings=Settings(automatic_release=True))
    happened = [one.event.type for one in world.pay("P-1", "1000.00")]
    assert happened[-1] == "hold.released"
    assert world.customer.hold is None


def test_B10_a_bill_that_comes_to_stand_behind_it_withdraws_the_proposal():
    world = held("2026-03-09", "2026-03-16").walk("2026-06-15")
    world.pay("P-1", "1000.00")
    assert "release" in world.customer.requests
    world.walk("2026-06-16")  # INV-2 reaches D+3M
    assert world.case("INV-2").level == "hold"
    assert "release" not in world.customer.requests
    assert [e.why for e in world.events("approval.cancelled")] == ["bills_behind_hold"]


def test_B10_a_letter_that_raises_other_bills_withdraws_it_too():
    world = overdue("2026-03-09", "2026-03-18").walk("2026-06-10")
    world.reject("hold")
    world.do(c.ApplyHold(customer="C-1", reason="rumours"), by("manager"))
    world.grant("hold")
    world.walk("2026-06-18")
    assert (world.case("INV-1").level, world.case("INV-2").level) == ("general_manager", "hold")
    world.pay("P-1", "1000.00", allocations=[c.Allocation(invoice="INV-2", amount="1000.00")])
    assert "release" in world.customer.requests
    world.grant("letter")
    assert (world.case("INV-1").level, "release" in world.customer.requests) == ("formal", False)


def test_B10_a_bounced_payment_withdraws_it_too():
    world = held()
    world.pay("P-1", "1000.00")
    world.do(c.ReversePayment(payment="P-1"))
    assert (world.case("INV-1").level, "release" in world.customer.requests) == ("hold", False)


@pytest.mark.parametrize("rejected", [False, True])
def test_D7_a_request_that_ended_with_the_payment_is_asked_again_when_it_bounces(rejected):
    world = overdue("2026-03-09").walk("2026-06-10")
    if rejected:
        world.reject("hold")
        world.walk("2026-06-24")
    world.pay("P-1", "1000.00")
    world.walk("2026-07-01").do(c.ReversePayment(payment="P-1"))
    world.walk("2026-07-31")
    assert world.dated("approval.requested", kind="hold") == ["06-09", *(["06-24"] if rejected else []), "07-08"]


# E4


def test_E4_a_hold_asked_for_by_a_person_is_applied_acknowledged_and_released():
    world = World("2026-03-02")
    world.do(c.ApplyHold(customer="C-1", reason="rumours of insolvency"), by("manager"))
    (request,) = world.events("approval.requested")
    assert (request.asked_by, request.role, request.rule) == ("manager", "boss", "E4")
    world.walk("2026-03-03 20:00").grant("hold")
    hold = world.customer.hold
    assert (hold.on, hold.acknowledged_on) == (day("2026-03-03"), None)
    assert world.events("hold.applied")[0].approval == request.approval
    world.do(c.AcknowledgeHold(customer="C-1", hold=hold.id))
    assert world.customer.hold.acknowledged_on == day("2026-03-03")
    world.do(c.ReleaseHold(customer="C-1", reason="denied"), by("manager"))
    assert world.customer.hold is not None
    world.grant("release")
    (released,) = world.events("hold.released")
    assert (released.hold, released.why) == (hold.id, "granted")
    world.do(c.AcknowledgeRelease(customer="C-1", hold=hold.id))
    assert world.dated("hold.release_acknowledged") == ["03-03"]


def test_E4_what_stands_is_not_asked_for_again():
    world = World("2026-03-02")
    ask = c.ApplyHold(customer="C-1", reason="rumours")
    with pytest.raises(Conflict, match="no_hold"):
        world.do(c.ReleaseHold(customer="C-1", reason="-"), by("manager"))
    world.do(ask, by("manager"))
    with pytest.raises(Conflict, match="request_open"):
        world.do(ask, by("manager"))
    world.grant("hold")
    with pytest.raises(Conflict, match="hold_stands"):
        world.do(ask, by("manager"))


def test_E4_acknowledged_twice_or_late_is_no_error_and_an_unknown_hold_is():
    world = held()
    hold = world.customer.hold.id
    acknowledge = c.AcknowledgeHold(customer="C-1", hold=hold)
    assert len(world.do(acknowledge)) == 1
    assert world.do(acknowledge) == []
    release = c.AcknowledgeRelease(customer="C-1", hold=hold)
    with pytest.raises(Refused, match="unknown_hold"):
        world.do(release)
    world.pay("P-1", "1000.00")
    world.grant("release")
    assert len(world.do(acknowledge)) == 1
    assert len(world.do(release)) == 1
    assert world.do(release) == []
    with pytest.raises(Refused, match="unknown_hold"):
        world.do(c.AcknowledgeHold(customer="C-1", hold="hold~C-1.999"))
