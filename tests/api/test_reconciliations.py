"""Reconciliations over HTTP: sent, answered, shown; who may; and what a restriction does to letters that wait (H1, E5)."""

import io
import json
import zipfile

import pytest

from service.api.models.reconciliations import ReconciliationAnswer
from tests.api.tenants import Json, Tenant, fits, problem

PATH = "/v1/customers/C-1/reconciliations"


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """Two bills of 1 200 yuan and one of 70 dollars."""
    tenant.customer(language="en", restrictions=[])
    tenant.bill("INV-1", due_on="2026-06-30")
    tenant.bill("INV-2", due_on="2026-06-30")
    tenant.bill("INV-3", due_on="2026-06-30", amount="70.00", currency="USD")
    return tenant


def send(owed: Tenant, role: str = "finance", **body) -> Json:
    response = owed.as_(role).post(PATH, json=body)
    assert response.status_code == 201, response.text
    answer = fits(ReconciliationAnswer, response.json())
    assert response.headers["location"] == f"/v1/reconciliations/{answer['id']}"
    return answer


def reply(owed: Tenant, id: str, how: str, role: str = "finance", **body):
    return owed.as_(role).post(f"/v1/reconciliations/{id}/{how}", json=body)


def test_H1_all_that_is_out_and_open_by_currency_and_bill(owed: Tenant):
    owed.post("invoice.submitted", invoice="INV-9", customer="C-1", amount="5.00", currency="CNY", period="2026-02")
    owed.post("payment.received", payment="P-1", customer="C-1", amount="1300.00", currency="CNY", received_on="2026-03-02")
    found = send(owed)
    assert (found["state"], found["on"], found["until"]) == ("sent", "2026-03-02", "2026-03-20")
    assert [(one["currency"], one["amount"], one["customers_amount"]) for one in found["balances"]] == [
        ("CNY", "1100.00", None),
        ("USD", "70.00", None),
    ]
    assert [(one["case"], one["amount"]) for one in found["bills"]] == [("INV-2", "1100.00"), ("INV-3", "70.00")]
    assert owed.get(f"/v1/reconciliations/{found['id']}") == found
    assert owed.get(PATH)["data"] == [{name: value for name, value in found.items() if name != "bills"}]
    (letter,) = [one for one in owed.get("/v1/messages", customer="C-1")["data"] if one["channel"] == "letter"]
    assert (letter["id"], letter["cases"]) == (found["id"], ["INV-2", "INV-3"])


def test_H1_signed_it_sets_the_limitation_of_each_bill_and_says_who_signed(owed: Tenant):
    owed.walk("2026-07-01")
    id = send(owed, cases=["INV-1", "INV-3"])["id"]
    owed.walk("2026-07-08")
    signed = {"on": "2026-07-07", "signed_by": "Zhang Wei", "title": "CFO", "proof": "box 7", "text": "With our seal."}
    found = reply(owed, id, "confirm", **signed).json()
    assert (found["state"], found["answered_on"], found["signed_by"], found["title"]) == (
        *("confirmed", "2026-07-07"),
        *("Zhang Wei", "CFO"),
    )
    assert [(one["customers_amount"], one["difference"]) for one in found["balances"]] == [
        ("1200.00", "0.00"),
        ("70.00", "0.00"),
    ]
    limits = {case: owed.get(f"/v1/cases/{case}")["limitation"] for case in ("INV-1", "INV-2", "INV-3")}
    events = owed.get("/v1/cases/INV-1/events", limit=200)["data"]
    (event,) = [one for one in events if one["type"] == "reconciliation.confirmed"]
    assert {case: (one["expires_on"], one["set_by"]) for case, one in limits.items()} == {
        "INV-1": ("2029-07-07", "reconciliation.confirmed"),
        "INV-2": ("2029-06-30", "case.opened" if limits["INV-2"]["set_by"] == "case.opened" else "invoice.issued"),
        "INV-3": ("2029-07-07", "reconciliation.confirmed"),
    }
    assert limits["INV-1"]["position"] == event["position"] and event["private"]["proof"] == "box 7"
    hidden = owed.get(f"/v1/reconciliations/{id}", role="viewer")
    assert {hidden[name] for name in ("signed_by", "title", "proof", "text")} == {None}
    assert problem(reply(owed, id, "confirm")) == (409, "reconciliation_over")


def test_H1_a_difference_is_finances_task_and_may_be_signed_after_all(owed: Tenant):
    id = send(owed)["id"]
    found = reply(owed, id, "differ", balances=[{"currency": "CNY", "amount": "2000.00"}], text="INV-2 came short.").json()
    assert (found["state"], found["text"]) == ("differs", "INV-2 came short.")
    assert [(one["customers_amount"], one["difference"]) for one in found["balances"]] == [
        ("2000.00", "400.00"),
        ("70.00", "0.00"),
    ]
    (task,) = owed.get("/v1/tasks", state="open", kind="difference")["data"]
    assert (task["role"], task["customer"], task["why_code"]) == ("finance", "C-1", "task.reconciliation_differs")
    (event,) = [one for one in owed.get("/v1/cases/INV-1/events")["data"] if one["type"] == "reconciliation.differed"]
    assert event["data"]["balances"] == [
        {"currency": "CNY", "amount": "2000.00"},
        {"currency": "USD", "amount": "70.00"},
    ]
    assert reply(owed, id, "confirm").json()["state"] == "confirmed"
    assert owed.get("/v1/tasks", state="open", kind="difference")["data"] == []


def test_H1_silence_is_foretold_and_then_somebodys_task(owed: Tenant):
    id = send(owed, cases=["INV-1"])["id"]
    (foretold,) = [one for one in owed.get("/v1/cases/INV-1/schedule")["data"] if one["step"] == "reconciliation-unanswered"]
    assert (foretold["at"][:16], foretold["rule"]) == ("2026-03-23T09:00", "H1")
    assert foretold["why_code"] == "schedule.reconciliation_unanswered"
    assert not [one for one in owed.get("/v1/cases/INV-2/schedule")["data"] if one["step"] == "reconciliation-unanswered"]
    owed.walk("2026-03-23")
    assert owed.get(f"/v1/reconciliations/{id}")["state"] == "silent"
    (task,) = owed.get("/v1/tasks", state="open", kind="reconciliation")["data"]
    assert (task["role"], task["cases"], task["why_code"]) == ("collector", ["INV-1"], "task.reconciliation_silent")
    assert "reconciliation.silent" in [one["type"] for one in owed.get("/v1/cases/INV-1/events")["data"]]


def test_I2_the_evidence_of_a_bill_has_the_letter_and_what_came_of_it(owed: Tenant):
    id = send(owed, cases=["INV-1"])["id"]
    reply(owed, id, "differ", balances=[{"currency": "CNY", "amount": "1.00"}])
    reply(owed, id, "confirm", signed_by="Zhang Wei")
    types = {}
    for case in ("INV-1", "INV-2"):
        bundle = zipfile.ZipFile(io.BytesIO(owed.as_("legal").get(f"/v1/cases/{case}/evidence").content))
        events = [json.loads(line) for line in bundle.read("log.ndjson").splitlines()]
        types[case] = [one["type"] for one in events if one["type"].startswith("reconciliation.")]
        told = bundle.read("texts.ndjson").decode()
        assert ("Zhang Wei" in told) == (case == "INV-1")
    assert types == {
        "INV-1": ["reconciliation.sent", "reconciliation.differed", "reconciliation.confirmed"],
        "INV-2": [],
    }


@pytest.mark.parametrize(
    ("role", "status"), [("collector", 201), ("finance", 201), ("legal", 201), ("viewer", 403), ("erp", 403)]
)
def test_H1_collectors_finance_and_legal_may(owed: Tenant, role: str, status: int):
    assert owed.as_(role).post(PATH, json={}).status_code == status


def test_H1_what_cannot_be(owed: Tenant, stranger: Tenant):
    id = send(owed)["id"]
    for wrong in ("reconciliation~C-1.999", "reconciliation~C-9.2", "formal_dunning~C-1.2", "reconciliation~C-1.x", "x"):
        assert problem(reply(owed, wrong, "confirm")) == (404, "unknown_reconciliation")
        assert problem(owed.as_("legal").get(f"/v1/reconciliations/{wrong}")) == (404, "unknown_reconciliation")
    assert problem(reply(stranger, id, "confirm")) == (404, "unknown_reconciliation")
    same = [{"currency": "CNY", "amount": "2400.00"}]
    assert problem(reply(owed, id, "differ", balances=same)) == (422, "nothing_differs")
    assert problem(reply(owed, id, "differ", balances=[{"currency": "EUR", "amount": "1.00"}])) == (422, "currency_not_stated")
    assert problem(reply(owed, id, "confirm", on="2026-03-01")) == (422, "date_out_of_range")
    receipt = owed.as_("legal").post(f"/v1/letters/{id}/receipt", json={"signed": True})
    assert problem(receipt) == (422, "reconciliation_by_answer")
    assert owed.as_("legal").post(f"/v1/letters/{id}/receipt", json={}).status_code == 201
    owed.customer("C-2")
    assert problem(owed.as_("finance").post("/v1/customers/C-2/reconciliations", json={})) == (409, "nothing_to_reconcile")
    assert problem(owed.as_("finance").post("/v1/customers/C-9/reconciliations", json={})) == (404, "unknown_customer")
    other = owed.as_("finance").post("/v1/customers/C-2/reconciliations", json={"cases": ["INV-1"]})
    assert problem(other) == (422, "other_customer")


def test_E5_what_waits_to_leave_is_struck_when_nobody_may_write_any_more(owed: Tenant):
    """A letter and a dunning message decided in the evening, and a word of legal's in the night."""
    owed.bill("INV-4", due_on="2026-03-01", issued_on="2026-01-05")
    owed.walk("2026-03-02T18:00:00+08:00")
    owed.bill("INV-5", due_on="2026-03-01", issued_on="2026-01-05")
    letter = send(owed)["id"]
    owed.walk("2026-03-03T08:00:00+08:00")
    restricted = {"restriction": "lawyer_represented", "reason": "Their lawyer wrote."}
    queued = owed.get("/v1/messages", customer="C-1", state="queued")["data"]
    assert letter in [one["id"] for one in queued]
    assert owed.as_("legal").post("/v1/customers/C-1/restrictions", json=restricted).status_code == 200
    owed.walk("2026-03-03T12:00:00+08:00")
    for one in queued:
        found = owed.get(f"/v1/messages/{one['id']}")
        assert (found["state"], {why["why_code"] for why in found["struck"]}) == ("struck", {"struck.restricted"})
