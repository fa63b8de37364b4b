"""Reports of what is told beside the money: promises, what is expected, disputes, and what contacts brought."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.tenants import Json, Service, problem

STRANGE = ("promises", "expected-receipts", "disputes", "contacts")


@pytest.fixture(scope="module")
def tenant(service: Service) -> Iterator[Any]:
    """Five days: a promise kept, one broken, one open; a plan; a cheque; a dispute solved and one not."""
    tenant = service.new_tenant()
    tenant.customer("C-1", collector="li.na")
    tenant.customer("C-2")
    for id, customer, amount, due_on in [
        ("A", "C-1", "1000.00", "2026-02-20"),
        ("B", "C-1", "600.00", "2026-02-10"),
        ("C", "C-2", "900.00", "2026-03-01"),
        ("D", "C-2", "500.00", "2026-02-01"),
        ("E", "C-2", "300.00", "2026-03-10"),
        ("F", "C-1", "400.00", "2026-04-01"),
        ("G", "C-1", "700.00", "2026-02-25"),
    ]:
        tenant.bill(id, customer, amount, issued_on="2026-01-10", due_on=due_on)
    for id, due_on in (("A", "2026-03-04"), ("B", "2026-03-04"), ("G", "2026-03-10")):
        act(tenant, f"cases/{id}/promises", due_on=due_on)
    act(tenant, "cases/C/plans", count=2, first_on="2026-03-20")
    for id in ("D", "F"):
        act(tenant, f"cases/{id}/disputes", reason="price", text="too much", amount="200.00")
    act(tenant, "cases/A/contact-log", channel="phone", outcome="reached")
    paid = {"currency": "CNY", "method": "cheque", "matures_on": "2026-03-25", "received_on": "2026-03-02"}
    pay(tenant, "E", "C-2", "300.00", **paid)
    tenant.walk("2026-03-03")
    pay(tenant, "A", "C-1", "1000.00", currency="CNY", received_on="2026-03-03")
    act(tenant, "cases/F/disputes/1/resolve", outcome="ours", text="as ordered")
    tenant.walk("2026-03-06")
    yield tenant
    tenant.close()


def act(tenant: Any, path: str, **body: Any) -> None:
    response = tenant.as_("supervisor").post(f"/v1/{path}", json=body)
    assert response.status_code in (200, 201, 202), response.text


def pay(tenant: Any, invoice: str, customer: str, amount: str, **data: Any) -> None:
    allocations = [{"invoice": invoice, "amount": amount}]
    tenant.post("payment.received", payment=f"P-{invoice}", customer=customer, amount=amount, allocations=allocations, **data)


def rows(tenant: Any, name: str, **asked: Any) -> dict[str, Json]:
    """By group, without that and the currency."""
    return {
        row["group"]: {field: value for field, value in row.items() if field not in ("group", "currency")}
        for row in tenant.get(f"/v1/reports/{name}", **asked)["data"]
    }


def test_K_promises_kept_by_count_and_by_amount(tenant):
    assert rows(tenant, "promises")["CNY"] == {
        "kept": 1,
        "kept_amount": "1000.00",
        "broken": 1,
        "broken_amount": "600.00",
        "waiting": 0,
        "waiting_amount": "0.00",
        "kept_ratio": 0.5,
        "kept_amount_ratio": 0.625,
    }
    the_day_before = rows(tenant, "promises", as_of="2026-03-05")["CNY"]
    assert (the_day_before["kept"], the_day_before["broken"], the_day_before["waiting"]) == (1, 0, 1)
    assert the_day_before["kept_ratio"] == 1.0
    assert rows(tenant, "promises", as_of="2026-03-03") == {}
    assert rows(tenant, "promises", known_at="2020-01-01T00:00:00Z") == {}


def test_K_expected_receipts_by_kind_and_by_when(tenant):
    assert rows(tenant, "expected-receipts")["CNY"] == {
        "expected": "1900.00",
        "promised": "700.00",
        "planned": "900.00",
        "maturing": "300.00",
        "late": "0.00",
        "days_0_7": "700.00",
        "days_8_30": "750.00",
        "later": "450.00",
    }
    assert rows(tenant, "expected-receipts", as_of="2026-03-02")["CNY"]["promised"] == "2300.00"


def test_D1_expected_receipts_per_day(tenant):
    found = rows(tenant, "expected-receipts", group_by="day")
    assert {day: row["expected"] for day, row in found.items()} == {
        "2026-03-10": "700.00",
        "2026-03-20": "450.00",
        "2026-03-25": "300.00",
        "2026-04-20": "450.00",
    }


def test_K_disputes_open_their_age_and_their_share(tenant):
    assert rows(tenant, "disputes")["CNY"] == {
        "disputes": 1,
        "open_amount": "200.00",
        "share_of_receivables": 0.0588,  # of 3 400.00
        "average_age_days": 4.0,
        "oldest_days": 4,
        "opened": 2,
        "solved": 1,
    }
    assert rows(tenant, "disputes", as_of="2026-03-02")["CNY"]["disputes"] == 2


def test_K_what_contacts_brought_of_what_was_overdue(tenant):
    assert rows(tenant, "contacts", days=5)["CNY"] == {
        "contacts": 1,
        "within_days": 7,
        "overdue": "3700.00",
        "collected": "1000.00",
        "collected_after_contact": "1000.00",
        "effectiveness": 0.2703,
    }
    assert {owner: row["overdue"] for owner, row in rows(tenant, "contacts", days=5, group_by="owner").items()} == {
        "collector": "1400.00",
        "li.na": "2300.00",
    }


def test_K_how_long_after_a_contact_money_counts_can_be_asked(tenant):
    assert rows(tenant, "contacts", days=5, within_days=1)["CNY"]["within_days"] == 1
    for wrong in (0, 91):
        assert tenant.as_("manager").get("/v1/reports/contacts", params={"within_days": wrong}).status_code == 422
    assert problem(tenant.as_("manager").get("/v1/reports/steps", params={"within_days": 7})) == (422, "unknown_parameter")


def test_K_overdue_ratios_with_and_without_what_is_disputed(tenant):
    """Open are 3 400.00, of which B, C, D and G are overdue; of D, 33 days late, 200.00 are contested."""
    row = rows(tenant, "effectiveness")["CNY"]
    assert (row["overdue"], row["disputed"]) == ("2700.00", "200.00")
    assert (row["overdue_ratio"], row["overdue_ratio_undisputed"]) == (0.7941, 0.7812)  # 2 500 of 3 200
    assert (row["over_30_ratio"], row["over_30_ratio_undisputed"]) == (0.1471, 0.0938)  # 300 of 3 200
    assert (row["over_60_ratio"], row["over_60_ratio_undisputed"]) == (0.0, 0.0)
    before = rows(tenant, "effectiveness", as_of="2026-03-02")["CNY"]
    assert before["disputed"] == "400.00", "F's was solved later"
    assert rows(tenant, "effectiveness", group_by="owner")["li.na"]["disputed"] == "0.00"


@pytest.mark.parametrize("name", STRANGE)
def test_collectors_see_their_own_and_pages_go_on(tenant, name):
    own = tenant.as_("collector", "li.na").get(f"/v1/reports/{name}", params={"group_by": "customer"}).json()["data"]
    assert {row["group"] for row in own} <= {"C-1"}
    for group_by in ("currency", "customer", "owner", "segment"):
        whole = tenant.get(f"/v1/reports/{name}", group_by=group_by)["data"]
        assert whole
        assert [row for page in tenant.pages(f"/v1/reports/{name}", group_by=group_by, limit=1) for row in page] == whole


def target(tenant: Any, role: str = "manager", month: str = "2026-03", **amounts: str) -> httpx.Response:
    response: httpx.Response = tenant.as_(role).put(f"/v1/users/li.na/targets/{month}", json={"amounts": amounts})
    return response


def test_K_collected_against_the_months_target(tenant):
    assert target(tenant, CNY="4000.00", USD="5.00").json()["amounts"] == {"CNY": "4000.00", "USD": "5.00"}
    assert target(tenant, CNY="2000.00").status_code == 200
    before = tenant.get("/v1/events", "admin", limit=200, type="target.set")["data"]
    assert target(tenant, CNY="2000.00").status_code == 200
    assert tenant.get("/v1/events", "admin", limit=200, type="target.set")["data"] == before and len(before) == 4
    march = {"month": "2026-03-01", "target": "2000.00", "collected": "1000.00", "share_of_target": 0.5}
    assert rows(tenant, "targets") == {"li.na": march}
    assert rows(tenant, "targets", group_by="currency") == {"CNY": march}
    assert rows(tenant, "targets", as_of="2026-03-05")["li.na"]["target"] is None
    assert tenant.as_("collector", "li.na").get("/v1/reports/targets").json()["data"][0]["collected"] == "1000.00"
    assert tenant.as_("collector", "sam.reed").get("/v1/reports/targets").json()["data"] == []


def test_what_is_no_target(tenant):
    assert problem(target(tenant, role="collector", CNY="1.00")) == (403, "role_may_not")
    for month in ("2026-13", "2026-3", "march"):
        assert problem(target(tenant, month=month, CNY="1.00"))[0] == 422
    assert problem(target(tenant, CNY="1.005")) == (422, "money_precision")
    assert problem(target(tenant, XXX="1.00")) == (422, "currency_unknown")
    assert problem(target(tenant, CNY="0.00")) == (422, "amount_not_positive")


def test_K_the_weeks_report_gathers_them(tenant):
    answer = tenant.get("/v1/reports/weekly", "manager")
    assert answer["as_of"] == "2026-03-06"
    (receipts,) = answer["receipts"]
    assert (receipts["collected"], receipts["collected_the_week_before"]) == ("1000.00", "0.00")
    assert answer["ageing"] == tenant.get("/v1/reports/ageing")["data"]
    assert answer["days"] == tenant.get("/v1/reports/dso")["data"]
    assert [(row["group"], row["overdue"]) for row in answer["overdue"]] == [("C-2", "1400.00"), ("C-1", "1300.00")]
    assert answer["promises"] == tenant.get("/v1/reports/promises", days=7)["data"]
    assert answer["expected"] == tenant.get("/v1/reports/expected-receipts")["data"]
    assert answer["disputes"] == tenant.get("/v1/reports/disputes", days=7)["data"]
    assert answer["targets"] == tenant.get("/v1/reports/targets")["data"]
    done = {row["measure"]: row["count"] for row in answer["measures"]}
    assert done.items() >= {"contact.logged": 1, "dispute.opened": 2, "plan.agreed": 1, "promise.made": 3}.items()
    assert tenant.get("/v1/reports/weekly", "manager", as_of="2026-02-20")["measures"] == []
    assert problem(tenant.as_("collector").get("/v1/reports/weekly")) == (403, "role_may_not")


def test_K_which_step_gets_paid(service):
    """B1's reminder went out on D-7; one bill was paid before any, one after it, one after D+1."""
    tenant: Any = service.new_tenant()
    tenant.customer("C-1")
    for id, due_on in (("EARLY", "2026-04-30"), ("REMINDED", "2026-03-16"), ("LATE", "2026-03-11")):
        tenant.bill(id, amount="100.00", issued_on="2026-03-02", due_on=due_on)
    pay(tenant, "EARLY", "C-1", "100.00", currency="CNY", received_on="2026-03-02")
    tenant.walk("2026-03-11")
    pay(tenant, "REMINDED", "C-1", "60.00", currency="CNY", received_on="2026-03-11")
    tenant.walk("2026-03-12")
    pay(tenant, "LATE", "C-1", "100.00", currency="CNY", received_on="2026-03-12")
    reminded = {row["step"]: row for row in tenant.get("/v1/reports/steps")["data"]}
    due_soon, overdue = (step_of(tenant, id) for id in ("REMINDED", "LATE"))
    assert due_soon != overdue and reminded.keys() == {"none", due_soon, overdue}
    names = ("payments", "collected", "share", "average_days_after")
    assert {step: tuple(row[name] for name in names) for step, row in reminded.items()} == {
        "none": (1, "100.00", 0.3846, None),
        due_soon: (1, "60.00", 0.2308, 2.0),
        overdue: (1, "100.00", 0.3846, 0.0),
    }
    tenant.close()


def step_of(tenant: Any, case: str) -> str:
    """The last step that reminded of the bill."""
    told = tenant.get(f"/v1/cases/{case}/events", limit=200)["data"]
    steps: list[str] = [one["data"]["step"] for one in told if one["type"] == "case.reminded"]
    return steps[-1]
