"""Open cases moved to another version over HTTP: whom it touches, what changes, and that it is done once."""

import pytest

from service.api.models.previews import MoveAnswer, MovePreview
from tests.api.tenants import Tenant, fits, problem

LATER = "at: P8D\n        every: P1D\n        until: {level: manager}"
STEP = """
      - step: thanks
        rule: B1
        at: P2D
        do:
          - notice: {audience: [sales], text: hold_applied}
"""


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """Two overdue bills of one customer and one of another, by the first version of `standard`; a second is published."""
    for customer, bills in (("C-1", ("INV-1", "INV-2")), ("C-2", ("INV-3",))):
        tenant.customer(customer)
        for bill in bills:
            tenant.bill(bill, customer, issued_on="2026-01-05", due_on="2026-02-20")
    text = tenant.get("/v1/playbooks/standard")["text"]
    assert LATER in text
    changed = text.replace(LATER, LATER.replace("P1D", "P2D")).rstrip("\n") + STEP
    assert tenant.as_("admin").post("/v1/playbooks", json={"text": changed}).status_code == 201
    return tenant


def versions(tenant: Tenant) -> dict[str, int]:
    return {row["id"]: row["playbook"]["version"] for row in tenant.get("/v1/cases")["data"]}


def test_G_a_preview_tells_whom_it_touches_and_what_changes(owed: Tenant):
    answer = owed.as_("admin").post("/v1/playbooks/standard/move?preview=true", json={})
    assert answer.status_code == 200, answer.text
    seen = fits(MovePreview, answer.json())
    assert (seen["playbook"], seen["version"]) == ("standard", 2)
    assert seen["origins"] == [{"version": 1, "cases": 3, "customers": 2}]
    assert seen["steps"] == {"added": ["thanks"], "removed": [], "changed": ["overdue-daily"]}
    assert sorted(one["case"] for one in seen["cases"]) == ["INV-1", "INV-2", "INV-3"]
    assert all(one["now"]["step"] and one["then"]["step"] for one in seen["cases"])
    assert set(versions(owed).values()) == {1}, "a preview changes nothing"


def test_G_cases_are_moved_once_and_the_call_may_be_sent_again(owed: Tenant):
    admin = owed.as_("admin")
    first = fits(MoveAnswer, admin.post("/v1/playbooks/standard/move", json={"at_most": 2}).json())
    assert (first["moved"], first["remaining"]) == (2, 1)
    assert admin.post("/v1/playbooks/standard/move", json={}).json()["moved"] == 1
    assert admin.post("/v1/playbooks/standard/move", json={}).json() == {**first, "moved": 0, "remaining": 0}
    assert set(versions(owed).values()) == {2}
    moved = [e for e in owed.get("/v1/cases/INV-1/events")["data"] if e["type"] == "case.moved"]
    assert [(e["data"]["previous_version"], e["data"]["playbook_version"], e["actor"]) for e in moved] == [
        (1, 2, "admin")
    ]
    nothing = admin.post("/v1/playbooks/standard/move?preview=true", json={})
    assert problem(nothing) == (409, "nothing_to_move")


def test_G_customers_cases_and_versions_narrow_it_and_another_playbook_takes_over(owed: Tenant):
    admin = owed.as_("admin")
    assert admin.post("/v1/playbooks/standard/move", json={"customers": ["C-2"]}).json()["moved"] == 1
    ageing = {"from_playbook": "standard", "from_version": 1, "cases": ["INV-1", "INV-3"]}
    assert admin.post("/v1/playbooks/ageing/move", json=ageing).json()["moved"] == 1
    assert versions(owed) == {"INV-1": 1, "INV-2": 1, "INV-3": 2}
    assert owed.get("/v1/cases/INV-1")["playbook"] == {"name": "ageing", "version": 1}
    assert admin.post("/v1/playbooks/standard/move", json={"version": 1, "from_version": 2}).json()["moved"] == 1


def test_G_what_is_not_published_takes_nobody(owed: Tenant):
    admin = owed.as_("admin")
    for path, body in (
        ("none", {}),
        ("standard", {"version": 3}),
        ("standard", {"from_playbook": "none"}),
    ):
        for query in ("", "?preview=true"):
            answer = admin.post(f"/v1/playbooks/{path}/move{query}", json=body)
            assert problem(answer) == (404, "unknown_playbook")
    assert problem(owed.as_("boss").post("/v1/playbooks/standard/move", json={})) == (403, "role_may_not")


def test_G_anothers_cases_are_not_touched(owed: Tenant, stranger: Tenant):
    assert problem(
        stranger.as_("admin").post("/v1/playbooks/standard/move?preview=true", json={"cases": ["INV-1"]})
    ) == (
        409,
        "nothing_to_move",
    )
