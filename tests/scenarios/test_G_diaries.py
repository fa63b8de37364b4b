"""Section G as a bill lives it: everything that each of the other procedures does, on its day, as the table says."""

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.scene import Scene
from tests.diary import diary, kept, on
from tests.examples import SHIPPED, a_contact, a_playbook, by, day
from tests.world import World

PLANS = {name: a_playbook(SHIPPED[name]) for name in SHIPPED if name != "standard"}


class Texting(World):
    """Where text messages can be sent."""

    @property
    def scene(self) -> Scene:
        return replace(super().scene, channels=frozenset({"email", "letter", "sms"}))


def world(plan: str, amount: str = "1000.00", **more) -> World:
    """A bill issued on Monday, 2 March 2026, due a week later, that needs no confirmation."""
    found = Texting("2026-03-02", playbook=PLANS[plan], contacts=[a_contact("ap", mobile="+86139")], **more)
    found.owed("INV-1", due="2026-03-09", issued="2026-03-02", amount=amount)
    return found


def unconfirmed(plan: str, due: str = "2026-04-10", **more) -> World:
    found = World("2026-03-02", playbook=PLANS[plan], **more)
    found.bill("INV-1", "2026-03-02", due)
    return found


def flag(story: World, name: str) -> None:
    story.do(c.FlagCases(customer="C-1", cases=("INV-1",), flag=name), by("collector"))


def requests(story: World) -> list[str]:
    return [one for one in diary(story, {"G-ageing", "G-early", "G-phone", "G-pressure"}) if " asks " in one]


# ageing


def test_G_ageing_a_bill_due_on_9_march_and_never_paid():
    # Qingming closes 4 to 6 April, May Day 1 to 5 May; 9 May is a Saturday worked, 12 and 18 April are of a weekend
    threes = "04-09 04-13 04-15 04-20 04-21 04-24 04-27 04-30 05-06 05-09 05-12 05-15"
    assert diary(kept(world("ageing"), "2026-05-15"), {"G-ageing"}) == sorted(
        on("03-10", "G-ageing email friendly", "G-ageing call overdue collector")
        + on("03-17 03-24 03-31 04-07", "G-ageing email overdue", "G-ageing call overdue collector")
        + on(threes, "G-ageing email overdue", "G-ageing call overdue collector")
        + on("05-09", "G-ageing asks boss letter")
    )


def test_G_ageing_from_the_amount_in_its_currency_on_it_is_visited():
    story = World("2026-03-02", playbook=PLANS["ageing"])
    least = {"CNY": "100000", "USD": "14000", "EUR": "13000", "GBP": "11000", "HKD": "110000", "JPY": "2000000"}
    for currency, amount in least.items():
        below = str(int(amount) - 1)
        for id, one in ((currency, amount), (f"{currency}-less", below if currency == "JPY" else f"{below}.99")):
            story.bill(id, "2026-03-02", "2026-03-09", one, currency=currency, confirmation_required=False)
    story.walk("2026-06-08 10:00")
    visits = [(e.rule, e.kind, e.why, sorted(e.cases)) for e in story.events("task.created", kind="visit")]
    assert visits == [("G-ageing", "visit", "overdue", sorted(least))]
    assert story.dated("task.created", kind="visit") == ["06-08"]


def test_G_ageing_what_was_refused_is_asked_for_again_after_fourteen_days():
    story = world("ageing").walk("2026-05-11 10:00")
    story.reject("letter")
    story.walk("2026-07-08 10:00").reject("hand_over")
    assert requests(story.walk("2026-07-31")) == [
        "05-09 G-ageing asks boss letter",
        "05-25 G-ageing asks boss letter",
        "07-08 G-ageing asks boss hand_over",
        "07-22 G-ageing asks boss hand_over",
    ]


def test_G_ageing_a_wilful_default_refused_is_asked_about_again_after_fourteen_days():
    story = world("ageing").walk("2026-03-18 10:00")
    flag(story, "wilful_default")
    story.walk("2026-03-19 10:00").reject("hand_over")
    assert requests(story.walk("2026-04-03")) == [
        f"{one} G-ageing asks boss hand_over" for one in story.dated("approval.requested")
    ]
    assert story.dated("approval.requested")[1] == "04-02"


def test_G_ageing_a_wilful_default_is_handed_over_at_any_time_before_the_confirmation_too():
    story = unconfirmed("ageing").walk("2026-03-12 18:00")
    flag(story, "wilful_default")
    assert requests(story.walk("2026-03-13 10:00")) == ["03-13 G-ageing asks boss hand_over"]
    story.grant("hand_over")
    assert story.case("INV-1").stage == "legal"


# early-reminder


def test_G_early_reminder_a_bill_due_on_9_march_and_never_paid():
    story = kept(world("early-reminder"), "2026-06-08")
    weekly = ["G-early email overdue", "G-early sms overdue"]
    # the 13th is three days of grace after D+1; 1 May is closed
    assert diary(story, {"G-early"}) == sorted(
        on("03-02", "G-early email statement", "G-early sms statement")
        + on("03-04", "G-early call due_soon collector")
        + on("03-13 03-20 03-27 04-03 04-10 04-17 04-24 05-06 05-08 05-15 05-22 05-29 06-05", *weekly)
        + on("03-13 03-20 03-27 04-03 04-10 04-17 04-24 05-06 05-08", "G-early call overdue collector")
        + on("05-15 05-22 05-29 06-05", "G-early call overdue supervisor")
        + on("04-09", "G-early visit overdue collector")
        + on("05-09", "G-early level supervisor")
        + on("06-08", "G-early asks boss hand_over")
    )


def test_G_early_reminder_a_bill_to_be_confirmed_hears_of_its_due_day_too():
    story = unconfirmed("early-reminder").walk("2026-04-10")
    # before 10 April: 9, 8, 7, 3 and 2 April are open
    assert (story.days("statement"), story.days("call-before", "phone")) == (["04-02"], ["04-07"])


def test_G_early_reminder_what_was_paused_over_the_due_day_is_not_announced_after_it():
    story = world("early-reminder")
    story.do(c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-03-09"), reason="moving"), by("collector"))
    story.walk("2026-03-12")
    assert (story.days("statement"), story.days("call-before", "phone")) == ([], [])
    assert story.walk("2026-03-13").days("chase") == ["03-13"]


def test_G_early_reminder_what_was_refused_is_asked_for_again_after_fourteen_days():
    story = world("early-reminder").walk("2026-06-08 10:00")
    story.reject("hand_over")
    assert story.walk("2026-06-30").dated("approval.requested") == ["06-08", "06-22"]


# hotel


def test_G_hotel_a_bill_never_confirmed_nor_paid():
    monthly = ["G-hotel letter statement", "G-hotel call statement_received collector"]
    # S+7 is 9 March, D 10 April, and 61 days after it 10 June; Qingming and May Day move the statements
    assert diary(kept(unconfirmed("hotel"), "2026-06-10"), {"G-hotel", "E3"}) == sorted(
        on("03-05 04-07 05-06 06-05", *monthly)
        + on("03-09", "G-hotel call confirm_bill collector")
        + on("04-10", "G-hotel reconcile on_site collector")
        + on("06-10", "E3 asks finance credit_stop")
    )


def test_G_hotel_a_confirmed_bill_is_not_compared_on_site():
    story = unconfirmed("hotel").walk("2026-03-10 10:00")
    story.confirm("INV-1")
    assert story.walk("2026-04-30").events("task.created", kind="reconcile") == []


@pytest.mark.parametrize("start", [unconfirmed, world])
def test_G_hotel_a_wilful_delay_is_told_to_finance_whatever_the_stage(start):
    story = start("hotel").walk("2026-03-06 22:00")
    flag(story, "wilful_delay")
    assert story.timed("notice.raised", text="wilful_delay") == ["03-06 22:00"]
    assert story.notices("wilful_delay") == ["03-06 finance"]


def test_G_hotel_E3_a_bill_to_be_confirmed_may_lead_over_the_limit_too():
    story = unconfirmed("hotel", credit_limit="500.00", currency="CNY")
    story.account.exposure = {"CNY": 100000}
    assert diary(story.walk("2026-03-03"), {"E3"}) == ["03-02 E3 asks finance credit_stop"]


# phone

DETAILS = "asking ability,contact,notes,verified,willingness"
POINTS = "at workplace,home,mobile,third_party"


def test_G_phone_a_bill_due_on_9_march_and_never_paid():
    # every three days from 13 March to the sixtieth day, 8 May; weekends, Qingming and May Day move them
    threes = (
        "03-13 03-16 03-19 03-23 03-25 03-30 03-31 04-03 04-07 04-09 04-13 04-15 04-20 04-21 04-24 04-27 04-30 05-06"
    )
    assert diary(kept(world("phone"), "2026-06-30"), {"G-phone"}) == sorted(
        on("03-10", f"G-phone call state_debt collector {DETAILS} {POINTS}")
        + on(threes, f"G-phone call follow_up collector {DETAILS} {POINTS}")
    )


@pytest.mark.parametrize(("ability", "planned"), [("part", True), ("none", True), ("full", False)])
def test_G_phone_where_ability_lacks_a_plan_is_spoken_of_every_fortnight(ability, planned):
    story = world("phone").walk("2026-03-10 10:00")
    record = c.ContactRecord(channel="phone", outcome="reached", contact="ap", notes="noted")
    story.finish("call", replace(record, verified=("identity",), willingness="yes", ability=ability))
    story.walk("2026-06-30")
    # D+7, +21, +35 and +49; the next, +63, is past the sixtieth day
    assert story.days("plan", "phone") == (["03-16", "03-30", "04-13", "04-27"] if planned else [])
    assert {e.rule for e in story.events("case.reminded", step="plan")} == ({"G-phone"} if planned else set())


def test_G_phone_a_plan_alone_asks_for_the_ability():
    story = world("phone").walk("2026-03-10 10:00")
    record = c.ContactRecord(channel="phone", outcome="refused", contact="ap", notes="noted")
    story.finish("call", replace(record, verified=("identity",), willingness="no", ability="part"))
    assert diary(story.walk("2026-03-20"), {"G-phone"})[1:] == [
        "03-16 G-phone call repayment_plan collector asking ability"
    ]


@pytest.mark.parametrize("outcome", ["not_reached", "wrong_number", "left", "moved", "reached"])
def test_G_phone_who_cannot_be_reached_is_looked_for_and_then_the_supervisors(outcome):
    story = world("phone").walk("2026-03-10 10:00")
    record = c.ContactRecord(channel="phone", outcome=outcome, contact="ap", notes="noted")
    story.finish("call", replace(record, verified=("identity",), willingness="yes", ability="full"))
    if task := story.customer.tasks.get("find_contact"):  # the person was crossed out (C7)
        story.do(c.CompleteTask(customer="C-1", task=task.id), by("collector"))
    story.walk("2026-06-30")
    lost = outcome != "reached"
    found = [(e.kind, e.why) for e in story.events("task.created", rule="G-phone", kind="find_contact")]
    assert found == ([("find_contact", "no_contact")] if lost else [])
    assert story.dated("task.created", rule="G-phone", kind="find_contact") == (["03-19"] if lost else [])
    assert story.levels("INV-1") == (["03-30 supervisor"] if lost else [])  # D+20 is a Sunday
    skipped = {e.step for e in story.events("step.skipped")} & {"exhausted", "supervisor"}
    assert skipped == (set() if lost else {"exhausted", "supervisor"})


def test_G_phone_on_the_twentieth_day_it_is_the_supervisors():
    story = World("2026-03-02", playbook=PLANS["phone"])
    story.owed("INV-1", due="2026-03-12", issued="2026-03-02")
    story.walk("2026-03-13 10:00")
    story.finish("call", c.ContactRecord(channel="phone", outcome="not_reached", contact="ap", notes="noted"))
    assert story.walk("2026-06-30").levels("INV-1") == ["04-01 supervisor"]


def test_G_phone_who_is_lost_later_is_the_supervisors_on_the_next_tenth_day():
    story = world("phone").walk("2026-03-10 10:00")
    record = c.ContactRecord(channel="phone", outcome="reached", contact="ap", notes="noted")
    story.finish("call", replace(record, verified=("identity",), willingness="yes", ability="full"))
    story.walk("2026-04-01 18:00").finish("call", replace(record, outcome="not_reached"))
    assert story.walk("2026-06-30").levels("INV-1") == ["04-08 supervisor"]  # D+30


@pytest.mark.parametrize(("plan", "asked_on"), [("phone", "2026-03-20"), ("pressure", "2026-06-08")])
def test_G_phone_G_pressure_once_granted_the_bill_is_legals(plan, asked_on):
    story = world(plan).walk("2026-03-19 18:00")
    if plan == "phone":
        flag(story, "wilful")
    story.walk(f"{asked_on} 10:00").grant("hand_over")
    assert story.case("INV-1").stage == "legal"


def test_G_phone_every_ten_days_to_the_sixtieth_somebody_is_looked_for():
    story = world("phone").walk("2026-03-10 10:00")
    story.finish("call", c.ContactRecord(channel="phone", outcome="not_reached", contact="ap", notes="noted"))
    for one in ("2026-03-19", "2026-03-30", "2026-04-08", "2026-04-20", "2026-04-28", "2026-05-08"):
        story.walk(f"{one} 18:00")
        task = story.customer.tasks["find_contact"]
        story.do(c.CompleteTask(customer="C-1", task=task.id), by("collector"))
    story.walk("2026-06-30")
    looked_for = story.dated("task.created", kind="find_contact", rule="G-phone")
    assert looked_for == ["03-19", "03-30", "04-08", "04-20", "04-28", "05-08"]


def test_G_phone_the_hand_over_of_the_wilful_is_asked_of_the_boss_again_after_fourteen_days():
    story = world("phone").walk("2026-03-19 18:00")
    flag(story, "wilful")
    story.walk("2026-03-20 10:00").reject("hand_over")
    assert requests(story.walk("2026-04-10")) == [
        "03-20 G-phone asks boss hand_over",
        "04-03 G-phone asks boss hand_over",
    ]


# pressure


def test_G_pressure_a_bill_due_on_9_march_and_never_paid():
    story = kept(world("pressure"), "2026-06-08")
    story.reject("hand_over")
    # D+76 is a Sunday; refused on 8 June, asked again on the 22nd
    assert diary(story.walk("2026-06-30"), {"G-pressure"}) == sorted(
        on("03-10", "G-pressure call ask_cause collector asking cause")
        + on("03-12", "G-pressure call relationship collector")
        + on("03-16", "G-pressure letter reminder")
        + on("04-09", "G-pressure letter urgent", "G-pressure level supervisor")
        + on("05-09", "G-pressure letter stern", "G-pressure level manager", "G-pressure asks finance credit_stop")
        + on("05-25", "G-pressure letter final_notice")
        + on("06-08 06-22", "G-pressure asks boss hand_over")
    )


def test_G_pressure_a_customer_is_called_ten_days_after_the_bill_though_it_is_not_confirmed_yet():
    assert unconfirmed("pressure").walk("2026-03-31").days("relationship-call", "phone") == ["03-12"]


def test_G_pressure_of_a_bill_sent_anew_the_ten_days_count_from_that_day():
    story = unconfirmed("pressure").walk("2026-03-05 10:00")
    story.do(c.AmendInvoice(invoice="INV-1", amount="900.00", reason="price"))
    assert story.walk("2026-03-31").days("relationship-call", "phone") == ["03-16"]  # the 15th is a Sunday


def test_G_pressure_the_final_notice_goes_on_the_seventy_sixth_day():
    story = World("2026-03-02", playbook=PLANS["pressure"])
    story.owed("INV-1", due="2026-03-10", issued="2026-03-02")
    assert story.walk("2026-06-08").dated("letter.issued", kind="final_notice") == ["05-25"]


# employee


def test_G_employee_on_the_5th_finance_is_told_of_a_statement_that_waits():
    story = World("2026-05-20", playbook=PLANS["employee"])
    story.owed("INV-1", due="2026-06-15", issued="2026-05-20")
    assert story.walk("2026-06-12").notices("statement_waits") == ["06-05 finance"]


def test_G_employee_a_bill_of_march_settled_by_nobody():
    story = World("2026-03-20", playbook=PLANS["employee"])
    story.owed("INV-1", due="2026-04-15", issued="2026-03-20")
    story.walk("2026-04-08 10:00").grant("letter", "finance")
    # the 5th is Qingming; what is open on 16 April is deducted within five days, and told again in May
    assert diary(story.walk("2026-05-31"), {"G-employee"}) == sorted(
        on("04-01 05-06", "G-employee asks finance letter")
        + on("04-07 05-06", "G-employee tells finance statement_waits")
        + on("04-08", "G-employee letter statement")
        + on("04-16", "G-employee deduct payroll_deduction finance by 04-21")
    )
