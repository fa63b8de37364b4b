"""Generated requests against the running API: never a mistake of ours, and every answer as the document says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from service.app import drawn
from tests.api.tenants import NOW, Service, Tenant

DOCUMENT: dict[str, Any] = drawn().openapi()
SCHEMA = schemathesis.openapi.from_dict({name: part for name, part in DOCUMENT.items() if name != "security"})
"""Without keys, which have tests of their own: missing ones would hide all other faults."""

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    methods[method]["operationId"]: methods[method]
    for method in METHODS  # what deletes comes last, so that there is something to read before
    for methods in DOCUMENT["paths"].values()
    if method in methods
}
PARTICULAR = [
    name
    for name, one in OPERATIONS.items()
    if "requestBody" in one or any(given.get("in") == "query" for given in one["parameters"])
]
"""Operations that a request may fail to fit; of the others every request does."""

CONFORM = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
CODES = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["x-codes"].keys()
FITTING, UNFITTING = 2, 1
"""Requests of each operation that fit the document, and that do not."""

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@pytest.fixture(scope="module")
def busy(service: Service) -> Iterator[tuple[Tenant, dict[str, str]]]:
    """A tenant in which something of every kind is there, and the ids of these things."""
    tenant = service.new_tenant()
    tenant.customer(currency="CNY", credit_limit="5000.00")
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-20")
    tenant.bill("INV-2", issued_on="2026-03-01", due_on="2026-03-03", amount="80.00")
    tenant.post(
        "payment.received", payment="P-1", customer="C-1", amount="50.00", currency="CNY", received_on="2026-03-01"
    )
    assert tenant.as_("collector").post("/v1/cases/INV-2/promises", json={"due_on": "2026-03-04"}).status_code == 201
    endpoint = tenant.as_("admin").post(
        "/v1/webhook-endpoints", json={"url": "https://example.com/hook", "types": ["*"]}
    )
    assert tenant.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "No answer."}).status_code == 202
    tenant.walk("2026-03-09")
    yield tenant, _ids(tenant, endpoint.json()["id"])
    tenant.close()


def _ids(tenant: Tenant, endpoint: str) -> dict[str, str]:
    deliveries = tenant.ids(f"/v1/webhook-endpoints/{endpoint}/deliveries", role="admin")
    return {
        "case": "INV-1",
        "customer": "C-1",
        "contact": "zhang",
        "payment": "P-1",
        "task": tenant.ids("/v1/tasks")[0],
        "approval": tenant.ids("/v1/approvals")[0],
        "message": tenant.ids("/v1/messages")[0],
        "letter": tenant.ids("/v1/messages")[0],
        "playbook": "standard",
        "user": "li.na",
        "endpoint": endpoint,
        "delivery": deliveries[0],
    }


def _send(case: Any, tenant: Tenant, ids: dict[str, str], known: bool) -> None:
    name = case.operation.definition.raw["operationId"]
    if known and case.path_parameters:
        case.path_parameters |= {key: ids[key] for key in case.path_parameters}
    if name == "move_test_clock" and isinstance(case.body, dict):
        case.body = {**case.body, "now": NOW} if "now" in case.body else {}  # years of walking are not the point here
    role = "admin" if "admin" in OPERATIONS[name].get("x-roles", ["admin"]) else "boss"
    response = case.call(base_url=tenant.service.url, headers={"Authorization": f"Bearer {tenant.keys[role]}"})
    case.validate_response(response, checks=CONFORM)
    if response.status_code >= 400 and name != "get_readiness":
        assert response.json()["code"] in CODES, response.text


def _run(name: str, mode: GenerationMode, count: int, tenant: Tenant, ids: dict[str, str]) -> None:
    operation = SCHEMA.find_operation_by_id(name)

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.sampled_from([True, True, False]))
    def run(case: Any, known: bool) -> None:
        _send(case, tenant, ids, known)

    run()


@pytest.mark.parametrize("name", OPERATIONS)
def test_requests_that_fit_are_answered_as_the_document_says(name, busy):
    _run(name, GenerationMode.POSITIVE, FITTING, *busy)


@pytest.mark.parametrize("name", PARTICULAR)
def test_requests_that_do_not_fit_are_answered_as_the_document_says(name, busy):
    _run(name, GenerationMode.NEGATIVE, UNFITTING, *busy)
