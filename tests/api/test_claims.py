"""Write-offs over HTTP: asked for, agreed to by level, recovered; marks on cases and customers; money by hand."""

from typing import Any

import pytest

from service.api.models.cases import CaseAnswer
from service.api.models.customers import PaymentAnswer
from service.api.models.work import ApprovalAnswer
from tests.api.tenants import Json, Tenant, fits, problem

REASON = {"reason": "deregistered in March"}
LIMITS = {"manager": {"CNY": "500.00"}}


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """Two bills of a customer, overdue since 10 March; today is the 20th."""
    tenant.customer()
    tenant.bill("INV-1", amount="400.00", due_on="2026-03-10")
    tenant.bill("INV-2", amount="300.00", due_on="2026-03-10")
    tenant.walk("2026-03-20")
    return tenant


def settle(tenant: Tenant, **settings: Any) -> None:
    response = tenant.as_("admin").patch("/v1/settings", json=settings)
    assert response.status_code == 200, response.text


def granted(tenant: Tenant, request: Json, user: str = "granter") -> Json:
    answered = tenant.as_(request["role"], user).post(f"/v1/approvals/{request['id']}/grant", json={})
    assert answered.status_code == 200, answered.text
    answer: Json = answered.json()
    return answer


def pay(tenant: Tenant, payment: str, amount: str, **data: Any) -> None:
    tenant.post("payment.received", payment=payment, customer="C-1", amount=amount, currency="CNY", **data)


# Write-off


def test_J2_asked_for_agreed_to_by_level_and_recovered(owed: Tenant):
    settle(owed, write_off_limits=LIMITS)
    response = owed.as_("manager").post("/v1/cases/INV-1/write-off", json=REASON)
    assert response.status_code == 202
    request = fits(ApprovalAnswer, response.json())
    assert response.headers["location"] == f"/v1/approvals/{request['id']}"
    assert (request["kind"], request["role"], request["cases"]) == ("write_off", "manager", ["INV-1"])
    assert (request["reason"], request["expires_on"]) == (REASON["reason"], "2026-04-19")
    assert request["content"]["granted"] == [{"deed": "write_off", "bills": {"INV-1": "400.00"}}]
    assert problem(owed.as_("manager").post(f"/v1/approvals/{request['id']}/grant", json={})) == (403, "four_eyes")
    assert granted(owed, request)["state"] == "granted"
    case = fits(CaseAnswer, owed.get("/v1/cases/INV-1"))
    assert (case["stage"], case["closed_as"], case["open_amount"]) == ("closed", "written_off", "0.00")
    assert case["written_off"] == {"amount": "400.00", "recovered": "0.00"}
    pay(owed, "P-1", "800.00")  # the open bill, the recovery, and credit
    case = owed.get("/v1/cases/INV-1")
    assert (case["closed_as"], case["written_off"]["recovered"]) == ("recovered", "400.00")
    assert owed.get("/v1/payments/P-1")["rest"] == "100.00"
    log = [e for e in owed.get("/v1/cases/INV-1/events")["data"] if e["type"].startswith("case.")]
    told = {e["type"]: e["data"] for e in log}
    assert told["case.written_off"]["amount"] == "400.00"
    assert (told["case.recovered"]["amount"], told["case.recovered"]["rest"]) == ("400.00", "0.00")
    owed.post("payment.reversed", payment="P-1")
    assert owed.get("/v1/cases/INV-1")["closed_as"] == "written_off"
    assert owed.get("/v1/cases/INV-2")["stage"] == "collection"


def test_J2_several_bills_at_once_and_the_sum_decides_who_is_asked(owed: Tenant):
    settle(owed, write_off_limits=LIMITS)
    response = owed.as_("general_manager").post("/v1/customers/C-1/write-off", json=REASON)
    assert response.status_code == 202, response.text
    assert (response.json()["role"], response.json()["cases"]) == ("boss", ["INV-1", "INV-2"])
    granted(owed, response.json())
    assert {owed.get(f"/v1/cases/INV-{n}")["closed_as"] for n in (1, 2)} == {"written_off"}
    again = owed.as_("manager").post("/v1/customers/C-1/write-off", json=REASON)
    assert problem(again) == (409, "nothing_overdue")


def test_J2_refusals(owed: Tenant):
    manager = owed.as_("manager")
    assert problem(manager.post("/v1/cases/INV-1/write-off", json={"reason": " "})) == (422, "reason_required")
    assert problem(manager.post("/v1/cases/NONE/write-off", json=REASON)) == (404, "unknown_invoice")
    assert problem(owed.as_("supervisor").post("/v1/cases/INV-1/write-off", json=REASON)) == (403, "role_may_not")
    first = manager.post("/v1/cases/INV-1/write-off", json=REASON).json()
    assert problem(manager.post("/v1/cases/INV-1/write-off", json=REASON)) == (409, "request_open")
    pay(owed, "P-1", "50.00")
    granted(owed, first)
    assert owed.get("/v1/cases/INV-1")["written_off"]["amount"] == "350.00"
    assert problem(manager.post("/v1/cases/INV-1/write-off", json=REASON)) == (409, "case_closed")


def test_J2_a_request_that_nobody_answered_expires_and_its_bills_are_free_again(owed: Tenant):
    request = owed.as_("manager").post("/v1/customers/C-1/write-off", json=REASON).json()
    owed.walk("2026-04-20")
    assert owed.get(f"/v1/approvals/{request['id']}")["state"] == "expired"
    assert owed.as_("manager").post("/v1/cases/INV-2/write-off", json=REASON).status_code == 202


@pytest.mark.parametrize(
    ("limits", "code", "pointer"),
    [
        ({"manager": {"CNY": "1.005"}}, "money_precision", "/write_off_limits/manager/CNY"),
        ({"manager": {"XXX": "1.00"}}, "currency_unknown", "/write_off_limits/manager/XXX"),
        ({"manager": {"CNY": "-1.00"}}, "amount_not_positive", "/write_off_limits/manager/CNY"),
        ({"clerk": {"CNY": "1.00"}}, "not_one_of", None),
    ],
)
def test_limits_are_amounts_of_known_currencies_for_known_roles(
    tenant: Tenant, limits: Json, code: str, pointer: str | None
):
    response = tenant.as_("admin").patch("/v1/settings", json={"write_off_limits": limits})
    assert problem(response) == (422, code)
    assert pointer is None or response.json()["errors"][0]["pointer"] == pointer


def test_limits_are_merged_by_role_and_null_removes_one(tenant: Tenant):
    settle(tenant, write_off_limits={**LIMITS, "supervisor": {"CNY": "9.00"}})
    settle(tenant, write_off_limits={"supervisor": None})
    assert tenant.get("/v1/settings")["write_off_limits"] == LIMITS


# Marks


@pytest.mark.parametrize("path", ["/v1/cases/INV-1", "/v1/customers/C-1"])
def test_a_mark_is_set_and_taken_off_and_may_be_said_twice(owed: Tenant, path: str):
    collector = owed.as_("collector")
    for _ in range(2):
        assert collector.post(f"{path}/flags", json={"flag": "wilful_default"}).status_code == 200
    assert owed.get(path)["flags"] == {"wilful_default": "2026-03-20"}
    assert collector.post(f"{path}/flags", json={"flag": "wilful_default", "set": False}).json()["position"]
    assert owed.get(path)["flags"] == {}
    assert problem(collector.post(f"{path}/flags", json={"flag": "Wilful default"})) == (422, "pattern")
    assert problem(owed.as_("finance").post(f"{path}/flags", json={"flag": "x"})) == (403, "role_may_not")
    for n in range(20):
        assert collector.post(f"{path}/flags", json={"flag": f"f{n}"}).status_code == 200
    assert problem(collector.post(f"{path}/flags", json={"flag": "one_more"})) == (409, "flags_exhausted")


# Money


def test_D7_credit_on_account_is_used_only_on_request(owed: Tenant):
    pay(owed, "P-1", "900.00")
    owed.bill("INV-3", amount="500.00", due_on="2026-04-10")
    assert owed.get("/v1/cases/INV-3")["open_amount"] == "500.00"
    body = {"allocations": [{"invoice": "INV-3", "amount": "150.00"}]}
    response = owed.as_("finance").post("/v1/payments/P-1/allocate", json=body)
    payment = fits(PaymentAnswer, response.json())
    assert (response.status_code, payment["rest"]) == (200, "50.00")
    assert {"case": "INV-3", "amount": "150.00"} in payment["applications"]
    assert owed.get("/v1/cases/INV-3")["open_amount"] == "350.00"
    (event,) = [e for e in owed.get("/v1/cases/INV-3/events")["data"] if e["type"] == "payment.allocated"]
    assert event["actor"] == "finance"


def test_D7_refusals_of_an_allocation_point_into_the_body(owed: Tenant):
    pay(owed, "P-1", "900.00")
    finance = owed.as_("finance")
    for body, code, pointer in (
        ([{"invoice": "NONE", "amount": "1.00"}], "unknown_invoice", "/allocations/0/invoice"),
        ([{"invoice": "INV-1", "amount": "1.005"}], "money_precision", "/allocations/0/amount"),
        ([{"invoice": "INV-1", "amount": "901.00"}], "over_allocated", "/allocations"),
    ):
        response = finance.post("/v1/payments/P-1/allocate", json={"allocations": body})
        assert response.json()["code"] == code
        assert response.json()["errors"][0]["pointer"] == pointer
    assert problem(
        finance.post("/v1/payments/NONE/allocate", json={"allocations": [{"invoice": "INV-1", "amount": "1"}]})
    ) == (
        404,
        "unknown_payment",
    )
    assert problem(owed.as_("manager").post("/v1/payments/P-1/reverse", json={})) == (403, "role_may_not")


def test_D7_a_draft_is_honoured_and_a_cheque_that_came_back_flags_the_customer(owed: Tenant):
    pay(owed, "P-1", "400.00", method="acceptance_draft", matures_on="2026-04-20")
    pay(owed, "P-2", "300.00", method="cheque")
    assert owed.get("/v1/payments/P-1")["state"] == "maturing"
    honoured = owed.as_("finance").post("/v1/payments/P-1/honour", json={"on": "2026-03-20"}).json()
    assert (honoured["state"], honoured["rest"]) == ("honoured", "0.00")
    returned = owed.as_("finance").post("/v1/payments/P-2/reverse", json={"reason": "no funds"}).json()
    assert (returned["state"], returned["applications"]) == ("reversed", [])
    assert owed.get("/v1/customers/C-1")["flags"] == {
        "payment_reversed": "2026-03-20",
        "instrument_returned": "2026-03-20",
    }
    pay(owed, "P-3", "300.00")
    owed.post("customer.updated", customer="C-2")
    owed.bill("INV-9", "C-2", "5.00")
    owed.post("payment.received", payment="P-9", customer="C-2", amount="5.00", currency="CNY")
    assert owed.as_("finance").post("/v1/payments/P-9/reverse", json={}).status_code == 200
    assert owed.get("/v1/customers/C-2")["flags"] == {"payment_reversed": "2026-03-20"}  # a transfer is no instrument
