"""Customers given from one to others, many at once (E6): shared out, with bills and tasks, above a limit by consent."""

import pytest

from service.api.models.reassignments import ReassignmentAnswer
from service.domain.scene import Asker
from service.engine import reassigning
from service.engine.administer import administer
from tests.api.tenants import fits, problem

BODY = {"from": "li.na", "to": ["wang", "chen"], "reason": "She goes to sales."}


@pytest.fixture
def team(tenant):
    """Five customers of one collector, one of them with a bill that is another's, and one of another's with a bill of hers."""
    for user, role in (("gao", "supervisor"), ("li.na", "collector"), ("wang", "collector"), ("chen", "collector")):
        assert tenant.as_("admin").put(f"/v1/users/{user}", json={"role": role, "name": user}).status_code == 201
    for n in range(1, 6):
        tenant.customer(f"C-{n}", collector="li.na", segment="risk" if n < 3 else "standard")
        tenant.bill(f"INV-{n}", customer=f"C-{n}", issued_on="2026-01-05", due_on="2026-02-27")
    tenant.customer("C-6", collector="wang")
    tenant.bill("INV-6", customer="C-6", issued_on="2026-01-05", due_on="2026-02-27")
    tenant.as_("supervisor").post("/v1/cases/INV-1/assign", json={"owner": "gao"})
    tenant.as_("supervisor").post("/v1/cases/INV-6/assign", json={"owner": "li.na"})
    tenant.bill("INV-T", customer="C-2", confirmation_required=True)
    tenant.as_("supervisor").post("/v1/cases/INV-T/assign", json={"owner": "li.na"})
    tenant.walk("2026-03-03")
    return tenant


def ask(tenant, role="supervisor", preview="", **body):
    return tenant.as_(role, "gao").post(f"/v1/reassignments{preview}", json=BODY | body)


def owners(tenant) -> dict[str, str]:
    return {row["id"]: row["owner"] for page in tenant.pages("/v1/cases") for row in page}


def limited(tenant, most: int) -> None:
    assert tenant.as_("admin").patch("/v1/settings", json={"bulk_customers": most}).status_code == 200


def test_a_preview_changes_nothing(team):
    before = owners(team)
    answer = fits(ReassignmentAnswer, ask(team, preview="?preview=true").json())
    assert answer == {
        "customers": 6,
        "moves": {"chen": ["C-1", "C-3", "C-5"], "wang": ["C-2", "C-4", "C-6"]},  # wang has one already
        "more": False,
    }
    assert owners(team) == before


def test_customers_bills_and_tasks_go_and_what_is_anothers_stays(team):
    given = ask(team)
    assert given.status_code == 200, given.text
    assert owners(team) == {
        **{"INV-1": "gao", "INV-2": "wang", "INV-3": "chen", "INV-4": "wang", "INV-5": "chen", "INV-6": "wang"},
        "INV-T": "wang",
    }
    assert {row["id"]: row["owner"] for row in team.get("/v1/customers")["data"]} == {
        **{"C-1": "chen", "C-2": "wang", "C-3": "chen", "C-4": "wang", "C-5": "chen", "C-6": "wang"}
    }
    calls = {task["customer"]: task["owner"] for task in team.get("/v1/tasks", state="open", kind="call")["data"]}
    assert calls == {"C-1": "gao", "C-2": "wang", "C-3": "chen", "C-4": "wang", "C-5": "chen", "C-6": "wang"}
    events = [event["type"] for event in team.get("/v1/events", "admin", type="reassignment.*")["data"]]
    assert events == ["reassignment.begun", "reassignment.done"]
    (assigned,) = [e for e in team.get("/v1/cases/INV-3/events")["data"] if e["type"] == "case.assigned"]
    assert (assigned["actor"], assigned["data"]) == ("gao", {"owner": "chen", "previous": "li.na"})
    assert problem(ask(team)) == (409, "nothing_to_reassign")


@pytest.mark.parametrize(
    ("narrowed", "moved"),
    [({"segments": ["risk"]}, ["C-1", "C-2"]), ({"customers": ["C-3", "C-6", "C-9"], "to": ["wang"]}, ["C-3", "C-6"])],
)
def test_it_is_narrowed_by_segment_and_by_name(team, narrowed, moved):
    answer = ask(team, **narrowed).json()
    assert sorted(id for ids in answer["moves"].values() for id in ids) == moved


def test_at_most_so_many_go_at_once(team, monkeypatch):
    monkeypatch.setattr(reassigning, "MOST", 4)
    assert (ask(team).json()["customers"], ask(team).json()["customers"]) == (4, 2)


def test_more_than_the_limit_wait_for_the_next_role_and_go_as_they_were_chosen(team):
    limited(team, 5)
    asked = ask(team)
    assert asked.status_code == 202, asked.text
    approval = asked.json()
    assert (approval["kind"], approval["role"], approval["reason"]) == ("reassignment", "manager", BODY["reason"])
    assert owners(team)["INV-3"] == "li.na"
    grant = f"/v1/approvals/{approval['id']}/grant"
    assert problem(team.as_("manager", "gao").post(grant, json={})) == (403, "four_eyes")
    assert team.as_("manager").post(grant, json={}).status_code == 200
    assert owners(team)["INV-3"] == "chen"
    (assigned,) = [e for e in team.get("/v1/cases/INV-3/events")["data"] if e["type"] == "case.assigned"]
    assert assigned["actor"] == "gao"


def test_a_grant_is_refused_when_a_customer_has_changed_hands_meanwhile(team):
    limited(team, 5)
    approval = ask(team).json()
    limited(team, 50)
    assert ask(team, customers=["C-3"]).status_code == 200
    assert problem(team.as_("manager").post(f"/v1/approvals/{approval['id']}/grant", json={})) == (409, "world_moved")
    assert owners(team)["INV-4"] == "li.na"


def test_what_a_crash_interrupts_the_clock_goes_on_with(team):
    def begin(tx, tenant):
        return [reassigning.begun(tenant, Asker(actor="gao", role="supervisor"), "li.na", {"wang": ["C-3"]}, None)]

    administer(team.service.runtime.engine, team.name, begin, Asker(actor="gao", role="supervisor"))
    assert owners(team)["INV-3"] == "li.na"
    team.walk("2026-03-04")
    assert owners(team)["INV-3"] == "wang"
    assert len(team.get("/v1/events", "admin", type="reassignment.done")["data"]) == 1


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"to": ["wang", "nobody"]}, "unknown_user", "/to/1"),
        ({"to": ["li.na"]}, "unknown_user", "/to/0"),
        ({"to": []}, "too_few", "/to"),
        ({"reason": " "}, "reason_required", "/reason"),
    ],
)
def test_what_makes_no_sense_is_refused(team, body, code, pointer):
    response = ask(team, **body)
    assert problem(response) == (422, code)
    assert response.json()["errors"][0]["pointer"] == pointer


def test_a_collector_gives_nobody_away(team):
    assert problem(ask(team, role="collector")) == (403, "role_may_not")
