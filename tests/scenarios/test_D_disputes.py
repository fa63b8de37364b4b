"""Rule D5: disputes - the contested part stands still and the rest goes on, until somebody decides."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.commitments import MOST_DISPUTES
from service.domain.directory import Directory, User
from service.domain.dispute_reasons import CAUSES, REASONS
from service.domain.reading import AUDIENCES
from service.domain.refusals import Conflict, NotFound, Refused
from tests.examples import a_playbook, by, day
from tests.world import World

PEOPLE = Directory(
    {
        "chen": User(id="chen", role="collector", reports_to="wu"),
        "wu": User(id="wu", role="manager"),
        "lin": User(id="lin", role="legal"),
    }
)


def overdue(*dues: str) -> World:
    world = World("2026-03-02")
    world.people = PEOPLE
    for n, due in enumerate(dues or ("2026-03-09",), start=1):
        world.owed(f"INV-{n}", due=due, issued="2026-03-02")
    return world.walk("2026-03-11")


def dispute(world: World, amount: str | None = None, *cases: str, reason: str = "price", **more: Any) -> list[Any]:
    asked = c.OpenDispute(
        customer="C-1", cases=cases or ("INV-1",), reason=reason, text="too dear", amount=amount, **more
    )
    return world.do(asked, by("collector"))


def resolve(world: World, outcome: Any, n: int = 1, case: str = "INV-1", **more: Any) -> list[Any]:
    asked = c.ResolveDispute(customer="C-1", case=case, dispute=n, outcome=outcome, text="looked into", **more)
    return world.do(asked, by("collector"))


# Opening


def test_D5_the_disputed_part_stands_still_and_the_rest_goes_on():
    world = overdue()
    dispute(world, "400.00")
    case = world.case("INV-1")
    assert (case.disputed, case.undisputed, case.chased, case.pause) == (40000, 60000, 60000, None)
    assert world.walk("2026-03-18").days("overdue-daily") == ["03-17", "03-18"]
    assert world.walk("2026-03-31").levels("INV-1") == ["03-25 supervisor"]  # progress on the 11th, and 14 days


def test_D5_a_dispute_of_all_pauses_the_case_without_an_end():
    world = overdue()
    dispute(world)
    pause = world.case("INV-1").pause
    assert (pause.reason, pause.until, world.case("INV-1").chased) == ("dispute", None, 0)
    assert "call" not in world.customer.tasks
    assert max(world.walk("2026-05-31").dated("case.reminded")) == "03-10"
    assert world.levels("INV-1") == []


def test_D5_reason_amount_text_and_owner_stand_in_the_log_the_text_as_private():
    world = overdue()
    (opened, *_) = dispute(world, "400.00", owner="chen")
    event = opened.event
    assert (event.dispute, event.amount, event.reason, event.root_cause) == (1, 40000, "price", "pricing")
    assert (event.owner, event.role, event.on, event.until) == (
        "chen",
        "collector",
        day("2026-03-11"),
        day("2026-03-18"),
    )
    assert opened.private == {"": {"text": "too dear"}}


@pytest.mark.parametrize(
    ("reason", "owner", "role"),
    [("price", "sales", "sales"), ("quality", "quality", "quality"), ("tax_invoice", "finance", "finance")],
)
def test_D5_the_reason_says_who_takes_it_up_unless_somebody_is_named(reason, owner, role):
    world = overdue()
    dispute(world, reason=reason)
    (task,) = world.events("task.created", kind="dispute")
    assert (task.owner, task.role, task.task, task.due_on) == (owner, role, "dispute~INV-1.1", day("2026-03-18"))


def test_D5_every_reason_has_a_root_cause_and_an_audience():
    assert {reason.owner for reason in REASONS.values()} <= AUDIENCES
    assert {reason.root_cause for reason in REASONS.values()} <= CAUSES


def test_D5_nobody_unknown_owns_one():
    with pytest.raises(Refused, match="unknown_user"):
        dispute(overdue(), owner="nobody")


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("1000.01", "dispute_too_large"),
        ("0.00", "amount_not_positive"),
        ("1.001", "money_precision"),
        ("x", "money_format"),
    ],
)
def test_D5_amounts_that_make_no_sense_are_refused(amount, code):
    with pytest.raises(Refused, match=code):
        dispute(overdue(), amount)


def test_D5_what_is_disputed_cannot_be_disputed_again_nor_what_is_closed():
    world = overdue("2026-03-09", "2026-03-09")
    dispute(world)
    with pytest.raises(Refused, match="nothing_to_dispute"):
        dispute(world)
    world.pay("P-1", "1000.00", allocations=[c.Allocation(invoice="INV-2", amount="1000.00")])
    with pytest.raises(Conflict, match="case_closed"):
        dispute(world, None, "INV-2")


def test_D5_several_disputes_stand_beside_one_another_up_to_a_bound():
    world = overdue()
    for _ in range(MOST_DISPUTES):
        dispute(world, "100.00")
    assert [one.n for one in world.case("INV-1").disputes] == [1, 2, 3, 4, 5]
    assert world.case("INV-1").disputed == 50000
    with pytest.raises(Conflict, match="disputes_exhausted"):
        dispute(world, "100.00")
    resolve(world, "ours", 3)
    dispute(world, "100.00")
    assert [one.n for one in world.case("INV-1").disputes] == [1, 2, 4, 5, 6]
    assert len([key for key in world.case("INV-1").tasks if key.startswith("dispute")]) == 5


def test_D5_over_several_bills_the_amount_is_split_oldest_due_first():
    world = overdue("2026-03-10", "2026-03-09")
    dispute(world, "1300.00", "INV-1", "INV-2")
    assert {id: world.case(id).disputed for id in ("INV-1", "INV-2")} == {"INV-2": 100000, "INV-1": 30000}
    assert world.case("INV-2").pause.reason == "dispute" and world.case("INV-1").pause is None
    world.bill("USD", "2026-03-02", "2026-03-20", currency="USD", confirmation_required=False)
    with pytest.raises(Refused, match="currency_mismatch"):
        dispute(world, "1.00", "INV-1", "USD")
    dispute(world, None, "INV-1", "USD")
    assert (world.case("USD").disputed, world.case("INV-1").disputed) == (100000, 100000)


def test_D5_a_dispute_is_progress():
    world = overdue()
    dispute(world, "1.00")
    assert world.case("INV-1").progress_after(day("2026-03-09")) == day("2026-03-11")
    resolve(world, "ours")
    assert world.case("INV-1").progress_after(day("2026-03-09")) == day("2026-03-11")


# What is asked for meanwhile


def test_D5_a_promise_of_the_undisputed_part_covers():
    world = overdue()
    dispute(world, "400.00")
    world.promise("INV-1", "2026-03-20", "600.00")
    assert world.case("INV-1").pause.reason == "promise"


def test_D5_when_the_dispute_is_decided_for_us_the_promise_covers_no_longer():
    world = overdue()
    dispute(world, "400.00")
    world.promise("INV-1", "2026-03-20", "600.00")
    resolve(world, "ours")
    assert world.case("INV-1").pause is None
    assert [e.why for e in world.events("case.resumed")] == ["dispute_resolved"]


def test_D5_a_plan_is_of_the_undisputed_part_and_the_rest_is_chased_once_it_is_ours():
    world = overdue()
    dispute(world, "400.00")
    terms = c.PlanTerms(count=2, first_on=day("2026-03-20"), every="P7D")
    world.do(c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms), by("supervisor"))
    case = world.case("INV-1")
    assert ([part.amount for part in case.plan.parts], case.pause.reason) == ([30000, 30000], "plan")
    resolve(world, "ours")
    assert (world.case("INV-1").chased, world.case("INV-1").pause) == (40000, None)
    world.pay("P-1", "400.00")
    assert (world.case("INV-1").chased, world.case("INV-1").pause.reason) == (0, "plan")
    assert world.case("INV-1").plan.kept == 0


def test_D5_a_draft_for_the_undisputed_part_leaves_nothing_to_chase():
    world = overdue()
    dispute(world, "400.00")
    world.pay("P-1", "600.00", method="cheque", matures_on=day("2026-03-27"))
    assert world.case("INV-1").pause.reason == "draft"
    world.walk("2026-03-28")
    assert world.case("INV-1").pause is None  # the cheque's day has passed without a word


def test_D5_amounts_in_a_playbook_are_of_the_undisputed_part():
    plan = a_playbook("""
grammar: 1
name: big-ones
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: tell, rule: G, at: P5D, when: {amount_at_least: {CNY: "700"}}, do: [{notice: {audience: [boss], text: big}}]}
""")
    for amount, told in (("300.00", ["03-16 boss"]), ("300.01", [])):
        world = World("2026-03-02", playbook=plan)
        world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
        dispute(world, amount)
        assert world.walk("2026-03-20").notices("big") == told


def test_D7_money_goes_to_disputed_parts_last():
    world = overdue("2026-03-09", "2026-03-10")
    dispute(world, "400.00")
    world.pay("P-1", "1700.00")
    paid = {id: world.case(id).paid for id in ("INV-1", "INV-2")}
    assert paid == {"INV-1": 70000, "INV-2": 100000}
    assert world.case("INV-1").disputed == 30000


def test_D7_a_remittance_that_names_the_bill_pays_its_disputed_part_too():
    world = overdue("2026-03-09", "2026-03-10")
    dispute(world, "400.00")
    world.pay("P-1", "1000.00", allocations=[c.Allocation(invoice="INV-1", amount="1000.00")])
    assert world.case("INV-1").closed_as == "paid"
    assert [(e.dispute, e.outcome) for e in world.events("dispute.resolved")] == [(1, "lapsed")]
    assert [e.task for e in world.events("task.cancelled", kind="dispute")] == ["dispute~INV-1.1"]


def test_F1_when_the_undisputed_part_is_paid_contact_rests():
    world = overdue()
    dispute(world, "400.00")
    world.pay("P-1", "600.00")
    assert world.case("INV-1").pause.reason == "dispute"
    world.walk("2026-03-12").do(c.ReversePayment(payment="P-1"))
    assert world.case("INV-1").pause is None


# Left undecided


@pytest.mark.parametrize(
    ("owner", "told", "users"),
    [(None, "03-18 supervisor", []), ("chen", "03-18 manager", ["wu"]), ("lin", "03-18 supervisor", [])],
)
def test_D5_after_seven_days_the_owners_superior_is_told_once(owner, told, users):
    world = overdue()
    dispute(world, "400.00", owner=owner)
    world.walk("2026-03-31")
    assert world.notices("dispute_unresolved") == [told]
    (notice,) = world.events("notice.raised", text="dispute_unresolved")
    assert (notice.users, notice.about, notice.cases) == (users, "dispute~INV-1.1", ["INV-1"])
    assert world.timed("dispute.overdue") == ["03-18 09:00"]


def test_D5_on_a_closed_day_it_is_the_next_open_one_and_nobody_once_it_is_resolved():
    world = World("2026-03-06")  # a Friday; the 13th is one too, 14 and 15 March are closed
    world.owed("INV-1", due="2026-03-05", issued="2026-03-02")
    world.walk("2026-03-07")
    dispute(world, "400.00")
    dispute(world, "100.00")
    resolve(world, "ours", 2)
    assert world.walk("2026-03-31").notices("dispute_unresolved") == ["03-16 supervisor"]


# Decided


def test_D5_resolved_for_us_contact_goes_on_with_the_next_open_day():
    world = overdue()
    dispute(world)
    world.walk("2026-03-20 10:00")  # a Friday
    resolve(world, "ours", root_cause="customer")
    (resolved,) = world.events("dispute.resolved")
    assert (resolved.outcome, resolved.amount, resolved.root_cause) == ("ours", 0, "customer")
    assert (world.case("INV-1").pause, world.case("INV-1").disputes) == (None, ())
    assert [e.task for e in world.events("task.completed", kind="dispute")] == ["dispute~INV-1.1"]
    assert world.walk("2026-03-31").days("overdue-daily")[0] == "03-23"


def test_D5_resolved_for_the_customer_a_credit_is_expected_of_finance_and_nothing_is_asked():
    world = overdue()
    dispute(world, "400.00")
    resolve(world, "customers")
    case = world.case("INV-1")
    assert (case.open, case.disputed, case.chased) == (100000, 40000, 60000)
    (task,) = world.events("task.created", kind="credit")
    assert (task.role, task.why, task.due_on) == ("finance", "give_credit", day("2026-03-18"))
    world.do(c.CreditInvoice(invoice="INV-1", amount="400.00"))
    case = world.case("INV-1")
    assert (case.open, case.disputed, case.chased, case.disputes) == (60000, 0, 60000, ())
    assert [e.task for e in world.events("task.completed", kind="credit")] == ["credit~INV-1.1"]


def test_D5_a_credit_in_pieces_leaves_the_rest_expected():
    world = overdue()
    dispute(world, "400.00")
    resolve(world, "customers")
    world.do(c.CreditInvoice(invoice="INV-1", amount="150.00"))
    case = world.case("INV-1")
    assert (case.open, case.disputed, case.chased) == (85000, 25000, 60000)
    assert world.events("task.completed", kind="credit") == []


def test_D5_a_credit_that_was_not_expected_leaves_the_dispute():
    world = overdue()
    dispute(world, "400.00")
    world.do(c.CreditInvoice(invoice="INV-1", amount="50.00"))
    assert (world.case("INV-1").disputed, world.case("INV-1").chased) == (40000, 55000)


def test_D5_part_of_it_may_be_conceded_and_the_rest_is_owed_again():
    world = overdue()
    dispute(world)
    resolve(world, "customers", amount="250.00")
    case = world.case("INV-1")
    assert (case.disputed, case.chased, case.pause) == (25000, 75000, None)
    for amount, outcome, code in (
        ("250.01", "customers", "dispute_closed"),
        ("1.00", "ours", "amount_conceded_to_nobody"),
    ):
        with pytest.raises(Refused, match=code):
            resolve(world, outcome, amount=amount)


def test_D5_no_more_can_be_conceded_than_is_disputed():
    world = overdue()
    dispute(world, "400.00")
    with pytest.raises(Refused, match="dispute_too_large"):
        resolve(world, "customers", amount="400.01")


def test_D5_a_credit_that_does_not_come_is_told_to_finance_and_the_supervisor():
    world = overdue()
    dispute(world, "400.00")
    world.walk("2026-03-12")
    resolve(world, "customers")
    world.walk("2026-03-31")
    assert world.notices("credit_missing") == ["03-19 finance,supervisor"]
    assert world.notices("dispute_unresolved") == []


def test_D5_a_credit_may_be_taken_back_while_it_has_not_come():
    world = overdue()
    dispute(world, "400.00")
    resolve(world, "customers")
    with pytest.raises(Conflict, match="dispute_closed"):
        resolve(world, "customers")
    resolve(world, "ours")
    assert (world.case("INV-1").disputes, world.case("INV-1").chased) == ((), 100000)
    assert [e.why for e in world.events("task.cancelled", kind="credit")] == ["dispute_resolved"]


def test_D5_only_what_is_open_can_be_resolved():
    world = overdue()
    dispute(world, "400.00")
    resolve(world, "ours")
    with pytest.raises(Conflict, match="dispute_closed"):
        resolve(world, "ours")
    for n in (0, 2):
        with pytest.raises(NotFound, match="unknown_dispute"):
            resolve(world, "ours", n)


def test_D5_the_task_ends_with_the_dispute_and_not_by_itself():
    world = overdue()
    dispute(world, "400.00")
    with pytest.raises(Conflict, match="task_ends_by_itself"):
        world.do(c.CompleteTask(customer="C-1", task="dispute~INV-1.1"), by("supervisor"))
    world.do(c.AssignTask(customer="C-1", task="dispute~INV-1.1", owner="chen"), by("supervisor"))
    assert world.events("task.changed")[-1].role == "sales"


def test_F1_a_persons_longer_pause_is_not_ended_by_the_resolution():
    world = overdue()
    dispute(world, "400.00")
    pause = c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-04-30"), reason="talks")
    world.do(pause, by("supervisor"))
    resolve(world, "ours")
    assert world.case("INV-1").pause.reason == "manual"


def test_a_request_for_a_plan_is_cancelled_when_part_of_the_bill_is_disputed():
    world = overdue()
    terms = c.PlanTerms(count=8, first_on=day("2026-03-20"), every="P7D")
    world.do(c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms), by("supervisor"))
    dispute(world, "400.00")
    assert [e.why for e in world.events("approval.cancelled")] == ["content_stale"]
