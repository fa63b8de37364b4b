"""Rule D3: instalment plans - parts that always sum, consent above a limit, each part like a promise."""

from datetime import date
from typing import Any

import pytest

from service.domain import commands as c
from service.domain.directory import Directory, User
from service.domain.refusals import Conflict, Forbidden, Refused
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World

THREE = [("2026-03-20", "400.00"), ("2026-04-20", "400.00"), ("2026-05-20", "200.00")]


def overdue(*dues: str, settings: Settings | None = None) -> World:
    world = World("2026-03-02", settings=settings)
    for n, due in enumerate(dues or ("2026-03-09",), start=1):
        world.owed(f"INV-{n}", due=due, issued="2026-03-02")
    return world.walk("2026-03-11")


def parts(*given: tuple[str, str]) -> c.PlanTerms:
    return c.PlanTerms(parts=tuple(c.PartGiven(due_on=day(on), amount=amount) for on, amount in given))


def agree(world: World, terms: c.PlanTerms, *cases: str, role: str = "supervisor") -> list[Any]:
    return world.do(c.AgreePlan(customer="C-1", cases=cases or ("INV-1",), terms=terms, reason="short"), by(role))


def planned(case: Any) -> list[tuple[str, int]]:
    return [(f"{part.due_on:%m-%d}", part.amount) for part in case.plan.parts]


# Agreeing


def test_D3_dated_parts_that_sum_to_the_open_amount_pause_the_case():
    world = overdue()
    agree(world, parts(*THREE))
    (agreed,) = world.events("plan.agreed")
    assert (agreed.amount, [part.amount for part in agreed.parts]) == (100000, [40000, 40000, 20000])
    pause = world.case("INV-1").pause
    assert (pause.reason, pause.until, agreed.until) == ("plan", day("2026-05-21"), day("2026-05-21"))
    assert world.case("INV-1").chased == 0
    assert world.walk("2026-03-20").dated("case.reminded", step="overdue-daily") == []


def test_D3_equal_parts_leave_the_rounding_to_the_last():
    world = overdue()
    agree(world, c.PlanTerms(count=3, first_on=day("2026-03-31"), every="P1M"))
    assert planned(world.case("INV-1")) == [("03-31", 33333), ("04-30", 33333), ("05-31", 33334)]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([("2026-03-20", "400.00"), ("2026-04-20", "599.99")], "plan_sum"),
        ([("2026-03-20", "400.00"), ("2026-04-20", "600.01")], "plan_sum"),
        ([("2026-03-20", "400.00"), ("2026-03-20", "600.00")], "parts_order"),
        ([("2026-04-20", "400.00"), ("2026-03-20", "600.00")], "parts_order"),
        ([("2026-03-10", "400.00"), ("2026-03-20", "600.00")], "date_in_past"),
        ([("2026-03-20", "0.00"), ("2026-04-20", "1000.00")], "amount_not_positive"),
        ([("2026-03-20", "1.001"), ("2026-04-20", "999.00")], "money_precision"),
        ([("2026-03-20", "400.00"), ("9999-04-20", "600.00")], "date_out_of_range"),
    ],
)
def test_D3_plans_that_make_no_sense_are_refused(given, code):
    with pytest.raises(Refused, match=code):
        agree(overdue(), parts(*given))


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (c.PlanTerms(count=100_001, first_on=day("2026-03-20")), "parts_too_small"),
        (c.PlanTerms(count=37, first_on=day("2026-03-20")), "too_many"),
        (c.PlanTerms(count=2, first_on=day("2026-03-20"), every="P9999Y"), "offset_range"),
        (c.PlanTerms(count=2, first_on=day("2026-03-20"), every="P0D"), "parts_order"),
    ],
)
def test_D3_equal_parts_that_make_no_sense_are_refused(terms, code):
    with pytest.raises(Refused, match=code):
        agree(overdue(), terms)


def test_D3_one_plan_a_bill_and_none_on_a_closed_one_nor_in_two_currencies():
    world = overdue("2026-03-09", "2026-03-09")
    agree(world, parts(*THREE))
    with pytest.raises(Conflict, match="plan_open"):
        agree(world, parts(*THREE))
    with pytest.raises(Conflict, match="plan_open"):
        world.promise("INV-1", "2026-03-20")
    world.pay("P-1", "1000.00", allocations=[c.Allocation(invoice="INV-2", amount="1000.00")])
    with pytest.raises(Conflict, match="case_closed"):
        agree(world, parts(*THREE), "INV-2")
    world.bill("USD", "2026-03-02", "2026-03-20", currency="USD", confirmation_required=False)
    world.owed("INV-3", due="2026-03-10")
    with pytest.raises(Refused, match="currency_mismatch"):
        agree(world, parts(*THREE), "INV-3", "USD")
    with pytest.raises(Refused, match="nothing_to_plan"):
        world.do(c.AgreePlan(customer="C-1", cases=(), terms=parts(*THREE)), by("supervisor"))


def test_D3_over_several_bills_the_parts_are_split_oldest_due_first():
    world = overdue("2026-03-10", "2026-03-09")
    agree(world, parts(("2026-03-20", "700.00"), ("2026-04-20", "700.00"), ("2026-05-20", "600.00")), "INV-1", "INV-2")
    assert planned(world.case("INV-2")) == [("03-20", 70000), ("04-20", 30000)]
    assert planned(world.case("INV-1")) == [("04-20", 40000), ("05-20", 60000)]
    assert world.case("INV-1").plan.id == world.case("INV-2").plan.id
    assert [event.bills for event in world.events("plan.agreed")] == [2, 2]


def test_D3_a_plan_takes_the_place_of_a_promise():
    world = overdue()
    world.promise("INV-1", "2026-03-13")
    agree(world, parts(*THREE))
    assert world.dated("promise.cancelled") == ["03-11"]
    assert world.walk("2026-03-19").events("promise.broken") == []
    assert world.case("INV-1").pause.reason == "plan"


def test_D3_a_plan_is_progress_until_it_breaks():
    world = overdue()
    agree(world, parts(("2026-03-20", "400.00"), ("2026-04-20", "600.00")))
    assert world.case("INV-1").progress_after(day("2026-03-09")) == day("2026-03-11")
    world.walk("2026-03-24")
    assert world.case("INV-1").progress_after(day("2026-03-09")) is None


# Consent


LIMITED = Settings(plan_parts=3, plan_days=80, plan_amounts={"CNY": "1500.00"})


@pytest.mark.parametrize(
    ("terms", "cases", "asked"),
    [
        (parts(*THREE), ("INV-1",), False),
        (c.PlanTerms(count=4, first_on=day("2026-03-20"), every="P7D"), ("INV-1",), True),
        (parts(("2026-03-20", "400.00"), ("2026-05-30", "600.00")), ("INV-1",), False),
        (parts(("2026-03-20", "400.00"), ("2026-05-31", "600.00")), ("INV-1",), True),
        (c.PlanTerms(count=3, first_on=day("2026-03-20"), every="P7D"), ("INV-1", "INV-2"), True),
    ],
)
def test_D3_consent_above_a_limit_of_amount_parts_or_days(terms, cases, asked):
    world = overdue("2026-03-09", "2026-03-09", settings=LIMITED)
    agree(world, terms, *cases)
    assert bool(world.events("approval.requested", kind="plan")) is asked
    assert bool(world.events("plan.agreed")) is not asked
    assert (world.case("INV-1").pause is None) is asked


def waiting(**settings: Any) -> tuple[World, str]:
    """A plan of 400, 400 and 200 that waits for the manager."""
    world = overdue("2026-03-09", "2026-03-10", settings=Settings(plan_parts=2, **settings))
    agree(world, parts(*THREE))
    (asked,) = world.events("approval.requested")
    assert (asked.role, asked.asked_by, asked.cases, asked.bound) == ("manager", "supervisor", ["INV-1"], True)
    return world, asked.approval


def grant(world: World, approval: str, role: str = "manager", actor: str | None = None) -> list[Any]:
    return world.do(c.GrantApproval(customer="C-1", approval=approval), by(role, actor))


def test_D3_the_request_says_exactly_what_is_done_when_it_is_granted():
    world, approval = waiting()
    row = world.account.approvals[approval]
    for part in ('"amount":"400.00","due_on":"2026-03-20"', '"amount":"200.00","due_on":"2026-05-20"', '"CNY"'):
        assert part in row.content
    grant(world, approval)
    (agreed,) = world.events("plan.agreed")
    assert (agreed.approval, planned(world.case("INV-1"))) == (
        approval,
        [("03-20", 40000), ("04-20", 40000), ("05-20", 20000)],
    )
    assert world.case("INV-1").pause.reason == "plan"
    assert world.customer.requests == {} and world.case("INV-1").requests == {}


def test_D3_who_asked_never_grants_and_only_the_role_above_may():
    world, approval = waiting()
    with pytest.raises(Forbidden, match="role_may_not_approve"):
        grant(world, approval, "supervisor", "another")
    with pytest.raises(Forbidden, match="four_eyes"):
        grant(world, approval, "manager", "supervisor")
    with pytest.raises(Forbidden, match="role_may_not_approve"):
        grant(world, approval, "boss")


@pytest.mark.parametrize(
    ("asker", "role"),
    [("supervisor", "manager"), ("manager", "general_manager"), ("general_manager", "boss"), ("boss", "boss")],
)
def test_D3_the_next_role_above_the_asker_is_asked(asker, role):
    world = overdue(settings=Settings(plan_parts=2))
    agree(world, parts(*THREE), role=asker)
    assert world.events("approval.requested")[0].role == role


def test_while_somebody_is_away_whoever_covers_them_may_answer_in_their_place():
    world, approval = waiting()
    world.people = Directory(
        {
            "ma": User(
                id="ma",
                role="manager",
                away_from=date(2026, 3, 12),
                away_until=date(2026, 3, 13),
                cover="cover",
            )
        }
    )
    for today, may in (("2026-03-11", False), ("2026-03-12", True)):
        world.walk(f"{today} 10:00")
        if may:
            with pytest.raises(Forbidden, match="role_may_not_approve"):
                grant(world, approval, "supervisor", "somebody")
            grant(world, approval, "supervisor", "cover")
        else:
            with pytest.raises(Forbidden, match="role_may_not_approve"):
                grant(world, approval, "supervisor", "cover")
    assert world.events("plan.agreed")


def test_a_cover_that_is_over_gives_no_right():
    world, approval = waiting()
    world.people = Directory(
        {"ma": User(id="ma", role="manager", away_from=date(2026, 3, 2), away_until=date(2026, 3, 10), cover="cover")}
    )
    with pytest.raises(Forbidden, match="role_may_not_approve"):
        grant(world, approval, "supervisor", "cover")


@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.pay("P-1", "100.00"),
        lambda world: world.do(c.CreditInvoice(invoice="INV-1", amount="1.00")),
        lambda world: world.do(c.AmendInvoice(invoice="INV-1", amount="900.00")),
    ],
)
def test_a_request_whose_amount_has_changed_is_cancelled_and_says_why(change):
    world, approval = waiting()
    change(world)
    (cancelled,) = world.events("approval.cancelled")
    assert (cancelled.approval, cancelled.cases, cancelled.why) == (approval, ["INV-1"], "content_stale")
    assert world.case("INV-1").requests == {} and world.customer.requests == {}
    with pytest.raises(Conflict, match="approval_closed"):
        grant(world, approval)


def test_a_request_whose_bill_closes_is_cancelled_with_it():
    world, approval = waiting()
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert [(event.approval, event.why) for event in world.events("approval.cancelled")] == [(approval, "voided")]


def test_what_happens_to_another_bill_leaves_it_alone():
    world, approval = waiting()
    world.pay("P-1", "100.00", allocations=[c.Allocation(invoice="INV-2", amount="100.00")])
    assert world.events("approval.cancelled") == []
    grant(world, approval)


def test_a_request_whose_first_day_has_passed_is_refused_as_stale():
    world, approval = waiting()
    world.walk("2026-03-23")
    with pytest.raises(Conflict, match="content_stale"):
        grant(world, approval)
    assert world.customer.requests.keys() == {approval}


def test_a_request_that_nobody_answers_expires_after_thirty_days():
    world, approval = waiting()
    world.walk("2026-04-10")
    assert world.events("approval.expired") == []
    world.walk("2026-04-11")
    (expired,) = world.events("approval.expired")
    assert (expired.approval, expired.cases, world.dated("approval.expired")) == (approval, ["INV-1"], ["04-11"])
    assert world.case("INV-1").requests == {} and world.customer.requests == {}
    assert "plan" not in world.case("INV-1").answers


def test_a_request_that_is_rejected_leaves_the_case_as_it_was():
    world, approval = waiting()
    world.do(c.RejectApproval(customer="C-1", approval=approval, reason="too long"), by("manager"))
    assert world.customer.requests == {} and world.customer.refusals == {}
    assert (world.case("INV-1").requests, world.case("INV-1").answers["plan"].outcome) == ({}, "rejected")
    agree(world, parts(*THREE))
    assert len(world.events("approval.requested")) == 2


def test_one_request_of_a_kind_a_bill_but_others_beside_it():
    world, _ = waiting()
    with pytest.raises(Conflict, match="request_open"):
        agree(world, parts(*THREE))
    agree(world, parts(*THREE), "INV-2")
    assert len(world.customer.requests) == 2


def test_the_requests_that_may_wait_for_one_customer_are_counted():
    world = World("2026-03-02", settings=Settings(plan_parts=2))
    for n in range(17):
        world.owed(f"INV-{n}", due="2026-03-09", issued="2026-03-02")
    world.walk("2026-03-11")
    for n in range(16):
        agree(world, parts(*THREE), f"INV-{n}")
    with pytest.raises(Conflict, match="requests_exhausted"):
        agree(world, parts(*THREE), "INV-16")


def test_its_role_is_reminded_of_a_request_that_waits():
    world, approval = waiting()
    world.walk("2026-03-17")
    assert world.notices("request_unanswered") == ["03-16 manager"]
    assert world.events("notice.raised", text="request_unanswered")[0].about == approval


def test_content_that_is_not_what_its_hash_was_taken_of_is_never_done():
    world, approval = waiting()
    row = world.account.approvals[approval]
    other = row.content.replace("400.00", "500.00", 1).replace("200.00", "100.00")
    world.account.approvals[approval] = type(row)(
        row.id, row.kind, row.state, row.role, row.asked_by, row.cases, row.content_hash, other
    )
    with pytest.raises(Conflict, match="approval_empty"):
        grant(world, approval)


# Kept


def test_D3_each_part_is_settled_as_its_money_comes_and_a_paid_plan_is_kept():
    world = overdue()
    agree(world, parts(*THREE))
    world.walk("2026-03-18").pay("P-1", "400.00")
    assert [(e.part, e.amount) for e in world.events("plan.part_kept")] == [(1, 40000)]
    world.walk("2026-04-21").pay("P-2", "400.00")  # the first open day after its date
    world.walk("2026-05-11").pay("P-3", "200.00")
    assert world.dated("plan.kept") == ["05-11"]
    assert [one.event.type for _, one in world.log][-4:] == [
        "payment.applied",
        "plan.kept",
        "case.resumed",
        "case.closed",
    ]
    assert world.events("plan.broken") == [] and world.levels("INV-1") == []


def test_D3_everything_at_once_keeps_it_too():
    world = overdue()
    agree(world, parts(*THREE))
    world.pay("P-1", "1000.00")
    assert world.dated("plan.kept") == ["03-11"] and world.events("plan.part_kept") == []
    assert world.case("INV-1").closed_as == "paid"


def test_D3_two_parts_at_once_leave_the_third_to_its_day():
    world = overdue()
    agree(world, parts(*THREE))
    world.pay("P-1", "850.00")
    assert [e.part for e in world.events("plan.part_kept")] == [1, 2]
    assert world.walk("2026-05-21").events("plan.broken") == []
    world.walk("2026-05-22")
    assert [(e.part, e.amount, e.received) for e in world.events("plan.broken")] == [(3, 20000, 85000)]


def test_D3_a_credit_counts_for_the_parts():
    world = overdue()
    agree(world, parts(*THREE))
    world.do(c.CreditInvoice(invoice="INV-1", amount="400.00"))
    assert world.walk("2026-03-24").events("plan.broken") == []
    assert [e.part for e in world.events("plan.part_kept")] == [1]
    world.pay("P-1", "400.00", on="2026-03-24")
    assert [e.part for e in world.events("plan.part_kept")] == [1, 2]


def test_D3_a_bill_that_grows_is_chased_for_what_the_plan_does_not_cover():
    world = overdue()
    agree(world, parts(*THREE))
    world.do(c.AmendInvoice(invoice="INV-1", amount="1100.00"))
    assert (world.case("INV-1").pause, world.case("INV-1").chased) == (None, 10000)
    world.pay("P-1", "400.00", on="2026-03-11")
    world.walk("2026-03-24")  # the part came in time, though a hundred more is open than the parts to come
    assert [e.part for e in world.events("plan.part_kept")] == [1]
    assert (world.case("INV-1").plan.state, world.case("INV-1").chased) == ("open", 10000)


# Broken


def test_D3_a_missed_part_ends_the_plan_and_dunning_resumes_where_it_stood():
    world = overdue()
    agree(world, parts(*THREE))
    world.walk("2026-03-18").pay("P-1", "400.00")
    world.walk("2026-04-21 23:00")
    assert world.events("plan.broken") == []
    world.walk("2026-04-22")
    (broken,) = world.events("plan.broken")
    assert world.timed("plan.broken") == ["04-22 09:00"]
    assert (broken.part, broken.amount, broken.received, broken.due_on) == (2, 40000, 40000, day("2026-04-20"))
    assert [event.why for event in world.events("case.resumed")] == ["plan_broken"]
    (call,) = world.events("case.reminded", rule="D3")
    assert (call.channel, call.task) == ("phone", world.customer.tasks["call"].id)
    assert (world.case("INV-1").plan.state, world.case("INV-1").promises_broken) == ("broken", 1)
    assert world.levels("INV-1") == ["04-22 supervisor"]
    assert world.walk("2026-04-23").levels("INV-1") == ["04-22 supervisor", "04-23 manager"]
    assert world.case("INV-1").chased == 60000


def test_D3_all_the_bills_of_a_plan_fall_with_one_another():
    world = overdue("2026-03-09", "2026-03-10")
    agree(world, parts(("2026-03-20", "800.00"), ("2026-04-20", "1200.00")), "INV-1", "INV-2")
    assert planned(world.case("INV-2")) == [("04-20", 100000)]
    world.walk("2026-03-24")
    assert [(e.part, e.bill) for e in world.events("plan.broken")] == [(1, None), (1, "INV-1")]
    assert world.case("INV-1").pause is None and world.case("INV-2").pause is None
    assert (world.case("INV-1").promises_broken, world.case("INV-2").promises_broken) == (1, 0)
    world.pay("P-1", "800.00", on="2026-03-23")  # in time after all
    assert [world.case(id).pause.reason for id in ("INV-1", "INV-2")] == ["plan", "plan"]
    assert (world.case("INV-1").promises_broken, world.case("INV-2").promises_broken) == (0, 0)
    world.walk("2026-04-22")
    assert [(e.part, e.bill, e.received) for e in world.events("plan.broken")][2:] == [
        (2, None, 80000),
        (1, "INV-1", 0),
    ]


def test_D3_money_in_time_recorded_late_restores_the_plan():
    world = overdue()
    agree(world, parts(*THREE))
    world.walk("2026-03-25")
    assert world.case("INV-1").plan.state == "broken"
    world.pay("P-1", "400.00", on="2026-03-23")
    assert world.dated("plan.restored") == ["03-25"]
    case = world.case("INV-1")
    assert (case.plan.state, case.plan.kept, case.pause.reason, case.promises_broken) == ("open", 1, "plan", 0)
    assert world.walk("2026-04-22").dated("plan.broken") == ["03-24", "04-22"]


@pytest.mark.parametrize(("amount", "on"), [("400.00", "2026-03-24"), ("399.99", "2026-03-23")])
def test_D3_money_too_late_or_too_little_restores_nothing(amount, on):
    world = overdue()
    agree(world, parts(*THREE))
    world.walk("2026-03-25").pay("P-1", amount, on=on)
    assert world.events("plan.restored") == []
    assert world.case("INV-1").plan.state == "broken"


def test_D3_a_bounced_payment_breaks_what_it_had_kept():
    world = overdue()
    agree(world, parts(*THREE))
    world.pay("P-1", "400.00")
    world.walk("2026-03-25").do(c.ReversePayment(payment="P-1"))
    assert [(e.part, e.received) for e in world.events("plan.broken")] == [(1, 0)]
    assert world.case("INV-1").pause is None


def test_D3_a_payment_that_bounces_before_the_day_leaves_the_plan_standing():
    world = overdue()
    agree(world, parts(*THREE))
    world.pay("P-1", "1000.00")
    world.walk("2026-03-12").do(c.ReversePayment(payment="P-1"))
    case = world.case("INV-1")
    assert (case.stage, case.plan.state, case.plan.kept, case.pause.reason) == ("collection", "open", 0, "plan")
    assert world.walk("2026-03-24").dated("plan.broken") == ["03-24"]


def test_D3_ends_with_the_case():
    world = overdue()
    agree(world, parts(*THREE))
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert [event.why for event in world.events("plan.cancelled")] == ["voided"]
    assert world.walk("2026-06-30").events("plan.broken") == []


def test_F1_a_person_may_take_contact_up_again_though_the_plan_goes_on():
    world = overdue()
    agree(world, parts(*THREE))
    world.do(c.ResumeCases(customer="C-1", cases=("INV-1",)), by("supervisor"))
    assert world.case("INV-1").pause is None and world.case("INV-1").plan.state == "open"
    assert world.walk("2026-03-24").dated("plan.broken") == ["03-24"]


def test_F1_a_longer_pause_stands_beyond_the_broken_plan():
    world = overdue()
    agree(world, parts(("2026-03-20", "400.00"), ("2026-03-27", "600.00")))
    pause = c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-04-30"), reason="talks")
    world.do(pause, by("supervisor"))
    world.walk("2026-03-24")
    assert (world.dated("plan.broken"), world.case("INV-1").pause.reason) == (["03-24"], "manual")
    assert "call" not in world.customer.tasks
