"""The work list as people work through it: the most valuable first, with why, and whose it is today."""

import pytest

from tests.api.tenants import problem

LATE = {"issued_on": "2026-01-05", "due_on": "2026-02-27"}


@pytest.fixture
def team(tenant):
    """Two collectors under a supervisor, each with customers who are late."""
    for user, role, above in (("gao", "supervisor", None), ("li.na", "collector", "gao"), ("wang", "collector", "gao")):
        put(tenant, user, role, above)
    for customer, owner in (("C-1", "li.na"), ("C-2", "li.na"), ("C-3", "wang"), ("C-4", None)):
        tenant.customer(customer, collector=owner)
    for customer, amount in (("C-1", "1000.00"), ("C-2", "3000.00"), ("C-3", "2000.00"), ("C-4", "500.00")):
        tenant.bill(f"INV-{customer}", customer=customer, amount=amount, **LATE)
    tenant.walk("2026-03-03")
    return tenant


def put(tenant, user, role, above=None, **away) -> None:
    body = {"role": role, "name": user, **({"reports_to": above} if above else {}), **({"away": away} if away else {})}
    assert tenant.as_("admin").put(f"/v1/users/{user}", json=body).is_success


def ranked(tenant, **asked) -> list[str]:
    return [task["customer"] for page in tenant.pages("/v1/tasks", state="open", limit=2, **asked) for task in page]


def test_the_most_valuable_comes_first_and_pages_go_on_where_the_last_ended(team):
    assert ranked(team) == ["C-2", "C-3", "C-1", "C-4"]
    assert ranked(team, sort="value") == ["C-4", "C-1", "C-3", "C-2"]


def test_bills_add_up_and_what_is_paid_counts_no_more(team):
    team.bill("INV-9", customer="C-1", amount="2500.00", **LATE)
    team.walk("2026-03-04")
    assert ranked(team) == ["C-1", "C-2", "C-3", "C-4"]
    team.post("payment.received", payment="P-1", customer="C-2", amount="2900.00", currency="CNY")
    assert ranked(team) == ["C-1", "C-3", "C-4", "C-2"]
    team.post("payment.reversed", payment="P-1")
    assert ranked(team) == ["C-1", "C-2", "C-3", "C-4"]


def test_the_longer_it_has_been_due_the_less_may_come_and_a_broken_promise_presses(team):
    team.customer("C-5")
    team.bill("INV-OLD", customer="C-5", amount="2100.00", issued_on="2025-06-01", due_on="2025-09-01")
    team.walk("2026-03-04")
    assert ranked(team) == ["C-2", "C-3", "C-5", "C-1", "C-4"]
    team.as_("collector").post("/v1/cases/INV-C-1/promises", json={"due_on": "2026-03-05", "amount": "900.00"})
    team.walk("2026-03-09")
    assert ranked(team) == ["C-2", "C-3", "C-1", "C-5", "C-4"]  # half as much again, and not quite two thirds
    (call,) = team.get("/v1/tasks", customer="C-1", state="open")["data"]
    assert [reason["why_code"] for reason in call["reasons"]] == [
        "worth.amount",
        "worth.age",
        "worth.broken_promise",
        "worth.reliability",
        "worth.now",
    ]
    assert call["reasons"][0]["why"] == "CNY 1000.00 open on one bill."
    assert call["reasons"][3]["why"] == "0 of 1 promises kept."


def test_a_right_that_lapses_soon_is_among_the_reasons(team):
    for customer, due in (("C-8", "2023-08-20"), ("C-9", "2023-09-20")):
        team.customer(customer)
        team.bill(f"INV-{customer}", customer=customer, issued_on="2023-06-01", due_on=due)
    team.walk("2026-03-05")
    reasons = {
        task["customer"]: [reason["why"] for reason in task["reasons"] if reason["why_code"] == "worth.limitation"]
        for task in team.get("/v1/tasks", state="open", kind="call")["data"]
    }
    assert (reasons["C-8"], reasons["C-9"], reasons["C-1"]) == (["The right to sue lapses on 20 August 2026."], [], [])


def test_a_worker_sees_their_own_their_roles_and_what_they_cover(team):
    assert ranked(team, owner="li.na") == ["C-2", "C-1"]
    assert ranked(team, worker="li.na") == ["C-2", "C-1", "C-4"]
    put(team, "li.na", "collector", "gao", **{"from": "2026-03-03", "until": "2026-03-05", "cover": "wang"})
    assert ranked(team, worker="wang") == ["C-2", "C-3", "C-1", "C-4"]
    assert ranked(team, worker="li.na") == []
    assert ranked(team, worker="wang", owner="li.na") == ["C-2", "C-1"]
    (call,) = team.get("/v1/tasks", customer="C-1", state="open")["data"]
    assert (call["owner"], call["worker"]) == ("li.na", "wang")
    team.walk("2026-03-06")
    assert ranked(team, worker="li.na") == ["C-2", "C-1", "C-4"]


def test_another_order_is_refused(team):
    assert problem(team.as_("collector").get("/v1/tasks?sort=amount")) == (422, "not_one_of")
