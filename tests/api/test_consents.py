"""Four eyes on the company itself (I32): playbooks, webhook secrets and the consents wait for somebody else, by word of a role,
of cover, or of a delegation that ends."""

import pytest

from service.api.models.delegations import DelegationAnswer
from service.api.models.work import ApprovalAnswer
from tests.api.tenants import fits, problem

ENDPOINT = {"url": "https://example.com/hook", "types": ["case.*"]}


@pytest.fixture
def careful(tenant):
    """A company that wants a manager's word on playbooks and the boss's on secrets."""
    choose(tenant, {"playbook": "manager", "webhook_secret": "boss"})
    return tenant


def choose(tenant, consents):
    response = tenant.as_("admin").patch("/v1/settings", json={"consents": consents})
    assert response.status_code == 200, response.text


def text(tenant, name="gentle", title="Gentle") -> str:
    standard: str = tenant.get("/v1/playbooks/standard")["text"]
    return standard.replace("name: standard", f"name: {name}") + f"# {title}\n"


def published(tenant, body: str):
    return tenant.as_("admin").post("/v1/playbooks", json={"text": body})


def answer(tenant, approval, role: str, user: str | None = None, act: str = "grant", **body):
    return tenant.as_(role, user).post(f"/v1/approvals/{approval['id']}/{act}", json=body)


def versions(tenant, name="gentle") -> list[int]:
    response = tenant.as_("viewer").get(f"/v1/playbooks/{name}")
    return response.json()["versions"] if response.status_code == 200 else []


def test_a_playbook_waits_for_the_managers_word_and_is_then_published_as_it_was_asked(careful):
    body = text(careful)
    asked = published(careful, body)
    assert asked.status_code == 202, asked.text
    approval = fits(ApprovalAnswer, asked.json())
    assert asked.headers["location"] == f"/v1/approvals/{approval['id']}"
    assert (approval["kind"], approval["role"], approval["customer"]) == ("playbook", "manager", None)
    assert (approval["asked_by"], approval["expires_on"], versions(careful)) == ("admin", "2026-04-01", [])
    assert approval["content"]["granted"] == [{"deed": "playbook", "playbook": "gentle", "version": 1, "text": body}]
    assert problem(published(careful, body)) == (409, "request_open")
    assert problem(answer(careful, approval, "boss")) == (403, "role_may_not_approve")
    assert problem(answer(careful, approval, "admin")) == (403, "role_may_not")
    assert problem(answer(careful, approval, "manager", content_hash="0" * 64)) == (409, "content_changed")
    granted = answer(careful, approval, "manager", content_hash=approval["content_hash"])
    assert granted.status_code == 200, granted.text
    assert (granted.json()["state"], granted.json()["answered_by"]) == ("granted", "manager")
    assert versions(careful) == [1]
    assert careful.get("/v1/playbooks/gentle")["text"] == body
    assert problem(answer(careful, approval, "manager")) == (409, "approval_closed")
    assert published(careful, body).status_code == 200  # it says exactly this already


def test_who_asked_does_not_answer_in_another_role(careful):
    asked = careful.as_("admin", "gao").post("/v1/playbooks", json={"text": text(careful)}).json()
    assert problem(answer(careful, asked, "manager", "gao")) == (403, "four_eyes")
    assert answer(careful, asked, "manager", "ma").status_code == 200


def test_rejected_with_a_reason_nothing_is_published_and_it_can_be_asked_anew(careful):
    asked = published(careful, text(careful)).json()
    assert problem(answer(careful, asked, "manager", act="reject"))[0] == 422
    rejected = answer(careful, asked, "manager", act="reject", reason="Too soft.").json()
    assert (rejected["state"], rejected["reason"], versions(careful)) == ("rejected", "Too soft.", [])
    assert published(careful, text(careful)).status_code == 202


def test_a_grant_is_refused_when_another_version_has_been_published_meanwhile(tenant):
    assert published(tenant, text(tenant)).status_code == 201
    choose(tenant, {"playbook": "manager"})
    late = published(tenant, text(tenant, title="Late")).json()
    tenant.as_("admin").patch("/v1/settings", json={"consents": {"playbook": None}})
    (loosening,) = tenant.get("/v1/approvals", kind="settings")["data"]
    assert answer(tenant, loosening, "manager").status_code == 200
    assert published(tenant, text(tenant, title="Quick")).status_code == 201
    assert problem(answer(tenant, late, "manager")) == (409, "world_moved")
    assert versions(tenant) == [1, 2]
    assert answer(tenant, late, "manager", act="reject", reason="Overtaken.").status_code == 200


def test_consents_are_taken_away_only_by_the_consent_that_goes(careful):
    away = careful.as_("admin").patch("/v1/settings", json={"consents": {"playbook": None, "webhook_secret": "manager"}})
    assert away.status_code == 202, away.text
    approval = away.json()
    assert (approval["kind"], approval["role"]) == ("settings", "boss")  # the higher of the two
    assert approval["content"]["granted"][0]["fields"] == {"consents": {"webhook_secret": "manager"}}
    assert careful.get("/v1/settings")["consents"] == {"playbook": "manager", "webhook_secret": "boss"}
    assert answer(careful, approval, "boss").status_code == 200
    assert careful.get("/v1/settings")["consents"] == {"webhook_secret": "manager"}


def test_more_is_done_by_one_person_alone_only_by_consent_where_the_limits_are_guarded(tenant):
    choose(tenant, {"limits": "general_manager"})
    more = {"bulk_customers": 500, "pause_days": 20}
    asked = tenant.as_("admin").patch("/v1/settings", json=more)
    assert asked.status_code == 202, asked.text
    assert (asked.json()["kind"], asked.json()["role"]) == ("settings", "general_manager")
    assert tenant.get("/v1/settings")["bulk_customers"] == 50
    assert answer(tenant, asked.json(), "general_manager").status_code == 200
    assert tenant.get("/v1/settings")["bulk_customers"] == 500
    fewer = tenant.as_("admin").patch("/v1/settings", json={"bulk_customers": 5})
    assert (fewer.status_code, tenant.get("/v1/settings")["bulk_customers"]) == (200, 5)


def test_the_limits_stay_guarded_until_who_guards_them_agrees(tenant):
    choose(tenant, {"limits": "boss", "playbook": "manager"})
    away = tenant.as_("admin").patch("/v1/settings", json={"consents": {"limits": None}, "bulk_customers": 60})
    assert (away.status_code, away.json()["role"]) == (202, "boss")
    assert tenant.get("/v1/settings")["consents"] == {"limits": "boss", "playbook": "manager"}


def test_a_new_secret_signs_once_the_boss_has_agreed_who_never_sees_it(careful):
    endpoint = careful.as_("admin").post("/v1/webhook-endpoints", json=ENDPOINT).json()
    path = f"/v1/webhook-endpoints/{endpoint['id']}/rotate-secret"
    asked = careful.as_("admin").post(path, json={})
    assert asked.status_code == 202, asked.text
    assert asked.headers["cache-control"] == "no-store"
    secret, approval = asked.json()["secret"], asked.json()["approval"]
    assert secret.startswith("whsec_") and secret not in careful.as_("boss").get(f"/v1/approvals/{approval['id']}").text
    log = careful.get("/v1/events", "admin", type="webhook_endpoint.*")["data"]
    assert [event["type"] for event in log] == ["webhook_endpoint.created"]
    assert answer(careful, approval, "boss").status_code == 200
    log = careful.get("/v1/events", "admin", type="webhook_endpoint.*")["data"]
    assert [event["type"] for event in log] == ["webhook_endpoint.created", "webhook_endpoint.secret_rotated"]
    late = careful.as_("admin").post(path, json={}).json()["approval"]
    careful.as_("admin").delete(f"/v1/webhook-endpoints/{endpoint['id']}")
    assert problem(answer(careful, late, "boss")) == (409, "world_moved")


def test_a_request_that_nobody_answers_is_over_after_thirty_days(careful):
    asked = published(careful, text(careful)).json()
    careful.walk("2026-04-01")
    assert careful.get(f"/v1/approvals/{asked['id']}")["state"] == "open"
    careful.walk("2026-04-02T00:00:00+08:00")
    assert careful.get(f"/v1/approvals/{asked['id']}")["state"] == "expired"
    (expired,) = careful.get("/v1/events", "admin", type="approval.expired")["data"]
    assert (expired["actor"], expired["occurred_at"]) == ("clock", "2026-04-01T16:00:00Z")
    assert published(careful, text(careful)).status_code == 202


def delegate(tenant, **body):
    given = {"to": "zhao", "until": "2026-03-06", "reason": "Travelling."} | body
    return tenant.as_("manager", "ma").post("/v1/delegations", json=given)


@pytest.fixture
def covered(careful):
    put = careful.as_("admin").put
    assert put("/v1/users/zhao", json={"role": "supervisor", "name": "Zhao"}).status_code == 201
    return careful


def test_a_word_given_to_another_holds_to_the_end_of_its_day_for_its_kinds(covered):
    given = delegate(covered, kinds=["playbook"])
    assert given.status_code == 201, given.text
    fits(DelegationAnswer, given.json())
    assert covered.get("/v1/delegations")["data"] == [given.json()]
    asked = published(covered, text(covered)).json()
    covered.walk("2026-03-06T23:59:00+08:00")
    assert answer(covered, asked, "supervisor", "zhao").json()["answered_by"] == "zhao"
    (granted,) = covered.get("/v1/events", "admin", type="approval.granted")["data"]
    assert (granted["actor"], granted["data"]["in_place_of"]) == ("zhao", "ma")
    late = published(covered, text(covered, title="Late")).json()
    covered.walk("2026-03-07")
    assert problem(answer(covered, late, "supervisor", "zhao")) == (403, "role_may_not_approve")
    assert covered.get("/v1/delegations")["data"] == []


def test_a_word_is_taken_back_by_who_gave_it_alone(covered):
    given = delegate(covered).json()
    path = f"/v1/delegations/{given['id']}"
    assert problem(covered.as_("boss").delete(path)) == (404, "unknown_delegation")
    assert covered.as_("manager", "ma").delete(path).status_code == 204
    asked = published(covered, text(covered)).json()
    assert problem(answer(covered, asked, "supervisor", "zhao")) == (403, "role_may_not_approve")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"to": "ma"}, "delegate_yourself", "/to"),
        ({"to": "nobody"}, "unknown_user", "/to"),
        ({"until": "2026-03-01"}, "date_out_of_range", "/until"),
        ({"until": "2026-06-01"}, "date_out_of_range", "/until"),
        ({"kinds": ["dance"]}, "not_one_of", "/kinds/0"),
        ({"reason": " "}, "reason_required", "/reason"),
    ],
)
def test_a_delegation_that_makes_no_sense_is_refused(covered, body, code, pointer):
    response = delegate(covered, **body)
    assert problem(response) == (422, code)
    assert response.json()["errors"][0]["pointer"] == pointer


def test_only_those_who_may_answer_delegate(covered):
    body = {"to": "zhao", "until": "2026-03-06", "reason": "Travelling."}
    for role in ("collector", "viewer", "erp", "admin"):
        assert problem(covered.as_(role).post("/v1/delegations", json=body)) == (403, "role_may_not")


@pytest.mark.parametrize("consents", [{"playbook": "collector"}, {"dance": "boss"}])
def test_a_consent_that_makes_no_sense_is_refused(tenant, consents):
    response = tenant.as_("admin").patch("/v1/settings", json={"consents": consents})
    assert response.status_code == 422
    assert tenant.get("/v1/settings")["consents"] == {}
