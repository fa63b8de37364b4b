"""Disputes over HTTP: opened, listed, carved out of what is asked for, resolved for us or for the customer (D5)."""

from typing import Any

import pytest

from service.api.models.agreements import DisputeAnswer, DisputeList, DisputeReasons
from service.domain.dispute_reasons import REASONS
from tests.api.tenants import Tenant, fits, problem

OVERDUE = {"issued_on": "2026-01-05", "due_on": "2026-02-20"}
BODY = {"reason": "price", "amount": "400.00", "text": "They were promised last year's price."}


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """A customer with two overdue bills."""
    tenant.customer(language="en")
    tenant.bill("INV-1", amount="1000.00", **OVERDUE)
    tenant.bill("INV-2", amount="500.00", issued_on="2026-01-05", due_on="2026-02-25")
    return tenant


def dispute(tenant: Tenant, body: dict[str, Any], case: str = "INV-1", role: str = "collector") -> Any:
    return tenant.as_(role).post(f"/v1/cases/{case}/disputes", json=body)


def resolve(tenant: Tenant, body: dict[str, Any], n: int | str = 1, role: str = "collector") -> Any:
    return tenant.as_(role).post(f"/v1/cases/INV-1/disputes/{n}/resolve", json={"text": "Looked into.", **body})


def test_a_dispute_answers_itself_and_carves_its_part_out(owed):
    response = dispute(owed, BODY)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == "/v1/cases/INV-1/disputes"
    opened = fits(DisputeAnswer, response.json())
    assert opened | BODY == opened
    wanted = ("sales", "pricing", "open", "2026-03-09", None, None)
    assert tuple(opened[n] for n in ("owner", "root_cause", "state", "until", "outcome", "conceded")) == wanted
    case = owed.get("/v1/cases/INV-1")
    assert (case["disputed_amount"], case["open_amount"], case["paused"]) == ("400.00", "1000.00", None)
    (listed,) = fits(DisputeList, owed.get("/v1/cases/INV-1/disputes"))["data"]
    assert listed == opened
    (hidden,) = owed.get("/v1/cases/INV-1/disputes", "viewer")["data"]
    assert (hidden["text"], hidden["reason"]) == (None, "price")
    (task,) = owed.get("/v1/tasks", kind="dispute")["data"]
    assert (task["id"], task["role"], task["owner"], task["due_on"]) == ("dispute~INV-1.1", "sales", "sales", "2026-03-09")
    assert problem(owed.as_("supervisor").post(f"/v1/tasks/{task['id']}/complete", json={})) == (409, "task_ends_by_itself")


def test_a_dispute_of_all_pauses_the_case(owed):
    opened = dispute(owed, {"reason": "not_delivered", "text": "Nothing came."}).json()
    assert (opened["amount"], opened["owner"]) == ("1000.00", "warehouse")
    assert owed.get("/v1/cases/INV-1")["paused"] == {"reason": "dispute", "until": None}
    assert owed.ids("/v1/cases", paused="true") == ["INV-1"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({**BODY, "amount": "1000.01"}, "dispute_too_large", "/amount"),
        ({**BODY, "amount": 400}, "amount_as_number", "/amount"),
        ({**BODY, "reason": "mood"}, "not_one_of", "/reason"),
        ({**BODY, "text": " "}, "reason_required", "/text"),
        ({**BODY, "owner": "nobody"}, "unknown_user", "/owner"),
        ({**BODY, "until": "2026-03-09"}, "unknown_field", "/until"),
        ({"reason": "price"}, "field_missing", "/text"),
    ],
)
def test_disputes_that_make_no_sense_are_refused(owed, body, code, pointer):
    response = dispute(owed, body)
    assert problem(response) == (422, code), response.text
    assert response.json()["errors"][0]["pointer"] == pointer
    assert owed.get("/v1/cases/INV-1/disputes")["data"] == []


def test_who_may(owed):
    assert problem(dispute(owed, BODY, role="finance")) == (403, "role_may_not")
    assert dispute(owed, BODY).status_code == 201
    assert problem(resolve(owed, {"outcome": "ours"}, role="viewer")) == (403, "role_may_not")
    assert resolve(owed, {"outcome": "ours"}, role="finance").status_code == 200


def test_resolved_for_us_it_is_asked_for_again_from_the_next_open_day(owed):
    dispute(owed, {"reason": "price", "text": "too dear"})
    response = resolve(owed, {"outcome": "ours", "root_cause": "customer"})
    assert response.status_code == 200, response.text
    resolved = fits(DisputeAnswer, response.json())
    assert (resolved["state"], resolved["outcome"], resolved["root_cause"]) == ("resolved", "ours", "customer")
    assert (resolved["text"], resolved["resolved_on"], resolved["conceded"]) == ("too dear", "2026-03-02", None)
    case = owed.get("/v1/cases/INV-1")
    assert (case["paused"], case["disputed_amount"]) == (None, "0.00")
    assert case["next_action"]["at"] == "2026-03-03T09:00:00+08:00"
    assert problem(resolve(owed, {"outcome": "ours"})) == (409, "dispute_closed")
    assert problem(resolve(owed, {"outcome": "ours"}, 2)) == (404, "unknown_dispute")
    assert problem(resolve(owed, {"outcome": "ours"}, "X"))[0] == 422


def test_resolved_for_the_customer_a_credit_is_expected_until_it_comes(owed):
    dispute(owed, BODY)
    resolved = resolve(owed, {"outcome": "customers", "amount": "250.00"}).json()
    assert (resolved["conceded"], resolved["credit_expected"]) == ("250.00", "250.00")
    (task,) = owed.get("/v1/tasks", kind="credit", state="open")["data"]
    assert (task["role"], task["id"]) == ("finance", "credit~INV-1.1")
    owed.post("invoice.credited", invoice="INV-1", amount="100.00")
    assert owed.get("/v1/cases/INV-1")["disputed_amount"] == "150.00"
    owed.post("invoice.credited", invoice="INV-1", amount="150.00")
    case = owed.get("/v1/cases/INV-1")
    assert (case["disputed_amount"], case["open_amount"]) == ("0.00", "750.00")
    (one,) = owed.get("/v1/cases/INV-1/disputes")["data"]
    assert (one["conceded"], one["credit_expected"]) == ("250.00", "0.00")
    assert owed.get("/v1/tasks", kind="credit", state="open")["data"] == []


def test_after_seven_days_the_owners_superior_is_told(owed):
    put = owed.as_("admin").put
    put("/v1/users/ma", json={"name": "Ma", "role": "manager"})
    put("/v1/users/chen", json={"name": "Chen", "role": "collector", "reports_to": "ma"})
    assert dispute(owed, {**BODY, "owner": "chen"}).json()["owner"] == "chen"
    owed.walk("2026-03-10")
    told = [e["data"] for e in owed.get("/v1/events", "admin", type="notice.raised")["data"]]
    (notice,) = [one for one in told if one["text"] == "dispute_unresolved"]
    assert (notice["audience"], notice["users"], notice["cases"]) == (["manager"], ["ma"], ["INV-1"])


def test_messages_ask_only_for_what_is_not_disputed(owed):
    dispute(owed, BODY)
    dispute(owed, {"reason": "price", "text": "all"}, "INV-2")
    owed.walk("2026-03-03")
    message = owed.get("/v1/messages")["data"][0]
    assert message["cases"] == ["INV-1"]
    assert "600.00 open of CNY 1,000.00, without the part in dispute" in message["text"]
    assert "400.00" not in message["text"] and "INV-2" not in message["text"] and "500.00" not in message["text"]
    assert "CNY 600.00" in message["subject"]


def test_a_customers_dispute_is_split_oldest_due_first(owed):
    body = {**BODY, "amount": "1200.00"}
    response = owed.as_("collector").post("/v1/customers/C-1/disputes", json=body)
    assert (response.status_code, response.headers["location"]) == (201, "/v1/customers/C-1")
    found = fits(DisputeList, response.json())["data"]
    assert [(one["case"], one["amount"]) for one in found] == [("INV-1", "1000.00"), ("INV-2", "200.00")]
    again = owed.as_("collector").post("/v1/customers/C-1/disputes", json={"reason": "price", "text": "the rest"})
    assert [(one["case"], one["amount"]) for one in again.json()["data"]] == [("INV-2", "300.00")]
    none_left = owed.as_("collector").post("/v1/customers/C-1/disputes", json={"reason": "price", "text": "more"})
    assert problem(none_left) == (409, "nothing_overdue")


def test_disputes_are_listed_oldest_first_and_paged(owed):
    for amount in ("1.00", "2.00", "3.00"):
        dispute(owed, {**BODY, "amount": amount})
    pages = list(owed.pages("/v1/cases/INV-1/disputes", limit=2))
    assert [[one["dispute"] for one in page] for page in pages] == [[1, 2], [3]]
    assert problem(owed.as_("viewer").get("/v1/cases/INV-9/disputes")) == (404, "unknown_invoice")


def test_the_reasons_are_told_in_both_languages(tenant):
    reasons = fits(DisputeReasons, tenant.get("/v1/dispute-reasons"))["data"]
    assert {one["code"] for one in reasons} == set(REASONS)
    (price,) = [one for one in reasons if one["code"] == "price"]
    assert price == {
        "code": "price",
        "text": "The price is wrong",
        "root_cause": "pricing",
        "root_cause_text": "pricing",
        "owner": "sales",
    }
    chinese = tenant.as_("viewer").get("/v1/dispute-reasons", headers={"Accept-Language": "zh"}).json()["data"][0]
    assert (chinese["text"], chinese["root_cause_text"]) == ("价格有误", "定价")
    assert problem(tenant.as_("viewer").get("/v1/dispute-reasons?x=1")) == (422, "unknown_parameter")
