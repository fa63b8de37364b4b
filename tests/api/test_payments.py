"""GET /v1/payments, one payment, and a customer's payments."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.api.models.customers import PaymentAnswer
from tests.api.tenants import Service, Tenant, fits, problem


@pytest.fixture(scope="module")
def till(service: Service) -> Iterator[Tenant]:
    """Five payments of two customers. Only to be read."""
    tenant = service.new_tenant()
    tenant.customer("C-1", currency="CNY")
    for n in (1, 2, 3):
        tenant.bill(f"INV-{n}", "C-1", "100.00", due_on=f"2026-04-0{n}")
    pay(tenant, "P-1", "150.00", "2026-02-20", reference="wire 9")
    pay(tenant, "P-2", "20.00", "2026-02-25", allocations=[{"invoice": "INV-3", "amount": "20.00"}])
    pay(tenant, "P-3", "40.00", "2026-02-25", method="acceptance_draft", matures_on="2026-05-04",
        allocations=[{"invoice": "INV-3", "amount": "40.00"}])  # fmt: skip
    pay(tenant, "P-4", "30.00", "2026-03-01")
    tenant.post("payment.reversed", payment="P-4", on="2026-03-02")
    tenant.bill("INV-9", "C-2", "5.00")
    pay(tenant, "P-5", "7.00", "2026-03-02", customer="C-2")
    yield tenant
    tenant.close()


def pay(tenant: Tenant, payment: str, amount: str, on: str, customer: str = "C-1", **data: Any) -> None:
    tenant.post(
        "payment.received", payment=payment, customer=customer, amount=amount, currency="CNY", received_on=on, **data
    )


def test_a_payment_with_its_applications_and_rest(till: Tenant):
    found = fits(PaymentAnswer, till.get("/v1/payments/P-5"))
    assert (found["amount"], found["rest"], found["state"]) == ("7.00", "2.00", "received")
    assert found["applications"] == [{"case": "INV-9", "amount": "5.00"}]
    first = till.get("/v1/payments/P-1")
    assert first["applications"] == [{"case": "INV-1", "amount": "100.00"}, {"case": "INV-2", "amount": "50.00"}]
    assert (first["reference"], first["rest"]) == ("wire 9", "0.00")


def test_drafts_and_reversals(till: Tenant):
    draft = fits(PaymentAnswer, till.get("/v1/payments/P-3"))
    assert (draft["state"], draft["matures_on"], draft["applications"]) == ("maturing", "2026-05-04", [])
    assert draft["planned"] == [{"case": "INV-3", "amount": "40.00"}]
    back = till.get("/v1/payments/P-4")
    assert (back["state"], back["reversed_on"], back["rest"], back["applications"]) == (
        "reversed",
        "2026-03-02",
        "0.00",
        [],
    )


@pytest.mark.parametrize(
    ("path", "asked", "found"),
    [
        ("/v1/payments", {}, "P-5 P-4 P-3 P-2 P-1"),
        ("/v1/payments", {"customer": "C-1"}, "P-4 P-3 P-2 P-1"),
        ("/v1/payments", {"customer": "C-9"}, ""),
        ("/v1/payments", {"received_from": "2026-02-25", "received_until": "2026-03-01"}, "P-4 P-3 P-2"),
        ("/v1/customers/C-1/payments", {}, "P-4 P-3 P-2 P-1"),
        ("/v1/customers/C-2/payments", {"received_until": "2026-03-01"}, ""),
    ],
)
def test_lists_begin_with_the_last(till: Tenant, path: str, asked: dict[str, Any], found: str):
    assert till.ids(path, **asked) == found.split()
    assert till.ids(path, limit=1, **asked) == found.split()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=received", "unknown_parameter"),
        ("received_from=yesterday", "bad_date"),
        ("cursor=AAAA", "cursor_invalid"),
    ],
)
def test_what_cannot_be_asked(till: Tenant, query: str, code: str):
    assert problem(till.as_("viewer").get(f"/v1/payments?{query}")) == (422, code)
    assert problem(till.as_("viewer").get(f"/v1/customers/C-1/payments?{query}")) == (422, code)


def test_a_payment_is_only_its_own_tenants(till: Tenant, stranger: Tenant):
    assert till.as_("viewer").get("/v1/payments/P-1").status_code == 200
    assert problem(stranger.as_("admin").get("/v1/payments/P-1")) == (404, "unknown_payment")
    assert problem(till.as_("admin").get("/v1/payments/P%00")) == (404, "unknown_payment")
    assert stranger.ids("/v1/payments") == []


def test_a_cursor_of_one_customer_does_not_fit_another(till: Tenant):
    cursor = till.get("/v1/customers/C-1/payments", limit=1)["next_cursor"]
    for path in ("/v1/customers/C-2/payments", "/v1/payments"):
        assert problem(till.as_("viewer").get(path, params={"cursor": cursor})) == (422, "cursor_invalid")
