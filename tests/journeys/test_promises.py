"""Promises to pay, kept and broken on the right day, and pauses that end (D1, B4, F1)."""

import pytest

from tests.journeys.company import day_of, moment_of


def owing(company, *bills, due="2026-03-03", now="2026-03-02T08:00:00+08:00"):
    """Bills of 1 000 that need no confirmation."""
    made = company(now)
    made.customer(confirmation_required=False, collector="li.na")
    for bill in bills:
        made.bill(bill, now[:10], due)
    return made


def promise(company, bill, due_on, amount=None, role="collector", status=201):
    body = {"due_on": due_on, "amount": amount, "promised_by": "Li Na"}
    return company.do(role, f"/v1/cases/{bill}/promises", body, status)


def states(company, bill):
    return [(one["amount"], one["state"]) for one in company.all(f"/v1/cases/{bill}/promises")]


def test_D1_a_promise_kept_on_the_first_open_day_after_its_date(company):
    told = owing(company, "I-1")
    told.walk("2026-03-10")
    promise(told, "I-1", "2026-03-20")  # a Friday
    assert told.get("/v1/cases/I-1")["paused"] == {"reason": "promise", "until": "2026-03-23"}
    told.walk("2026-03-23")
    assert told.reminded("I-1").split()[-1] == "03-10"
    told.pay("P-1", "1000.00", "2026-03-23")
    assert states(told, "I-1") == [("1000.00", "kept")]
    assert [e["type"] for e in told.log("I-1")][-4:] == [
        "payment.applied",
        "promise.kept",
        "case.resumed",
        "case.closed",
    ]
    told.walk("2026-04-30")
    assert (told.log("I-1", "promise.broken"), told.reminded("I-1").split()[-1]) == ([], "03-10")


@pytest.mark.parametrize(
    ("due_on", "broken"),
    [
        ("2026-04-03", "04-08 09:00"),  # Qingming until the 6th: the 7th is the grace day
        ("2026-04-30", "05-07 09:00"),  # May Day until the 5th
        ("2026-05-08", "05-11 09:00"),  # the grace day is a Saturday worked
    ],
)
def test_D1_broken_when_the_open_day_after_the_grace_day_begins(company, due_on, broken):
    told = owing(company, "I-1", due="2026-03-30", now="2026-03-27T08:00:00+08:00")
    promise(told, "I-1", due_on, role="supervisor")
    told.walk("2026-05-12")
    (event,) = told.log("I-1", "promise.broken")
    assert moment_of(event) == broken
    (call,) = told.tasks(kind="call", customer="C-1")
    assert (call["rule"], call["cases"]) == ("D1", ["I-1"])
    assert told.reminded("I-1", channel="phone").split()[0] == broken[:5]


def test_D1_broken_progress_is_counted_anew_and_what_waited_is_due_at_once(company):
    told = owing(company, "I-1")
    told.walk("2026-03-10")
    promise(told, "I-1", "2026-04-03")
    assert told.get("/v1/cases/I-1")["progress_on"] == "2026-03-10"
    told.walk("2026-04-10")
    assert told.escalated("I-1") == ["04-08 supervisor", "04-09 manager"]  # missed ones follow, one an open day
    assert told.reminded("I-1").split()[-3:] == ["03-10", "04-08", "04-09"]
    assert told.get("/v1/cases/I-1")["progress_on"] is None


def test_D1_in_part_is_not_kept(company):
    told = owing(company, "I-1")
    told.walk("2026-03-10")
    promise(told, "I-1", "2026-03-13")
    told.pay("P-1", "400.00", "2026-03-10")
    told.walk("2026-03-17")
    (broken,) = told.log("I-1", "promise.broken")
    assert (broken["data"]["state"], broken["data"]["received"]) == ("partially_kept", "400.00")
    assert states(told, "I-1") == [("1000.00", "partially_kept")]
    assert told.get("/v1/cases/I-1")["paused"] is None


def test_D1_money_in_time_but_recorded_later_turns_a_broken_promise_into_a_kept_one(company):
    told = owing(company, "I-1")
    told.walk("2026-03-10")
    promise(told, "I-1", "2026-03-13", "600.00")
    told.walk("2026-03-18")
    assert states(told, "I-1") == [("600.00", "broken")]
    told.pay("P-1", "600.00", "2026-03-16")
    assert states(told, "I-1") == [("600.00", "kept")]
    assert [day_of(e) for e in told.log("I-1", "promise.kept")] == ["03-18"]


def test_D1_a_smaller_promise_is_watched_and_pauses_nothing(company):
    told = owing(company, "I-1")
    told.walk("2026-03-10")
    promise(told, "I-1", "2026-03-20", "500.00")
    assert told.get("/v1/cases/I-1")["paused"] is None
    told.walk("2026-03-13")
    assert told.reminded("I-1").split()[-3:] == ["03-11", "03-12", "03-13"]
    assert told.escalated("I-1") == []
    told.walk("2026-03-24")
    assert told.escalated("I-1") == ["03-24 supervisor"]  # broken that day; the 17th had waited


def test_D1_whose_the_promise_may_be(company):
    told = owing(company, "I-1", "I-2")
    promise(told, "I-1", "2026-04-02", status=403)  # more than thirty days ahead
    promise(told, "I-1", "2026-04-02", role="supervisor")
    promise(told, "I-1", "2026-03-10", status=409)  # one at a time
    promise(told, "I-2", "2026-03-01", status=422)
    promise(told, "I-2", "2026-03-10", "1000.01", status=422)


def test_D1_a_customers_promise_is_split_over_the_oldest_bills(company):
    told = owing(company, "I-2", due="2026-03-04")
    told.bill("I-1", "2026-03-02", "2026-03-03")
    told.walk("2026-03-05")
    body = {"due_on": "2026-03-10", "amount": "1300.00"}
    told.do("collector", "/v1/customers/C-1/promises", body, 201)
    assert (states(told, "I-1"), states(told, "I-2")) == ([("1000.00", "open")], [("300.00", "open")])
    assert {one["case"] for one in told.get("/v1/customers/C-1")["commitments"]} == {"I-1", "I-2"}


def test_D1_promises_that_pause_are_limited(company):
    told = owing(company, "I-1", now="2026-03-02T08:00:00+08:00", due="2026-03-30")
    for due_on, judged, paused in (
        ("2026-03-03", "2026-03-05", True),
        ("2026-03-06", "2026-03-10", True),
        ("2026-03-11", "2026-03-13", False),
    ):
        promise(told, "I-1", due_on)
        assert (told.get("/v1/cases/I-1")["paused"] is not None) is paused
        told.walk(judged)
    assert states(told, "I-1") == [("1000.00", "broken")] * 3


def test_F1_a_pause_ends_with_one_mail_and_one_call(company):
    told = owing(company, "I-1", "I-2")
    told.walk("2026-03-09")
    told.do("collector", "/v1/customers/C-1/pause", {"until": "2026-03-24", "reason": "moves house"}, 403)
    told.do("collector", "/v1/customers/C-1/pause", {"until": "2026-03-20", "reason": "moves house"})
    assert told.tasks(kind="call", state="open") == []  # their call has no bills any more
    told.walk("2026-03-20")
    assert told.reminded("I-1").split()[-1] == "03-09"
    told.walk("2026-03-23")
    assert [m["cases"] for m in told.messages() if m["at"][:10] == "2026-03-23"] == [["I-1", "I-2"]]
    (call,) = told.tasks(kind="call", state="open")
    assert sorted(call["cases"]) == ["I-1", "I-2"]
    assert told.escalated("I-1") == ["03-23 supervisor"]
    assert {s.split()[-1] for s in told.skipped("I-1") if s.startswith("03-23")} == {"paused"}
