"""`POST /v1/events` in all its forms: one schema an event type of the ERP, told apart by `type`, each with an example."""

import json
from typing import Any

import msgspec

from service.api.cloudevents import BATCH, LONGEST_NAME, MOST, STRUCTURED
from service.api.document.components import REF, header, of_models, ref, response, untitled
from service.api.document.facts import FACTS_TOLD
from service.api.document.operations import Operation
from service.api.models.events import BatchResult, EventAccepted, StreamResult
from service.api.models.fields import MONEY_SCHEMA
from service.domain.commands import FACTS

Json = dict[str, Any]

PATH = "/v1/events"
STREAM = "application/x-ndjson"
_NAME = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_BINARY = {
    "ce-specversion": ({"type": "string", "const": "1.0"}, "1.0"),
    "ce-id": (_NAME, "8f0c"),
    "ce-source": (_NAME, "erp/sales"),
    "ce-type": ({"type": "string", "enum": list(FACTS)}, "invoice.issued"),
    "ce-time": ({"type": "string", "format": "date-time"}, "2026-01-05T10:00:00+08:00"),
    "ce-subject": (_NAME, "INV-1"),
}


def complete(found: list[Operation], schemas: dict[str, Json]) -> None:
    """Put the bodies and answers of the intake into its operation and what they refer to into the schemas."""
    schemas.update({name: part for name, part in _schemas().items() if name not in schemas})
    for one in found:
        if (one.method, one.path) == ("post", PATH):
            one.body["parameters"] = [*_headers(), *one.body["parameters"]]
            one.body["requestBody"] = _request_body()
            problems = {str(status): response(status) for status in (400, 409, 413, 415)}
            one.body["responses"] = dict(sorted({**one.body["responses"], **_answers(), **problems}.items()))


def name_of(kind: str) -> str:
    """The schema of an event type that is posted: `ErpInvoiceIssued`."""
    return "Erp" + "".join(part.capitalize() for part in kind.replace(".", "_").split("_"))


def example(kind: str) -> Json:
    """A whole event of the type."""
    return {
        "specversion": "1.0",
        "id": "8f0c",
        "source": "erp/sales",
        "type": kind,
        "time": "2026-01-05T10:00:00+08:00",
        "data": FACTS_TOLD[kind].example,
    }


def _schemas() -> dict[str, Json]:
    facts, parts = msgspec.json.schema_components(FACTS.values(), ref_template=REF + "{name}")
    data = {fact["$ref"].removeprefix(REF) for fact in facts}
    schemas = {name: _portable(untitled(part)) for name, part in parts.items() if name not in data}
    for (kind, _), fact in zip(FACTS.items(), facts, strict=True):
        schemas[name_of(kind)] = _event(kind, _portable(untitled(parts[fact["$ref"].removeprefix(REF)])))
    mapping = {kind: REF + name_of(kind) for kind in FACTS}
    schemas["ErpEvent"] = {
        "description": "A CloudEvent 1.0 of the ERP; `type` says which. `(source, id)` identifies it for ever: the same "
        "one again is a success that changes nothing. Unknown fields are kept and ignored.",
        "oneOf": [{"$ref": target} for target in mapping.values()],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }
    schemas["ErpBatch"] = {
        "description": f"At most {MOST} events, carried out in their order; one that is rejected never blocks the others.",
        "type": "array",
        "maxItems": MOST,
        "items": ref("ErpEvent"),
    }
    return schemas | of_models(EventAccepted, BatchResult, StreamResult)


def _event(kind: str, data: Json) -> Json:
    told = FACTS_TOLD[kind]
    data = {name: value for name, value in data.items() if name != "description"}
    return {
        "description": told.effect,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {**_NAME, "description": "Unique within `source`."},
            "source": {**_NAME, "description": "The system that says so. `clock` and `key:…` are reserved."},
            "type": {"const": kind},
            "time": {
                "type": "string",
                "format": "date-time",
                "description": "Its day stands in for a business date that is left out; it never moves a clock.",
            },
            "subject": _NAME,
            "datacontenttype": {"type": "string"},
            "traceparent": {"type": "string", "description": "W3C trace context, carried on to the webhooks."},
            "data": data,
        },
        "examples": [example(kind)],
    }


def _portable(schema: Any) -> Any:
    """Patterns as ECMAScript reads them; money with its own."""
    if isinstance(schema, list):
        return [_portable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "string" and schema.get("maxLength") == MONEY_SCHEMA["maxLength"]:
        return {**schema, **MONEY_SCHEMA}
    return {
        name: part.replace(r"\Z", "$") if name == "pattern" and isinstance(part, str) else _portable(part)
        for name, part in schema.items()
    }


def _headers() -> list[Json]:
    return [
        {
            "name": name,
            "in": "header",
            "description": "Binary mode: the attribute as a header, `data` alone as the JSON body.",
            "schema": schema,
            "example": given,
        }
        for name, (schema, given) in _BINARY.items()
    ]


def _request_body() -> Json:
    one = {kind.replace(".", "-"): {"summary": kind, "value": example(kind)} for kind in FACTS}
    many = [example("invoice.issued"), {**example("invoice.confirmed"), "id": "8f0d"}]
    lines = "".join(json.dumps(event) + "\n" for event in many)
    plain = {
        "one": {"summary": "An event", "value": many[0]},
        "batch": {"summary": "A batch", "value": many},
        "binary": {"summary": "Binary mode: the data, with ce-* headers", "value": many[0]["data"]},
    }
    data = {"type": "object", "description": "Binary mode: the `data` of the type that `ce-type` names."}
    return {
        "required": True,
        "description": "One event, a batch, or a stream of events; at most 1 MiB save for a stream, whose lines have at "
        "most 64 KiB each.",
        "content": {
            STRUCTURED: {"schema": ref("ErpEvent"), "examples": one},
            BATCH: {"schema": ref("ErpBatch"), "example": many},
            "application/json": {
                "schema": {"anyOf": [ref("ErpEvent"), ref("ErpBatch"), data]},
                "examples": plain,
            },
            STREAM: {
                "schema": {
                    "type": "string",
                    "contentMediaType": STRUCTURED,
                    "description": "One event a line. Lines become durable in chunks of at most 1 000; the one answer "
                    "comes after the last. A stream that broke is sent again whole: duplicates are successes.",
                },
                "example": lines,
            },
        },
    }


def _answers() -> Json:
    headers = {"X-Request-Id": header("RequestId")}
    accepted = {"application/json": {"schema": ref("EventAccepted")}}
    results = {"application/json": {"schema": {"anyOf": [ref("StreamResult"), ref("BatchResult")]}}}
    return {
        "200": {
            "description": "One event that had come before; nothing changed.",
            "headers": headers,
            "content": accepted,
        },
        "201": {
            "description": "One event, accepted and durable. `Location` is what it is about.",
            "headers": {**headers, "Location": header("Location")},
            "content": accepted,
        },
        "207": {
            "description": "A batch, each event with what came of it; or a stream: all counts, and the first 1 000 "
            "rejections.",
            "headers": headers,
            "content": results,
        },
    }
