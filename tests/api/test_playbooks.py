"""Playbooks over the API: read, checked with places and remedies, published as versions that never change."""

from importlib.resources import files

import pytest

from service.api.models.playbooks import PlaybookAnswer, PlaybookCheck
from tests.api.tenants import fits, problem
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
