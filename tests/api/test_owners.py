"""Owners over HTTP (E6): rules as settings, turns that count what the database holds."""

import pytest

from tests.api.tenants import problem

TURNS = {"to": ["li.na", "wang"], "customers": [], "segments": [], "amounts": {}}


@pytest.fixture
def team(tenant):
    """A tenant with two collectors and their supervisor."""
    for user, role, above in (("gao", "supervisor", None), ("li.na", "collector", "gao"), ("wang", "collector", "gao")):
        body = {"role": role, "name": user, **({"reports_to": above} if above else {})}
        assert tenant.as_("admin").put(f"/v1/users/{user}", json=body).status_code == 201
    return tenant


def ruled(tenant, *rules) -> None:
    response = tenant.as_("admin").patch("/v1/settings", json={"assignment": list(rules)})
    assert response.status_code == 200, response.text


def owners(tenant, *cases: str) -> list[str]:
    return [tenant.get(f"/v1/cases/{case}")["owner"] for case in cases]


def test_customers_are_shared_out_in_turn_within_a_batch_and_from_one_to_the_next(team):
    ruled(team, TURNS)
    bills = [
        team.event(
            "invoice.issued",
            invoice=f"INV-{n}", customer=f"C-{n}", amount="10.00", currency="CNY",
            issued_on="2026-03-01", due_on="2026-03-20",
        )
        for n in range(1, 6)
    ]  # fmt: skip
    team.post_all(bills[:3])
    assert owners(team, "INV-1", "INV-2", "INV-3") == ["li.na", "wang", "li.na"]
    team.post_all(bills[3:4])
    team.post_all(bills[4:])
    assert owners(team, "INV-4", "INV-5") == ["wang", "li.na"]
    assert {row["id"] for row in team.get("/v1/customers", owner="wang")["data"]} == {"C-2", "C-4"}


@pytest.mark.parametrize(
    ("rule", "code", "pointer"),
    [
        ({"to": ["li.na", "nobody"]}, "unknown_user", "/assignment/0/to/1"),
        ({"to": []}, "too_few", "/assignment/0/to"),
        ({"to": ["li.na"], "amounts": {"CNY": "1.001"}}, "money_precision", "/assignment/0/amounts/CNY"),
        ({"to": ["li.na"], "amounts": {"XXX": "1"}}, "currency_unknown", "/assignment/0/amounts/XXX"),
        ({"to": ["li.na"], "amount": "1"}, "unknown_field", "/assignment/0/amount"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(team, rule, code, pointer):
    response = team.as_("admin").patch("/v1/settings", json={"assignment": [rule]})
    assert problem(response) == (422, code)
    assert response.json()["errors"][0]["pointer"] == pointer
    assert team.get("/v1/settings")["assignment"] == []


def test_rules_are_changed_as_a_whole_by_administrators(team):
    ruled(team, TURNS)
    assert team.get("/v1/settings")["assignment"] == [TURNS]
    ruled(team)
    assert team.get("/v1/settings")["assignment"] == []
    assert problem(team.as_("boss").patch("/v1/settings", json={"assignment": [TURNS]})) == (403, "role_may_not")
