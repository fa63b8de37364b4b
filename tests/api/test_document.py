"""The document as it is served, and what really leaves the house held against it."""

import json
from typing import Any

import jsonschema_rs

from service.api.document import outbound
from service.app import drawn
from service.domain.announce import MONEY
from service.store.database import transaction
from tests.api.tenants import Service, Tenant

DOCUMENT: dict[str, Any] = drawn().openapi()
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def test_the_service_serves_the_committed_document(service: Service, tenant: Tenant):
    response = tenant.as_("viewer").get("/v1/openapi.json", headers={"Authorization": ""})
    assert response.status_code == 200 and response.headers["content-type"] == "application/json"
    assert response.json() == DOCUMENT


def test_the_page_is_served_without_a_key(service: Service, tenant: Tenant):
    response = tenant.as_("viewer").get("/docs", headers={"Authorization": ""})
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/html")
    assert "<h1>" in response.text and "/v1/cases/{case}" in response.text


def _story(tenant: Tenant) -> None:
    """Something of most kinds: money in and back, a promise broken, tasks, escalations, a hold asked for and granted."""
    created = tenant.as_("admin").post(
        "/v1/webhook-endpoints", json={"url": "https://example.com/hook", "types": ["*"]}
    )
    assert created.status_code == 201, created.text
    tenant.customer(currency="CNY", credit_limit="5000.00")
    for invoice, amount in (("INV-1", "1200.00"), ("INV-2", "80.00"), ("INV-3", "10.00")):
        tenant.bill(invoice, amount=amount, issued_on="2026-02-02", due_on="2026-03-03")
    money = {"customer": "C-1", "amount": "90.00", "currency": "CNY", "received_on": "2026-03-02"}
    tenant.post("payment.received", payment="P-1", **money, allocations=[{"invoice": "INV-2", "amount": "50.00"}])
    tenant.post("payment.reversed", payment="P-1")
    tenant.post("payment.received", payment="P-2", **money, method="cheque", matures_on="2026-03-20")
    tenant.post("invoice.credited", invoice="INV-3", amount="10.00")
    tenant.post("invoice.amended", invoice="INV-1", amount="1100.00")
    promised = {"due_on": "2026-03-04", "amount": "500.00", "promised_by": "Zhang Wei"}
    assert tenant.as_("collector").post("/v1/cases/INV-1/promises", json=promised).status_code == 201
    tenant.walk("2026-06-10")
    asked = tenant.get("/v1/approvals", state="open", kind="hold")["data"]
    assert asked, "by now a hold has been asked for"
    assert tenant.as_("boss").post(f"/v1/approvals/{asked[0]['id']}/grant", json={}).status_code == 200


def test_what_leaves_the_house_is_as_the_document_says(service: Service, tenant: Tenant):
    _story(tenant)
    with transaction(service.runtime.engine, tenant.name) as tx:
        sent = [(kind, json.loads(body)) for kind, body in tx.rows("SELECT type, body FROM outbox")]
    kinds = {kind for kind, _ in sent}
    assert {"case.escalated", "case.reminded", "promise.broken", "hold.applied", "payment.reversed"} <= kinds
    faults = [
        f"{kind}: {error.instance_path} {error.message}"
        for kind, body in sent
        if kind in outbound.RELIABLE
        for error in _validator(outbound.name_of(kind)).iter_errors(body)
    ]
    assert not faults, "\n".join(faults[:20])


def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$schema": DIALECT, "$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def test_money_leaves_as_text_in_webhooks_and_the_feed(service: Service, tenant: Tenant):
    _story(tenant)
    with transaction(service.runtime.engine, tenant.name) as tx:
        sent = [json.loads(body) for (body,) in tx.rows("SELECT body FROM outbox")]
    told = [row for page in _feed(tenant) for row in page]
    assert len(sent) > 20 and len(told) > 20
    for one in (*sent, *told):
        numbers = [name for name, value in _values(one) if name in MONEY and isinstance(value, int | float)]
        assert not numbers, f"{one['type']}: {numbers}"


def _feed(tenant: Tenant) -> Any:
    cursor = None
    while True:
        page = tenant.get("/v1/events", limit=200, **({"cursor": cursor} if cursor else {}))
        if not page["data"]:
            return
        cursor = page["next_cursor"]
        yield page["data"]


def _values(value: Any, name: str = "") -> Any:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else ((name, part) for part in value):
            yield from _values(part, key)
    else:
        yield name, value
