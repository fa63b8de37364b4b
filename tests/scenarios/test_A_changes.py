"""Rules A9, A11 and A12: proof of delivery, the end of the confirmation, and corrected bills."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict
from tests.examples import an_invoice, day
from tests.telling import given
from tests.world import World


def pod_bill(start: str = "2026-03-02", due: str = "2026-12-30", **more) -> World:
    world = World(start, settles_by_pod=True)
    world.bill("INV-1", start, due, **more)
    return world


# A9


@pytest.mark.parametrize(("more", "due_on"), [({"period": "2026-02"}, "2026-03-20"), ({}, "2026-04-20")])
def test_A9_a_task_collects_the_proof_by_the_20th(more, due_on):
    world = pod_bill(**more)
    (task,) = world.events("task.created", kind="pod")
    assert (task.due_on, task.rule, task.why) == (day(due_on), "A9", "collect_pod")
    assert (task.role, task.owner) == ("collector", "collector")


@pytest.mark.parametrize(("more", "told"), [({"period": "2026-02"}, "03-23"), ({}, "04-21")])
def test_A9_on_the_21st_the_supervisor_is_told_of_a_missing_proof(more, told):
    world = pod_bill(**more).walk("2026-06-30")
    assert world.notices("pod_incomplete") == [f"{told} supervisor"]


def test_A9_nothing_is_asked_of_the_customer_before_the_proof_is_complete():
    world = pod_bill().walk("2026-06-30")
    assert world.events("case.reminded") == []
    assert world.levels("INV-1") == []


def test_A9_when_complete_S_is_that_day_and_contact_is_daily_from_the_next():
    world = pod_bill().walk("2026-03-12")
    world.do(c.CompletePod(invoice="INV-1"))
    assert world.dated("task.completed", kind="pod") == ["03-12"]
    world.walk("2026-04-20")
    sent = [f"{e.slot:%m-%d}" for e in world.events("case.reminded", channel="email")]
    assert sent[:7] == ["03-13", "03-16", "03-17", "03-18", "03-19", "03-20", "03-23"]
    assert {e.step for e in world.events("case.reminded")} == {"pod-confirm-first-week", "pod-confirm-daily"}
    assert world.levels("INV-1") == ["03-26 supervisor"]
    assert world.events("case.escalated")[0].rule == "A8"
    assert world.notices("pod_incomplete") == []


def test_A9_rules_A3_A6_and_A7_do_not_apply():
    world = World("2026-03-18", settles_by_pod=True, billing_cycle="monthly")
    world.bill("INV-1", "2026-03-18", "2026-12-30", period="2026-02")
    world.do(c.CompletePod(invoice="INV-1"))
    world.walk("2026-03-31")
    assert world.notices("unconfirmed") == []
    assert not {e.rule for e in world.events("case.reminded")} & {"A6", "A7"}


def test_A9_visits_replace_calls_from_the_eighth_day_here_too():
    world = pod_bill().walk("2026-03-02")
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late"})}
    world.do(c.CompletePod(invoice="INV-1"))
    world.walk("2026-03-31")
    assert world.days("pod-confirm-first-week", "phone") == ["03-03", "03-04", "03-05", "03-06", "03-09"]
    assert world.days("pod-confirm-daily", "phone") == []
    assert world.days("pod-confirm-daily", "visit") == ["03-10"]


def test_A9_complete_twice_is_complete_once():
    world = pod_bill().walk("2026-03-12")
    world.do(c.CompletePod(invoice="INV-1"))
    assert world.do(c.CompletePod(invoice="INV-1", completed_on=day("2026-03-11"))) == []


def test_A9_a_proof_complete_before_the_bill_went_out_asks_for_none():
    world = World("2026-03-02", settles_by_pod=True)
    submit = c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="1000.00", currency="CNY", period="2026-02")
    world.do(submit)
    world.do(c.CompletePod(invoice="INV-1"))
    world.walk("2026-03-05").bill("INV-1", "2026-03-05", "2026-12-30")
    assert world.events("task.created", kind="pod") == []
    assert world.walk("2026-03-06").days("pod-confirm-first-week") == ["03-06"]  # the day after it went out


# A11


def test_A11_confirmation_falls_back_to_none_closes_the_tasks_and_starts_collection():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-04-20")
    world.walk("2026-03-18")
    assert world.case("INV-1").level == "supervisor"
    world.confirm("INV-1")
    case = world.case("INV-1")
    assert (case.stage, case.level, set(case.tasks)) == ("collection", "none", {"finance:finance"})
    assert "call" not in world.customer.tasks
    assert world.dated("task.cancelled", kind="call") == ["03-18"]
    world.walk("2026-04-30")
    assert world.days("confirm-daily")[-1] == "03-18"
    assert world.days("due-soon") == ["04-13"]
    assert world.days("overdue-first-week") == ["04-21", "04-23", "04-27"]


def test_A11_confirmation_cancels_the_search_for_the_proof():
    world = pod_bill()
    world.confirm("INV-1")
    assert world.dated("task.cancelled", kind="pod") == ["03-02"]
    assert world.walk("2026-06-30").notices("pod_incomplete") == []


def test_A11_confirmed_twice_is_confirmed_once():
    story = given(an_invoice(), c.ConfirmInvoice(invoice="INV-1"))
    story.when(c.ConfirmInvoice(invoice="INV-1", confirmed_on=day("2026-03-01"))).then()


def test_A11_B2_unconfirmed_on_the_due_day_collection_begins_the_day_after_with_the_level_kept():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-19")
    world.walk("2026-03-19 23:59")
    assert (world.case("INV-1").stage, world.case("INV-1").level) == ("confirmation", "supervisor")
    world.walk("2026-04-10")
    assert world.timed("case.stage_changed") == ["03-20 00:00"]
    assert (world.case("INV-1").stage, world.case("INV-1").level) == ("collection", "supervisor")
    assert world.days("confirm-daily")[-1] == "03-19"
    assert world.days("overdue-first-week") == ["03-20", "03-23", "03-24", "03-26"]
    assert world.days("overdue-first-week", "phone") == ["03-20", "03-23", "03-24", "03-26"]
    assert world.days("due-soon") == []
    skipped = world.events("step.skipped", step="overdue-supervisor")
    assert [(e.rule, e.why) for e in skipped] == [("B4", "level_reached")]


def test_A11_a_confirmation_after_the_due_day_is_progress_and_changes_nothing_else():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-03-10")
    world.walk("2026-03-17")
    before = world.case("INV-1")
    assert (before.stage, before.level) == ("collection", "none")
    types = [one.event.type for one in world.confirm("INV-1")]
    assert types == [
        "invoice.confirmed",
        "task.created",
        "step.fired",
    ]  # the tax invoice is due to them all the same (A4)
    assert world.case("INV-1").level == "none"
    assert "call" in world.customer.tasks
    # D+14 would be 24 March
    assert world.walk("2026-04-09").levels("INV-1") == ["03-31 supervisor"]


def test_A11_a_bill_whose_due_day_waits_for_the_confirmation_is_asked_about_until_then():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", None, terms="P30D", terms_from="confirmed")
    world.walk("2026-05-20")
    assert world.case("INV-1").due_on is None
    world.confirm("INV-1")
    assert [e.due_on for e in world.events("case.due_date_set")] == [day("2026-06-19")]
    assert world.walk("2026-07-10").days("overdue-first-week") == ["06-22", "06-24", "06-26"]


# A12


def test_A12_a_corrected_bill_starts_anew_at_level_none():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    world.walk("2026-03-18")
    world.do(c.AmendInvoice(invoice="INV-1", amount="900.00", reason="price"))
    case = world.case("INV-1")
    assert (case.amount, case.level, case.stage, case.start) == (90000, "none", "confirmation", day("2026-03-18"))
    assert "call" not in world.customer.tasks
    world.walk("2026-04-10")
    assert world.days("confirm-first-week")[-3:] == ["03-20", "03-23", "03-24"]
    assert world.levels("INV-1") == ["03-16 supervisor", "04-01 supervisor"]
    assert [e.amount for e in world.events("invoice.issued")] == [100000]  # the old amount stays in the log


def test_A12_leaves_the_task_to_the_other_bills():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    world.bill("INV-2", "2026-03-02", "2026-12-30")
    world.walk("2026-03-04")
    world.do(c.AmendInvoice(invoice="INV-1"))
    assert world.customer.tasks["call"].bills == 1
    world.walk("2026-03-06")  # S+2 of the one, S+4 of the other
    assert world.customer.tasks["call"].bills == 2


def test_A12_sent_on_another_day_with_another_due_day():
    amended = c.AmendInvoice(invoice="INV-1", resent_on=day("2026-03-05"), due_on=day("2026-05-05"))
    story = given(an_invoice()).when(amended).then("invoice.amended")
    assert (story.world.case("INV-1").start, story.world.case("INV-1").due_on) == (day("2026-03-05"), day("2026-05-05"))
    story.due("2026-03-09 09:00")  # S+2 is a Saturday


def test_A12_the_new_due_day_may_not_lie_before_the_issue():
    given(an_invoice()).when(c.AmendInvoice(invoice="INV-1", due_on=day("2026-03-01"))).refused("due_before_issued")


def test_A12_after_the_confirmation_a_new_due_day_is_D4s():
    story = given(an_invoice(), c.ConfirmInvoice(invoice="INV-1"))
    amended = c.AmendInvoice(invoice="INV-1", due_on=day("2026-05-05"))
    story.when(amended).then("invoice.amended", "invoice.due_date_changed")
    assert story.world.case("INV-1").due_on == day("2026-05-05")


def test_A12_after_the_confirmation_only_the_amount_follows():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-04-20")
    world.confirm("INV-1")
    world.walk("2026-03-18").do(c.AmendInvoice(invoice="INV-1", amount="900.00", resent_on=day("2026-03-18")))
    case = world.case("INV-1")
    assert (case.amount, case.stage, case.start) == (90000, "collection", day("2026-03-02"))


def test_A12_a_bill_in_review_is_corrected_before_it_goes_out():
    submit = c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="1000.00", currency="CNY", period="2026-02")
    amend = c.AmendInvoice(invoice="INV-1", amount="800.00", due_on=day("2026-05-01"))
    story = given(submit).when(amend).then("invoice.amended")
    case = story.world.case("INV-1")
    assert (case.stage, case.amount, case.resent_on) == ("review", 80000, None)
    story.world.bill("INV-1", "2026-03-04", "2026-05-04", amount="800.00")
    assert (story.world.case("INV-1").stage, story.world.case("INV-1").due_on) == ("confirmation", day("2026-05-04"))


def test_A12_confirmed_in_review_goes_straight_to_collection_when_issued():
    submit = c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="1000.00", currency="CNY", period="2026-02")
    story = given(submit, c.ConfirmInvoice(invoice="INV-1"))
    assert story.world.case("INV-1").stage == "review"
    story.when(an_invoice()).then("invoice.issued", "case.stage_changed", "task.created", "step.fired")
    assert (story.world.case("INV-1").stage, story.world.case("INV-1").level) == ("collection", "none")


# A second word on the same bill


def test_a_bill_said_twice_is_one_bill():
    given(an_invoice(reference="PO 7")).when(an_invoice(reference="PO 7")).then()
    story = given(an_invoice(), c.AmendInvoice(invoice="INV-1", amount="5.00"))
    story.when(an_invoice()).then()


@pytest.mark.parametrize(
    "other",
    [
        {"amount": "1000.01"},
        {"due": "2026-04-02"},
        {"currency": "USD"},
        {"issued_on": day("2026-03-01")},
        {"reference": "PO 8"},
        {"due": None, "terms": "P30D"},
    ],
)
def test_a_bill_said_otherwise_is_a_conflict(other):
    given(an_invoice()).when(an_invoice(**other)).refused("invoice_exists", "/data/invoice", Conflict)


def test_a_voided_bills_number_is_never_used_again():
    story = given(an_invoice(), c.VoidInvoice(invoice="INV-1"))
    story.when(an_invoice(amount="5.00")).refused("invoice_exists")
    submit = c.SubmitInvoice(invoice="INV-2", customer="C-1", amount="1000.00", currency="CNY", period="2026-02")
    story = given(submit, c.VoidInvoice(invoice="INV-2"))
    story.when(an_invoice("INV-2")).refused("invoice_exists")
