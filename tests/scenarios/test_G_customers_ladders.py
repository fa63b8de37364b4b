"""Section G: ladders of a customer come with days of the calendar, are asked of each of their bills, and act once."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict
from tests.examples import a_playbook, by, day
from tests.world import World


def plan(do: str, start: str = "{day_of_month: 5}", **step: str) -> str:
    more = "".join(f"        {name}: {value}\n" for name, value in step.items() if name != "select")
    select = f"    select: {step['select']}\n" if "select" in step else ""
    return f"""
grammar: 1
name: monthly
ladders:
  - ladder: accounts
    scope: customer
    start: {start}
{select}    steps:
      - step: look
        rule: G-employee
        do: {do}
{more}"""


WRITE = "[{message: {template: overdue}}]"
DEDUCT = "[{task: {kind: deduct, why: payroll_deduction, role: finance, due: P5D}}]"
ASK = "[{request: {kind: letter, role: finance, granted: [{letter: {kind: statement}}]}}]"


def story(do: str, *bills: str, start: str = "2026-03-02", customer: str = "standard", **step: str) -> World:
    """Bills that are due on the days given."""
    world = World(start, playbook=a_playbook(plan(do, step.pop("on", "{day_of_month: 5}"), **step)), segment=customer)
    for n, due in enumerate(bills or ("2026-03-31", "2026-04-10"), start=1):
        world.owed(f"INV-{n}", due=due, issued=start)
    return world


def test_G_all_the_customers_bills_stand_in_one_message_each_time():
    world = story(WRITE).walk("2026-05-31")
    # 5 April is Qingming, 5 May the last day of the May holidays: both go on the next open day (T2)
    assert world.days("look", case="INV-1") == world.days("look", case="INV-2") == ["03-05", "04-07", "05-06"]
    sent = world.events("case.reminded", channel="email")
    assert [(e.message[-10:], e.bills) for e in sent[:2]] == [("2026-03-05", 2)] * 2
    assert {(e.on, e.due_at.isoformat()) for e in sent[2:4]} == {(day("2026-04-05"), "2026-04-07T01:00:00+00:00")}


@pytest.mark.parametrize(
    ("start", "days"),
    [
        ("{day_of_month: 31}", ["03-31", "04-30", "05-31"]),  # the last day of shorter months
        ("{weekday: 5}", ["03-06", "03-13", "03-20", "03-27", "04-03"]),
        ("every_day", ["03-02", "03-03", "03-04", "03-05", "03-06"]),  # at once for a bill of this morning
    ],
)
def test_G_days_of_the_calendar(start, days):
    do = "[{notice: {audience: [finance], text: x}}]"
    found = story(do, "2026-03-31", on=start).walk("2026-06-30").events("step.fired")
    assert [f"{e.on:%m-%d}" for e in found][: len(days)] == days


def test_G_an_end_ends_it():
    world = story(WRITE, "2026-03-31", on="{weekday: 5}", until="due").walk("2026-05-31")
    assert world.days("look") == ["03-06", "03-13", "03-20", "03-27"]


def test_G_only_the_overdue_are_found_when_only_they_are_meant():
    world = story(WRITE, "2026-04-05", "2026-04-03", select="{having: overdue_bills}").walk("2026-04-30")
    assert world.days("look", case="INV-1") == []  # on its D itself nothing is overdue
    assert world.days("look", case="INV-2") == ["04-07"]


@pytest.mark.parametrize("select", ["{segment: risk}", "{billing_cycle: monthly}"])
def test_G_customers_who_are_not_meant_are_left_alone(select):
    world = story(WRITE, "2026-03-31", select=select).walk("2026-03-31")
    assert world.days("look") == []
    assert [e.why for e in world.events("step.skipped")] == ["condition"]


def test_G_the_customers_present_segment_counts():
    assert story(WRITE, "2026-03-31", select="{segment: risk}", customer="risk").walk("2026-03-31").days("look")


def test_G_bills_that_came_after_the_day_wait_for_the_next_one():
    world = story(WRITE, "2026-04-30", start="2026-03-06").walk("2026-04-30")
    assert world.days("look") == ["04-07"]
    assert world.events("step.skipped") == []


def test_G_a_paused_bill_is_left_alone_and_what_was_missed_comes_once():
    world = story(WRITE, on="{weekday: 5}").walk("2026-03-09")
    pause = c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-03-29"), reason="under discussion")
    world.do(pause, by("supervisor"))
    world.walk("2026-04-03")
    assert world.days("look", case="INV-1") == ["03-06", "03-30", "04-03"]
    assert world.days("look", case="INV-2") == ["03-06", "03-13", "03-20", "03-27", "04-03"]
    assert [(e.why, e.count) for e in world.events("step.skipped")] == [("paused", 2)]


# Tasks


def test_G_one_task_for_all_the_customers_bills():
    world = story(DEDUCT).walk("2026-03-05")
    (task,) = world.events("task.created")
    assert (task.task, task.cases, task.bills) == ("deduct~C-1.2", ["INV-1", "INV-2"], 2)
    assert (task.role, task.owner, task.due_on) == ("finance", "finance", day("2026-03-10"))
    assert world.case("INV-1").tasks == world.case("INV-2").tasks == {"deduct": "deduct~C-1.2"}


def test_G_a_bill_joins_the_customers_open_task_once():
    world = story(DEDUCT, "2026-05-31").walk("2026-03-05")
    world.owed("INV-2", due="2026-05-31", issued="2026-03-05")
    world.walk("2026-04-30")
    assert [(e.cases, e.bills) for e in world.events("task.changed")] == [(["INV-2"], 2)]
    assert world.days("look", "visit") == []
    assert len(world.events("task.created")) == 1


def test_G_a_bill_that_is_paid_leaves_it_and_the_last_one_cancels_it():
    world = story(DEDUCT).walk("2026-03-06")
    world.pay("P-1", "1000.00")
    assert [(e.removed, e.bills, e.role) for e in world.events("task.changed")] == [(["INV-1"], 1, "finance")]
    world.pay("P-2", "1000.00")
    assert [(e.task, e.why) for e in world.events("task.cancelled")] == [("deduct~C-1.2", "paid")]
    assert world.customer.tasks == {}


def test_G_a_pause_does_not_take_our_own_work_away():
    world = story(DEDUCT).walk("2026-03-06")
    world.do(c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-03-12"), reason="away"), by("collector"))
    assert world.customer.tasks["deduct"].bills == 2


def test_G_the_customers_task_is_given_away_put_off_and_completed():
    world = story(DEDUCT).walk("2026-03-06")
    task = world.customer.tasks["deduct"].id
    world.do(c.AssignTask(customer="C-1", task=task, owner="zhou.min"), by("supervisor"))
    put_off = c.SnoozeTask(customer="C-1", task=task, until=day("2026-03-16"), reason="payroll is on the 20th")
    world.do(put_off, by("supervisor"))
    found = world.customer.tasks["deduct"]
    assert (found.owner, found.role, found.due_on) == ("zhou.min", "finance", day("2026-03-16"))
    world.do(c.CompleteTask(customer="C-1", task=task), by("finance"))
    assert world.customer.tasks == {}
    with pytest.raises(Conflict, match="task_closed"):
        world.do(c.CompleteTask(customer="C-1", task=task), by("finance"))
    world.walk("2026-04-30")
    assert [e.task for e in world.events("task.created")][1:] == ["deduct~C-1.6"]  # a new one next month


def test_G_a_call_of_the_customers_ladder_is_the_customers_one_call():
    world = story("[{task: {kind: call, why: overdue}}]").walk("2026-03-05")
    assert (world.customer.tasks["call"].bills, world.days("look", "phone")) == (2, ["03-05", "03-05"])


# Requests, letters, holds, levels


def test_G_one_request_and_once_granted_one_letter_about_all_the_bills_each_month():
    world = story(ASK).walk("2026-03-06")
    (asked,) = world.events("approval.requested")
    assert (asked.role, asked.cases, asked.bills) == ("finance", ["INV-1", "INV-2"], 2)
    world.grant("letter", "finance")
    assert [(e.kind, e.cases) for e in world.events("letter.issued")] == [("statement", ["INV-1", "INV-2"])]
    world.walk("2026-04-30")
    assert world.dated("approval.requested") == ["03-05", "04-07"]


def test_G_while_it_is_open_nobody_is_asked_again():
    world = story(ASK).walk("2026-04-30")
    assert world.dated("approval.requested") == ["03-05"]
    assert {e.why for e in world.events("step.skipped")} == {"asked_already"}
    assert world.customer.requests["letter"].bills == 2


def test_G_what_was_granted_and_stands_is_not_asked_for_again():
    stop = "[{request: {kind: credit_stop, role: finance, granted: [{propose: credit_stop}]}}]"
    world = story(stop, on="{weekday: 1}").walk("2026-03-02")
    world.grant("credit_stop", "finance")
    world.walk("2026-03-31")
    assert world.dated("approval.requested") == ["03-02"]


def test_G_a_hold_and_a_level_for_all_of_them():
    world = story("[{escalate: supervisor}, {hold: shipments}]").walk("2026-03-05")
    assert world.levels("INV-1") == world.levels("INV-2") == ["03-05 supervisor", "03-05 hold"]
    assert len(world.events("hold.applied")) == 1


def test_G_steps_of_the_tenant_are_not_asked_of_bills():
    text = plan("[{notice: {audience: [finance], text: staff_accounts}}]", "every_day").replace("customer", "tenant")
    text += """
  - {ladder: own, start: due, steps: [{step: rise, rule: G, at: P1D, do: [{escalate: manager}]}]}
"""
    world = World("2026-03-02", playbook=a_playbook(text))
    world.owed("INV-1", due="2026-03-31", issued="2026-03-02")
    world.walk("2026-04-30")
    assert world.levels("INV-1") == ["04-01 manager"]
    assert (world.notices("staff_accounts"), world.events("step.fired")) == ([], [])
