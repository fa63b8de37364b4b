"""What-if over HTTP: a playbook tried out on recorded history, who may, what is refused and what it costs."""


import pytest

from service.api import simulations
from service.api.models.simulations import Simulation
from tests.api.tenants import Tenant, fits, problem

LATER = "at: P8D\n        every: P1D\n        until: {level: manager}"


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """Three weeks in which two customers do not pay three bills."""
    for customer, bills in (("C-1", ("INV-1", "INV-2")), ("C-2", ("INV-3",))):
        tenant.customer(customer)
        for bill in bills:
            tenant.bill(bill, customer, issued_on="2026-03-01", due_on="2026-03-03", confirmation_required=False)
    tenant.walk("2026-03-24")
    return tenant


def drafted(tenant: Tenant) -> str:
    text: str = tenant.get("/v1/playbooks/standard")["text"]
    assert LATER in text
    return text.replace(LATER, LATER.replace("P1D", "P2D"))


def test_a_draft_is_held_against_what_ran(owed):
    answer = owed.as_("supervisor").post("/v1/playbooks/standard/simulate", json={"text": drafted(owed)})
    assert answer.status_code == 200, answer.text
    found = fits(Simulation, answer.json())
    assert (found["cases"], found["customers"], found["version"], found["replaces"]) == (3, 2, None, ["standard"])
    assert (found["period"], found["truncated"]) == ({"from": "2025-03-24", "to": "2026-03-24"}, None)
    step = next(one for one in found["steps"] if one["step"] == "overdue-daily")
    assert step["rule"] == "B3" and 0 < step["then"]["fired"] < step["now"]["fired"]
    assert found["work"]["then"]["messages"] < found["work"]["now"]["messages"]
    assert found["work"]["customers_touched_now"] == found["work"]["customers_touched_then"] == 2
    assert found["fidelity"]["recorded"] == found["fidelity"]["reproduced"] > 0
    assert found["fidelity"]["differences"] == [] and found["left_out"] == {"now": {}, "then": {}}
    assert [one["code"] for one in found["assumptions"]][:2] == ["facts", "answers"]
    sample = found["samples"][0]
    assert sample["case"].startswith("INV-") and any(day["now"] != day["then"] for day in sample["days"])
    assert owed.get("/v1/cases/INV-1")["playbook"] == {"name": "standard", "version": 1}
    chinese = owed.as_("boss").post(
        "/v1/playbooks/standard/simulate", json={"version": 1}, headers={"Accept-Language": "zh"}
    )
    assert chinese.json()["assumptions"][0]["text"] != found["assumptions"][0]["text"]
    assert (chinese.json()["version"], chinese.json()["differing"]) == (1, 0)


def test_so_many_cases_and_the_rest_after_them(owed):
    asked = {"text": drafted(owed), "at_most": 2, "samples": 0}
    first = owed.as_("manager").post("/v1/playbooks/standard/simulate", json=asked).json()
    assert (first["cases"], first["truncated"], first["samples"]) == (2, {"why": "cases", "after": "C-1"}, [])
    rest = owed.as_("manager").post("/v1/playbooks/standard/simulate", json=asked | {"after": "C-1"}).json()
    assert (rest["cases"], rest["truncated"]) == (1, None)
    only = owed.as_("manager").post("/v1/playbooks/standard/simulate", json=asked | {"customers": ["C-2"]}).json()
    assert (only["cases"], only["customers"]) == (1, 1)


def test_when_its_time_is_over_what_was_told_is_answered(owed, monkeypatch):
    monkeypatch.setattr(simulations, "SECONDS", -1.0)
    found = owed.as_("admin").post("/v1/playbooks/standard/simulate", json={"version": 1}).json()
    assert (found["cases"], found["truncated"]) == (0, {"why": "time", "after": None})


def test_what_comes_with_the_service_takes_the_place_of_what_runs(owed):
    asked = {"shipped": True, "replaces": ["standard"], "from": "2026-03-01", "to": "2026-04-30"}
    found = owed.as_("admin").post("/v1/playbooks/ageing/simulate", json=asked).json()
    assert (found["playbook"], found["cases"], found["replaces"]) == ("ageing", 3, ["standard"])
    assert found["differing"] == 3
    assert found["assumptions"][-1]["code"] == "ahead"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "text_or_version"),
        ({"version": 1, "shipped": True}, 422, "text_or_version"),
        ({"version": 2}, 404, "unknown_playbook"),
        ({"version": 1, "replaces": ["none"]}, 404, "unknown_playbook"),
        ({"version": 1, "from": "2026-03-20", "to": "2026-03-10"}, 422, "simulation_period"),
        ({"version": 1, "from": "2026-05-01", "to": "2026-05-10"}, 422, "simulation_period"),
        ({"version": 1, "to": "2028-01-01"}, 422, "simulation_period"),
        ({"version": 1, "from": "2001-01-01"}, 422, "simulation_period"),
        ({"version": 1, "at_most": 0}, 422, "out_of_range"),
        ({"text": "name: standard"}, 422, "playbook_invalid"),
    ],
)
def test_what_cannot_be_told_is_refused(tenant, body, status, code):
    assert problem(tenant.as_("admin").post("/v1/playbooks/standard/simulate", json=body)) == (status, code)


def test_mistakes_of_a_draft_are_told_with_their_places(tenant):
    text = drafted(tenant).replace("grammar: 1", "grammar: 1", 1).replace("every: P2D", "every: often")
    refused = tenant.as_("supervisor").post("/v1/playbooks/standard/simulate", json={"text": text})
    fault = next(one for one in refused.json()["errors"] if one["code"] == "offset_format")
    assert text.splitlines()[fault["line"] - 1].strip() == "every: often"
    assert fault["column"] > 1


def test_one_at_a_time(tenant):
    assert simulations._room.acquire(blocking=False)
    try:
        refused = tenant.as_("admin").post("/v1/playbooks/standard/simulate", json={"version": 1})
    finally:
        simulations._room.release()
    assert problem(refused) == (429, "simulation_running")
    assert refused.headers["retry-after"] == "5"
    assert tenant.as_("admin").post("/v1/playbooks/standard/simulate", json={"version": 1}).status_code == 200


def test_another_tenants_history_is_not_told(owed, stranger):
    found = stranger.as_("admin").post("/v1/playbooks/standard/simulate", json={"version": 1}).json()
    assert (found["cases"], found["events"]) == (0, 0)
