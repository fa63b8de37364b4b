"""Consent: who may answer, what a grant does, why it was refused before."""

import hashlib
import json

import pytest

from service.api.models.work import ApprovalAnswer
from tests.api.tenants import fits, problem


@pytest.fixture
def asked(tenant):
    """A manager's request to stop deliveries to a customer with an overdue bill."""
    tenant.customer()
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-20")
    response = tenant.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "No answer for weeks."})
    assert response.status_code == 202, response.text
    tenant.approval = response.json()
    return tenant


def path_of(tenant, act: str = "") -> str:
    return f"/v1/approvals/{tenant.approval['id']}{act}"


def test_a_request_shows_exactly_what_a_grant_does(asked):
    approval = fits(ApprovalAnswer, asked.get(path_of(asked)))
    assert approval == asked.approval
    assert approval["content"] == {
        "customer": "C-1",
        "granted": [{"deed": "hold"}],
        "kind": "hold",
        "rule": "E4",
        "step": "hold",
    }
    written = json.dumps(approval["content"], separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(written.encode()).hexdigest() == approval["content_hash"]
    assert approval["previous"] is None
    assert asked.get(path_of(asked), "viewer")["reason"] is None, "what people wrote is not a viewer's"


def test_the_list_is_narrowed_and_paged(asked):
    for n in range(2, 5):
        asked.customer(f"C-{n}")
        asked.as_("manager").post(f"/v1/customers/C-{n}/hold", json={"reason": "x"})
    whole = asked.ids("/v1/approvals")
    assert len(whole) == 4
    assert asked.ids("/v1/approvals", limit=1) == whole
    for query, count in (
        ("state=open", 4),
        ("kind=release", 0),
        ("role=boss", 4),
        ("role=finance", 0),
        ("customer=C-3", 1),
    ):
        assert len(asked.as_("viewer").get(f"/v1/approvals?{query}").json()["data"]) == count, query
    assert asked.as_("viewer").get("/v1/approvals?kind=party").status_code == 422


def test_a_grant_takes_effect_at_once(asked):
    granted = asked.as_("boss").post(path_of(asked, "/grant"), json={"content_hash": asked.approval["content_hash"]})
    assert granted.status_code == 200, granted.text
    assert (granted.json()["state"], granted.json()["answered_by"]) == ("granted", "boss")
    assert asked.get("/v1/customers/C-1/credit")["may_ship"] is False
    assert problem(asked.as_("boss").post(path_of(asked, "/grant"), json={})) == (409, "approval_closed")


def test_a_grant_of_something_else_is_refused(asked):
    changed = asked.as_("boss").post(path_of(asked, "/grant"), json={"content_hash": "0" * 64})
    assert problem(changed) == (409, "content_changed")
    assert problem(asked.as_("boss").post(path_of(asked, "/grant"), json={"content_hash": "abc"})) == (422, "pattern")
    assert asked.get(path_of(asked))["state"] == "open"


def test_a_refusal_needs_a_reason_which_is_shown_when_asked_again(asked):
    assert problem(asked.as_("boss").post(path_of(asked, "/reject"), json={})) == (422, "field_missing")
    assert problem(asked.as_("boss").post(path_of(asked, "/reject"), json={"reason": "  "})) == (422, "reason_required")
    rejected = asked.as_("boss").post(path_of(asked, "/reject"), json={"reason": "They pay on the 25th."})
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", "They pay on the 25th.")
    again = asked.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "They did not."}).json()
    assert again["reason"] == "They did not."
    assert again["previous"]["id"] == asked.approval["id"]
    assert again["previous"]["reason"] == "They pay on the 25th."
    assert again["previous"]["answered_by"] == "boss"


def test_four_eyes_compare_users_not_keys(asked):
    other = asked.as_("boss", "chen").post("/v1/customers/C-1/hold", json={"reason": "x"})
    assert problem(other) == (409, "request_open")
    asked.customer("C-2")
    own = asked.as_("boss", "chen").post("/v1/customers/C-2/hold", json={"reason": "x"}).json()
    for act, body in (("grant", {}), ("reject", {"reason": "x"})):
        assert problem(asked.as_("boss", "chen").post(f"/v1/approvals/{own['id']}/{act}", json=body)) == (
            403,
            "four_eyes",
        )
    assert asked.as_("boss").post(f"/v1/approvals/{own['id']}/grant", json={}).status_code == 200


@pytest.mark.parametrize("role", ["manager", "general_manager", "supervisor", "finance", "legal"])
def test_only_the_role_that_was_asked_answers(asked, role):
    for act, body in (("grant", {}), ("reject", {"reason": "x"})):
        response = asked.as_(role, f"some-{role}").post(path_of(asked, f"/{act}"), json=body)
        assert problem(response) == (403, "role_may_not_approve")
    assert asked.get(path_of(asked))["state"] == "open"


def test_an_administrator_does_everything_but_answer(asked):
    assert problem(asked.as_("admin").post(path_of(asked, "/grant"), json={})) == (403, "role_may_not")
    assert problem(asked.as_("admin").post(path_of(asked, "/reject"), json={"reason": "x"})) == (403, "role_may_not")
