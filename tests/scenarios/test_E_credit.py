"""Credit (E3): a stop is proposed, agreed by finance, told to everybody; other conditions; what is still left in peace."""

import pytest

from service.domain import commands as c
from service.domain.credit import Measure, on_credit
from service.domain.refusals import Conflict, Forbidden, Refused
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World


def owing(start: str = "2026-03-02", due: str = "2026-03-09", **more) -> World:
    world = World(start, **more)
    world.owed("INV-1", due=due)
    return world


def restrict(measure: str, **more) -> c.RestrictCredit:
    return c.RestrictCredit(customer="C-1", measure=measure, reason="two cheques came back", **more)


def test_E3_a_bill_overdue_for_more_than_sixty_days_proposes_a_stop_to_finance():
    world = owing()
    assert world.sleep("2026-05-08").watch() == []  # D+60
    world.sleep("2026-05-09").watch()
    (asked,) = world.events("approval.requested", kind="credit_stop")
    assert (asked.role, asked.rule, asked.cases, asked.asked_by) == ("finance", "E3", ["INV-1"], "clock")
    assert asked.expires_on is None
    assert world.customer.credit == {}
    assert world.sleep("2026-05-11").watch() == []  # asked once


@pytest.mark.parametrize(("amount", "asked"), [("1000.00", []), ("1000.01", [["INV-1", "INV-2"]])])
def test_E3_more_open_than_the_limit_proposes_a_stop(amount, asked):
    world = World("2026-03-02", credit_limit="1500.00", currency="CNY")
    world.owed("INV-1", due="2026-04-09", amount="500.00")
    world.owed("INV-2", due="2026-04-09", amount=amount)
    world.bill("INV-3", "2026-03-02", "2026-04-09", "9000.00", currency="USD")
    world.sleep("2026-03-03").watch()
    assert [event.cases for event in world.events("approval.requested")] == asked


def test_E3_what_is_too_old_is_named_alone_though_the_limit_is_passed_too():
    world = owing(credit_limit="100.00", currency="CNY")
    world.owed("INV-2", due="2026-06-09")
    world.sleep("2026-05-11").watch()
    assert [event.cases for event in world.events("approval.requested")] == [["INV-1"]]


def test_E3_what_is_with_legal_proposes_nothing():
    world = owing()
    world.sleep("2026-05-08")
    asked = c.HandOver(customer="C-1", cases=("INV-1",), to="lawyer", reason="they do not answer")
    world.do(asked, by("manager"))
    (request,) = world.customer.requests.values()
    world.do(c.GrantApproval(customer="C-1", approval=request.id), by(request.role, "another"))
    assert world.case("INV-1").stage == "legal"
    assert world.sleep("2026-05-11").watch() == []


def test_E3_a_bill_of_today_counts_today_and_one_that_has_not_gone_out_too():
    world = World("2026-03-02", credit_limit="1500.00", currency="CNY")
    world.do(c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="1000.00", currency="CNY", period="2026-02"))
    world.bill("INV-2", "2026-03-02", "2026-04-09", "1000.00")
    world.sleep("2026-03-03").watch()
    assert [sorted(event.cases) for event in world.events("approval.requested")] == [["INV-1", "INV-2"]]


def test_E3_other_terms_may_be_asked_for_while_some_stand():
    world = owing()
    for terms in ("P7D", "P0D"):
        world.do(restrict("shorter_terms", terms=terms), by("manager"))
        world.grant("credit_terms", "finance")
    assert world.customer.credit["shorter_terms"].terms == "P0D"
    with pytest.raises(Conflict, match="credit_measure_stands"):
        world.do(restrict("shorter_terms", terms="P0D"), by("manager"))


def test_E3_a_person_who_asks_again_names_the_refusal():
    world = owing()
    world.do(restrict("cash_only"), by("manager"))
    world.reject("credit_terms", "finance")
    world.do(restrict("cash_only"), by("manager"))
    first, second = world.events("approval.requested", kind="credit_terms")
    assert (first.previous, second.previous) == (None, first.approval)


def test_E3_a_paused_bill_waits_for_the_end_of_its_pause():
    world = owing()
    world.sleep("2026-05-08")
    world.do(c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-05-12"), reason="x"), by("supervisor"))
    assert world.sleep("2026-05-11").watch() == []
    world.walk("2026-05-13")
    world.sleep("2026-05-14").watch()
    assert world.dated("approval.requested", kind="credit_stop") == ["05-14"]


def test_E3_granted_everybody_is_told_and_the_customer_in_writing():
    world = owing()
    world.sleep("2026-05-11").watch()
    happened = [one.event for one in world.grant("credit_stop", "finance")]
    assert [event.type for event in happened] == [
        *("approval.granted", "case.decided", "credit.restricted", "letter.issued", "case.lettered")
    ]
    (stopped,) = world.events("credit.restricted")
    assert (stopped.measure, stopped.cases, stopped.approval) == ("stop", ["INV-1"], happened[0].approval)
    (letter,) = world.events("letter.issued")
    assert (letter.kind, letter.cases, letter.contact) == ("credit_stop", ["INV-1"], "ap")
    assert world.customer.credit == {"stop": Measure(day("2026-05-11"), stopped.approval)}
    assert world.sleep("2026-06-11").watch() == []


def test_E3_only_finance_agrees():
    world = owing()
    world.sleep("2026-05-11").watch()
    with pytest.raises(Forbidden, match="role_may_not_approve"):
        world.grant("credit_stop", "boss")


def test_E3_refused_it_is_proposed_again_after_fourteen_days():
    world = owing()
    world.sleep("2026-05-11").watch()
    world.reject("credit_stop", "finance")
    assert world.sleep("2026-05-22").watch() == []
    world.sleep("2026-05-25").watch()
    first, second = world.events("approval.requested", kind="credit_stop")
    assert second.previous == first.approval


def test_E3_a_stop_that_finance_has_ended_is_proposed_again_after_fourteen_days():
    world = owing()
    world.sleep("2026-05-11").watch()
    world.grant("credit_stop", "finance")
    world.sleep("2026-05-13")
    world.do(c.RestoreCredit(customer="C-1", measure="stop", reason="half of it is promised"), by("manager"))
    (ended,) = (one.event.approval for one in world.grant("credit_restore", "finance") if one.event.type == "credit.restored")
    assert world.sleep("2026-05-14").watch() == []
    assert world.sleep("2026-05-26").watch() == []
    world.sleep("2026-05-27").watch()
    assert world.dated("approval.requested", kind="credit_stop") == ["05-11", "05-27"]
    assert world.events("approval.requested", kind="credit_stop")[1].previous == ended
    world.grant("credit_stop", "finance")
    assert world.customer.refusals == {}


def test_E3_the_end_of_other_conditions_keeps_no_stop_from_being_proposed():
    world = owing()
    world.do(restrict("cash_only"), by("manager"))
    world.grant("credit_terms", "finance")
    world.sleep("2026-05-08")
    world.do(c.RestoreCredit(customer="C-1", measure="cash_only", reason="x"), by("manager"))
    world.grant("credit_restore", "finance")
    world.sleep("2026-05-11").watch()
    assert world.dated("approval.requested", kind="credit_stop") == ["05-11"]


def test_E3_paid_meanwhile_the_request_has_lost_its_object():
    world = owing()
    world.sleep("2026-05-11").watch()
    world.pay("P-1", "1000.00")
    assert [event.kind for event in world.events("approval.cancelled")] == ["credit_stop"]
    assert world.customer.requests == {}


def test_F2_what_was_recorded_late_is_left_in_peace_for_a_week():
    world = World("2026-06-01", credit_limit="1500.00", currency="CNY")
    world.owed("INV-1", due="2026-03-09", amount="2000.00")
    assert world.sleep("2026-06-05").watch() == []
    world.sleep("2026-06-08").watch()
    assert len(world.events("approval.requested", kind="credit_stop")) == 1


def test_F2_nor_does_it_count_for_the_limit_till_then():
    world = World("2026-06-01", credit_limit="1500.00", currency="CNY")
    world.owed("INV-1", due="2026-06-20")
    world.owed("INV-2", due="2026-05-25")
    assert world.sleep("2026-06-05").watch() == []
    world.sleep("2026-06-08").watch()
    assert [event.cases for event in world.events("approval.requested")] == [["INV-2", "INV-1"]]


def test_F2_nothing_is_asked_before_the_tenant_goes_live():
    world = owing(settings=Settings(go_live_on=day("2026-05-12")))
    assert world.sleep("2026-05-11").watch() == []
    assert world.sleep("2026-05-18").watch() == []  # and on that day the bills of before are as if recorded late
    assert world.sleep("2026-05-19").watch() != []


def test_F2_no_review_is_asked_for_before_the_tenant_goes_live():
    world = World("2026-03-02", settings=Settings(go_live_on=day("2026-09-10")))
    assert world.sleep("2026-09-09").watch() == []
    assert world.sleep("2026-09-10").watch() != []


def test_T2_nothing_is_proposed_outside_the_windows():
    assert owing().sleep("2026-05-11 18:00").watch() == []


def test_E3_a_person_asks_for_a_stop_and_finance_agrees():
    world = owing()
    world.do(restrict("stop"), by("manager"))
    assert world.events("approval.requested")[0].expires_on == day("2026-04-01")
    with pytest.raises(Conflict, match="request_open"):
        world.do(restrict("stop"), by("manager"))
    world.grant("credit_stop", "finance")
    assert [(letter.kind, letter.cases) for letter in world.events("letter.issued")] == [("credit_stop", ["INV-1"])]
    with pytest.raises(Conflict, match="credit_measure_stands"):
        world.do(restrict("stop"), by("manager"))


def test_E3_who_asked_does_not_agree():
    world = owing()
    world.do(restrict("stop"), by("finance", "zhao"))
    with pytest.raises(Forbidden, match="four_eyes"):
        world.do(c.GrantApproval(customer="C-1", approval=world.customer.requests["credit_stop"].id), by("finance", "zhao"))


@pytest.mark.parametrize(
    ("measure", "more"),
    [("shorter_terms", {"terms": "P7D"}), ("prepaid_share", {"percent": 30}), ("cash_only", {}), ("settle_before_next", {})],
)
def test_E3_other_outcomes_stand_from_the_grant_until_they_are_lifted(measure, more):
    world = owing()
    world.do(restrict(measure, **more), by("manager"))
    assert world.customer.credit == {}
    world.grant("credit_terms", "finance")
    (standing,) = world.customer.credit.values()
    assert (standing.terms, standing.percent) == (more.get("terms"), more.get("percent"))
    assert world.events("letter.issued") == []
    world.do(c.RestoreCredit(customer="C-1", measure=measure, reason="all paid"), by("manager"))
    assert measure in world.customer.credit
    world.grant("credit_restore", "finance")
    assert world.customer.credit == {}
    assert [event.measure for event in world.events("credit.restored")] == [measure]


@pytest.mark.parametrize(
    ("measure", "more", "code", "pointer"),
    [
        ("shorter_terms", {}, "credit_particulars", "/terms"),
        ("shorter_terms", {"terms": "P7D", "percent": 5}, "credit_particulars", "/percent"),
        ("shorter_terms", {"terms": "soon"}, "duration_format", "/terms"),
        ("shorter_terms", {"terms": "-P1D"}, "duration_format", "/terms"),
        ("prepaid_share", {}, "credit_particulars", "/percent"),
        ("cash_only", {"terms": "P7D"}, "credit_particulars", "/terms"),
    ],
)
def test_E3_a_condition_says_exactly_what_it_is_about(measure, more, code, pointer):
    with pytest.raises(Refused, match=code) as refusal:
        owing().do(restrict(measure, **more), by("manager"))
    assert refusal.value.pointer == pointer


def test_E3_what_does_not_stand_cannot_be_lifted():
    with pytest.raises(Conflict, match="no_credit_measure"):
        owing().do(c.RestoreCredit(customer="C-1", measure="stop", reason="all paid"), by("manager"))


@pytest.mark.parametrize(
    ("measures", "owes", "answer"),
    [
        ((), True, True),
        (("stop",), False, False),
        (("cash_only",), False, False),
        (("settle_before_next",), True, False),
        (("settle_before_next",), False, True),
        (("shorter_terms", "prepaid_share"), True, True),
    ],
)
def test_E3_whether_goods_leave_before_they_are_paid(measures, owes, answer):
    assert on_credit({name: Measure(day("2026-03-02")) for name in measures}, owes) is answer
