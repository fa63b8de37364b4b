"""The limitation period over HTTP (I1): the day with its link into the log, the law of the tenant, letters that arrived."""

from typing import Any

import pytest

from service.api.models.cases import CaseAnswer
from tests.api.tenants import Json, Tenant, fits, problem


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """A bill of 1 200 yuan, overdue since 10 March; today is the 20th."""
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-10")
    tenant.walk("2026-03-20")
    return tenant


def limitation(tenant: Tenant, case: str = "INV-1") -> tuple[str, str]:
    """The day, and what set it; its position leads to an event of that type in the case's log."""
    found = fits(CaseAnswer, tenant.get(f"/v1/cases/{case}"))["limitation"]
    (event,) = [e for e in log(tenant, case) if e["position"] == found["position"]]
    assert event["type"] == found["set_by"]
    (listed,) = [row for row in tenant.get("/v1/cases", q=case)["data"] if row["id"] == case]
    assert listed["limitation"] == found
    return found["expires_on"], found["set_by"]


def log(tenant: Tenant, case: str) -> list[Json]:
    return [row for page in tenant.pages(f"/v1/cases/{case}/events", limit=200) for row in page]


def settle(tenant: Tenant, **settings: Any) -> None:
    response = tenant.as_("admin").patch("/v1/settings", json=settings)
    assert response.status_code == 200, response.text


def a_letter(tenant: Tenant) -> str:
    """The formal dunning letter, asked for by a playbook on the 61st day and granted."""
    tenant.customer("C-2", playbook="ageing")
    tenant.bill("INV-2", "C-2", due_on="2026-03-10")
    tenant.walk("2026-05-12")
    (approval,) = tenant.ids("/v1/approvals", customer="C-2", kind="letter", state="open")
    assert tenant.as_("boss").post(f"/v1/approvals/{approval}/grant", json={}).status_code == 200
    (issued,) = [e for e in log(tenant, "INV-2") if e["type"] == "letter.issued"]
    letter: str = issued["data"]["letter"]
    return letter


def test_I1_the_day_and_the_event_that_set_it(owed: Tenant):
    assert limitation(owed) == ("2029-03-10", "invoice.issued")
    pay = {"payment": "P-1", "customer": "C-1", "amount": "100.00", "currency": "CNY"}
    owed.post("payment.received", received_on="2026-03-18", **pay)
    assert limitation(owed) == ("2029-03-18", "payment.applied")
    owed.as_("collector").post("/v1/cases/INV-1/promises", json={"due_on": "2026-03-25"})
    assert limitation(owed) == ("2029-03-20", "promise.made")
    owed.post("invoice.due_date_changed", invoice="INV-1", due_on="2026-06-30")
    assert limitation(owed) == ("2029-06-30", "invoice.due_date_changed")


def test_I1_terms_a_plan_and_an_end(owed: Tenant):
    owed.bill("INV-3", due_on=None, terms="P30D", terms_from="confirmed", confirmation_required=True)
    assert owed.get("/v1/cases/INV-3")["limitation"] is None
    owed.post("invoice.confirmed", invoice="INV-3", confirmed_on="2026-03-20")
    assert limitation(owed, "INV-3") == ("2029-04-19", "case.due_date_set")
    plan = {"count": 2, "first_on": "2026-03-31"}
    assert owed.as_("supervisor").post("/v1/cases/INV-1/plans", json=plan).status_code == 201
    assert limitation(owed) == ("2029-03-20", "plan.agreed")
    owed.post("payment.received", payment="P-1", customer="C-1", amount="1200.00", currency="CNY")
    assert owed.get("/v1/cases/INV-1")["limitation"] is None


def test_I1_the_law_is_the_tenants_choice_and_rings_its_alarms_anew(owed: Tenant):
    settle(owed, law="FR")
    assert limitation(owed)[0] == "2031-03-10"
    settle(owed, law="generic", limitation_years=2, limitation_interrupted_by=["promise"])
    assert limitation(owed)[0] == "2028-03-10"
    settle(owed, law=None)
    assert limitation(owed)[0] == "2029-03-10"
    owed.walk("2026-03-23")
    response = owed.as_("admin").patch("/v1/settings", json={"law": "XX"})
    assert problem(response) == (422, "law_unknown")
    assert problem(owed.as_("admin").patch("/v1/settings", json={"limitation_years": 0})) == (422, "out_of_range")
    wrong = {"limitation_interrupted_by": ["prayer"]}
    assert problem(owed.as_("admin").patch("/v1/settings", json=wrong)) == (422, "not_one_of")


def test_I1_the_warnings_stand_in_the_schedule(owed: Tenant):
    steps = owed.get("/v1/cases/INV-1/schedule")["data"]
    warnings = [one for one in steps if one["step"] == "limitation-warning"]
    assert [(one["at"][:10], one["rule"], one["why_code"]) for one in warnings] == [
        ("2028-09-11", "I1", "schedule.limitation_nears"),
        ("2028-12-11", "I1", "schedule.limitation_nears"),
        ("2029-02-08", "I1", "schedule.limitation_nears"),
    ]


def test_I1_a_letter_that_arrived_or_came_back_signed(owed: Tenant):
    letter = a_letter(owed)
    path = f"/v1/letters/{letter}/receipt"
    assert limitation(owed, "INV-2")[0] == "2029-03-10"
    body = {"on": "2026-05-12", "received_by": "Zhang Wei", "proof": "SF1020304050607"}
    response = owed.as_("collector").post(path, json=body)
    assert response.status_code == 201 and response.json()["position"]
    assert limitation(owed, "INV-2") == ("2029-05-12", "letter.received")
    (event,) = [e for e in log(owed, "INV-2") if e["type"] == "letter.received"]
    assert ("signed" in event["data"], event["private"]["proof"]) == (False, "SF1020304050607")
    owed.walk("2026-05-14")
    assert owed.as_("legal").post(path, json={"signed": True}).status_code == 201
    assert limitation(owed, "INV-2") == ("2029-05-14", "letter.received")


def test_I1_receipts_that_cannot_be(owed: Tenant):
    path = f"/v1/letters/{a_letter(owed)}/receipt"
    legal = owed.as_("legal")
    assert problem(legal.post(path, json={"on": "2026-05-11"})) == (422, "date_out_of_range")
    assert problem(legal.post(path, json={"on": "2026-06-11"})) == (422, "date_in_future")
    assert problem(owed.as_("finance").post(path, json={})) == (403, "role_may_not")
    for id in ("formal_dunning~C-2.1", "formal_dunning~C-2.999", "formal_dunning~C-9.1", "formal_dunning~C-2.x", "x"):
        assert problem(legal.post(f"/v1/letters/{id}/receipt", json={})) == (404, "not_found")
