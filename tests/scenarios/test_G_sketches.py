"""The grammar can say the other procedures of section G: a sketch of each is accepted, and what it says happens."""

import pytest

from service.domain import commands as c
from service.domain.settings import Settings
from tests.examples import a_contact, a_playbook, by, day
from tests.sketches import AGEING, EARLY_REMINDER, HOTEL, PHONE, PRESSURE, SKETCHES
from tests.world import World


@pytest.mark.parametrize("name", SKETCHES)
def test_G_the_grammar_can_say_it(name):
    assert a_playbook(SKETCHES[name]).name == name


def world(sketch: str, amount: str = "1000.00", settings: Settings | None = None, **more) -> World:
    found = World("2026-03-02", playbook=a_playbook(sketch), settings=settings, **more)
    found.owed("INV-1", due="2026-03-09", issued="2026-03-02", amount=amount)
    return found


def test_G_ageing_follows_the_age_of_the_bill():
    story = world(AGEING).walk("2026-05-31")
    assert story.days("friendly") == ["03-10"]
    assert story.days("weekly") == ["03-17", "03-24", "03-31", "04-07"]
    assert story.days("every-three-days")[:4] == ["04-09", "04-13", "04-15", "04-20"]  # 12, 18 April are a weekend's
    assert story.dated("approval.requested") == ["05-09"]


@pytest.mark.parametrize(("amount", "visits"), [("99999.99", []), ("100000.00", ["06-08"])])
def test_G_amounts_are_asked_per_currency(amount, visits):
    assert world(AGEING, amount).walk("2026-06-30").days("visit", "visit") == visits


def test_G_a_flag_sets_a_clock_going_at_any_time_and_dunning_stops_at_hand_over():
    story = world(AGEING).walk("2026-03-18")
    flag = c.FlagCases(customer="C-1", cases=("INV-1",), flag="wilful_default")
    assert [one.event.type for one in story.do(flag, by("collector"))] == ["case.flagged"]
    assert story.do(flag, by("collector")) == []
    story.walk("2026-03-19")
    assert story.dated("approval.requested", kind="hand_over") == ["03-19"]
    story.grant("hand_over")
    assert story.case("INV-1").stage == "legal"
    assert story.notices("hand_over_granted") == ["03-19 legal"]
    assert "call" not in story.customer.tasks
    assert max(story.walk("2026-06-30").dated("case.reminded")) == "03-17"


def test_G_pressure_letters_escalations_and_proposals():
    story = world(PRESSURE).walk("2026-05-31")
    assert [(e.kind, e.cases) for e in story.events("letter.issued")] == [
        ("reminder", ["INV-1"]),
        ("urgent", ["INV-1"]),
        ("stern", ["INV-1"]),
        ("final_notice", ["INV-1"]),
    ]
    assert story.dated("letter.issued") == ["03-16", "04-09", "05-09", "05-25"]
    assert story.levels("INV-1") == ["04-09 supervisor", "05-09 manager"]
    assert story.notices("propose_credit_stop") == ["05-09 finance"]


@pytest.mark.parametrize(("segment", "first"), [("preferred", "03-17"), ("standard", "03-13"), ("risk", "03-10")])
def test_G_grace_is_the_segments_at_opening(segment, first):
    story = world(EARLY_REMINDER, segment=segment)
    story.do(c.UpdateCustomer(customer="C-1", segment="risk"))
    assert story.walk("2026-03-31").days("chase")[0] == first


def test_G_a_tenants_own_days_go_before_the_playbooks():
    story = world(EARLY_REMINDER, settings=Settings(grace_days={"standard": 10}))
    assert story.walk("2026-03-31").days("chase")[0] == "03-20"


def test_G_open_days_before_the_due_day():
    story = World("2026-01-12", playbook=a_playbook(EARLY_REMINDER))
    story.owed("INV-1", due="2026-02-26", issued="2026-01-12")
    story.walk("2026-02-26")
    assert story.days("statement") == ["02-12"]  # 13, 14, 24, 25, 26: five open days
    assert story.days("call-before", "phone") == ["02-14"]
    assert {e.why for e in story.events("step.skipped")} == {"channel_not_configured"}  # no SMS here


def test_G_a_flag_may_fire_at_once():
    story = world(HOTEL).walk("2026-03-07 22:00")
    story.do(c.FlagCases(customer="C-1", cases=("INV-1",), flag="wilful_delay"), by("collector"))
    assert story.notices("wilful_delay") == ["03-07 finance"]
    story.do(c.FlagCases(customer="C-1", cases=("INV-1",), flag="wilful_delay", off=True), by("collector"))
    assert story.case("INV-1").flags == {}


def test_G_the_last_outcome_decides_and_the_record_must_be_full():
    story = world(PHONE, contacts=[a_contact("ap")]).walk("2026-03-10")
    (task,) = story.events("task.created", kind="call")
    assert task.points == ["workplace", "home", "mobile", "third_party"]
    record = c.ContactRecord(
        channel="phone",
        outcome="not_reached",
        contact="ap",
        verified=("number",),
        willingness="no",
        ability="none",
        notes="rings",
    )
    story.finish("call", record)
    story.walk("2026-03-31")
    assert story.dated("task.created", kind="find_contact", id="C-1") == ["03-19"]  # the customer's, not the bill's
    assert story.levels("INV-1") == ["03-30 supervisor"]
    assert story.events("step.skipped", step="plan")[0].why == "condition"


def test_G_a_letter_sets_a_clock_going():
    plan = """
grammar: 1
name: letters
ladders:
  - ladder: collection
    start: due
    while: {stage: [collection]}
    steps:
      - {step: remind, rule: H1, at: P1D, do: [{letter: {kind: reminder, level: supervisor}}]}
      - {step: write, rule: H1, at: P2D, do: [{message: {template: overdue, to: [decision_maker]}}]}
      - step: ring
        rule: H1
        start: {letter: reminder}
        at: P5D
        while: {letter_issued: reminder}
        do: [{task: {kind: call, why: letter}}]
"""
    story = world(plan, contacts=[a_contact("ap"), a_contact("boss", "decision_maker")])
    story.owed("INV-2", due="2026-03-09", issued="2026-03-02")
    story.walk("2026-03-31")
    assert [e.cases for e in story.events("letter.issued")] == [["INV-1", "INV-2"]]
    assert story.case("INV-1").letters == {"reminder": day("2026-03-10")}
    assert story.days("ring", "phone", "INV-1") == ["03-16"]
    assert story.levels("INV-1") == ["03-10 supervisor"]
    assert {e.contact for e in story.events("case.reminded", step="write")} == {"boss"}


def test_G_a_repetition_ends_by_number_by_day_by_confirmation_or_with_the_case():
    plan = """
grammar: 1
name: ends
ladders:
  - ladder: before
    start: issued
    steps:
      - {step: thrice, rule: G, at: P1D, every: P1D, times: 3, do: &write [{message: {template: hello}}]}
      - {step: to-the-day, rule: G, at: P1D, every: P1D, until: due, do: *write}
      - {step: to-the-word, rule: G, at: P1D, every: P1D, until: confirmed, do: *write}
      - {step: to-the-end, rule: G, at: P1D, every: P1D, until: closed, do: *write}
"""
    story = World("2026-03-02", playbook=a_playbook(plan))
    story.bill("INV-1", "2026-03-02", "2026-03-06")
    story.walk("2026-03-09 18:00").confirm("INV-1")
    story.walk("2026-03-12").pay("P-1", "1000.00")
    assert story.days("thrice") == ["03-03", "03-04", "03-05"]
    assert story.days("to-the-day")[-1] == "03-06"
    assert story.days("to-the-word")[-1] == "03-09"
    assert story.days("to-the-end")[-1] == "03-12"
    assert story.next_alarm() is None
