"""What of a list is answered: the fields that were asked for, and how many rows it has."""

from typing import Any

import httpx
import pytest

from service.api.models.cases import CaseAnswer
from service.store import keyset
from tests.api.tenants import Tenant, problem

LISTS = (
    "/v1/cases",
    "/v1/customers",
    "/v1/payments",
    "/v1/messages",
    "/v1/customers/C-0/payments",
    "/v1/tasks",
    "/v1/approvals",
)
COUNTED = {"Prefer": "return=total-count"}


@pytest.fixture
def filled(tenant: Tenant) -> Tenant:
    for id in ("C-0", "C-1"):
        tenant.customer(id)
    for n in range(5):
        tenant.bill(f"INV-{n}", f"C-{n % 2}", due_on="2026-02-20" if n else "2026-04-20", issued_on="2026-01-05")
        tenant.post("payment.received", payment=f"P-{n}", customer=f"C-{n % 2}", amount="1.00", currency="CNY")
    tenant.walk("2026-03-04")
    for id in ("C-0", "C-1"):
        assert tenant.as_("manager").post(f"/v1/customers/{id}/hold", json={"reason": "No answer."}).status_code == 202
    return tenant


def listed(tenant: Tenant, path: str, headers: dict[str, str] | None = None, **asked: Any) -> httpx.Response:
    answer = tenant.as_("collector").get(path, params=asked, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("path", LISTS)
def test_rows_have_the_fields_that_were_asked_for_in_that_order(filled: Tenant, path: str):
    whole = listed(filled, path, limit=2).json()
    name = next(name for name in whole["data"][0] if name != "id")
    chosen = listed(filled, path, limit=2, fields=f"{name},id").json()
    assert whole["data"]
    assert chosen["data"] == [{name: row[name], "id": row["id"]} for row in whole["data"]]
    assert [list(row) for row in chosen["data"]] == [[name, "id"]] * len(chosen["data"])


def test_the_fields_may_change_from_page_to_page(filled: Tenant):
    cursor = listed(filled, "/v1/cases", limit=1, fields="id").json()["next_cursor"]
    row = listed(filled, "/v1/cases", limit=1, fields="id,stage", cursor=cursor).json()["data"][0]
    assert list(row) == ["id", "stage"]


def test_a_field_that_is_not_there_is_said_with_those_that_are(filled: Tenant):
    answer = filled.as_("viewer").get("/v1/cases", params={"fields": "id,colour"})
    assert problem(answer) == (422, "field_unknown")
    assert "colour" in answer.text and all(name in answer.text for name in CaseAnswer.model_fields)
    assert answer.json()["errors"][0]["pointer"] == "/query/fields"


@pytest.mark.parametrize(
    ("path", "asked", "count"),
    [
        ("/v1/cases", {}, 5),
        ("/v1/cases", {"overdue_min": 1}, 4),
        ("/v1/cases", {"customer": "C-1", "limit": 1}, 2),
        ("/v1/customers", {}, 2),
        ("/v1/customers", {"overdue_min": "3000.00", "currency": "CNY"}, 0),
        ("/v1/customers", {"overdue_min": "2000.00", "currency": "CNY", "sort": "-overdue"}, 2),
        ("/v1/payments", {}, 5),
        ("/v1/customers/C-0/payments", {}, 3),
        ("/v1/payments", {"received_until": "2020-01-01"}, 0),
    ],
)
def test_rows_are_counted_when_asked_for(filled: Tenant, path: str, asked: dict[str, Any], count: int):
    answer = listed(filled, path, COUNTED, **asked)
    assert answer.headers["Preference-Applied"] == "return=total-count"
    assert answer.json()["total"] == {"count": count, "more": False}
    plain = listed(filled, path, **asked)
    assert "total" not in plain.json() and "Preference-Applied" not in plain.headers


def test_messages_are_counted_by_customer(filled: Tenant):
    everybody = listed(filled, "/v1/messages", COUNTED).json()
    assert everybody["total"]["count"] == len(everybody["data"]) > 1
    one = listed(filled, "/v1/messages", COUNTED, customer="C-1").json()
    assert 0 < one["total"]["count"] == len(one["data"]) < len(everybody["data"])


def test_tasks_and_approvals_are_counted_by_what_they_are_narrowed_to(filled: Tenant):
    def counted(path: str, **asked: Any) -> int:
        answer = listed(filled, path, COUNTED, limit=200, **asked).json()
        assert answer["total"] == {"count": len(answer["data"]), "more": False}
        return len(answer["data"])

    tasks = listed(filled, "/v1/tasks", limit=200).json()["data"]
    assert counted("/v1/tasks") == len(tasks)
    for name in ("customer", "kind", "owner"):
        value = tasks[0][name]
        assert counted("/v1/tasks", **{name: value}) == sum(task[name] == value for task in tasks)
    assert counted("/v1/tasks", worker="nobody") == counted("/v1/tasks", due_before="2020-01-01") == 0
    assert counted("/v1/tasks", worker="collector") > 0
    assert (counted("/v1/approvals"), counted("/v1/approvals", customer="C-1", state="open")) == (2, 1)
    assert counted("/v1/approvals", state="granted") == 0
    assert listed(filled, "/v1/approvals", COUNTED, limit=1).json()["total"]["count"] == 2


def test_the_count_does_not_begin_at_the_cursor(filled: Tenant):
    first = listed(filled, "/v1/cases", limit=3).json()
    second = listed(filled, "/v1/cases", COUNTED, limit=3, cursor=first["next_cursor"]).json()
    assert (len(second["data"]), second["total"]["count"]) == (2, 5)


def test_no_more_are_counted_than_is_quick(filled: Tenant, monkeypatch):
    monkeypatch.setattr(keyset, "COUNTED_AT_MOST", 3)
    monkeypatch.setattr("service.api.pages.COUNTED_AT_MOST", 3)
    assert listed(filled, "/v1/cases", COUNTED).json()["total"] == {"count": 3, "more": True}


@pytest.mark.parametrize("given", ["return=minimal", "return=total-countless", "respond-async", ""])
def test_other_preferences_change_nothing(filled: Tenant, given: str):
    assert "total" not in listed(filled, "/v1/cases", {"Prefer": given}).json()


def test_one_of_several_preferences(filled: Tenant):
    assert listed(filled, "/v1/cases", {"Prefer": "respond-async, return=total-count; x=1"}).json()["total"]["count"] == 5
