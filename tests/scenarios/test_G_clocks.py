"""Section G: what may set a step's clock going, and what ends its repetitions."""

import pytest

from service.domain import commands as c
from tests.examples import a_contact, a_playbook, day
from tests.world import World


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
    story = World(
        "2026-03-02", playbook=a_playbook(plan), contacts=[a_contact("ap"), a_contact("boss", "decision_maker")]
    )
    story.owed("INV-1", due="2026-03-09", issued="2026-03-02")
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


ASKING = """
grammar: 1
name: asking
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: ask, rule: G, at: P1D, MORE, do: [{request: {kind: hold, role: boss, granted: [{hold: shipments}]}}]}
"""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("when: {segment: [risk]}", "condition"),
        ("unless: {segment: [standard]}", "exception"),
        ("catch_up: none", "missed"),
        ("never_after: P1D", "too_late"),
    ],
)
def test_G_a_request_that_was_left_out_is_not_asked_for_later(more, why):
    story = World("2026-03-02", playbook=a_playbook(ASKING.replace("MORE", more)))
    story.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    story.sleep("2026-03-20")
    story.walk("2026-04-30")
    assert [e.why for e in story.events("step.skipped")] == [why]
    assert story.dated("approval.requested") == []
    story.pay("P-1", "1000.00")
    story.do(c.ReversePayment(payment="P-1"))
    assert story.walk("2026-05-31").dated("approval.requested") == []  # nor once the bill is owed again


def test_G_a_request_that_lost_its_object_comes_again_with_the_bill():
    story = World("2026-03-02", playbook=a_playbook(ASKING.replace("MORE", "catch_up: one")))
    story.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    story.walk("2026-03-12").pay("P-1", "1000.00")
    assert story.case("INV-1").dropped == ("hold",)
    story.walk("2026-03-13").do(c.ReversePayment(payment="P-1"))
    story.walk("2026-04-30")
    assert story.dated("approval.requested") == ["03-10", "03-20"]  # seven days after it came back (F2)
    assert story.case("INV-1").dropped == ()
