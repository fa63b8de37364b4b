"""The OpenAPI document says what the code does: every route, code and event is in it, and every example is true."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from schemathesis.specs.openapi.definitions import OPENAPI_31

from service import openapi
from service.api import cloudevents, failures, lines, validation
from service.api.document import outbound
from service.api.names import published
from service.api.roles import Right, admitted
from service.app import drawn
from service.domain import announce
from service.domain.commands import FACTS
from service.domain.events import TYPES
from service.domain.views import case_view, customer_view
from service.reports import REPORTS
from service.reports.table import NUMBER, RATIO
from service.store import codec
from tests.shaped import an_event
from tests.test_house import ROOT
from tests.words.spoken import raised
from tests.world import World

Json = dict[str, Any]

APP = drawn()
DOCUMENT: Json = APP.openapi()
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
OPERATIONS = [(path, method, one) for path, methods in DOCUMENT["paths"].items() for method, one in methods.items()]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBERS_THAT_ARE_NO_MONEY = {"average_days_late"} | {
    column for one in REPORTS.values() for column, kind in one.columns.items() if kind in (NUMBER, RATIO)
}


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {**json.loads(schema), "$schema": DIALECT, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def faults(schema: Json, value: Any) -> list[str]:
    """What does not fit the schema."""
    return [f"{error.instance_path}: {error.message}" for error in _validator(json.dumps(schema)).iter_errors(value)]


def parts(value: Any) -> Iterator[Json]:
    """Every mapping inside a value, itself too."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(part)


def examples(content: Json) -> list[Any]:
    """The examples of one media type."""
    return [
        *([content["example"]] if "example" in content else []),
        *(e["value"] for e in content.get("examples", {}).values()),
    ]


# The document and the code


def test_the_committed_document_is_what_the_code_says():
    written = (ROOT / openapi.PATH).read_text("utf-8")
    assert openapi.drift(written, openapi.text()) is None


def test_a_drift_is_told_with_what_to_do():
    told = openapi.drift('{\n  "openapi": "3.0.0"\n}\n', '{\n  "openapi": "3.1.0"\n}\n')
    assert told is not None and "make openapi" in told and '-  "openapi": "3.0.0"' in told


def test_the_same_routes_give_the_same_document():
    assert json.dumps(drawn().openapi()) == json.dumps(DOCUMENT)


def test_every_route_is_told_and_nothing_else():
    routes = {
        (published(route.path_format or ""), method.lower())
        for route in iter_route_contexts(APP.routes)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert {(path, method) for path, method, _ in OPERATIONS} == routes


def test_every_code_that_is_raised_is_listed():
    listed = SCHEMAS["Problem"]["properties"]["code"]["x-codes"].keys()
    of_playbooks = SCHEMAS["PlaybookFault"]["properties"]["code"]["x-codes"].keys()
    of_templates = SCHEMAS["ProblemFault"]["properties"]["code"]["x-codes"].keys()
    known = listed | {f"playbook.{code}" for code in of_playbooks}
    ours = {*failures._CODES.values(), *validation._CODES.values(), *validation.OWN}
    missing = {f"{said.code} ({said.where})" for said in raised() if said.code not in known} | (ours - listed)
    assert {"place_unknown", "brace_alone", "messages_alone"} <= of_templates
    assert not missing, f"without a sentence in service/words/*.ftl: {sorted(missing)}"


def test_every_event_is_a_webhook_or_listed_as_internal():
    assert DOCUMENT["webhooks"].keys() | DOCUMENT["x-internal-events"].keys() == TYPES.keys()
    assert not DOCUMENT["webhooks"].keys() & DOCUMENT["x-internal-events"].keys()
    assert DOCUMENT["webhooks"].keys() == outbound.RELIABLE & TYPES.keys()


# The document in itself


def test_it_is_valid_openapi():
    errors = [
        f"{e.instance_path}: {e.message[:200]}"
        for e in jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(DOCUMENT)
    ]
    assert not errors, errors[:5]
    for schema in SCHEMAS.values():
        jsonschema_rs.meta.validate({**schema, "$schema": DIALECT})


def test_no_reference_leads_nowhere_and_no_schema_is_left_over():
    named = {part["$ref"] for part in parts(DOCUMENT) if isinstance(part.get("$ref"), str)}
    for one in named:
        found: Any = DOCUMENT
        for step in one.removeprefix("#/").split("/"):
            assert step in found, one
            found = found[step]
    assert {f"#/components/schemas/{name}" for name in SCHEMAS} <= named


def test_operations_have_names_that_last_and_words():
    ids = [one["operationId"] for *_, one in OPERATIONS]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    for path, method, one in OPERATIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", one["operationId"]), one["operationId"]
        assert one["summary"] and one["description"] and set(one["tags"]) <= tags, f"{method} {path}"


@pytest.mark.parametrize(("path", "method", "one"), OPERATIONS, ids=[o["operationId"] for *_, o in OPERATIONS])
def test_every_operation_says_who_may_and_what_may_come_back(path, method, one):
    declared = {
        parameter["name"] for parameter in one["parameters"] if "name" in parameter and parameter["in"] == "path"
    }
    assert declared == set(re.findall(r"{(\w+)}", path))
    if path.startswith("/v1/") and path != "/v1/openapi.json":
        assert one["x-right"] in set(Right) and set(one["x-roles"]) == admitted(Right(one["x-right"]))
        assert f"`{one['x-right']}`" in one["description"]
        assert {"401", "403", "422", "429", "503"} <= one["responses"].keys()
    else:
        assert one["security"] == []
    if "requestBody" in one:
        assert {"400", "413", "415", "422"} <= one["responses"].keys()
    for status, response in one["responses"].items():
        if "$ref" in response:
            response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
            assert list(response["content"]) == ["application/problem+json"]
            assert response["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert "X-Request-Id" in response["headers"]
        assert ("Retry-After" in response["headers"]) == (status in ("429", "503"))
        assert ("Location" in response["headers"]) == (status in ("201", "202"))


# Examples


@pytest.mark.parametrize(("path", "method", "one"), OPERATIONS, ids=[o["operationId"] for *_, o in OPERATIONS])
def test_every_body_and_answer_has_an_example_that_fits(path, method, one):
    answers = [response for response in one["responses"].values() if "$ref" not in response]
    for part in (one.get("requestBody", {}), *answers):
        for media, content in part.get("content", {}).items():
            given = examples(content)
            assert given or not media.endswith("json"), f"{media} has no example"
            for example in given:
                assert faults(content["schema"], example) == []


def test_the_examples_of_schemas_and_problems_fit():
    for name, schema in SCHEMAS.items():
        for example in schema.get("examples", []):
            assert faults({"$ref": f"#/components/schemas/{name}"}, example) == [], name
    for response in DOCUMENT["components"]["responses"].values():
        for content in response["content"].values():
            assert faults(content["schema"], content["example"]) == []


def _bodies() -> list[tuple[str, type[BaseModel], Any]]:
    found = []
    for route in iter_route_contexts(APP.routes):
        field: Any = getattr(route, "body_field", None)
        for method in route.methods or ():
            one = DOCUMENT["paths"][published(route.path_format or "")].get(method.lower(), {})
            for example in examples(one["requestBody"]["content"]["application/json"]) if field else ():
                found.append((one["operationId"], field.field_info.annotation, example))
    return found


@pytest.mark.parametrize(("name", "model", "example"), _bodies(), ids=[name for name, *_ in _bodies()])
def test_every_example_of_a_body_is_accepted(name, model, example):
    model.model_validate(example)


POSTED = DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["content"]


@pytest.mark.parametrize("media", sorted(POSTED.keys() - {"application/x-ndjson"}))
def test_every_example_of_an_event_is_read(media):
    for name, example in POSTED[media].get("examples", {"": {"value": POSTED[media].get("example")}}).items():
        binary = {f"ce-{key}": value for key, value in {"id": "1", "source": "erp", "type": "invoice.issued"}.items()}
        headers = {**binary, "ce-specversion": "1.0"} if name == "binary" else {}
        parsed = cloudevents.parse_body(media, headers, json.dumps(example["value"]).encode())
        assert parsed.events and [one.error and one.error.errors for one in parsed.events if one.error] == []


def test_the_example_of_a_stream_is_read():
    text = POSTED["application/x-ndjson"]["example"]
    read = cloudevents.parse_lines([lines.Line(n, line.encode()) for n, line in enumerate(text.splitlines(), 1)])
    assert len(read) == 2 and all(one.command for one in read)


def test_every_event_of_an_erp_has_its_own_schema():
    mapping = SCHEMAS["ErpEvent"]["discriminator"]["mapping"]
    assert mapping.keys() == FACTS.keys()
    assert [branch["$ref"] for branch in SCHEMAS["ErpEvent"]["oneOf"]] == list(mapping.values())
    for kind, target in mapping.items():
        schema = SCHEMAS[target.rpartition("/")[2]]
        assert schema["properties"]["type"] == {"const": kind} and schema["description"]


# Money


def _is_money(schema: Json) -> bool:
    return schema.get("$ref") == "#/components/schemas/Money" or any(_is_money(one) for one in schema.get("anyOf", []))


def _may_be_number(schema: Json) -> bool:
    return schema.get("type") in ("integer", "number") or any(_may_be_number(one) for one in schema.get("anyOf", []))


def test_keys_of_another_form_are_told_not_to_fit():
    def keyed(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            yield from [part] if "patternProperties" in part else []
            for one in part.values():
                yield from keyed(one)

    found = list(keyed(SCHEMAS))
    assert found
    assert [one for one in found if one["additionalProperties"] is not False] == []


def test_money_is_never_a_number():
    fields = [
        (name, one)
        for part in parts(SCHEMAS)
        for name, one in part.get("properties", {}).items()
        if isinstance(one, dict)
    ]
    money = {name for name, one in fields if _is_money(one)} | announce.MONEY
    assert {"amount", "open_amount", "credit_limit"} <= money
    assert [name for name, one in fields if name in money and _may_be_number(one)] == []
    decimals = {
        name for name, one in fields if one.get("type") == "number" or {"type": "number"} in one.get("anyOf", [])
    }
    assert decimals <= NUMBERS_THAT_ARE_NO_MONEY


# Webhooks


def _world() -> World:
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-04-01")
    return world


@pytest.mark.parametrize("kind", sorted(DOCUMENT["webhooks"]))
def test_what_goes_out_is_as_the_document_says(kind):
    world, event = _world(), an_event(TYPES[kind])
    about_customer = not kind.startswith("webhook_endpoint.")
    case = world.account.cases["INV-1"] if TYPES[kind] in outbound._OF_CASES else None
    customer = world.account.customer if about_customer else None
    law = world.scene.law
    body = announce.body("acme", "case/INV-1", 3, event, world.now, world.now.date(), case, customer, "CNY", law)
    sent = json.loads(codec.encode(body))
    assert faults({"$ref": f"#/components/schemas/{outbound.name_of(kind)}"}, sent) == []
    for name, value in _values(sent):
        assert name not in announce.MONEY or not isinstance(value, int | float), name


def _values(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _values(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _values(part, name)
    else:
        yield name, value


def test_the_snapshots_have_the_fields_that_are_sent():
    world = _world()
    case = world.account.cases["INV-1"]
    view = case_view(case, world.account.customer, world.now.date(), world.scene.law)
    assert SCHEMAS["CaseSnapshot"]["properties"].keys() == view.keys()
    assert SCHEMAS["CustomerSnapshot"]["properties"].keys() == customer_view(world.account.customer).keys()


def test_a_webhook_has_its_three_headers():
    shared = DOCUMENT["components"]["parameters"]
    for one in DOCUMENT["webhooks"].values():
        names = {shared[parameter["$ref"].rpartition("/")[2]]["name"] for parameter in one["post"]["parameters"]}
        assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}
