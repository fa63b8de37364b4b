"""GET /v1/customers, one customer, its credit and its statement."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.api.models.credit import CreditAnswer
from service.api.models.customers import CustomerAnswer, CustomerRow
from service.api.models.statements import StatementAnswer
from tests.api.tenants import Json, Service, Tenant, fits, problem


@pytest.fixture(scope="module")
def book(service: Service) -> Iterator[Tenant]:
    """Four customers; today is 20 March. Only to be read."""
    tenant = service.new_tenant()
    tenant.customer("C-1", name="Hong Star", segment="risk", currency="CNY", credit_limit="1000.00", collector="li.na")
    tenant.customer("C-2", name="Ａｌｂａ GmbH", currency="EUR")
    tenant.customer("C-3", name="hong kong Foods", contacts=[])
    tenant.bill("INV-1", "C-1", "800.00", due_on="2026-03-10")
    tenant.bill("INV-2", "C-1", "300.00", due_on="2026-04-30")
    tenant.bill("INV-3", "C-1", "55", currency="JPY", due_on="2026-03-10")
    tenant.bill("INV-4", "C-2", "50.00", currency="EUR", due_on="2026-03-10")
    tenant.bill("INV-5", "C-3", "20.00", due_on="2026-03-18")
    tenant.bill("INV-6", "C-4", "20.00", due_on="2026-05-18")
    tenant.post(
        "payment.received", payment="P-1", customer="C-2", amount="60.00", currency="EUR", received_on="2026-03-02"
    )
    tenant.walk("2026-03-20")
    yield tenant
    tenant.close()


def test_a_customer_whole(book: Tenant):
    response = book.as_("collector").get("/v1/customers/C-1")
    customer = fits(CustomerAnswer, response.json())
    assert response.headers["etag"] == f'"{customer["version"]}"'
    assert (customer["name"], customer["segment"], customer["owner"]) == ("Hong Star", "risk", "li.na")
    assert customer["exposure"] == {"CNY": "1100.00", "JPY": "55"}
    assert customer["overdue"] == {"CNY": "800.00", "JPY": "55"}
    assert customer["credit"] == {"CNY": "0.00", "JPY": "0"}
    assert (customer["bills"], customer["bills_overdue"]) == ({"CNY": 2, "JPY": 1}, {"CNY": 1, "JPY": 1})
    assert (customer["hold"], customer["restrictions"], customer["flags"]) == (None, [], {})
    assert customer["credit_limit"] == "1000.00"
    (contact,) = customer["contacts"]
    assert (contact["name"], contact["email"], contact["role"]) == (
        "Zhang Wei",
        "zhang@example.com",
        "accounts_payable",
    )


def test_money_paid_ahead_is_credit(book: Tenant):
    customer = book.get("/v1/customers/C-2")
    assert (customer["exposure"], customer["credit"]) == ({"EUR": "0.00"}, {"EUR": "10.00"})


@pytest.mark.parametrize(
    ("role", "email"), [("erp", "zhang@example.com"), ("viewer", None), ("boss", "zhang@example.com")]
)
def test_a_viewer_reads_names_but_no_addresses(book: Tenant, role: str, email: str | None):
    (contact,) = book.get("/v1/customers/C-1", role)["contacts"]
    assert (contact["name"], contact["email"]) == ("Zhang Wei", email)


def test_a_bill_alone_makes_a_bare_customer(book: Tenant):
    customer = fits(CustomerAnswer, book.get("/v1/customers/C-4"))
    assert (customer["name"], customer["contacts"], customer["exposure"]) == (None, [], {"CNY": "20.00"})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "C-4 C-2 C-3 C-1"),
        ({"sort": "-name"}, "C-1 C-3 C-2 C-4"),
        ({"sort": "id"}, "C-1 C-2 C-3 C-4"),
        ({"sort": "-id"}, "C-4 C-3 C-2 C-1"),
        ({"sort": "-overdue", "currency": "CNY"}, "C-1 C-3 C-4 C-2"),
        ({"sort": "overdue", "currency": "CNY"}, "C-2 C-4 C-3 C-1"),
        ({"overdue_min": "20.00", "currency": "CNY", "sort": "id"}, "C-1 C-3"),
        ({"overdue_min": "20.01", "currency": "CNY"}, "C-1"),
        ({"currency": "JPY"}, "C-1"),
        ({"currency": "EUR"}, ""),
        ({"segment": "risk"}, "C-1"),
        ({"owner": "li.na"}, "C-1"),
        ({"owner": "nobody"}, ""),
        ({"hold": "true"}, ""),
        ({"hold": "false", "sort": "id"}, "C-1 C-2 C-3 C-4"),
        ({"q": "HONG"}, "C-3 C-1"),
        ({"q": "alba"}, "C-2"),
        ({"q": "C-"}, "C-4 C-2 C-3 C-1"),
        ({"q": "star"}, ""),
    ],
)
def test_filters_and_sorts(book: Tenant, asked: dict[str, Any], found: str):
    assert book.ids("/v1/customers", **asked) == found.split()
    assert book.ids("/v1/customers", limit=1, **asked) == found.split()
    for row in book.get("/v1/customers", **asked)["data"]:
        fits(CustomerRow, row)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sort=overdue", "currency_required"),
        ("overdue_min=1", "currency_required"),
        ("overdue_min=1&currency=XYZ", "currency_unknown"),
        ("overdue_min=1.5&currency=JPY", "money_precision"),
        ("hold=maybe", "not_one_of"),
        ("name=x", "unknown_parameter"),
        ("cursor=xyz", "cursor_invalid"),
    ],
)
def test_what_cannot_be_asked(book: Tenant, query: str, code: str):
    assert problem(book.as_("viewer").get(f"/v1/customers?{query}")) == (422, code)


@pytest.mark.parametrize("path", ["", "/credit", "/statement", "/payments"])
def test_a_customer_is_only_its_own_tenants(book: Tenant, stranger: Tenant, path: str):
    assert book.as_("viewer").get(f"/v1/customers/C-1{path}").status_code == 200
    assert problem(stranger.as_("admin").get(f"/v1/customers/C-1{path}")) == (404, "unknown_customer")
    assert problem(book.as_("admin").get(f"/v1/customers/C%00{path}")) == (404, "unknown_customer")


def credit(tenant: Tenant, customer: str) -> Json:
    return fits(CreditAnswer, tenant.get(f"/v1/customers/{customer}/credit", "erp"))


def test_credit_in_the_customers_currency(book: Tenant):
    assert credit(book, "C-1") == {
        "may_ship": True,
        "hold": None,
        "currency": "CNY",
        "exposure": "1100.00",
        "limit": "1000.00",
        "available": "-100.00",
        "on_credit": True,
        "measures": [],
        "others": [{"currency": "JPY", "exposure": "55"}],
    }


def test_credit_without_a_limit_or_a_currency_of_its_own(book: Tenant):
    found = credit(book, "C-4")
    assert (found["currency"], found["exposure"], found["limit"], found["available"]) == ("CNY", "20.00", None, None)


def test_under_a_hold_nothing_may_be_shipped(tenant: Tenant):
    tenant.customer(currency="CNY")
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-06-02")
    (approval,) = tenant.get("/v1/approvals", state="open", kind="hold")["data"]
    yes = tenant.as_("boss").post(f"/v1/approvals/{approval['id']}/grant", json={})
    assert yes.status_code == 200, yes.text
    found = credit(tenant, "C-1")
    assert (found["may_ship"], found["hold"]["since"], found["hold"]["acknowledged_on"]) == (False, "2026-06-02", None)
    assert tenant.ids("/v1/customers", hold="true") == ["C-1"]
    tenant.post("hold.acknowledged", customer="C-1", hold=found["hold"]["id"])
    assert credit(tenant, "C-1")["hold"]["acknowledged_on"] == "2026-06-02"
    assert tenant.get("/v1/customers/C-1")["hold"]["id"] == found["hold"]["id"]


def test_the_statement_lists_what_is_open_by_currency(book: Tenant):
    statement = fits(StatementAnswer, book.get("/v1/customers/C-1/statement"))
    assert (statement["customer"], statement["as_of"], statement["complete"]) == ("C-1", "2026-03-20", True)
    chinese, japanese = statement["currencies"]
    assert [bill["case"] for bill in chinese["bills"]] == ["INV-1", "INV-2"]
    assert [bill["days_overdue"] for bill in chinese["bills"]] == [10, 0]
    sums = {name: chinese[name] for name in ("currency", "open", "overdue", "credit", "balance")}
    assert sums == {
        "currency": "CNY", "open": "1100.00", "overdue": "800.00", "credit": "0.00", "balance": "1100.00"
    }  # fmt: skip
    assert (japanese["currency"], japanese["open"]) == ("JPY", "55")


def test_the_statement_is_json_or_a_pdf(book: Tenant):
    def asked(accept: str) -> Any:
        return book.as_("viewer").get("/v1/customers/C-1/statement", headers={"Accept": accept})

    assert problem(asked("application/json;q=0, text/html")) == (406, "not_acceptable")
    for accept in ("*/*", "application/*", "application/json", "application/pdf;q=0.5, application/json"):
        assert asked(accept).json()["customer"] == "C-1"
    document = asked("application/pdf, application/json;q=0.5")
    assert document.headers["content-type"] == "application/pdf" and document.content.startswith(b"%PDF-")


def test_commitments_and_habits(tenant: Tenant):
    tenant.customer(currency="CNY")
    for n in range(3):
        tenant.bill(f"INV-{n}", issued_on=f"2026-02-0{n + 1}", due_on="2026-02-10", amount="100.00")
    for n, day in ((0, "2026-02-11"), (1, "2026-02-27")):
        tenant.post(
            "payment.received",
            payment=f"P-{n}",
            customer="C-1",
            amount="100.00",
            currency="CNY",
            received_on=day,
            allocations=[{"invoice": f"INV-{n}", "amount": "100.00"}],
        )
    made = tenant.as_("collector").post("/v1/cases/INV-2/promises", json={"due_on": "2026-03-05"})
    customer = fits(CustomerAnswer, tenant.get("/v1/customers/C-1"))
    (commitment,) = customer["commitments"]
    assert commitment == {
        "kind": "promise",
        "id": made.json()["id"],
        "case": "INV-2",
        "amount": "100.00",
        "currency": "CNY",
        "due_on": "2026-03-05",
        "contact": None,
    }
    assert customer["expected_receipts"] == [{"on": "2026-03-05", "currency": "CNY", "amount": "100.00"}]
    habits = customer["habits"]
    assert (habits["payments"], habits["late_payments"], habits["late_payer"]) == (3, 2, True)
    assert habits["bills_settled"] == 2
    assert habits["average_days_late"] is not None
    assert habits["late_confirmer"] is False
