"""Forty days in which nobody looked at the clock, and pauses that a person ends (F1)."""

from datetime import datetime, timedelta

import pytest

from service.engine import calendar_steps, compose
from service.engine.tick import tick
from service.words.compose import compose as render
from tests.journeys.company import at, day_of, days, local

AWAY = datetime.fromisoformat(at("2026-04-14", "08:40"))


def before(company):
    """What stood on 5 March, when the machine went down."""
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(confirmation_required=False, collector="li.na")
    made.customer("NEW")
    made.customer("MONTH", billing_cycle="monthly")
    made.bill("SOON", "2026-03-02", "2026-03-16")
    made.bill("LATE", "2026-03-02", "2026-03-03")
    made.bill("FRESH", "2026-03-02", "2026-12-31", customer="NEW")
    made.walk("2026-03-05")
    made.do("collector", "/v1/cases/SOON/promises", {"due_on": "2026-03-20", "amount": "10.00"}, 201)
    return made


def awake(runtime, tenant, until):
    """The clock runs again from AWAY on, as the loops of a process run it, a look every twenty minutes."""
    now = AWAY
    while now <= datetime.fromisoformat(until):
        calendar_steps.fire(runtime.desk, tenant, now)
        tick(runtime.desk, tenant, now)
        while compose.compose_ready(runtime.desk, tenant, render, now):
            pass
        now += timedelta(minutes=20)


@pytest.fixture
def back(company, runtime):
    """The company three days after the forty."""
    made = before(company)
    awake(runtime, made.tenant, at("2026-04-16", "18:00"))
    made.walk("2026-04-16")
    return made


def since(company, texts):
    return [one for one in texts if one[:5] >= "04-14"]


def test_F1_missed_contacts_collapse_into_one_mail_and_one_call_a_customer(back):
    went = [(f"{local(m['at']):%m-%d %H:%M}", m["customer"], m["contact"], m["cases"]) for m in back.messages()]
    assert [one for one in went if one[0].startswith("04-14")] == [
        ("04-14 09:00", "C-1", "ap", ["LATE", "SOON"]),
        ("04-14 09:00", "NEW", "ap", ["FRESH"]),
    ]
    each_day = [(day[:5], contact, customer) for day, customer, contact, _ in went]
    assert len(each_day) == len(set(each_day))
    calls = [t for t in back.tasks(kind="call", customer="C-1") if t["state"] == "open"]
    assert [sorted(t["cases"]) for t in calls] == [["LATE", "SOON"]]


def test_F1_missed_escalations_follow_in_ladder_order_one_a_case_and_open_day(back):
    assert back.escalated("LATE") == ["04-14 supervisor", "04-15 manager"]
    assert back.escalated("SOON") == ["04-14 supervisor", "04-16 manager"]  # one month after D is the 16th
    assert back.escalated("FRESH") == ["04-14 supervisor"]


def test_F1_the_rest_is_logged_as_skipped_with_why(back):
    assert {s.split()[-1] for s in since(back, back.skipped("LATE"))} == {"missed"}
    left_out = [e for e in back.log("FRESH", "step.skipped") if e["data"]["step"] == "confirm-daily"]
    assert [(e["data"]["why"], e["data"]["count"] > 20) for e in left_out] == [("missed", True)]
    assert since(back, back.skipped("SOON", "due-soon")) == ["04-14 due-soon too_late"]


def test_F1_deadlines_are_not_lost(back):
    assert days(back.log("SOON", "promise.broken")) == "04-14"
    assert back.notices("bills_missing") == ["04-14 supervisor"]  # of 6 April, once
    assert back.notices("task_neglected", "C-1") == ["03-05 supervisor"]
    assert back.notices("task_neglected", "NEW") == ["04-14 supervisor"]  # of 9 March


def paused(company):
    """Two bills that a supervisor left alone from 9 March to the end of May."""
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(confirmation_required=False, collector="li.na")
    for bill in ("I-1", "I-2"):
        made.bill(bill, "2026-03-02", "2026-03-03")
    made.walk("2026-03-09")
    made.do("supervisor", "/v1/customers/C-1/pause", {"until": "2026-05-31", "reason": "flood"})
    return made


def test_F1_resumed_by_a_person_nothing_goes_out_before_the_next_open_day(company):
    told = paused(company)
    told.walk("2026-04-17", "10:00")  # a Friday
    preview = told.do("supervisor", "/v1/customers/C-1/resume?preview=true")
    assert [(one["case"], one["next_action"]["at"]) for one in preview["cases"]] == [
        ("I-1", "2026-04-20T09:00:00+08:00"),
        ("I-2", "2026-04-20T09:00:00+08:00"),
    ]
    assert told.get("/v1/cases/I-1")["paused"]["until"] == "2026-05-31"  # a preview changes nothing
    told.do("supervisor", "/v1/customers/C-1/resume", {"reason": "dry again"})
    told.walk("2026-04-19")
    assert told.reminded("I-1").split()[-1] == "03-09"
    told.walk("2026-04-22")
    on_monday = [m["cases"] for m in told.messages() if m["at"][:10] == "2026-04-20"]
    assert on_monday == [["I-1", "I-2"]]
    for bill in ("I-1", "I-2"):
        assert told.escalated(bill) == ["04-20 supervisor", "04-21 manager"]
        assert {s.split()[-1] for s in told.skipped(bill) if s.startswith("04-20")} == {"paused"}


def test_F1_a_pause_that_ends_by_itself(company):
    told = paused(company)
    told.walk("2026-06-03")
    assert told.reminded("I-1").split()[:6][-2:] == ["06-01", "06-02"]
    assert told.escalated("I-1") == ["06-01 supervisor", "06-02 manager", "06-03 general_manager"]
    assert [(day_of(one), one["data"]["kind"]) for one in told.feed("approval.requested")] == [("06-01", "credit_stop")]
    told.walk("2026-06-04")
    assert told.asked("hold", "C-1")["cases"] == ["I-1", "I-2"]
