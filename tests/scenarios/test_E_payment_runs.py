"""Payment runs (E7): an e-mail two open days before, a call on the day; the week's other contacts move there."""

from datetime import date

import pytest

from service.domain import commands as c
from service.domain.payment_run import PaymentRun, contacts
from service.domain.refusals import Refused
from service.domain.settings import Settings
from tests.examples import CHINA, by, day, moment
from tests.world import World

DAYS = Settings().workdays(CHINA)


def paying(run: PaymentRun, **more) -> World:
    """A bill due on 6 March, lived from the 2nd on with the daily look."""
    world = World("2026-03-02", payment_run=run, **more)
    world.owed("INV-1", due="2026-03-06", issued="2026-02-20")
    return world


MONTHLY = PaymentRun(day_of_month=25)
THURSDAYS = PaymentRun(weekday=4)


def test_E7_written_to_two_open_days_before_and_called_on_the_day():
    world = paying(MONTHLY).live("2026-04-01")
    assert world.days("payment-run-mail") == ["03-23"]
    assert world.days("payment-run-call", "phone") == ["03-25"]
    (mail,) = world.events("case.reminded", step="payment-run-mail")
    assert (mail.rule, mail.template, mail.anchor) == ("E7", "payment-run", day("2026-03-25"))


def test_E7_the_contacts_of_that_week_move_to_it_and_other_weeks_go_on():
    world = paying(MONTHLY).live("2026-04-01")
    mails = sorted({*world.days("overdue-first-week"), *world.days("overdue-daily")})
    assert "03-20" in mails
    assert "03-30" in mails
    assert not {"03-23", "03-24", "03-25", "03-26", "03-27"} & set(mails)
    assert {event.why for event in world.events("step.skipped", step="overdue-daily")} == {"payment_run"}


def test_E7_all_the_bills_share_one_mail_and_one_call():
    world = World("2026-03-02", payment_run=MONTHLY)
    for id in ("INV-1", "INV-2"):
        world.owed(id, due="2026-03-27", issued="2026-03-02")
    world.live("2026-03-25")
    mails = world.events("case.reminded", step="payment-run-mail")
    assert [(one.contact, one.bills) for one in mails] == [("ap", 2)] * 2
    assert {one.message for one in mails} == {"C-1~ap~email~2026-03-23"}
    assert world.events("step.skipped", step="payment-run-mail") == []
    calls = world.events("case.reminded", step="payment-run-call")
    assert [(one.bills, one.rule, one.anchor) for one in calls] == [(2, "E7", day("2026-03-25"))] * 2
    (task,) = world.events("task.created", kind="call")[-1:]
    assert {one.task for one in calls} == {task.task}


def test_E7_what_was_due_on_the_day_says_so_though_it_goes_later():
    world = paying(MONTHLY)
    world.sleep("2026-03-24").watch()
    (mail,) = world.events("case.reminded", step="payment-run-mail")
    assert (mail.on, mail.due_at, mail.slot) == (day("2026-03-23"), moment("2026-03-23"), moment("2026-03-24"))
    world.sleep("2026-03-25 14:00").watch()
    (call,) = world.events("case.reminded", step="payment-run-call")
    assert (call.on, call.due_at) == (day("2026-03-25"), moment("2026-03-25"))


def test_E7_each_run_is_asked_for():
    world = paying(THURSDAYS).live("2026-03-20")
    assert world.days("payment-run-mail") == ["03-03", "03-10", "03-17"]
    assert world.days("payment-run-call", "phone") == ["03-05", "03-12", "03-19"]


def test_E7_a_call_on_the_day_is_about_all_of_them():
    world = World("2026-03-02", payment_run=MONTHLY)
    for id in ("INV-1", "INV-2"):
        world.owed(id, due="2026-03-31", issued="2026-03-02")
    world.sleep("2026-03-25").watch()
    (task,) = world.events("task.created", kind="call")
    assert (task.cases, task.why, task.rule) == (["INV-1", "INV-2"], "payment_run", "E7")


def test_F2_no_payment_run_goes_before_the_bill_is_taken_up_on_the_day_of_going_live():
    world = World("2026-03-16", payment_run=MONTHLY, settings=Settings(go_live_on=day("2026-03-23")))
    world.owed("INV-1", due="2026-03-06", issued="2026-02-20")
    world.sleep("2026-03-23").watch()
    assert world.days("payment-run-mail") == []


def test_E7_a_bill_whose_due_date_is_not_known_yet_is_not_asked_for():
    world = World("2026-03-02", payment_run=MONTHLY)
    world.bill("INV-1", "2026-03-02", None, terms="P30D", terms_from="tax_invoice", confirmation_required=False)
    assert (world.case("INV-1").stage, world.case("INV-1").due_on) == ("collection", None)
    assert world.live("2026-03-26").days("payment-run-mail") == []


def test_C11_where_every_week_has_its_run_a_person_is_looked_for_all_the_same():
    world = World("2026-03-02", payment_run=THURSDAYS, contacts=[])
    for id in ("INV-1", "INV-2"):
        world.owed(id, due="2026-03-06", issued="2026-02-20")
    world.live("2026-03-20")
    assert world.dated("step.skipped", step="payment-run-mail", id="INV-1", why="no_contact") == ["03-03", "03-10", "03-17"]
    (task,) = world.events("task.created", kind="find_contact")
    assert (task.rule, task.why, task.cases) == ("E7", "no_contact", ["INV-1", "INV-2"])
    assert world.days("payment-run-call", "phone", "INV-1") == ["03-05", "03-12", "03-19"]


def test_E7_confirmations_do_not_move():
    world = World("2026-03-02", payment_run=THURSDAYS)
    world.bill("INV-1", "2026-03-02", "2026-04-30")
    assert world.live("2026-03-10").days("confirm-first-week") == ["03-04", "03-06", "03-09"]


def test_E7_what_falls_due_within_a_week_is_asked_for_and_no_more():
    world = World("2026-03-02", payment_run=MONTHLY)
    world.owed("INV-1", due="2026-04-01", issued="2026-03-02")
    world.owed("INV-2", due="2026-04-02", issued="2026-03-02")
    world.live("2026-03-26")
    assert world.days("payment-run-mail", case="INV-1") == ["03-23"]
    assert world.days("payment-run-mail", case="INV-2") == []


def test_E7_nobody_is_called_about_nothing():
    world = World("2026-03-02", payment_run=MONTHLY)
    world.owed("INV-1", due="2026-05-01", issued="2026-03-02")
    assert world.live("2026-03-26").events("task.created") == []


@pytest.mark.parametrize(
    ("run", "mail", "call"),
    [
        (PaymentRun(day_of_month=7), "2026-03-05", "2026-03-09"),  # a Saturday: looked after on Monday
        (PaymentRun(day_of_month=31), "2026-03-27", "2026-03-31"),
        (PaymentRun(weekday=1), "2026-03-05", "2026-03-09"),
    ],
)
def test_E7_days_are_open_ones(run, mail, call):
    first, _, last = (list(contacts(run, day(text), DAYS)) for text in (mail, mail, call))
    assert first[0].mail_on == day(mail)
    assert last[0].call_on == day(call)


def test_E7_the_31st_is_the_last_day_of_a_shorter_month():
    assert PaymentRun(day_of_month=31).falls_on(date(2026, 2, 28))
    assert not PaymentRun(day_of_month=31).falls_on(date(2026, 3, 28))


def test_E7_downtime_is_made_up_for_till_the_run():
    world = paying(MONTHLY)
    world.sleep("2026-03-24").watch()
    assert world.days("payment-run-mail") == ["03-24"]
    assert world.watch() == []
    world.sleep("2026-03-26")
    assert world.watch() == []


def test_E7_called_once_though_the_day_is_looked_at_again():
    world = paying(MONTHLY)
    world.sleep("2026-03-25").watch()
    assert world.watch() == []
    world.finish("call")
    assert world.watch() == []


def test_E7_neither_paused_nor_restricted_nor_paid_bills_are_asked_for():
    world = paying(MONTHLY)
    world.promise("INV-1", "2026-03-27")
    assert world.sleep("2026-03-23").watch() == []
    world = paying(MONTHLY, restrictions=["do_not_contact"])
    assert world.sleep("2026-03-23").watch() == []
    world = paying(MONTHLY)
    world.pay("P-1", "1000.00", on="2026-03-02")
    assert world.sleep("2026-03-23").watch() == []


@pytest.mark.parametrize("days", [{}, {"weekday": 4, "day_of_month": 25}, {"weekday": 8}, {"day_of_month": 0}])
def test_E7_a_run_has_one_day(days):
    with pytest.raises(Refused, match="payment_run_shape"):
        World("2026-03-02").do(c.UpdateCustomer(customer="C-1", payment_run=PaymentRun(**days)))


def test_E7_it_is_taken_back():
    world = paying(MONTHLY)
    world.do(c.UpdateCustomer(customer="C-1", payment_run=None))
    assert world.customer.payment_run is None
    world.do(c.AddNote(customer="C-1", cases=(), text="x"), by("collector"))
