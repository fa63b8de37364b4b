"""A and B as a bill lives them: every message, task, notice, level and request on its day, as the rules' table says."""

import pytest

from service.domain import commands as c
from tests.diary import diary, kept, on
from tests.examples import a_contact, day
from tests.world import World

A = {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10"}
B = {"B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9"}


@pytest.mark.parametrize("customer", [{}, {"billing_cycle": "monthly"}, {"key_account": True}])
def test_A6_A7_A8_A9_a_bill_sent_on_2_march_and_never_confirmed(customer):
    world = World("2026-03-02", **customer)
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    mine = ["email confirm", "call confirm_bill collector"]
    raised = ["email confirm", "call confirm_bill supervisor"]
    assert diary(kept(world, "2026-03-18"), A) == sorted(
        on("03-04 03-06 03-09", *(f"A6 {one}" for one in mine))
        + on("03-10 03-11 03-12 03-13", *(f"A7 {one}" for one in mine))
        + on("03-16 03-17 03-18", *(f"A7 {one}" for one in raised))
        + on("03-16", "A8 level supervisor")
    )


def test_A6_A7_A8_A10_a_habitually_late_confirmer_is_visited_once_a_week_and_written_to_daily():
    world = World("2026-03-02", key_account=True)
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late", "pays_late"})}
    assert diary(kept(world, "2026-03-25"), A) == sorted(
        on("03-04 03-06 03-09", "A6 email confirm", "A6 call confirm_bill collector")
        + on("03-10 03-11 03-12 03-13 03-16 03-17 03-18 03-19 03-20 03-23 03-24 03-25", "A7 email confirm")
        + on("03-16", "A8 level supervisor")
        + on("03-10", "A10 visit confirm_bill collector")
        + on("03-17 03-24", "A10 visit confirm_bill supervisor")
    )


def test_A6_A7_go_on_though_something_is_paid():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    for n, paid_on in enumerate(["2026-03-05", "2026-03-11"]):
        world.walk(f"{paid_on} 18:00").pay(f"P-{n}", "10.00")
    world.walk("2026-03-18")
    assert world.days("confirm-first-week") == ["03-04", "03-06", "03-09"]
    assert world.days("confirm-daily") == ["03-10", "03-11", "03-12", "03-13", "03-16", "03-17", "03-18"]


@pytest.mark.parametrize(
    ("asked", "due_on"),
    [("2026-04-20", "2026-04-30"), ("2026-04-21", "2026-05-01"), ("2026-02-19", "2026-02-28")],
)
def test_A4_a_tax_invoice_asked_for_before_the_confirmation_is_due_as_if_confirmed_that_day(asked, due_on):
    world = World(asked)
    world.bill("INV-1", asked, "2026-12-30")
    world.do(c.RequestTaxInvoice(invoice="INV-1"))
    (task,) = world.events("task.created", kind="finance")
    assert (task.role, task.why, task.rule, task.due_on) == ("finance", "issue_tax_invoice", "A4", day(due_on))


def test_A8_A9_A10_with_proof_of_delivery_the_days_count_from_the_day_it_was_complete():
    world = World("2026-03-02", settles_by_pod=True)
    world.bill("INV-1", "2026-03-02", "2026-12-30", period="2026-02")
    world.walk("2026-03-12 10:00").do(c.CompletePod(invoice="INV-1"))
    mine = ["A9 email confirm", "A9 call confirm_bill collector"]
    raised = ["A9 email confirm", "A9 call confirm_bill supervisor"]
    # every day from 13 March, the 14th after it being the 26th
    assert diary(kept(world, "2026-03-27"), A) == sorted(
        on("03-02", "A9 pod collect_pod collector by 03-20")
        + on("03-13 03-16 03-17 03-18 03-19 03-20 03-23 03-24 03-25", *mine)
        + on("03-26 03-27", *raised)
        + on("03-26", "A8 level supervisor")
    )


def test_A9_A10_from_the_eighth_day_after_the_proof_a_visit_a_week_replaces_the_calls():
    world = World("2026-03-02", settles_by_pod=True)
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    world.do(c.CompletePod(invoice="INV-1"))
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late"})}
    emails = "03-03 03-04 03-05 03-06 03-09 03-10 03-11 03-12 03-13 03-16 03-17 03-18"
    assert diary(kept(world, "2026-03-18"), {"A9", "A10"}) == sorted(
        on("03-02", "A9 pod collect_pod collector by 04-20")
        + on(emails, "A9 email confirm")
        + on("03-03 03-04 03-05 03-06 03-09", "A9 call confirm_bill collector")
        + on("03-10", "A10 visit confirm_bill collector")
        + on("03-17", "A10 visit confirm_bill supervisor")
    )


def test_A8_A9_with_proof_of_delivery_too_the_supervisor_waits_two_weeks_after_a_payment():
    world = World("2026-03-02", settles_by_pod=True)
    world.bill("INV-1", "2026-03-02", "2026-12-30")
    world.do(c.CompletePod(invoice="INV-1"))
    world.walk("2026-03-10").pay("P-1", "10.00")
    assert diary(kept(world, "2026-04-10"), {"A8"}) == ["03-24 A8 level supervisor"]  # the 14th day alone was the 16th


def test_A9_A11_once_confirmed_a_bill_with_proof_of_delivery_is_not_asked_about():
    world = World("2026-03-02", settles_by_pod=True)
    world.bill("INV-1", "2026-03-02", "2026-05-29")
    world.do(c.CompletePod(invoice="INV-1"))
    kept(world, "2026-03-04").confirm("INV-1")
    assert diary(kept(world, "2026-05-20"), {"A8", "A9", "A10"}) == sorted(
        on("03-02", "A9 pod collect_pod collector by 04-20")
        + on("03-03 03-04", "A9 email confirm", "A9 call confirm_bill collector")
    )


# Qingming closes 4 to 6 April, May Day 1 to 5 May; 9 May is a Saturday worked
FIRST_DAILY = "03-17 03-18 03-19 03-20"
LATER_DAILY = "03-23 03-24 03-25 03-26 03-27 03-30 03-31 04-01 04-02 04-03 04-07 04-08 04-09"
WEEKLY = "04-16 04-23 04-30 05-07 05-14 05-21 05-28 06-04"
NEVER_PAID = [
    *on("03-02", "B1 email due-soon", "B1 call due_soon collector"),
    *on("03-10 03-12 03-16", "B2 email overdue copy finance", "B2 call overdue collector"),
    *on(f"{FIRST_DAILY} {LATER_DAILY} {WEEKLY}", "B3 email overdue"),
    *on("03-23", "B4 level supervisor"),
    *on("04-09", "B6 level manager", "B6 tells manager overdue_one_month", "B6 assist help_collect manager"),
    *on("05-09", "B7 level general_manager", "B7 tells general_manager overdue_two_months"),
    *on("05-09", "B7 assist help_collect general_manager"),
]
"""What a bill due on 9 March and never paid hears, whoever the customer is; calls from D+8 and visits apart."""


@pytest.mark.parametrize(
    ("customer", "asked"),
    [
        ({}, "boss"),
        ({"billing_cycle": "monthly", "settles_by_pod": True}, "boss"),
        ({"key_account": True}, "general_manager"),
    ],
)
def test_B1_B2_B3_B4_B5_B6_B7_B8_a_bill_due_on_9_march_and_never_paid(customer, asked):
    world = World("2026-01-12", **customer)
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    assert diary(kept(world, "2026-06-09"), B) == sorted(
        NEVER_PAID
        + on(FIRST_DAILY, "B3 call overdue collector")
        + on(f"{LATER_DAILY} {WEEKLY}", "B3 call overdue supervisor")
        + on("06-09", f"B8 asks {asked} hold")
    )


def test_B1_B2_B3_B4_B5_B6_B7_B8_a_habitually_late_payer_is_visited_once_a_week_instead_of_called():
    world = World("2026-01-12")
    world.bill("INV-1", "2026-01-12", "2026-03-09")
    world.confirm("INV-1")
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late", "pays_late"})}
    assert diary(kept(world, "2026-06-09"), B) == sorted(
        NEVER_PAID
        + on("03-17", "B5 visit overdue collector")
        # a week after the 24th is the 31st, after that 7 April; the manager has it from the 9th, every 7 days
        + on(f"03-24 03-31 04-07 {WEEKLY}", "B5 visit overdue supervisor")
        + on("06-09", "B8 asks boss hold")
    )


def test_B2_B3_go_on_though_something_is_paid():
    world = World("2026-01-12")
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    for n, paid_on in enumerate(["2026-03-11", "2026-03-20", "2026-04-17"]):
        world.walk(f"{paid_on} 18:00").pay(f"P-{n}", "10.00")
    world.walk("2026-04-30")
    assert world.days("overdue-first-week") == "03-10 03-12 03-16".split()
    assert world.days("overdue-daily") == f"{FIRST_DAILY} {LATER_DAILY}".split()
    assert world.days("overdue-weekly") == "04-16 04-23 04-30".split()


@pytest.mark.parametrize(
    ("due", "weekly", "first", "visited"),
    [
        # the manager has it from Friday, 3 April; 1 May is closed until the 6th, and the 8th is two days later
        (
            "2026-03-03",
            "04-10 04-17 04-24 05-06 05-08 05-15",
            "03-11",
            "03-18 03-25 04-01 04-10 04-17 04-24 05-06 05-15",
        ),
        # from Monday, 30 March; the 6th of April is Qingming, and from the 7th to the 13th it is no week
        ("2026-02-28", "04-07 04-13 04-20 04-27 05-06 05-11", "03-09", "03-16 03-23 03-30 04-07 04-20 04-27 05-06"),
    ],
)
def test_B3_B5_of_two_weekly_days_that_a_holiday_brings_together_one_asks_for_a_visit(due, weekly, first, visited):
    world = World("2026-01-12", key_account=True)
    world.owed("INV-1", due=due, issued="2026-01-12")
    world.habits_by_hand = {"INV-1": frozenset({"pays_late"})}
    story = kept(world, "2026-05-15")
    assert story.days("overdue-weekly") == weekly.split()
    assert diary(story, {"B5"}) == sorted(
        on(first, "B5 visit overdue collector") + on(visited, "B5 visit overdue supervisor")
    )


def test_B3_on_two_weekly_days_that_a_holiday_brings_together_the_customer_is_called():
    world = World("2026-01-12")
    world.owed("INV-1", due="2026-03-03", issued="2026-01-12")
    calls = [one for one in diary(kept(world, "2026-05-15"), {"B3"}) if " call " in one]
    assert calls[-3:] == on("05-06 05-08 05-15", "B3 call overdue supervisor")


@pytest.mark.parametrize(
    ("customer", "words"),
    [
        ({}, ["boss"]),
        ({"billing_cycle": "monthly", "settles_by_pod": True}, ["boss"]),
        ({"key_account": True}, ["general_manager", "boss"]),
    ],
)
def test_B8_B9_granted_each_time_from_the_hold_to_legals_decision(customer, words):
    world = World("2026-01-12", contacts=[a_contact("ap"), a_contact("dm", "decision_maker")], **customer)
    world.bill("INV-1", "2026-01-12", "2026-03-09")
    world.confirm("INV-1")
    world.habits_by_hand = {"INV-1": frozenset({"confirms_late", "pays_late"})}
    world.walk("2026-06-10 18:00")
    for role in words:
        world.grant("hold", role)
    world.walk("2026-06-22 10:00").grant("letter")
    world.walk("2026-07-06 10:00").grant("lawyer_letter")
    assert diary(world.walk("2026-12-01"), {"B8", "B9"}) == sorted(
        on("06-09", f"B8 asks {words[0]} hold")
        + on("06-10", "B8 level hold")
        + on("06-11", *["B8 email hold service"] * 2, "B8 tells sales,warehouse hold_applied")
        + on("06-11", "B8 tells manager hold_unacknowledged")  # by the ERP, after one open day
        + on("06-17", "B9 asks boss letter")
        + on("06-22", "B9 letter formal_dunning", "B9 letter reconciliation", "B9 level formal")
        + on("07-06", "B9 asks boss lawyer_letter", "B9 letter lawyer", "B9 level legal")
        + on("07-20", "B9 legal decide_hand_over legal")
    )


def test_B9_does_not_wait_for_progress():
    world = World("2026-01-12")
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    for kind, granted_on, paid_on in [
        ("hold", "2026-06-10", "2026-06-12"),
        ("letter", "2026-06-22", "2026-06-24"),
        ("lawyer_letter", "2026-07-06", "2026-07-08"),
    ]:
        world.walk(f"{granted_on} 10:00").grant(kind)
        world.walk(f"{paid_on} 10:00").pay(f"P-{kind}", "10.00")
    assert world.walk("2026-07-20").dated("approval.requested") == ["06-09", "06-17", "07-06"]
    assert world.dated("task.created", kind="legal") == ["07-20"]


def test_B9_legals_day_moves_to_the_next_open_one():
    world = World("2026-01-12")
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    for kind, granted_on in [("hold", "2026-06-10"), ("letter", "2026-06-22"), ("lawyer_letter", "2026-07-11")]:
        world.walk(f"{granted_on} 10:00").grant(kind)
    assert world.walk("2026-08-31").dated("task.created", kind="legal") == ["07-27"]  # from a Saturday to a Saturday


def test_B8_B9_rejected_each_is_asked_for_again_after_fourteen_days():
    world = World("2026-01-12")
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    world.walk("2026-06-10 10:00").reject("hold")  # a Wednesday; on the next but one it is asked again
    world.walk("2026-06-23 10:00").reject("letter")  # a Tuesday
    world.walk("2026-06-24 10:00").grant("hold")
    world.walk("2026-07-07 10:00").grant("letter")
    world.walk("2026-07-21 10:00").reject("lawyer_letter")
    asked = [one for one in diary(world.walk("2026-08-05"), {"B8", "B9"}) if " asks " in one]
    assert asked == [
        "06-09 B8 asks boss hold",
        "06-17 B9 asks boss letter",
        "06-24 B8 asks boss hold",
        "07-07 B9 asks boss letter",
        "07-21 B9 asks boss lawyer_letter",
        "08-04 B9 asks boss lawyer_letter",
    ]


def test_B9_of_an_unanswered_letter_the_boss_is_reminded_every_three_open_days():
    world = World("2026-01-12")
    world.owed("INV-1", due="2026-03-09", issued="2026-01-12")
    world.walk("2026-06-10 10:00").grant("hold")
    # asked for on 17 June; the Dragon Boat Festival closes the 19th to the 21st
    assert world.walk("2026-06-30").notices("request_unanswered") == ["06-23 boss", "06-26 boss"]
    world.walk("2026-07-01 10:00").grant("letter")  # the lawyer's is asked for on the 15th
    assert world.walk("2026-07-23").notices("request_unanswered")[2:] == ["07-01 boss", "07-20 boss", "07-23 boss"]
