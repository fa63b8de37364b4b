"""Later due dates and discounts over HTTP: done at once, or once somebody else has agreed (D4, D6)."""

from typing import Any

import pytest

from service.api.models.agreements import DiscountAnswer, DiscountList
from service.api.models.customers import CommandAnswer
from service.api.models.work import ApprovalAnswer
from tests.api.tenants import Tenant, fits, problem


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """A customer with an overdue bill."""
    tenant.customer()
    tenant.bill("INV-1", amount="1000.00", issued_on="2026-01-05", due_on="2026-02-20")
    return tenant


def extend(tenant: Tenant, due_on: str, role: str = "supervisor", **more: Any) -> Any:
    return tenant.as_(role).post("/v1/cases/INV-1/extend", json={"due_on": due_on, "reason": "harvest", **more})


def offer(tenant: Tenant, amount: str = "50.00", role: str = "supervisor", **more: Any) -> Any:
    body = {"amount": amount, "ends_on": "2026-03-20", "reason": "settles the complaint", **more}
    return tenant.as_(role).post("/v1/cases/INV-1/discounts", json=body)


def pay(tenant: Tenant, amount: str, on: str) -> None:
    tenant.post("payment.received", payment="P-1", customer="C-1", amount=amount, currency="CNY", received_on=on)


def test_an_extension_is_a_new_due_date(owed):
    response = extend(owed, "2026-03-20")
    assert response.status_code == 200, response.text
    assert fits(CommandAnswer, response.json())["cases"] == ["INV-1"]
    case = owed.get("/v1/cases/INV-1")
    assert (case["due_on"], case["days_overdue"], case["level"]) == ("2026-03-20", 0, "none")
    log = [event for page in owed.pages("/v1/cases/INV-1/events") for event in page]
    (changed,) = [event for event in log if event["type"] == "invoice.due_date_changed"]
    assert (changed["data"]["previous"], changed["private"]) == ("2026-02-20", {"reason": "harvest"})


def test_far_from_the_first_due_date_it_waits_for_consent(owed):
    response = extend(owed, "2026-03-23")
    assert response.status_code == 202, response.text
    asked = fits(ApprovalAnswer, response.json())
    assert (asked["kind"], asked["role"], asked["rule"], asked["reason"]) == ("extension", "manager", "D4", "harvest")
    assert asked["content"]["granted"] == [
        {"case": "INV-1", "deed": "extension", "due_on": "2026-03-23", "previous": "2026-02-20"}
    ]
    assert owed.get("/v1/cases/INV-1")["due_on"] == "2026-02-20"
    granted = owed.as_("manager").post(f"/v1/approvals/{asked['id']}/grant", json={})
    assert granted.json()["state"] == "granted"
    assert owed.get("/v1/cases/INV-1")["due_on"] == "2026-03-23"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"due_on": "2026-02-20", "reason": "x"}, 422, "due_not_later"),
        ({"due_on": "soon", "reason": "x"}, 422, "bad_date"),
        ({"due_on": "2026-03-20"}, 422, "field_missing"),
        ({"due_on": "2026-03-20", "reason": ""}, 422, "reason_required"),
    ],
)
def test_extensions_that_make_no_sense_are_refused(owed, body, status, code):
    assert problem(owed.as_("supervisor").post("/v1/cases/INV-1/extend", json=body)) == (status, code)


def test_who_may_extend_and_offer(owed):
    assert problem(extend(owed, "2026-03-20", "collector")) == (403, "role_may_not")
    assert problem(offer(owed, role="collector")) == (403, "role_may_not")
    assert problem(owed.as_("supervisor").post("/v1/cases/X/extend", json={"due_on": "2026-03-20", "reason": "x"})) == (
        404,
        "unknown_invoice",
    )


def test_a_discount_is_earned_by_paying_the_rest_in_time(owed):
    response = offer(owed)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == "/v1/cases/INV-1/discounts"
    offered = fits(DiscountAnswer, response.json())
    assert (offered["amount"], offered["ends_on"], offered["until"], offered["state"]) == (
        "50.00",
        "2026-03-20",
        "2026-03-20",
        "open",
    )
    assert owed.get("/v1/cases/INV-1")["paused"] is None
    pay(owed, "950.00", "2026-03-02")
    case = owed.get("/v1/cases/INV-1")
    assert (case["open_amount"], case["stage"], case["closed_as"]) == ("0.00", "closed", "paid")
    (listed,) = fits(DiscountList, owed.get("/v1/cases/INV-1/discounts"))["data"]
    assert listed == {**offered, "state": "taken", "taken": "50.00"}
    owed.post("invoice.credited", invoice="INV-1", amount="50.00")
    assert owed.get("/v1/customers/C-1")["credit"] == {}
    (told,) = owed.get("/v1/events", "admin", type="invoice.credited")["data"]
    assert (told["data"]["amount"], told["data"]["booked"]) == ("50.00", "50.00")


def test_else_it_lapses(owed):
    offer(owed)
    owed.walk("2026-03-23")
    assert [one["state"] for one in owed.get("/v1/cases/INV-1/discounts")["data"]] == ["lapsed"]
    assert owed.get("/v1/events", "admin", type="discount.lapsed")["data"][0]["data"]["why"] == "ended"
    assert offer(owed, ends_on="2026-03-31").status_code == 201
    pages = list(owed.pages("/v1/cases/INV-1/discounts", limit=1))
    assert [one["state"] for page in pages for one in page] == ["lapsed", "open"]


def test_a_larger_share_waits_for_consent(owed):
    response = offer(owed, "50.01")
    assert response.status_code == 202, response.text
    asked = response.json()
    assert (asked["kind"], asked["content"]["granted"][0]["amount"]) == ("discount", "50.01")
    granted = owed.as_("manager").post(f"/v1/approvals/{asked['id']}/grant", json={"content_hash": asked["content_hash"]})
    assert granted.status_code == 200, granted.text
    (listed,) = owed.get("/v1/cases/INV-1/discounts")["data"]
    assert (listed["amount"], listed["approval"]) == ("50.01", asked["id"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "1000.00"}, 422, "discount_too_large"),
        ({"amount": 50}, 422, "amount_as_number"),
        ({"ends_on": "2026-03-01"}, 422, "date_in_past"),
        ({"percent": "5"}, 422, "unknown_field"),
    ],
)
def test_discounts_that_make_no_sense_are_refused(owed, body, status, code):
    assert problem(offer(owed, **body)) == (status, code)
    assert owed.get("/v1/cases/INV-1/discounts")["data"] == []


def test_one_offer_at_a_time(owed):
    offer(owed)
    assert problem(offer(owed)) == (409, "discount_open")
    schedule = owed.get("/v1/cases/INV-1/schedule")["data"]
    (ends,) = [step for step in schedule if step["step"] == "discount-ends"]
    assert (ends["at"], ends["rule"]) == ("2026-03-23T09:00:00+08:00", "D6")
