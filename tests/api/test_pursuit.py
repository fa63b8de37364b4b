"""Hand-over over HTTP (J1): asked for, agreed to, followed by legal, and back."""

import pytest

from service.api.models.cases import CaseAnswer
from service.api.models.work import ApprovalAnswer
from tests.api.tenants import Tenant, fits, problem

TO_LAWYER = {"to": "lawyer", "name": "Blue Sky Law Firm", "reference": "2026-0817", "reason": "no answer"}


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """Two bills of a customer, overdue since 10 March; today is the 20th."""
    tenant.customer()
    tenant.bill("INV-1", amount="400.00", due_on="2026-03-10")
    tenant.bill("INV-2", amount="300.00", due_on="2026-03-10")
    tenant.walk("2026-03-20")
    return tenant


def handed(tenant: Tenant, path: str = "cases/INV-1") -> None:
    asked = tenant.as_("legal").post(f"/v1/{path}/hand-over", json=TO_LAWYER)
    assert asked.status_code == 202, asked.text
    granted = tenant.as_("manager").post(f"/v1/approvals/{asked.json()['id']}/grant", json={})
    assert granted.status_code == 200, granted.text


def test_J1_asked_for_agreed_to_followed_and_taken_back(owed: Tenant):
    legal = owed.as_("legal")
    response = legal.post("/v1/cases/INV-1/hand-over", json=TO_LAWYER)
    request = fits(ApprovalAnswer, response.json())
    assert (response.status_code, request["kind"], request["role"]) == (202, "hand_over", "manager")
    (deed,) = request["content"]["granted"]
    assert deed == {
        **{"deed": "hand_over", "to": "lawyer", "name": "Blue Sky Law Firm", "reference": "2026-0817"},
        "bills": {"INV-1": "400.00"},
    }
    owed.as_("manager").post(f"/v1/approvals/{request['id']}/grant", json={})
    said = legal.post("/v1/cases/INV-1/milestones", json={"milestone": "filed", "text": "Docket 1234"})
    assert (said.status_code, said.headers["location"]) == (201, "/v1/cases/INV-1/events")
    assert legal.post("/v1/cases/INV-1/deadlines", json={"what": "hearing", "on": "2026-05-12"}).status_code == 201
    assert legal.post("/v1/cases/INV-1/costs", json={"kind": "court_fee", "amount": "25.00"}).status_code == 201
    owed.post("payment.received", payment="P-1", customer="C-1", amount="100.00", currency="CNY")
    case = fits(CaseAnswer, owed.get("/v1/cases/INV-1"))
    assert case["stage"] == "legal"
    assert case["handed_over"] == {
        **{"to": "lawyer", "name": "Blue Sky Law Firm", "reference": "2026-0817", "on": "2026-03-20", "back_on": None},
        "milestones": {"filed": "2026-03-20"},
        "deadlines": [{"deadline": 1, "what": "hearing", "on": "2026-05-12"}],
        "costs": [{"currency": "CNY", "amount": "25.00"}],
        "recovered": "100.00",
    }
    schedule = owed.get("/v1/cases/INV-1/schedule")["data"]
    assert [one["at"][:10] for one in schedule if one["rule"] == "J1"] == ["2026-05-06", "2026-05-12", "2026-05-13"]
    ended = legal.post("/v1/cases/INV-1/deadlines/1/end", json={"outcome": "met"})
    back = legal.post("/v1/cases/INV-1/take-back", json={"reason": "settled out of court"})
    assert (ended.status_code, back.status_code) == (200, 200)
    case = owed.get("/v1/cases/INV-1")
    assert (case["stage"], case["handed_over"]["back_on"], case["handed_over"]["deadlines"]) == (
        *("collection", "2026-03-20"),
        [],
    )


def test_J1_several_bills_and_one_suit(owed: Tenant):
    legal = owed.as_("legal")
    nothing = legal.post("/v1/customers/C-1/milestones", json={"milestone": "filed"})
    assert problem(nothing) == (409, "none_handed_over")
    handed(owed, "customers/C-1")
    assert legal.post("/v1/customers/C-1/milestones", json={"milestone": "filed"}).json()["cases"] == ["INV-1", "INV-2"]
    reached = legal.post("/v1/customers/C-1/milestones", json={"milestone": "hearing", "cases": ["INV-2"]})
    assert reached.json()["cases"] == ["INV-2"]
    shown = [owed.get(f"/v1/cases/INV-{n}")["handed_over"]["milestones"] for n in (1, 2)]
    assert shown == [{"filed": "2026-03-20"}, {"filed": "2026-03-20", "hearing": "2026-03-20"}]


def test_J1_refusals(owed: Tenant):
    legal, manager = owed.as_("legal"), owed.as_("manager")
    assert problem(owed.as_("supervisor").post("/v1/cases/INV-1/hand-over", json=TO_LAWYER)) == (403, "role_may_not")
    assert problem(manager.post("/v1/cases/INV-1/milestones", json={"milestone": "filed"})) == (403, "role_may_not")
    assert problem(legal.post("/v1/cases/NONE/hand-over", json=TO_LAWYER)) == (404, "unknown_invoice")
    unsaid = {**TO_LAWYER, "reason": " "}
    assert problem(legal.post("/v1/cases/INV-1/hand-over", json=unsaid)) == (422, "reason_required")
    assert problem(legal.post("/v1/cases/INV-1/take-back", json={"reason": "x"})) == (409, "not_handed_over")
    assert problem(legal.post("/v1/cases/INV-1/costs", json={"kind": "bribe", "amount": "1.00"})) == (422, "not_one_of")
    handed(owed)
    gone = legal.post("/v1/cases/INV-1/deadlines/7/end", json={"outcome": "met"})
    assert problem(gone) == (404, "unknown_deadline")
    early = {"milestone": "filed", "on": "2026-03-19"}
    assert problem(legal.post("/v1/cases/INV-1/milestones", json=early)) == (422, "before_hand_over")
