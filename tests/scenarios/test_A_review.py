"""Rules A1-A5: a monthly bill's way to the customer, its confirmation in time, and its tax invoice."""

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.playbook import Notice
from service.domain.settings import Settings
from tests.examples import STANDARD, an_invoice, by, day
from tests.telling import given
from tests.world import World


def monthly(start: str, **more) -> World:
    return World(start, billing_cycle="monthly", **more)


def submit(world: World, period: str, id: str = "INV-1") -> None:
    world.do(c.SubmitInvoice(invoice=id, customer="C-1", amount="1000.00", currency="CNY", period=period))


# A1: which customers have no bill is asked across the tenant; the playbook says when, of whom, and who is told


def test_A1_the_sixth_finds_monthly_customers_without_a_bill():
    step = STANDARD.step("bills-missing")
    assert step and (step.scope, step.start.day_of_month, step.rule) == ("tenant", 6, "A1")
    assert step.select == {"billing_cycle": "monthly", "without_bill_for": "previous_month"}
    assert [a.deed for a in step.actions] == [Notice(audience=("supervisor",), text="bills_missing")]


def test_A1_a_submitted_bill_opens_a_case_in_review():
    world = monthly("2026-03-03")
    submit(world, "2026-02")
    assert world.case("INV-1").stage == "review"
    assert world.events("invoice.submitted")[0].submitted_on == day("2026-03-03")
    assert world.walk("2026-03-08").events("case.reminded") == []


def test_A1_submitted_twice_is_one_bill_and_otherwise_a_conflict():
    said = c.SubmitInvoice(invoice="INV-1", customer="C-1", amount="9.00", currency="CNY", period="2026-02")
    story = given(said)
    story.when(said).then()
    story.when(replace(said, period="2026-03")).refused("invoice_exists")
    story.when(replace(said, amount="9.01")).refused("invoice_exists")
    given(an_invoice()).when(said).refused("invoice_exists")


def test_A2_issued_at_less_than_was_credited_before_it_is_worth_nothing_and_closes():
    world = monthly("2026-03-03")
    submit(world, "2026-02")
    world.do(c.CreditInvoice(invoice="INV-1", amount="400.00"))
    world.bill("INV-1", "2026-03-03", "2026-04-03", "300.00", period="2026-02")
    case = world.case("INV-1")
    assert (case.open, case.stage, case.closed_as) == (0, "closed", "credited")


def test_A2_issued_at_less_than_was_paid_before_it_is_paid_and_the_rest_is_credit():
    world = monthly("2026-03-03")
    submit(world, "2026-02")
    world.pay("P-1", "500.00", allocations=[c.Allocation(invoice="INV-1", amount="500.00")])
    world.bill("INV-1", "2026-03-03", "2026-04-03", "300.00", period="2026-02")
    case = world.case("INV-1")
    assert (case.open, case.stage, case.closed_as) == (0, "closed", "paid")
    assert world.account.payments["P-1"].rest == 200_00
    assert world.walk("2026-05-01").events("case.reminded") == []


@pytest.mark.parametrize(
    ("bill", "customer", "tenant", "stage"),
    [
        (None, None, True, "confirmation"),
        (None, None, False, "collection"),
        (None, True, False, "confirmation"),
        (None, False, True, "collection"),
        (True, False, False, "confirmation"),
        (False, True, True, "collection"),
    ],
)
def test_A3_whether_a_confirmation_is_required_says_the_bill_else_the_customer_else_the_tenant(
    bill, customer, tenant, stage
):
    asked = {} if customer is None else {"confirmation_required": customer}
    world = World("2026-03-02", settings=Settings(confirmation_required=tenant), **asked)
    world.bill("INV-1", "2026-03-02", "2026-05-02", confirmation_required=bill)
    assert world.case("INV-1").stage == stage


# A2


@pytest.mark.parametrize(
    ("start", "period", "told"),
    [
        ("2026-03-03", "2026-02", "03-09 supervisor"),
        ("2026-05-06", "2026-04", "05-09 supervisor"),  # a Saturday worked for May Day
        ("2026-08-03", "2026-07", "08-10 supervisor"),  # the 9th is a Sunday
        ("2026-10-08", "2026-09", "10-09 supervisor"),
    ],
)
def test_A2_on_the_ninth_the_supervisor_is_told_of_an_unsent_bill(start, period, told):
    world = monthly(start)
    submit(world, period)
    assert world.walk("2026-12-01").notices("bill_unsent") == [told]


def test_A2_a_bill_sent_by_the_eighth_is_no_matter():
    world = monthly("2026-03-03")
    submit(world, "2026-02")
    world.walk("2026-03-08 16:00").bill("INV-1", "2026-03-08", "2026-05-08", period="2026-02")
    assert world.case("INV-1").stage == "confirmation"
    assert world.walk("2026-03-20").notices("bill_unsent") == []


def test_A2_binds_monthly_customers_only():
    world = World("2026-03-03")
    submit(world, "2026-02")
    assert world.walk("2026-12-01").notices("bill_unsent") == []


# A3


def test_A3_on_the_21st_the_supervisor_is_told_of_an_unconfirmed_bill():
    world = monthly("2026-04-08")
    world.bill("INV-1", "2026-04-08", "2026-06-08", period="2026-03")
    assert world.walk("2026-04-30").notices("unconfirmed") == ["04-21 supervisor"]
    assert world.levels("INV-1") == ["04-22 supervisor"]  # A8 comes a day later


def test_A3_moves_to_the_next_open_day():
    world = monthly("2026-03-10")
    world.bill("INV-1", "2026-03-10", "2026-06-08", period="2026-02")
    assert world.walk("2026-03-31").notices("unconfirmed") == ["03-23 supervisor"]  # the 21st is a Saturday


def test_A3_is_silent_when_A8_has_told_the_supervisor():
    world = monthly("2026-04-02")
    world.bill("INV-1", "2026-04-02", "2026-06-08", period="2026-03")
    world.walk("2026-04-30")
    assert world.levels("INV-1") == ["04-16 supervisor"]
    assert world.notices("unconfirmed") == []
    assert [e.why for e in world.events("step.skipped", step="unconfirmed-by-the-20th")] == ["exception"]
    assert world.digests() == []


def test_A3_speaks_when_progress_keeps_A8_waiting():
    world = monthly("2026-04-02")
    world.bill("INV-1", "2026-04-02", "2026-06-08", period="2026-03")
    world.walk("2026-04-15").pay("P-1", "10.00")
    assert world.walk("2026-04-28").notices("unconfirmed") == ["04-21 supervisor"]
    assert world.walk("2026-04-30").levels("INV-1") == ["04-29 supervisor"]


@pytest.mark.parametrize("more", [{"confirmed": "2026-04-20"}, {"cycle": "none"}, {"due": "2026-04-19"}])
def test_A3_says_nothing_of_confirmed_or_other_or_due_bills(more):
    world = World("2026-04-08", billing_cycle=more.get("cycle", "monthly"))
    world.bill("INV-1", "2026-04-08", more.get("due", "2026-06-08"), period="2026-03")
    if "confirmed" in more:
        world.walk(more["confirmed"]).confirm("INV-1")
    assert world.walk("2026-05-20").notices("unconfirmed") == []


def test_A3_the_details_for_the_tax_invoice_are_kept_apart():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-05-02")
    details = c.TaxDetails(title="Acme Ltd", tax_id="9131")
    happened = world.do(c.ConfirmInvoice(invoice="INV-1", confirmed_by="Ms Wu", tax_invoice=details))
    assert happened[0].event.has_tax_details
    assert happened[0].private == {
        "": {"confirmed_by": "Ms Wu", "tax_invoice": {"title": "Acme Ltd", "tax_id": "9131"}}
    }
    assert "Acme Ltd" not in str(happened[0].event)


# A4


@pytest.mark.parametrize(
    ("confirmed", "due", "told"),
    [
        ("2026-01-15", "2026-01-30", "02-02"),  # the day after is a Saturday
        ("2026-02-20", "2026-02-28", "03-02"),  # February's end; 1 March is a Sunday
        ("2026-02-21", "2026-03-03", "03-04"),
        ("2026-03-20", "2026-03-30", "03-31"),
        ("2026-03-21", "2026-03-31", "04-01"),
        ("2026-04-25", "2026-05-05", "05-06"),
        ("2026-09-28", "2026-10-08", "10-09"),
        ("2026-12-31", "2027-01-10", "01-11"),
    ],
)
def test_A4_finance_issues_the_tax_invoice_by_the_30th_or_in_ten_days(confirmed, due, told):
    world = monthly(confirmed)
    world.bill("INV-1", confirmed, "2027-06-30")
    world.confirm("INV-1")
    (task,) = world.events("task.created", kind="finance")
    assert (task.role, task.why, task.rule, task.due_on) == ("finance", "issue_tax_invoice", "A4", day(due))
    assert world.walk(task.due_on.isoformat()).notices("tax_invoice_missing") == []
    assert world.walk("2027-02-28").notices("tax_invoice_missing") == [f"{told} finance,supervisor"]


def test_A4_the_task_goes_to_finance_at_once_at_any_hour():
    world = World("2026-02-18 23:30")  # in the middle of the Spring Festival
    world.bill("INV-1", "2026-02-18", "2026-05-02")
    world.confirm("INV-1")
    assert world.timed("task.created", kind="finance") == ["02-18 23:30"]


def test_A4_the_tax_invoice_issued_completes_the_task():
    world = monthly("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.confirm("INV-1")
    world.walk("2026-03-30").do(c.IssueTaxInvoice(invoice="INV-1", number="T-7"))
    assert world.dated("task.completed", kind="finance") == ["03-30"]
    assert world.walk("2026-04-30").notices("tax_invoice_missing") == []
    assert world.case("INV-1").tax.number == "T-7"


def test_A4_nobody_is_told_of_other_customers_bills():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.confirm("INV-1")
    assert world.walk("2026-04-30").notices("tax_invoice_missing") == []


def test_A4_one_task_though_the_customer_asked_before_confirming():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.do(c.RequestTaxInvoice(invoice="INV-1"))
    world.walk("2026-03-03").confirm("INV-1")
    assert world.dated("task.created", kind="finance") == ["03-02"]


def test_A4_issued_before_the_confirmation_finance_has_nothing_to_do():
    world = monthly("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.do(c.IssueTaxInvoice(invoice="INV-1", number="T-7"))
    world.walk("2026-03-03").confirm("INV-1")
    assert world.walk("2026-04-30").events("task.created", kind="finance") == []


def test_A4_asked_for_after_the_confirmation_it_is_no_second_task():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.confirm("INV-1")
    (task,) = world.events("task.created", kind="finance")
    world.do(c.CompleteTask(customer="C-1", task=task.task), by("finance"))
    world.walk("2026-03-03").do(c.RequestTaxInvoice(invoice="INV-1"))
    assert world.walk("2026-03-10").dated("task.created", kind="finance") == ["03-02"]


def test_A4_asked_for_at_night_it_is_finances_at_once():
    world = World("2026-03-02 23:30")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.do(c.RequestTaxInvoice(invoice="INV-1"))
    assert world.walk("2026-03-03").timed("task.created", kind="finance") == ["03-02 23:30"]
    assert world.events("task.created", kind="finance")[0].due_on == day("2026-03-30")


# A5


def test_A5_the_customer_is_told_courier_and_tracking():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-06-30")
    world.confirm("INV-1")
    world.walk("2026-03-06 18:30")
    world.do(c.DispatchTaxInvoice(invoice="INV-1", courier="SF", tracking="SF123"))
    (told,) = world.events("case.reminded", rule="A5")
    assert (told.template, told.service, told.channel) == ("tax-invoice-dispatched", True, "email")
    assert world.timed("case.reminded", rule="A5") == ["03-06 18:30"]
    assert told.slot == world.workdays.opening(day("2026-03-09"))  # it leaves in the next window: Monday
    assert told.message.endswith("~service")
    assert (world.case("INV-1").tax.courier, world.case("INV-1").tax.tracking) == ("SF", "SF123")
    assert world.dated("task.completed", kind="finance") == ["03-06"]


@pytest.mark.parametrize(
    ("due", "told"),
    [("2026-04-10", "04-03"), ("2026-05-08", "05-06"), ("2026-03-02", "02-24"), ("2026-03-07", "02-28")],
)
def test_A5_not_dispatched_seven_days_before_due(due, told):
    world = World("2026-01-12")
    world.bill("INV-1", "2026-01-12", due)
    world.confirm("INV-1")
    world.do(c.IssueTaxInvoice(invoice="INV-1"))
    assert world.walk("2026-06-01").notices("tax_invoice_not_dispatched") == [f"{told} finance,supervisor"]


def test_A5_dispatched_in_time_is_no_matter():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-04-10")
    world.confirm("INV-1")
    world.walk("2026-04-02").do(c.DispatchTaxInvoice(invoice="INV-1"))
    assert world.walk("2026-05-01").notices("tax_invoice_not_dispatched") == []


def test_A5_a_bill_that_wants_no_tax_invoice_is_no_matter():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-10", issued="2026-03-02")
    assert world.walk("2026-05-01").notices("tax_invoice_not_dispatched") == []
