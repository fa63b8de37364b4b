"""Rules B8 and B9: what the boss is asked, who joins, what a yes and a no set going."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Forbidden, NotFound
from tests.examples import a_contact, by, day
from tests.world import World


def three_months_overdue(due: str = "2026-03-09", *others: str, **more) -> World:
    """Bills recorded long before they fell due, the first walked to the request for the hold."""
    world = World("2026-01-12", **more)
    for n, one in enumerate((due, *others), start=1):
        world.owed(f"INV-{n}", due=one, issued="2026-01-12")
    return world


# B8: asking


@pytest.mark.parametrize(
    ("due", "asked"),
    [("2026-03-09", "06-09"), ("2026-03-20", "06-22"), ("2026-02-05", "05-06"), ("2026-01-31", "04-30")],
)
def test_B8_after_three_months_the_boss_is_asked_for_a_shipment_lock(due, asked):
    world = three_months_overdue(due).walk("2026-06-30")
    (request,) = world.events("approval.requested", kind="hold")
    assert (request.role, request.rule, request.cases, request.customer) == ("boss", "B8", ["INV-1"], "C-1")
    assert world.dated("approval.requested", kind="hold") == [asked]
    assert world.customer.hold is None  # nothing happens before the answer


def test_B8_one_request_per_customer_that_later_bills_join():
    world = three_months_overdue("2026-03-09", "2026-03-09", "2026-03-11").walk("2026-06-09")
    (request,) = world.events("approval.requested", kind="hold")
    assert (request.cases, request.bills) == (["INV-1", "INV-2"], 2)
    world.walk("2026-06-11")
    (joined,) = world.events("approval.joined")
    assert (joined.approval, joined.cases, joined.bills) == (request.approval, ["INV-3"], 3)
    world.grant("hold")
    assert {world.case(f"INV-{n}").level for n in (1, 2, 3)} == {"hold"}


def test_B8_an_unanswered_request_stays_open_and_the_boss_is_reminded_every_three_open_days():
    world = three_months_overdue().walk("2026-06-24")
    assert world.notices("request_unanswered") == ["06-12 boss", "06-17 boss", "06-23 boss"]
    assert "hold" in world.customer.requests


def test_B8_does_not_wait_for_progress():
    world = three_months_overdue().walk("2026-06-08")
    world.pay("P-1", "10.00")
    assert world.walk("2026-06-09").dated("approval.requested", kind="hold") == ["06-09"]


# B8: granted


def held(**more) -> World:
    people = [a_contact("ap"), a_contact("boss", "decision_maker"), a_contact("other", "other")]
    world = three_months_overdue(contacts=people, **more).walk("2026-06-10 18:00")
    world.grant("hold")
    return world


def test_B8_the_hold_takes_effect_with_the_grant_at_any_hour():
    world = held()
    assert world.timed("hold.applied") == ["06-10 18:00"]
    assert (world.case("INV-1").level, world.customer.hold.on) == ("hold", day("2026-06-10"))
    (risen,) = world.events("case.escalated", level="hold")
    assert (risen.rule, risen.approval) == ("B8", world.events("approval.granted")[0].approval)


def test_B8_at_the_next_window_customer_sales_and_warehouse_are_told():
    world = held().walk("2026-06-11")
    told = world.events("case.reminded", step="tell-of-hold")
    assert [(e.contact, e.template, e.service) for e in told] == [("ap", "hold", True), ("boss", "hold", True)]
    assert world.timed("case.reminded", step="tell-of-hold")[0] == "06-11 09:00"
    assert world.notices("hold_applied") == ["06-11 sales,warehouse"]


def test_B8_C11_of_a_hold_accounts_payable_and_the_decision_maker_are_told_and_nobody_else():
    clerk = a_contact("clerk", "other", may_receive_details=True)
    world = three_months_overdue(contacts=[clerk]).walk("2026-06-10 18:00")
    assert world.days("overdue-weekly")[-1] == "06-04"
    world.grant("hold")
    world.walk("2026-06-11")
    assert world.days("tell-of-hold") == []
    assert world.dated("task.created", kind="find_contact") == ["06-11"]
    assert world.notices("hold_applied") == ["06-11 sales,warehouse"]


def test_B8_the_hold_is_told_of_though_something_is_paid_before_the_window():
    world = held().walk("2026-06-11 08:00")
    world.pay("P-1", "10.00")
    assert world.walk("2026-06-30").days("tell-of-hold") == ["06-11", "06-11"]


def test_B8_granted_inside_a_window_they_are_told_in_it():
    world = three_months_overdue().walk("2026-06-10 10:00")
    world.grant("hold")
    world.walk("2026-06-10 11:00")
    assert world.timed("case.reminded", step="tell-of-hold") == ["06-10 10:00"]


def test_B8_told_though_reminders_are_due_the_same_day_and_the_grant_came_days_ago():
    world = three_months_overdue().walk("2026-06-05 18:00")
    world.walk("2026-06-12 18:00").grant("hold")  # a Friday evening
    world.walk("2026-06-22")
    assert world.days("tell-of-hold") == ["06-15"]


@pytest.mark.parametrize(("acknowledged", "told"), [(None, ["06-11 manager"]), ("2026-06-11 08:30", [])])
def test_B8_unacknowledged_after_one_open_day_the_manager_is_told(acknowledged, told):
    world = held()
    if acknowledged:
        world.walk(acknowledged).do(c.AcknowledgeHold(customer="C-1", hold=world.customer.hold.id))
    assert world.walk("2026-06-30").notices("hold_unacknowledged") == told


def test_B8_while_the_hold_stands_a_bill_goes_to_level_hold_without_a_request():
    world = three_months_overdue("2026-03-09", "2026-03-16").walk("2026-06-10")
    world.grant("hold")
    world.walk("2026-06-16")
    assert world.levels("INV-2")[-1] == "06-16 hold"
    assert world.dated("approval.requested", kind="hold") == ["06-09"]


# B8: rejected


def test_B8_rejected_it_is_asked_again_after_two_weeks_with_the_earlier_answer_shown():
    world = three_months_overdue().walk("2026-06-10")
    world.reject("hold")
    assert world.case("INV-1").level == "general_manager"
    world.walk("2026-07-01")
    first, second = world.events("approval.requested", kind="hold")
    assert world.dated("approval.requested", kind="hold") == ["06-09", "06-24"]
    assert (first.previous, second.previous) == (None, first.approval)
    assert second.approval != first.approval


def test_B8_paid_meanwhile_it_is_not_asked_again():
    world = three_months_overdue().walk("2026-06-10")
    world.reject("hold")
    world.pay("P-1", "1000.00")
    assert world.walk("2026-12-01").dated("approval.requested") == ["06-09"]


def test_B8_a_fresh_no_binds_the_bills_that_follow_and_all_are_asked_about_together():
    world = three_months_overdue("2026-03-09", "2026-03-16").walk("2026-06-10")
    world.reject("hold")
    world.walk("2026-06-16")
    (answer,) = world.events("case.decided", id="INV-2")
    assert (answer.outcome, answer.on) == ("rejected", day("2026-06-10"))
    world.walk("2026-06-24")
    assert [e.cases for e in world.events("approval.requested", kind="hold")] == [["INV-1"], ["INV-1", "INV-2"]]


def test_B8_an_open_request_is_joined_though_an_earlier_one_was_refused_lately():
    world = three_months_overdue("2026-03-09", "2026-03-16").walk("2026-06-10")
    world.reject("hold")
    world.walk("2026-06-12").do(c.ApplyHold(customer="C-1", reason="rumours"), by("manager"))
    world.walk("2026-06-16")
    assert [e.cases for e in world.events("approval.joined")] == [["INV-2"]]
    world.grant("hold")
    assert (world.case("INV-1").level, world.case("INV-2").level) == ("general_manager", "hold")


# B9


def test_B9_a_week_after_the_first_decision_the_formal_letters_are_asked_for():
    world = held()
    assert world.walk("2026-06-30").dated("approval.requested", kind="letter") == ["06-17"]
    (request,) = world.events("approval.requested", kind="letter")
    assert (request.role, request.rule) == ("boss", "B9")


def test_B9_the_first_decision_counts_even_when_it_was_no():
    world = three_months_overdue().walk("2026-06-10")
    world.reject("hold")
    world.walk("2026-06-24").reject("hold")
    world.walk("2026-07-31")
    assert world.dated("approval.requested", kind="letter") == ["06-17"]


def test_B9_for_a_bill_that_reached_hold_without_a_request_that_day_is_the_first_decision():
    world = three_months_overdue("2026-03-09", "2026-03-16").walk("2026-06-10")
    world.grant("hold")
    world.walk("2026-06-17").grant("letter")
    assert world.case("INV-2").level == "hold"
    world.walk("2026-06-23")
    assert [e.cases for e in world.events("approval.requested", kind="letter")] == [["INV-1"], ["INV-2"]]


def test_B9_dunning_letter_and_reconciliation_letter_go_out_with_the_grant_and_not_before():
    world = held().walk("2026-06-22")
    assert world.events("letter.issued") == []
    world.grant("letter")
    letters = world.events("letter.issued")
    assert [(e.kind, e.cases, e.rule) for e in letters] == [
        ("formal_dunning", ["INV-1"], "B9"),
        ("reconciliation", ["INV-1"], "B9"),
    ]
    assert world.case("INV-1").level == "formal"


def test_B9_two_weeks_after_the_letters_the_lawyers_letter_and_two_weeks_on_legal():
    world = held().walk("2026-06-22")
    world.grant("letter")
    world.walk("2026-07-31")
    assert world.dated("approval.requested", kind="lawyer_letter") == ["07-06"]
    world.grant("lawyer_letter")
    assert (world.case("INV-1").level, world.events("letter.issued")[-1].kind) == ("legal", "lawyer")
    world.walk("2026-12-01")
    (task,) = world.events("task.created", kind="legal")
    assert (task.role, task.why) == ("legal", "decide_hand_over")
    assert world.dated("task.created", kind="legal") == ["08-14"]
    # each was asked for once, and the ladder ends there
    assert world.dated("approval.requested") == ["06-09", "06-17", "07-06"]
    assert max(world.dated("case.reminded") + world.dated("case.escalated")) <= "07-31"


def test_B9_a_rejected_letter_is_asked_for_again_after_two_weeks():
    world = held().walk("2026-06-22")
    world.reject("letter")
    world.walk("2026-07-10")
    assert world.dated("approval.requested", kind="letter") == ["06-17", "07-06"]
    assert world.events("letter.issued") == []


def test_B9_an_unanswered_request_of_a_playbook_never_expires():
    world = held().walk("2026-12-01")
    assert "letter" in world.customer.requests
    assert world.events("approval.expired") == []
    assert world.notices("request_unanswered")[-1] == "12-01 boss"


# Four eyes


def test_only_the_role_that_was_asked_may_answer():
    world = three_months_overdue().walk("2026-06-09")
    request = world.customer.requests["hold"]
    for role in ("manager", "general_manager", "admin", "erp"):
        with pytest.raises(Forbidden, match="role_may_not_approve"):
            world.do(c.GrantApproval(customer="C-1", approval=request.id), by(role))


def test_who_asked_never_approves():
    world = World("2026-03-02")
    world.do(c.ApplyHold(customer="C-1", reason="rumours"), by("boss", "chen"))
    request = world.customer.requests["hold"]
    with pytest.raises(Forbidden, match="four_eyes"):
        world.do(c.GrantApproval(customer="C-1", approval=request.id), by("boss", "chen"))
    world.do(c.GrantApproval(customer="C-1", approval=request.id), by("boss", "lu"))
    assert world.customer.hold


def test_what_is_granted_is_what_was_asked_for():
    world = three_months_overdue().walk("2026-06-09")
    request = world.customer.requests["hold"]
    with pytest.raises(Conflict, match="content_changed"):
        world.do(c.GrantApproval(customer="C-1", approval=request.id, content_hash="0" * 64), by("boss"))
    world.do(c.GrantApproval(customer="C-1", approval=request.id, content_hash=request.content_hash), by("boss"))
    with pytest.raises(Conflict, match="approval_closed"):
        world.do(c.GrantApproval(customer="C-1", approval=request.id), by("boss"))
    with pytest.raises(NotFound, match="unknown_approval"):
        world.do(c.GrantApproval(customer="C-1", approval="hold~C-1.99"), by("boss"))


def test_a_persons_request_expires_after_thirty_days_unless_a_bill_has_joined_it():
    world = World("2026-03-02")
    world.do(c.ApplyHold(customer="C-1", reason="rumours"), by("manager"))
    world.walk("2026-05-01")
    assert world.dated("approval.expired") == ["04-02"]
    joined = three_months_overdue("2026-03-09").walk("2026-06-01")
    joined.do(c.ApplyHold(customer="C-1", reason="rumours"), by("manager"))
    joined.walk("2026-07-31")
    assert joined.dated("approval.requested", kind="hold") == ["06-01"]
    assert joined.events("approval.expired") == []
    assert joined.customer.requests["hold"].bills == 1
