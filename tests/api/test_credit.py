"""Conditions of credit and the review of a customer, over HTTP (E2, E3)."""

import pytest

from service.api.models.credit import CreditAnswer, ReviewAnswer
from service.api.models.customers import CustomerAnswer
from tests.api.tenants import fits, problem

STOP = {"measure": "stop", "reason": "two cheques came back"}


@pytest.fixture
def owing(tenant):
    tenant.customer(currency="CNY", segment="standard")
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-20")
    return tenant


def test_a_stop_is_asked_of_finance_and_stands_in_the_credit(owing):
    asked = owing.as_("manager").post("/v1/customers/C-1/credit", json=STOP)
    assert (asked.status_code, asked.json()["role"], asked.json()["rule"]) == (202, "finance", "E3")
    before = fits(CreditAnswer, owing.get("/v1/customers/C-1/credit", "erp"))
    assert (before["on_credit"], before["measures"]) == (True, [])
    path = f"/v1/approvals/{asked.json()['id']}/grant"
    assert problem(owing.as_("boss").post(path, json={})) == (403, "role_may_not_approve")
    assert owing.as_("finance").post(path, json={}).status_code == 200
    stopped = fits(CreditAnswer, owing.get("/v1/customers/C-1/credit", "erp"))
    assert (stopped["may_ship"], stopped["on_credit"]) == (True, False)
    assert stopped["measures"] == [
        {"measure": "stop", "since": "2026-03-02", "terms": None, "percent": None, "approval": asked.json()["id"]}
    ]
    (letter,) = owing.get("/v1/messages", customer="C-1")["data"]
    assert (letter["channel"], letter["cases"]) == ("letter", ["INV-1"])
    assert problem(owing.as_("manager").post("/v1/customers/C-1/credit", json=STOP)) == (409, "credit_measure_stands")


def test_settle_before_next_ends_by_itself_with_what_is_open(owing):
    body = {"measure": "settle_before_next", "reason": "x"}
    asked = owing.as_("finance", "zhao").post("/v1/customers/C-1/credit", json=body).json()["id"]
    assert problem(owing.as_("finance", "zhao").post(f"/v1/approvals/{asked}/grant", json={})) == (403, "four_eyes")
    assert owing.as_("finance").post(f"/v1/approvals/{asked}/grant", json={}).status_code == 200
    assert owing.get("/v1/customers/C-1/credit")["on_credit"] is False
    owing.post("payment.received", payment="P-1", customer="C-1", amount="1200.00", currency="CNY")
    assert owing.get("/v1/customers/C-1/credit")["on_credit"] is True


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("credit", {"measure": "shorter_terms", "reason": "x"}, (422, "credit_particulars")),
        ("credit", {"measure": "less", "reason": "x"}, (422, "invalid")),
        ("credit/restore", {"measure": "stop", "reason": "x"}, (409, "no_credit_measure")),
        ("segment", {"segment": "risk", "reason": " "}, (422, "invalid")),
    ],
)
def test_what_makes_no_sense_is_refused(owing, path, body, answer):
    status, code = problem(owing.as_("manager").post(f"/v1/customers/C-1/{path}", json=body))
    assert status == answer[0]
    assert code == answer[1] or answer[1] == "invalid"


def test_figures_and_a_decision(owing):
    owing.post("payment.received", payment="P-1", customer="C-1", amount="1200.00", currency="CNY", received_on="2026-02-27")
    figures = fits(ReviewAnswer, owing.get("/v1/customers/C-1/review"))
    # The 20th lies in the Spring Festival: till the 24th money is in time.
    assert (figures["bills"], figures["average_days_late"], figures["share_late"]) == (1, 3.0, 100)
    assert (figures["payer_type"], figures["segment"], figures["segment_suggested"]) == ("reminded", "standard", "standard")
    assert (figures["reviewed_on"], figures["review_on"], figures["task"]) == (None, "2026-09-02", None)
    decided = owing.as_("manager").post("/v1/customers/C-1/segment", json={"segment": "risk", "reason": "x"})
    assert fits(ReviewAnswer, decided.json())["segment"] == "risk"
    assert problem(owing.as_("collector").post("/v1/customers/C-1/segment", json={"segment": "risk", "reason": "x"})) == (
        403,
        "role_may_not",
    )
    owing.customer(segment="preferred")
    after = owing.get("/v1/customers/C-1/review")
    assert (after["segment"], after["segment_by_erp"], after["review_on"]) == ("risk", "preferred", "2026-09-02")


BARRED = {"restriction": "lawyer_represented", "reason": "their lawyer wrote"}


def test_whom_nobody_may_contact(owing):
    assert problem(owing.as_("collector").post("/v1/customers/C-1/restrictions", json=BARRED)) == (403, "role_may_not")
    assert owing.as_("legal").post("/v1/customers/C-1/restrictions", json=BARRED).status_code == 200
    owing.customer(restrictions=[])
    assert owing.get("/v1/customers/C-1")["restrictions"] == ["lawyer_represented"]
    (task,) = owing.get("/v1/tasks", kind="restriction")["data"]
    assert (task["role"], task["cases"], task["why_code"]) == ("legal", ["INV-1"], "task.lawyer_represented")
    lifted = owing.as_("legal").post("/v1/customers/C-1/restrictions", json={**BARRED, "off": True})
    assert lifted.status_code == 200
    assert owing.get(f"/v1/tasks/{task['id']}")["state"] == "cancelled"
    again = owing.as_("legal").post("/v1/customers/C-1/restrictions", json={**BARRED, "off": True})
    assert problem(again) == (409, "not_restricted")


def test_the_day_on_which_a_customer_pays(owing):
    owing.customer(payment_run={"weekday": 4})
    customer = fits(CustomerAnswer, owing.get("/v1/customers/C-1"))
    assert customer["payment_run"] == {"weekday": 4}
    owing.walk("2026-03-03")  # two open days before Thursday
    mails = [one for one in owing.get("/v1/messages", customer="C-1")["data"] if one["channel"] == "email"]
    assert [one["subject"].partition("：")[0] for one in mails] == ["请列入贵司下次付款"]
    both = owing.event("customer.updated", customer="C-1", payment_run={"weekday": 4, "day_of_month": 3})
    assert problem(owing.as_("erp").post("/v1/events", json=both)) == (422, "payment_run_shape")


def test_a_key_accounts_hold_waits_for_two(tenant):
    """Three months overdue when it is recorded: what is asked waits a week (F2)."""
    tenant.customer(key_account=True)
    tenant.bill("INV-1", issued_on="2025-10-05", due_on="2025-11-20")
    tenant.walk("2026-03-10")
    assert tenant.get("/v1/cases/INV-1")["owner"] == "manager"
    (asked,) = tenant.get("/v1/approvals", kind="hold")["data"]
    path = f"/v1/approvals/{asked['id']}/grant"
    assert asked["role"] == "general_manager"
    passed = tenant.as_("general_manager").post(path, json={"content_hash": asked["content_hash"]})
    assert (passed.status_code, passed.json()["state"], passed.json()["role"]) == (200, "open", "boss")
    assert tenant.get("/v1/customers/C-1/credit")["may_ship"] is True
    assert problem(tenant.as_("general_manager").post(path, json={})) == (403, "four_eyes")
    assert tenant.as_("boss").post(path, json={}).json()["state"] == "granted"
    assert tenant.get("/v1/customers/C-1/credit")["may_ship"] is False
