"""Instalments over HTTP: agreed, waiting for consent, read, split over bills, fallen (D3)."""

from typing import Any

import pytest

from service.api.models.agreements import PlanAnswer, PlanList
from service.api.models.work import ApprovalAnswer
from tests.api.tenants import Tenant, fits, problem

OVERDUE = {"issued_on": "2026-01-05", "due_on": "2026-02-20"}
PARTS = [{"due_on": "2026-03-20", "amount": "400.00"}, {"due_on": "2026-04-20", "amount": "600.00"}]


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """A customer with two overdue bills and one that is not yet due."""
    tenant.customer()
    tenant.bill("INV-1", amount="1000.00", **OVERDUE)
    tenant.bill("INV-2", amount="500.00", issued_on="2026-01-05", due_on="2026-02-25")
    tenant.bill("INV-3", amount="70.00")
    return tenant


def plan(tenant: Tenant, body: dict[str, Any], case: str = "INV-1", role: str = "supervisor") -> Any:
    return tenant.as_(role).post(f"/v1/cases/{case}/plans", json=body)


def limited(tenant: Tenant, **settings: Any) -> None:
    assert tenant.as_("admin").patch("/v1/settings", json=settings).status_code == 200


def test_a_plan_answers_itself_and_pauses_the_case(owed):
    response = plan(owed, {"parts": PARTS, "promised_by": "Zhang Wei"})
    assert response.status_code == 201, response.text
    assert response.headers["location"] == "/v1/cases/INV-1/plans"
    agreed = fits(PlanAnswer, response.json())
    assert (agreed["amount"], agreed["until"], agreed["state"]) == ("1000.00", "2026-04-21", "open")
    assert [(part["amount"], part["state"]) for part in agreed["parts"]] == [("400.00", "open"), ("600.00", "open")]
    assert owed.get("/v1/cases/INV-1")["paused"] == {"reason": "plan", "until": "2026-04-21"}
    (listed,) = fits(PlanList, owed.get("/v1/cases/INV-1/plans"))["data"]
    assert listed == agreed
    (hidden,) = owed.get("/v1/cases/INV-1/plans", "viewer")["data"]
    assert (hidden["promised_by"], agreed["promised_by"]) == (None, "Zhang Wei")
    types = [event["type"] for page in owed.pages("/v1/cases/INV-1/events") for event in page]
    assert types[-2:] == ["plan.agreed", "case.paused"]


def test_equal_parts_leave_the_rounding_to_the_last(owed):
    agreed = plan(owed, {"count": 3, "first_on": "2026-03-31"}).json()
    assert [(part["due_on"], part["amount"]) for part in agreed["parts"]] == [
        ("2026-03-31", "333.33"),
        ("2026-04-30", "333.33"),
        ("2026-05-31", "333.34"),
    ]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "parts_or_count", ""),
        ({"parts": PARTS, "count": 2}, "parts_or_count", ""),
        ({"parts": PARTS, "every": "P1M"}, "parts_or_count", ""),
        ({"parts": []}, "too_few", "/parts"),
        ({"count": 2}, "first_on_required", ""),
        ({"count": 37, "first_on": "2026-03-31"}, "out_of_range", "/count"),
        ({"count": 2, "first_on": "2026-03-31", "every": "monthly"}, "pattern", "/every"),
        ({"parts": [{"due_on": "2026-03-20", "amount": 1000}]}, "amount_as_number", "/parts/0/amount"),
        ({"parts": PARTS[:1]}, "plan_sum", "/parts"),
        ({"parts": PARTS[::-1]}, "parts_order", "/parts/1/due_on"),
        ({"parts": [{"due_on": "2026-03-01", "amount": "1000.00"}]}, "date_in_past", "/parts/0/due_on"),
        ({"count": 2, "first_on": "2026-03-31", "every": "P9999Y"}, "offset_range", "/every"),
        ({"count": 2, "first_on": "2026-03-31", "grace": 3}, "unknown_field", "/grace"),
    ],
)
def test_plans_that_make_no_sense_are_refused(owed, body, code, pointer):
    response = plan(owed, body)
    assert problem(response) == (422, code), response.text
    assert response.json()["errors"][0]["pointer"] == pointer
    assert owed.get("/v1/cases/INV-1/plans")["data"] == []


def test_a_collector_agrees_none_and_one_runs_at_a_time(owed):
    assert problem(plan(owed, {"parts": PARTS}, role="collector")) == (403, "role_may_not")
    assert plan(owed, {"parts": PARTS}).status_code == 201
    assert problem(plan(owed, {"parts": PARTS})) == (409, "plan_open")


def test_above_a_limit_it_waits_for_the_manager(owed):
    limited(owed, plan_parts=1)
    response = plan(owed, {"parts": PARTS, "reason": "Short of cash until June."})
    assert response.status_code == 202, response.text
    asked = fits(ApprovalAnswer, response.json())
    assert response.headers["location"] == f"/v1/approvals/{asked['id']}"
    assert (asked["kind"], asked["role"], asked["cases"], asked["rule"]) == ("plan", "manager", ["INV-1"], "D3")
    assert (asked["expires_on"], asked["reason"]) == ("2026-04-01", "Short of cash until June.")
    assert asked["content"]["granted"] == [
        {"bills": [{"case": "INV-1", "parts": PARTS}], "currency": "CNY", "deed": "plan"}
    ]
    assert owed.get("/v1/cases/INV-1")["paused"] is None
    path = f"/v1/approvals/{asked['id']}/grant"
    assert problem(owed.as_("supervisor").post(path, json={})) == (403, "role_may_not_approve")
    stale = owed.as_("manager").post(path, json={"content_hash": "0" * 64})
    assert problem(stale) == (409, "content_changed")
    granted = owed.as_("manager").post(path, json={"content_hash": asked["content_hash"]})
    assert (granted.status_code, granted.json()["state"]) == (200, "granted")
    (agreed,) = owed.get("/v1/cases/INV-1/plans")["data"]
    assert (agreed["approval"], agreed["state"]) == (asked["id"], "open")


def test_the_limits_are_the_tenants(owed):
    limited(owed, plan_amounts={"CNY": "999.99", "USD": "1"})
    assert plan(owed, {"parts": PARTS}).status_code == 202
    limited(owed, plan_amounts={"CNY": None})
    assert owed.get("/v1/settings")["plan_amounts"] == {"USD": "1"}
    assert plan(owed, {"count": 2, "first_on": "2026-03-20"}, "INV-2").status_code == 201
    for limits, code in (({"XXX": "1"}, "currency_unknown"), ({"CNY": "1.001"}, "money_precision")):
        assert problem(owed.as_("admin").patch("/v1/settings", json={"plan_amounts": limits})) == (422, code)


def test_what_changes_meanwhile_cancels_the_request_and_says_why(owed):
    limited(owed, plan_parts=1)
    asked = plan(owed, {"parts": PARTS}).json()
    paid = {"payment": "P-1", "customer": "C-1", "amount": "1.00", "currency": "CNY", "received_on": "2026-03-02"}
    owed.post("payment.received", **paid)
    assert owed.get(f"/v1/approvals/{asked['id']}")["state"] == "cancelled"
    refused = owed.as_("manager").post(f"/v1/approvals/{asked['id']}/grant", json={})
    assert problem(refused) == (409, "approval_closed")
    (told,) = owed.get("/v1/events", "admin", type="approval.cancelled")["data"]
    assert (told["data"]["why"], told["data"]["cases"]) == ("content_stale", ["INV-1"])


def test_whoever_covers_the_manager_grants_while_they_are_away(owed):
    limited(owed, plan_parts=1)
    asked = plan(owed, {"parts": PARTS}).json()
    path = f"/v1/approvals/{asked['id']}/grant"
    cover = owed.as_("supervisor", "wu.lei")
    put = owed.as_("admin").put
    assert put("/v1/users/wu.lei", json={"name": "Wu Lei", "role": "supervisor"}).status_code == 201
    away = {"from": "2026-03-03", "until": "2026-03-04", "cover": "wu.lei"}
    assert put("/v1/users/ma", json={"name": "Ma", "role": "manager", "away": away}).status_code == 201
    assert problem(cover.post(path, json={})) == (403, "role_may_not_approve")
    owed.walk("2026-03-03")
    granted = cover.post(path, json={})
    assert (granted.status_code, granted.json()["answered_by"]) == (200, "wu.lei")


def test_who_asked_never_grants_though_they_cover(owed):
    limited(owed, plan_parts=1)
    put = owed.as_("admin").put
    put("/v1/users/wu.lei", json={"name": "Wu Lei", "role": "supervisor"})
    away = {"from": "2026-03-01", "until": "2026-03-31", "cover": "wu.lei"}
    put("/v1/users/ma", json={"name": "Ma", "role": "manager", "away": away})
    mine = owed.as_("supervisor", "wu.lei")
    asked = mine.post("/v1/cases/INV-1/plans", json={"parts": PARTS}).json()
    assert problem(mine.post(f"/v1/approvals/{asked['id']}/grant", json={})) == (403, "four_eyes")


def test_a_request_nobody_answers_expires_with_all_its_bills(owed):
    limited(owed, plan_parts=1)
    asked = owed.as_("supervisor").post("/v1/customers/C-1/plans", json={"count": 2, "first_on": "2026-05-20"}).json()
    assert asked["cases"] == ["INV-1", "INV-2"]
    owed.walk("2026-04-02")
    assert owed.get(f"/v1/approvals/{asked['id']}")["state"] == "expired"
    again = owed.as_("supervisor").post("/v1/customers/C-1/plans", json={"count": 2, "first_on": "2026-05-20"})
    assert again.status_code == 202, again.text


def test_a_customers_plan_is_split_over_the_bills_and_falls_for_all(owed):
    body = {"parts": [{"due_on": "2026-03-20", "amount": "700.00"}, {"due_on": "2026-04-20", "amount": "800.00"}]}
    response = owed.as_("supervisor").post("/v1/customers/C-1/plans", json=body)
    assert (response.status_code, response.headers["location"]) == (201, "/v1/customers/C-1")
    first, second = fits(PlanList, response.json())["data"]
    assert [(part["due_on"], part["amount"]) for part in first["parts"]] == [
        ("2026-03-20", "700.00"),
        ("2026-04-20", "300.00"),
    ]
    assert ([part["amount"] for part in second["parts"]], second["id"]) == (["500.00"], first["id"])
    owed.walk("2026-03-24")
    (broken,) = owed.get("/v1/cases/INV-1/plans")["data"]
    (fallen,) = owed.get("/v1/cases/INV-2/plans")["data"]
    assert ([part["state"] for part in broken["parts"]], broken["state"]) == (["missed", "open"], "broken")
    assert ([part["state"] for part in fallen["parts"]], fallen["state"]) == (["open"], "broken")
    assert owed.get("/v1/cases/INV-2")["paused"] is None


def test_a_customers_plan_takes_the_bills_named(owed):
    body = {"count": 2, "first_on": "2026-03-20", "cases": ["INV-3"]}
    (agreed,) = owed.as_("supervisor").post("/v1/customers/C-1/plans", json=body).json()["data"]
    assert (agreed["case"], agreed["amount"]) == ("INV-3", "70.00")
    other = owed.as_("supervisor").post("/v1/customers/C-1/plans", json={**body, "cases": ["INV-9"]})
    assert problem(other) == (422, "unknown_invoice")
    assert problem(owed.as_("supervisor").post("/v1/customers/C-9/plans", json=body)) == (404, "unknown_customer")


def test_plans_are_listed_oldest_first_and_paged(owed):
    plan(owed, {"parts": PARTS})
    owed.walk("2026-03-24")
    plan(owed, {"count": 2, "first_on": "2026-03-31"})
    pages = list(owed.pages("/v1/cases/INV-1/plans", limit=1))
    assert [[one["state"] for one in page] for page in pages if page] == [["broken"], ["open"]]
    assert problem(owed.as_("viewer").get("/v1/cases/INV-9/plans")) == (404, "unknown_invoice")


def test_the_schedule_says_when_the_part_is_judged(owed):
    plan(owed, {"parts": PARTS})
    schedule = owed.get("/v1/cases/INV-1/schedule")["data"]
    (check,) = [step for step in schedule if step["step"] == "plan-check"]
    assert (check["at"], check["why_code"], check["rule"]) == ("2026-03-24T09:00:00+08:00", "schedule.plan_check", "D3")
    assert "23 March 2026" in check["why"]
