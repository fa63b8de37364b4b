"""Generated requests against the running API: never a mistake of ours, and every answer as the document says."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from service.app import drawn
from tests.api.conftest import serving
from tests.api.routes import ENDLESS
from tests.api.tenants import NOW, Service, Tenant

DOCUMENT: dict[str, Any] = drawn().openapi()
SCHEMA = schemathesis.openapi.from_dict({name: part for name, part in DOCUMENT.items() if name != "security"})
"""Without keys, which have tests of their own: missing ones would hide all other faults."""

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    methods[method]["operationId"]: methods[method]
    for method in METHODS  # what deletes comes last, so that there is something to read before
    for path, methods in DOCUMENT["paths"].items()
    if method in methods and path not in ENDLESS
}
PARTICULAR = [
    name
    for name, one in OPERATIONS.items()
    if "application/json" in one.get("requestBody", {}).get("content", {})
    or any(given.get("in") == "query" for given in one["parameters"])
]
"""Operations that a request may fail to fit; of the others every request does."""

CONFORM = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    ]
)
SHAPES = set(
    """wrong_type unknown_field field_missing too_long too_short too_many too_few pattern not_one_of unknown_parameter
    repeated_parameter unsupported_media_type invalid_json money_format bad_date bad_time""".split()
)
"""Codes that speak of the form of a request: one that fits the document is never refused for its form."""

(REJECTED,) = CHECKS.get_by_names(["negative_data_rejection"])
CODES = {
    code
    for schema in ("Problem", "ProblemFault", "PlaybookFault")
    for code in DOCUMENT["components"]["schemas"][schema]["properties"]["code"]["x-codes"]
}
SESSION = requests.Session()
SHARE = float(os.environ.get("CHAOS", "0.1"))
FITTING, UNFITTING = max(1, round(50 * SHARE)), max(1, round(40 * SHARE))
"""Requests of each operation that fit the document, and that do not: a thousand in all, ten thousand for the figure."""

schemathesis.serializer.alias("application/x-ndjson", "text/plain")
schemathesis.serializer.alias("application/xml", "text/plain")


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[Service]:
    """Without a limit on requests: a fast machine asks more than anybody may."""
    with serving(database, rate_limit=0) as running:
        yield running


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
    disputed = {"reason": "price", "amount": "9.00", "text": "Too dear."}
    assert tenant.as_("collector").post("/v1/cases/INV-1/disputes", json=disputed).status_code == 201
    endpoint = tenant.as_("admin").post(
        "/v1/webhook-endpoints", json={"url": "https://example.com/hook", "types": ["*"]}
    )
    assert tenant.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "No answer."}).status_code == 202
    assert tenant.as_("finance").post("/v1/customers/C-1/reconciliations", json={}).status_code == 201
    tenant.walk("2026-03-09")
    yield tenant, _ids(tenant, endpoint.json()["id"])
    tenant.close()


def _ids(tenant: Tenant, endpoint: str) -> dict[str, str]:
    deliveries = tenant.ids(f"/v1/webhook-endpoints/{endpoint}/deliveries", role="admin")
    return {
        "case": "INV-1",
        "customer": "C-1",
        "contact": "zhang",
        "dispute": "1",
        "payment": "P-1",
        "task": tenant.ids("/v1/tasks")[0],
        "approval": tenant.ids("/v1/approvals")[0],
        "message": tenant.ids("/v1/messages")[0],
        "letter": tenant.ids("/v1/messages")[0],
        "reconciliation": tenant.ids("/v1/customers/C-1/reconciliations")[0],
        "playbook": "standard",
        "user": "li.na",
        "endpoint": endpoint,
        "delivery": deliveries[0],
        "deadline": "1",
        "month": "2026-03",
        "delegation": "1",
        "language": "en",
        "kind": "reminder",
    }


def _send(case: Any, tenant: Tenant, ids: dict[str, str], known: bool) -> None:
    name = case.operation.definition.raw["operationId"]
    if known and case.path_parameters:
        case.path_parameters |= {key: ids[key] for key in case.path_parameters}
    if name == "move_test_clock" and isinstance(case.body, dict):
        case.body = {**case.body, "now": NOW} if "now" in case.body else {}  # years of walking are not the point here
    role = "admin" if "admin" in OPERATIONS[name].get("x-roles", ["admin"]) else "boss"
    headers = {"Authorization": f"Bearer {tenant.keys[role]}"}
    response = case.call(base_url=tenant.service.url, headers=headers, session=SESSION)
    fits = case.meta.generation.mode is GenerationMode.POSITIVE
    too_large = response.status_code == 413  # a refusal, though the check does not count it as one
    excluded = [REJECTED] if fits or too_large or name == "post_events" or _has_empty_parameters(case) else []
    case.validate_response(response, checks=CONFORM, excluded_checks=excluded)
    if response.status_code >= 400 and name != "get_readiness":
        told = response.json()
        codes = {told["code"], *(one["code"] for one in told["errors"])}
        assert codes <= CODES, response.text
        assert not fits or not codes & SHAPES or _says_more_than_the_document(name, told), response.text


def _has_empty_parameters(case: Any) -> bool:
    """An empty parameter is none, and an object with nothing in it leaves one."""
    return any(value in ("", None, [""], {}) for value in (case.query or {}).values())


def _says_more_than_the_document(name: str, told: dict[str, Any]) -> bool:
    """Headers of an event are its attributes or not, by the media type; a playbook has a grammar of its own; and 8.0, which
    JSON Schema has for an integer, is none here."""
    return (
        name == "post_events"
        or told["code"] == "playbook_invalid"
        or any("integer" in one["detail"] for one in told["errors"])
    )


def _run(name: str, mode: GenerationMode, count: int, tenant: Tenant, ids: dict[str, str]) -> int:
    """How many requests were made."""
    operation, made = SCHEMA.find_operation_by_id(name), 0

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
        nonlocal made
        made += 1
        _send(case, tenant, ids, known)

    run()
    return made


@pytest.mark.figure("R9")
def test_generated_requests_are_answered_as_the_document_says(busy, figure):
    """Every operation, by requests that fit the document and by requests that do not; what fails is told of all of them."""
    made, failures = 0, []
    for mode, count, names in (
        (GenerationMode.POSITIVE, FITTING, OPERATIONS),
        (GenerationMode.NEGATIVE, UNFITTING, PARTICULAR),
    ):
        for name in names:
            try:
                made += _run(name, mode, count, *busy)
            except Exception as failure:
                failure.add_note(f"{name}, {mode.value}")
                failures.append(failure)
    figure(cases=made, operations=len(OPERATIONS), failing=len(failures))
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(OPERATIONS)} operations", failures)
    assert made >= 1000 * min(1, SHARE / 0.1)


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_methods_that_the_document_does_not_know_are_refused_with_those_it_does(busy, path):
    tenant, ids = busy
    address = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
    known = {method.upper() for method in DOCUMENT["paths"][path]}
    for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND"} - known):
        response = tenant.as_("admin").request(method, address)
        assert response.status_code == 405, (method, response.status_code)
        assert {one.strip() for one in response.headers["allow"].split(",")} == known
