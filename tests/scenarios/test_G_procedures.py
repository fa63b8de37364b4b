"""Section G: each of the other procedures, as shipped, to the day as the table says."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.refusals import Refused
from service.domain.settings import Settings
from tests.examples import SHIPPED, a_contact, a_playbook, by, day
from tests.world import World

PLANS = {name: a_playbook(text) for name, text in SHIPPED.items()}


@pytest.mark.parametrize("name", SHIPPED)
def test_G_every_shipped_playbook_is_clean_and_says_its_name_in_both_languages(name):
    assert (PLANS[name].name, sorted(PLANS[name].title)) == (name, ["en", "zh"])


def test_G_the_table_is_whole():
    assert set(SHIPPED) == {"standard", "ageing", "pressure", "early-reminder", "hotel", "phone", "employee"}


def world(plan: str, amount: str = "1000.00", due: str = "2026-03-09", **more) -> World:
    """A bill issued on Monday, 2 March, that needs no confirmation."""
    found = World("2026-03-02", playbook=PLANS[plan], **more)
    found.owed("INV-1", due=due, issued="2026-03-02", amount=amount)
    return found


def flag(story: World, name: str, off: bool = False) -> list[Any]:
    return story.do(c.FlagCases(customer="C-1", cases=("INV-1",), flag=name, off=off), by("collector"))


def talk(story: World, outcome: str, **said) -> None:
    """The open call is made."""
    record = c.ContactRecord(channel="phone", outcome=outcome, contact="ap", notes="noted", **said)
    story.finish("call", record)


# ageing


def test_G_ageing_asks_the_more_often_the_older_the_bill():
    story = world("ageing").walk("2026-06-05")
    assert story.days("friendly") == story.days("friendly", "phone") == ["03-10"]
    assert story.days("weekly") == story.days("weekly", "phone") == ["03-17", "03-24", "03-31", "04-07"]
    # every three days from 9 April; 12 and 18 April are a weekend's, May's first days are closed
    every = ["04-09", "04-13", "04-15", "04-20", "04-21", "04-24", "04-27", "04-30", "05-06", "05-09", "05-12"]
    assert story.days("every-three-days")[:11] == every


def test_G_ageing_asks_for_the_formal_letter_on_the_61st_day_and_again_after_a_refusal():
    story = world("ageing").walk("2026-05-09 10:00")
    assert story.timed("approval.requested", kind="letter") == ["05-09 09:00"]
    story.reject("letter")
    story.walk("2026-05-25 10:00")
    assert story.dated("approval.requested", kind="letter") == ["05-09", "05-25"]  # the 23rd is a Saturday
    story.grant("letter")
    assert [(e.kind, e.cases) for e in story.events("letter.issued")] == [("formal_dunning", ["INV-1"])]
    assert story.levels("INV-1") == ["05-25 formal"]


@pytest.mark.parametrize(("amount", "visits"), [("99999.99", []), ("100000.00", ["06-08"])])
def test_G_ageing_visits_on_the_91st_day_for_large_amounts(amount, visits):
    assert world("ageing", amount).walk("2026-06-30").days("visit", "visit") == visits


def test_G_ageing_amounts_are_asked_in_their_own_currency():
    story = World("2026-03-02", playbook=PLANS["ageing"])
    for id, amount, currency in (("INV-1", "14000.00", "USD"), ("INV-2", "100000.00", "CHF")):
        more = {"currency": currency, "confirmation_required": False}
        story.bill(id, "2026-03-02", "2026-03-09", amount, **more)
    story.walk("2026-06-30")
    assert (story.days("visit", "visit", "INV-1"), story.days("visit", "visit", "INV-2")) == (["06-08"], [])


def test_G_ageing_asks_for_the_hand_over_on_the_121st_day_and_dunning_ends_with_it():
    story = world("ageing").walk("2026-07-08 10:00")
    assert story.dated("approval.requested", kind="hand_over") == ["07-08"]
    story.grant("hand_over")
    assert story.case("INV-1").stage == "legal"
    assert story.notices("hand_over_granted") == ["07-08 legal"]
    assert "call" not in story.customer.tasks
    assert max(story.walk("2026-09-30").dated("case.reminded")) == "07-08"


def test_G_ageing_a_wilful_default_is_handed_over_at_any_time():
    story = world("ageing").walk("2026-03-18")
    assert [one.event.type for one in flag(story, "wilful_default")] == ["case.flagged"]
    assert flag(story, "wilful_default") == []
    story.walk("2026-07-31")
    assert story.dated("approval.requested", kind="hand_over") == ["03-19"]  # on D+121 it is open still
    assert [e.why for e in story.events("step.skipped", step="hand-over")] == ["asked_already"]
    assert story.customer.requests["hand_over"].bills == 1


# pressure


def test_G_pressure_letters_and_levels():
    story = world("pressure").walk("2026-05-31")
    letters = list(zip(story.dated("letter.issued"), [e.kind for e in story.events("letter.issued")], strict=True))
    assert letters == [("03-16", "reminder"), ("04-09", "urgent"), ("05-09", "stern"), ("05-25", "final_notice")]
    assert story.levels("INV-1") == ["04-09 supervisor", "05-09 manager"]


def test_G_pressure_calls_ten_days_after_the_bill_and_asks_the_cause_once_it_is_late():
    story = world("pressure").walk("2026-03-10")
    assert (story.days("ask-cause", "phone"), story.days("relationship-call", "phone")) == (["03-10"], [])
    with pytest.raises(Refused, match="record_incomplete"):
        talk(story, "reached")
    talk(story, "reached", cause="cash_short")
    assert story.walk("2026-03-31").days("relationship-call", "phone") == ["03-12"]


def test_G_pressure_who_was_not_reached_cannot_be_asked_the_cause():
    story = world("pressure").walk("2026-03-10")
    talk(story, "not_reached")
    assert "call" not in story.customer.tasks


def test_G_pressure_proposes_to_stop_credit_and_asks_finance():
    story = world("pressure").walk("2026-05-09 10:00")
    (asked,) = story.events("approval.requested")
    assert (asked.kind, asked.role, asked.cases) == ("credit_stop", "finance", ["INV-1"])


def test_G_pressure_the_final_notice_waits_for_progress_and_the_hand_over_does_not():
    story = world("pressure").walk("2026-05-14")
    story.pay("P-1", "100.00")
    story.walk("2026-06-08 10:00")
    assert story.dated("letter.issued", kind="final_notice") == ["05-28"]
    assert story.dated("approval.requested", kind="hand_over") == ["06-08"]


# early-reminder


def test_G_early_reminder_counts_open_days_before_the_due_day():
    story = World("2026-01-12", playbook=PLANS["early-reminder"])
    story.owed("INV-1", due="2026-02-26", issued="2026-01-12")
    story.walk("2026-02-26")
    assert story.days("statement") == ["02-12"]  # 13, 14, 24, 25, 26: five open days
    assert story.days("call-before", "phone") == ["02-14"]
    assert {e.why for e in story.events("step.skipped")} == {"channel_not_configured"}  # no SMS here


@pytest.mark.parametrize(("segment", "first"), [("preferred", "03-17"), ("standard", "03-13"), ("risk", "03-10")])
def test_G_early_reminder_grace_is_the_segments_at_opening(segment, first):
    story = world("early-reminder", segment=segment)
    story.do(c.UpdateCustomer(customer="C-1", segment="risk"))
    assert story.walk("2026-03-31").days("chase")[0] == first


def test_G_early_reminder_a_tenants_own_days_go_before_the_playbooks():
    story = world("early-reminder", settings=Settings(grace_days={"standard": 10}))
    assert story.walk("2026-03-31").days("chase")[0] == "03-20"


def test_G_early_reminder_goes_on_weekly_then_visits_then_the_supervisor_then_legal():
    story = world("early-reminder").walk("2026-06-08 10:00")
    assert story.days("chase")[:4] == ["03-13", "03-20", "03-27", "04-03"]
    assert story.days("visit", "visit") == ["04-09"]
    assert story.levels("INV-1") == ["05-09 supervisor"]
    assert {e.role for e in story.events("task.changed", kind="call")} == {"supervisor"}
    assert story.dated("approval.requested", kind="hand_over") == ["06-08"]
    story.grant("hand_over")
    assert max(story.walk("2026-07-31").days("chase")) == "06-05"


# hotel


def test_G_hotel_one_statement_a_month_and_a_call_whether_it_came():
    story = World("2026-03-02", playbook=PLANS["hotel"])
    story.bill("INV-1", "2026-03-02", "2026-06-30")
    story.bill("INV-2", "2026-03-20", "2026-06-30")
    story.walk("2026-04-30")
    assert [e.cases for e in story.events("letter.issued")] == [["INV-1"], ["INV-1", "INV-2"]]
    assert story.dated("letter.issued", kind="statement") == ["03-05", "04-07"]
    assert story.days("statement", "phone", "INV-1") == ["03-05", "04-07"]
    assert {e.why for e in story.events("task.created", kind="call")} == {"statement_received"}


def test_G_hotel_calls_a_week_after_the_delivery_while_unconfirmed():
    story = World("2026-03-02", playbook=PLANS["hotel"], settles_by_pod=True)
    story.bill("INV-1", "2026-03-02", "2026-06-30")
    story.walk("2026-03-12 18:00").do(c.CompletePod(invoice="INV-1", completed_on=day("2026-03-12")))
    assert story.walk("2026-03-31").days("call", "phone") == ["03-19"]


def test_G_hotel_a_confirmed_bill_is_not_called_about():
    story = World("2026-03-02", playbook=PLANS["hotel"])
    story.bill("INV-1", "2026-03-02", "2026-06-30")
    story.confirm("INV-1")
    assert story.walk("2026-03-31").days("call", "phone") == []


@pytest.mark.parametrize(("due", "on"), [("2026-04-10", "04-10"), ("2026-04-12", "04-10")])  # the 12th is a Sunday
def test_G_hotel_unconfirmed_on_the_due_day_books_are_compared_on_site(due, on):
    story = World("2026-03-02", playbook=PLANS["hotel"])
    story.bill("INV-1", "2026-03-02", due)
    story.walk("2026-04-30")
    assert story.dated("task.created", kind="reconcile") == [on]


def test_G_hotel_a_wilful_delay_is_told_to_finance_at_once():
    story = world("hotel").walk("2026-03-07 22:00")
    flag(story, "wilful_delay")
    assert story.notices("wilful_delay") == ["03-07 finance"]
    flag(story, "wilful_delay", off=True)
    assert story.case("INV-1").flags == {}


def test_G_hotel_proposes_to_stop_credit_for_a_bill_over_60_days():
    story = world("hotel").walk("2026-05-09 10:00")
    assert story.dated("approval.requested", kind="credit_stop", role="finance") == ["05-09"]


def test_G_hotel_proposes_to_stop_credit_when_a_new_bill_leads_over_the_limit():
    story = World("2026-03-02", playbook=PLANS["hotel"], credit_limit="1500.00", currency="CNY")
    for id, exposure, asked in (("INV-1", 100000, []), ("INV-2", 200000, ["03-03"])):
        story.owed(id, due="2026-06-30", issued=str(story.scene.today))
        story.account.exposure = {"CNY": exposure}
        story.walk(f"{story.scene.today} 18:00")
        assert story.dated("approval.requested", kind="credit_stop") == asked
        story.walk("2026-03-03 08:00")


# phone


def test_G_phone_states_the_debt_and_tries_the_points_in_order():
    story = world("phone", contacts=[a_contact("ap")]).walk("2026-03-10")
    (task,) = story.events("task.created", kind="call")
    assert (task.why, task.points) == ("state_debt", ["workplace", "home", "mobile", "third_party"])
    with pytest.raises(Refused, match="record_incomplete"):
        talk(story, "reached", verified=("identity",), willingness="yes")
    talk(story, "reached", verified=("identity", "post"), willingness="yes", ability="full")
    assert story.walk("2026-03-16").days("follow-up", "phone") == ["03-13", "03-16"]


def test_G_phone_every_point_exhausted_somebody_else_is_found_then_the_supervisor_has_it():
    story = world("phone", contacts=[a_contact("ap")]).walk("2026-03-10")
    talk(story, "not_reached")
    story.walk("2026-03-31")
    assert story.dated("task.created", kind="find_contact", id="C-1") == ["03-19"]  # the customer's, not the bill's
    assert story.levels("INV-1") == ["03-30 supervisor"]


@pytest.mark.parametrize(("ability", "plans"), [("part", ["03-16"]), ("full", [])])
def test_G_phone_a_repayment_plan_where_ability_lacks(ability, plans):
    story = world("phone", contacts=[a_contact("ap")]).walk("2026-03-10")
    talk(story, "reached", verified=("identity",), willingness="yes", ability=ability)
    assert story.walk("2026-03-20").days("plan", "phone") == plans


def test_G_phone_who_refuses_is_not_called_every_three_days_and_who_will_not_pay_is_handed_over():
    story = world("phone", contacts=[a_contact("ap")]).walk("2026-03-10")
    talk(story, "refused", verified=("identity",), willingness="no", ability="full", cause="wilful")
    assert story.walk("2026-03-19").days("follow-up", "phone") == []
    flag(story, "wilful")
    assert story.walk("2026-03-20").dated("approval.requested", kind="hand_over") == ["03-20"]


def test_G_phone_writes_to_nobody():
    assert world("phone").walk("2026-06-30").dated("case.reminded", channel="email") == []


# employee


def test_G_employee_the_statement_is_asked_of_finance_and_goes_once_granted():
    story = world("employee", due="2026-04-15").walk("2026-04-01 10:00")
    (asked,) = story.events("approval.requested")
    assert (asked.kind, asked.role) == ("letter", "finance")
    story.grant("letter", "finance")
    assert story.dated("letter.issued", kind="statement") == ["04-01"]
    assert story.walk("2026-04-14").notices("statement_waits") == []


def test_G_employee_finance_hears_by_the_5th_that_a_statement_waits():
    story = world("employee", due="2026-04-15").walk("2026-04-14")
    assert story.notices("statement_waits") == ["04-07 finance"]  # the 5th is Qingming


def test_G_employee_what_is_open_on_the_16th_is_deducted_from_the_pay():
    story = world("employee", due="2026-04-15")
    story.owed("INV-2", due="2026-05-15", issued="2026-04-02")
    story.walk("2026-04-30")
    (task,) = story.events("task.created", kind="deduct")
    assert (task.cases, task.role, task.on, task.due_on) == (["INV-1"], "finance", day("2026-04-16"), day("2026-04-21"))
    story.pay("P-1", "1000.00")
    assert story.dated("task.cancelled", kind="deduct") == ["04-30"]


def test_G_employee_who_settled_by_the_15th_owes_no_deduction():
    story = world("employee", due="2026-04-15").walk("2026-04-15")
    story.pay("P-1", "1000.00")
    assert story.walk("2026-04-30").dated("task.created", kind="deduct") == []
