"""Playbooks over the API: read, checked with places and remedies, published as versions that never change."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files

import pytest

from service.api.models.playbooks import PlaybookAnswer, PlaybookCheck, PlaybookList
from service.domain.settings import Settings
from service.engine import administer
from service.provision import OPERATOR, create_key
from tests.api.tenants import NOW, Service, Tenant, fits, problem
from tests.examples import SHIPPED

STANDARD = (files("service") / "playbooks" / "standard.yaml").read_text(encoding="utf-8")
GENTLE = """grammar: 1
name: gentle
title: {en: Gentle, zh: 温和}
ladders:
  - ladder: overdue
    start: due
    while: {stage: [collection]}
    steps:
      - step: first
        rule: X1
        at: P1D
        every: P7D
        until: P60D
        do:
          - message: {template: overdue}
"""


def test_the_shipped_playbook_is_there_with_steps_and_text(tenant):
    (row,) = [one for one in tenant.get("/v1/playbooks", "viewer")["data"] if one["name"] == "standard"]
    assert (row["version"], row["versions"]) == (1, [1])
    playbook = fits(PlaybookAnswer, tenant.get("/v1/playbooks/standard", "viewer"))
    assert playbook["text"] == STANDARD
    step = next(one for one in playbook["steps"] if one["name"] == "overdue-daily")
    assert (step["rule"], step["start"]["fact"]) == ("B3", "due")
    assert problem(tenant.as_("viewer").get("/v1/playbooks/standard?version=2")) == (404, "unknown_playbook")
    assert problem(tenant.as_("viewer").get("/v1/playbooks/standard?version=x"))[0] == 422
    assert problem(tenant.as_("viewer").get("/v1/playbooks/none")) == (404, "unknown_playbook")


def test_publishing_makes_versions_that_never_change(tenant):
    admin = tenant.as_("admin")
    first = admin.post("/v1/playbooks", json={"text": GENTLE})
    assert first.status_code == 201, first.text
    assert first.headers["location"] == "/v1/playbooks/gentle"
    assert fits(PlaybookAnswer, first.json())["version"] == 1
    same = admin.post("/v1/playbooks", json={"text": GENTLE})
    assert (same.status_code, same.json()["version"]) == (200, 1)
    changed = admin.post("/v1/playbooks", json={"text": GENTLE.replace("P7D", "P3D")})
    assert (changed.status_code, changed.json()["versions"]) == (201, [1, 2])
    assert tenant.get("/v1/playbooks/gentle", version=1)["text"] == GENTLE
    assert "P3D" in tenant.get("/v1/playbooks/gentle")["text"]
    published = tenant.get("/v1/events", "admin", type="playbook.published", limit=200)["data"]
    assert [event["data"]["version"] for event in published if event["data"]["playbook"] == "gentle"] == [1, 2]


@pytest.fixture
def older(service: Service) -> Iterator[Tenant]:
    """A tenant of the days when `standard` alone came with the service, in other words, and was made stricter here since."""
    name = f"t-{uuid.uuid4().hex[:12]}"
    first = STANDARD.replace("title:", "# in other words\ntitle:", 1)
    now = datetime.fromisoformat(NOW)
    administer.create(service.runtime.engine, name, "sandbox", Settings(), {"standard": first}, OPERATOR, now)
    keys = {role: create_key(service.runtime, name, role) for role in ("admin", "viewer", "boss")}
    tenant = Tenant(service, name, keys)
    yield tenant
    tenant.close()


def listed(tenant: Tenant) -> dict[str, tuple[int, bool, bool, bool]]:
    rows = fits(PlaybookList, tenant.get("/v1/playbooks", "viewer"))["data"]
    return {row["name"]: (row["version"], row["published"], row["shipped"], row["shipped_is_news"]) for row in rows}


def test_what_comes_with_the_service_is_listed_before_it_is_published_and_published_by_its_name(older):
    assert listed(older) == dict.fromkeys(SHIPPED, (0, False, True, True)) | {"standard": (1, True, True, True)}
    looked = fits(PlaybookAnswer, older.get("/v1/playbooks/ageing", "viewer"))
    assert (looked["version"], looked["versions"], looked["published_at"]) == (0, [], None)
    assert looked["steps"] and looked["text"].startswith("grammar: 1")
    admin = older.as_("admin")
    assert problem(admin.get("/v1/playbooks/ageing?version=1")) == (404, "unknown_playbook")
    made = admin.post("/v1/playbooks", json={"shipped": "ageing"})
    assert (made.status_code, made.headers["location"]) == (201, "/v1/playbooks/ageing")
    assert fits(PlaybookAnswer, made.json())["text"] == looked["text"]
    assert listed(older)["ageing"] == (1, True, True, False)
    assert admin.post("/v1/playbooks", json={"shipped": "ageing"}).status_code == 200


def test_a_newer_one_is_told_and_applied_only_when_asked_for(older):
    admin = older.as_("admin")
    assert "# in other words" in older.get("/v1/playbooks/standard", "viewer")["text"]
    assert listed(older)["standard"] == (1, True, True, True)
    assert admin.post("/v1/playbooks", json={"shipped": "standard"}).json()["versions"] == [1, 2]
    assert listed(older)["standard"] == (2, True, True, False)
    own = STANDARD.replace("title:", "# our own\ntitle:", 1)
    assert admin.post("/v1/playbooks", json={"text": own}).status_code == 201
    assert listed(older)["standard"] == (3, True, True, False), "what was published here once is no news"
    assert listed(older)["ageing"][0] == 0


def test_publishing_what_comes_with_the_service_waits_for_the_same_consent(older):
    admin = older.as_("admin")
    assert admin.patch("/v1/settings", json={"consents": {"playbook": "boss"}}).status_code == 200
    asked = admin.post("/v1/playbooks", json={"shipped": "ageing"})
    assert asked.status_code == 202, asked.text
    assert listed(older)["ageing"] == (0, False, True, True)
    assert older.as_("boss").post(f"/v1/approvals/{asked.json()['id']}/grant", json={}).status_code == 200
    assert listed(older)["ageing"] == (1, True, True, False)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"shipped": "none"}, 404, "unknown_playbook"),
        ({"shipped": "ageing", "text": "x"}, 422, "text_or_shipped"),
        ({}, 422, "text_or_shipped"),
    ],
)
def test_what_does_not_come_with_the_service_cannot_be_published_by_name(tenant, body, status, code):
    assert problem(tenant.as_("admin").post("/v1/playbooks", json=body)) == (status, code)


def test_a_published_playbook_can_be_used(tenant):
    tenant.as_("admin").post("/v1/playbooks", json={"text": GENTLE})
    tenant.customer(playbook="gentle")
    tenant.bill("INV-1")
    assert tenant.get("/v1/cases/INV-1")["playbook"] == {"name": "gentle", "version": 1}


@pytest.mark.parametrize(
    ("old", "new", "code", "path", "line"),
    [
        ("        until: P60D\n", "", "repetition_without_end", "ladders/0/steps/0/every", 12),
        ("at: P1D", "at: tomorrow", "offset_format", "ladders/0/steps/0/at", 11),
        (
            "template: overdue",
            "template: love-letter",
            "template_unknown",
            "ladders/0/steps/0/do/0/message/template",
            15,
        ),
        ("rule: X1", "rules: X1", "field_unknown", "ladders/0/steps/0/rules", 10),
        ("name: gentle", "name: Gentle One", "name_invalid", "name", 2),
    ],
)
def test_a_mistake_is_told_with_its_place_and_remedy(tenant, old, new, code, path, line):
    text = GENTLE.replace(old, new)
    assert text != GENTLE
    checked = tenant.as_("admin").post("/v1/playbooks/gentle/check", json={"text": text})
    assert checked.status_code == 200, checked.text
    answer = fits(PlaybookCheck, checked.json())
    (mistake,) = [one for one in answer["errors"] if one["code"] == code]
    assert (answer["valid"], mistake["file"], mistake["path"], mistake["line"]) == (False, "gentle.yaml", path, line)
    assert mistake["column"] >= 1
    assert mistake["detail"]
    published = tenant.as_("admin").post("/v1/playbooks", json={"text": text})
    assert problem(published) == (422, "playbook_invalid")
    fault = next(one for one in published.json()["errors"] if one["code"] == code)
    assert (fault["pointer"], fault["line"], fault["column"]) == ("/" + path, line, mistake["column"])
    assert fault["detail"] == mistake["detail"]
    assert "gentle" not in [row["name"] for row in tenant.get("/v1/playbooks")["data"]]


def test_checking_changes_nothing_and_knows_the_name(tenant):
    admin = tenant.as_("admin")
    assert admin.post("/v1/playbooks/gentle/check", json={"text": GENTLE}).json() == {"valid": True, "errors": []}
    (mistake,) = admin.post("/v1/playbooks/rough/check", json={"text": GENTLE}).json()["errors"]
    assert (mistake["code"], mistake["path"]) == ("name_differs", "name")
    chinese = admin.post("/v1/playbooks/rough/check", json={"text": GENTLE}, headers={"Accept-Language": "zh"}).json()
    assert chinese["errors"][0]["detail"] != mistake["detail"]
    assert [row["name"] for row in tenant.get("/v1/playbooks")["data"]] == list(SHIPPED)


@pytest.mark.parametrize(
    "text", ["", "a: [", "{}", "- 1", "a: &a [*a]", "\t", "x" * 262_145, "!!python/object:os.system {}"]
)
def test_what_is_no_playbook_is_refused(tenant, text):
    assert problem(tenant.as_("admin").post("/v1/playbooks", json={"text": text}))[0] == 422


def test_another_tenant_sees_none_of_it(tenant, stranger):
    tenant.as_("admin").post("/v1/playbooks", json={"text": GENTLE})
    assert problem(stranger.as_("viewer").get("/v1/playbooks/gentle")) == (404, "unknown_playbook")
    assert [row["name"] for row in stranger.get("/v1/playbooks")["data"]] == list(SHIPPED)
