"""A customer contests a part, pays the rest by instalments, stops, and settles at a discount (D2-D6), day by day."""

import pytest

from tests.journeys.company import day_of

PARTS = [
    {"due_on": "2026-03-20", "amount": "500.00"},
    {"due_on": "2026-04-20", "amount": "400.00"},
    {"due_on": "2026-05-20", "amount": "300.00"},
]


@pytest.fixture
def told(company):
    """Two bills that fell due on the 3rd of March, and people who have superiors."""
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(confirmation_required=False, collector="li.na")
    made.bill("I-1", "2026-03-02", "2026-03-03")
    made.bill("I-2", "2026-03-02", "2026-03-03", amount="600.00")
    for user, body in (
        ("ma", {"name": "Ma", "role": "manager"}),
        ("qi", {"name": "Qi", "role": "collector", "reports_to": "ma"}),
    ):
        assert made.ask("admin", "PUT", f"/v1/users/{user}", body).is_success
    made.choose(plan_amounts={"CNY": "1000.00"})
    return made


def states(told, bill, kind):
    return [one["state"] for one in told.all(f"/v1/cases/{bill}/{kind}")]


def money(told, bill):
    case = told.get(f"/v1/cases/{bill}")
    return case["open_amount"], case["disputed_amount"], case["paused"] and case["paused"]["reason"]


def test_D3_D5_a_part_is_contested_and_the_rest_is_paid_by_instalments(told):
    told.walk("2026-03-05")
    contested = {"reason": "damaged", "amount": "400.00", "text": "Two boxes were wet.", "owner": "qi"}
    told.do("collector", "/v1/cases/I-1/disputes", contested, 201)
    assert money(told, "I-1") == ("1000.00", "400.00", None)

    told.walk("2026-03-06")
    said = told.messages()[-1]
    assert (sorted(said["cases"]), said["at"][:10]) == (["I-1", "I-2"], "2026-03-06")
    assert "CNY 1,200.00" in said["subject"]

    # All that is not contested, in three parts: above what a supervisor may agree alone.
    told.walk("2026-03-09", "10:00")
    asked = told.do("supervisor", "/v1/customers/C-1/plans", {"parts": PARTS, "promised_by": "Wu Lei"}, 202)
    assert (asked["kind"], asked["role"], asked["cases"]) == ("plan", "manager", ["I-1", "I-2"])
    assert money(told, "I-2") == ("600.00", "0.00", None)
    told.grant("plan", "C-1", "manager")
    assert (money(told, "I-1")[2], money(told, "I-2")[2]) == ("plan", "plan")
    expected = told.get("/v1/customers/C-1")["expected_receipts"]
    assert [(one["on"], one["amount"]) for one in expected] == [
        ("2026-03-20", "500.00"),
        ("2026-04-20", "400.00"),
        ("2026-05-20", "300.00"),
    ]

    # Nobody has answered the customer for seven days.
    told.walk("2026-03-13")
    assert told.notices("dispute_unresolved") == ["03-12 manager"]
    assert told.reminded("I-1").split()[-1] == "03-09"

    # The first part comes; the contested part is the customer's, and the ERP credits it.
    told.walk("2026-03-20")
    told.pay("P-1", "500.00", "2026-03-20")
    told.walk("2026-03-23")
    done = told.do("supervisor", "/v1/cases/I-1/disputes/1/resolve", {"outcome": "customers", "text": "Photographs."})
    assert (done["state"], done["credit_expected"]) == ("resolved", "400.00")
    (task,) = told.tasks(kind="credit", state="open")
    assert (task["role"], task["due_on"]) == ("finance", "2026-03-30")
    told.walk("2026-03-25")
    told.say("invoice.credited", invoice="I-1", amount="400.00")
    assert told.tasks(kind="credit", state="open") == []
    assert money(told, "I-1") == ("100.00", "0.00", "plan")

    # The second part does not: the plan has ended for both bills, somebody calls, and dunning goes on where it stood.
    told.walk("2026-04-20")
    assert (states(told, "I-1", "plans"), states(told, "I-2", "plans")) == (["open"], ["open"])
    told.walk("2026-04-22")
    assert (states(told, "I-1", "plans"), states(told, "I-2", "plans")) == (["broken"], ["broken"])
    assert [day_of(e) for e in told.log("I-1", "plan.broken")] == ["04-22"]
    (call,) = told.tasks(kind="call", state="open")
    assert (call["rule"], sorted(call["cases"])) == ("D3", ["I-1", "I-2"])
    assert told.reminded("I-2").split()[-1] == "04-22"
    assert told.get("/v1/customers/C-1")["habits"]["promises"]["broken"] == 1  # the plan

    # They offer to pay by Friday if a little is let off, and do.
    offer = {"amount": "30.00", "ends_on": "2026-04-24", "reason": "To settle."}
    told.do("supervisor", "/v1/cases/I-2/discounts", offer, 201)
    told.walk("2026-04-24")
    told.pay("P-2", "670.00", "2026-04-24", allocations=[{"invoice": "I-2", "amount": "570.00"}])
    assert [told.get(f"/v1/cases/{bill}")["closed_as"] for bill in ("I-1", "I-2")] == ["paid", "paid"]
    assert states(told, "I-2", "discounts") == ["taken"]
    told.walk("2026-05-29")
    assert [one["state"] for one in told.tasks(customer="C-1")].count("open") == 0
    assert told.reminded("I-1").split()[-1] <= "04-24"


def test_D2_D4_a_second_broken_promise_raises_the_case_and_a_later_due_date_begins_it_anew(told):
    told.pay("P-1", "600.00", "2026-03-02", allocations=[{"invoice": "I-2", "amount": "600.00"}])
    for day, due_on in (("2026-03-04", "2026-03-05"), ("2026-03-10", "2026-03-11")):
        told.walk(day)
        told.do("collector", "/v1/cases/I-1/promises", {"due_on": due_on, "promised_by": "Li Na"}, 201)
    told.walk("2026-03-13")
    assert states(told, "I-1", "promises") == ["broken", "broken"]
    assert told.escalated("I-1") == ["03-13 supervisor"]
    page = told.get("/v1/customers/C-1")["habits"]
    assert page["promises"]["reliability"] == "unreliable"
    assert page["promises_by_contact"]["ap"]["broken"] == 2

    # Six weeks more, by consent: a new ladder from level none.
    body = {"due_on": "2026-04-17", "reason": "Their own customer pays then."}
    told.do("supervisor", "/v1/cases/I-1/extend", body, 202)
    told.grant("extension", "C-1", "manager")
    case = told.get("/v1/cases/I-1")
    assert (case["due_on"], case["level"], case["days_overdue"]) == ("2026-04-17", "none", 0)
    told.walk("2026-04-21")
    assert told.reminded("I-1").split()[-2:] == ["04-10", "04-20"]  # a week before, and the first open day after
    assert told.escalated("I-1") == ["03-13 supervisor"]
