"""Events from the ERP, as OpenAPI shows them: the reading itself is `cloudevents`."""

from typing import Any, Literal

import msgspec
from pydantic import Field

from service.api.models.fields import MONEY_SCHEMA, Answer, Instant, Position
from service.api.models.problems import ProblemAnswer
from service.domain.commands import FACTS

EXAMPLE = {
    "specversion": "1.0",
    "id": "8f0c",
    "source": "erp/sales",
    "type": "invoice.issued",
    "time": "2026-01-05T10:00:00+08:00",
    "data": {
        "invoice": "INV-1",
        "customer": "C-1",
        "amount": "1200.00",
        "currency": "CNY",
        "issued_on": "2026-01-05",
        "due_on": "2026-03-06",
    },
}
_SHORT = {"type": "string", "minLength": 1, "maxLength": 256}


class EventResult(Answer):
    """What came of one event. `position` names its first entry in the log; null when it changed nothing."""

    id: str | None = Field(examples=["8f0c"])
    source: str | None = Field(examples=["erp/sales"])
    status: Literal["accepted", "duplicate", "rejected"]
    position: Position | None
    error: ProblemAnswer | None = None


class BatchResult(Answer):
    """What came of a batch, in its order."""

    accepted: int
    duplicate: int
    rejected: int
    results: list[EventResult]


class StreamResult(BatchResult):
    """What came of a stream: all counts, and the first 1 000 rejections."""

    lines: int = Field(description="Lines read, blank ones not counted.")
    complete: bool = Field(description="false: the stream broke or was refused half-way; send it again whole.")


class EventAccepted(Answer):
    """What came of a single event."""

    id: str = Field(examples=["8f0c"])
    status: Literal["accepted", "duplicate"]
    position: Position | None
    received_at: Instant | None = None


def schemas() -> dict[str, Any]:
    """OpenAPI schemas of what may be posted: `CloudEvent`, and one for the data of each type."""
    facts, components = msgspec.json.schema_components(FACTS.values(), ref_template="#/components/schemas/{name}")
    branches = [
        {"properties": {"type": {"const": kind}, "data": fact}} for kind, fact in zip(FACTS, facts, strict=True)
    ]
    event = {
        "type": "object",
        "description": "A CloudEvent 1.0. (source, id) identifies it for ever. Unknown fields are kept and ignored.",
        "required": ["specversion", "id", "source", "type", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": _SHORT,
            "source": _SHORT,
            "subject": _SHORT,
            "type": {"enum": list(FACTS)},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"type": "string"},
            "traceparent": {"type": "string", "description": "W3C trace context, carried to the webhooks."},
            "data": {"type": "object"},
        },
        "oneOf": branches,
        "examples": [EXAMPLE],
    }
    published: dict[str, Any] = _portable({**components, "CloudEvent": event})
    return published


def _portable(schema: Any) -> Any:
    """Patterns as ECMAScript reads them, and money with its own."""
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


def request_body() -> dict[str, Any]:
    """The OpenAPI request body of `POST /v1/events`, in all its forms."""
    one = {"$ref": "#/components/schemas/CloudEvent"}
    many = {"type": "array", "maxItems": 1000, "items": one}
    return {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": one},
            "application/cloudevents-batch+json": {"schema": many},
            "application/json": {"schema": {"oneOf": [one, many]}},
            "application/x-ndjson": {"schema": {"type": "string", "description": "One event a line, at most 64 KiB."}},
        },
    }
