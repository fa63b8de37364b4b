"""The webhooks: every event type that receivers may rely on, its data drawn from the event's own class."""

from datetime import datetime
from typing import Any, get_args, get_type_hints

import msgspec

from service.api.document import samples
from service.api.document.components import REF, parameter, ref, untitled
from service.api.document.fields import FIELDS
from service.api.document.wording import WEBHOOK_PARAMETERS
from service.api.models.fields import MONEY_SCHEMA
from service.channels.webhook import BODY_BYTES, DEADLINE_SECONDS
from service.domain.announce import MONEY
from service.domain.commands import FACTS
from service.domain.events import TYPES, CaseEvent, Event
from service.domain.events.task import TaskEvent

Json = dict[str, Any]

RELIABLE = frozenset(
    {
        *FACTS,
        *(
            "case.opened case.stage_changed case.due_date_set case.reminded case.escalated case.paused case.resumed"
        ).split(),
        *("case.closed case.reopened case.written_off step.skipped notice.raised letter.issued").split(),
        *("contact.logged contact.erased").split(),
        *("task.created task.changed task.completed task.cancelled").split(),
        *("promise.made promise.kept promise.broken dispute.opened dispute.resolved plan.agreed plan.kept plan.broken").split(),
        *("case.recovered case.handed_over case.taken_back milestone.reached").split(),
        *("discount.offered discount.taken discount.withdrawn discount.lapsed").split(),
        *("approval.requested approval.granted approval.rejected approval.cancelled approval.expired").split(),
        *("credit.restricted credit.restored customer.reviewed customer.restricted approval.passed").split(),
        *("reconciliation.sent reconciliation.confirmed reconciliation.differed reconciliation.silent").split(),
        *("hold.applied hold.acknowledged hold.released hold.release_acknowledged").split(),
        *("message.handed_over message.bounced message.replied payment.applied payment.unapplied").split(),
        *("webhook_endpoint.disabled webhook_endpoint.tested").split(),
    }
)
"""The types whose data change only by additions. All others are internal: seen in the log, free to change."""

_OF_CASES = frozenset(get_args(CaseEvent)) - frozenset(get_args(TaskEvent))
_READ_ONLY = ("next_action", "late_interest")
"""What is worked out when a case is read."""

_SNAPSHOT = ("id", "name", "segment", "language", "owner", "hold", "version")


def complete(schemas: dict[str, Json]) -> None:
    """Put the schemas of what goes out among the others."""
    schemas["CaseSnapshot"] = _snapshot(
        schemas["CaseAnswer"], "The case as of the event; drop what has a lower `version`."
    )
    fields = schemas["CaseSnapshot"]["properties"]
    for name in ("owner", "playbook"):
        fields[name] = {"anyOf": [fields[name], {"type": "null"}], "description": "null before `case.opened`."}
    schemas["CustomerSnapshot"] = _snapshot(schemas["CustomerAnswer"], "The customer as of the event.", _SNAPSHOT)
    schemas["WebhookEvent"] = _envelope()
    _, parts = msgspec.json.schema_components(TYPES.values(), ref_template=REF + "{name}Of")
    kinds = {cls.__name__: cls for cls in TYPES.values()}
    for name, part in parts.items():
        if name not in kinds:
            schemas[f"{name}Of"] = _with_money(untitled(part))
    for kind, cls in TYPES.items():
        if kind in RELIABLE:
            schemas[name_of(kind)] = _event(kind, cls, _with_money(untitled(parts[cls.__name__])))
    for kind in TYPES.keys() & RELIABLE:
        schemas[name_of(kind)]["examples"] = [_example(kind, schemas)]


def name_of(kind: str) -> str:
    """The schema of an event type that goes out: `CaseEscalatedEvent`."""
    return "".join(part.capitalize() for part in kind.replace(".", "_").split("_")) + "Event"


def webhooks() -> Json:
    """One webhook a type."""
    return {kind: {"post": _webhook(kind, cls)} for kind, cls in sorted(TYPES.items()) if kind in RELIABLE}


def internal() -> Json:
    """The types that may change at any time, with what they mean."""
    return {kind: " ".join((cls.__doc__ or "").split()) for kind, cls in sorted(TYPES.items()) if kind not in RELIABLE}


def _webhook(kind: str, cls: type[Event]) -> Json:
    return {
        "operationId": f"on_{kind.replace('.', '_')}",
        "tags": ["webhooks"],
        "summary": kind,
        "description": " ".join((cls.__doc__ or "").split()),
        "security": [],
        "parameters": [parameter(name) for name in WEBHOOK_PARAMETERS],
        "requestBody": {
            "required": True,
            "description": f"At most {BODY_BYTES // 1024} KiB.",
            "content": {"application/cloudevents+json": {"schema": ref(name_of(kind))}},
        },
        "responses": {
            "2XX": {
                "description": f"Received. Anything else, or no answer in {DEADLINE_SECONDS:.0f} seconds, is tried again."
            },
            "410": {"description": "Gone: the endpoint is disabled."},
        },
    }


def _envelope() -> Json:
    text = {"type": "string"}
    return {
        "description": "A CloudEvent 1.0 as webhooks carry it.",
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {**text, "description": "The event's stream and version.", "examples": ["case/INV-1/17"]},
            "source": {**text, "description": "The tenant.", "examples": ["dunlog/acme"]},
            "type": {**text, "examples": ["case.escalated"]},
            "time": {**text, "format": "date-time", "description": "On the tenant's clock."},
            "subject": {**text, "description": "The event's stream.", "examples": ["case/INV-1"]},
            "datacontenttype": {"const": "application/json"},
            "traceparent": {**text, "description": "The trace context of what caused the event."},
            "data": {
                "type": "object",
                "required": ["audience"],
                "properties": {
                    "audience": {
                        "type": "array",
                        "items": text,
                        "description": "The roles that must act on it, or know of it.",
                        "examples": [["manager"]],
                    }
                },
            },
        },
    }


def _event(kind: str, cls: type[Event], data: Json) -> Json:
    about: dict[str, Json] = {"customer": ref("CustomerSnapshot")}
    if cls not in get_args(CaseEvent):
        about = about if not kind.startswith("webhook_endpoint.") else {}
    else:
        about["case"] = ref("CaseSnapshot")
    instants = [name for name, hint in get_type_hints(cls).items() if datetime in (hint, *get_args(hint))]
    for name in instants:
        data["properties"][name] = _instant(data["properties"][name])
    required = [*data.get("required", []), *(["case", "customer"] if cls in _OF_CASES else [])]
    return {
        "description": data.get("description", ""),
        "allOf": [ref("WebhookEvent")],
        "properties": {
            "type": {"const": kind},
            "data": {
                "type": "object",
                "required": list(dict.fromkeys(required)),
                "properties": {**{name: _told(name, part) for name, part in data["properties"].items()}, **about},
            },
        },
    }


def _told(name: str, schema: Json) -> Json:
    return {**schema, "description": FIELDS[name]} if name in FIELDS else schema


def _instant(schema: Json) -> Json:
    return {
        name: [{**one, "format": "date-time"} if one == {"type": "string"} else one for one in part]
        if name == "anyOf"
        else part
        for name, part in schema.items()
    } | ({"format": "date-time"} if schema.get("type") == "string" else {})


def _with_money(schema: Json) -> Json:
    """Amounts of minor units leave as decimal text."""
    properties = {name: _money(part) if name in MONEY else part for name, part in schema.get("properties", {}).items()}
    return {**schema, "properties": properties}


def _money(schema: Json) -> Json:
    if "anyOf" in schema:
        return {**schema, "anyOf": [_money(one) for one in schema["anyOf"]]}
    if schema.get("type") != "integer":
        return schema
    return dict(MONEY_SCHEMA)


def _snapshot(whole: Json, description: str, names: tuple[str, ...] = ()) -> Json:
    kept = names or tuple(name for name in whole["properties"] if name not in _READ_ONLY)
    return {
        "description": description,
        "type": "object",
        "required": [name for name in kept if name in whole["required"]],
        "properties": {name: whole["properties"][name] for name in kept},
    }


def _example(kind: str, schemas: dict[str, Json]) -> Json:
    stream = "case/INV-1" if TYPES[kind] in _OF_CASES else "customer/C-1"
    stream = "tenant" if kind.startswith("webhook_endpoint.") else stream
    stream = "payment/P-1" if kind.startswith("payment.") and TYPES[kind] not in _OF_CASES else stream
    data = schemas[name_of(kind)]["properties"]["data"]
    told = {name: part for name, part in data["properties"].items() if name in (*data["required"], "case", "customer")}
    sample = samples.sample({"type": "object", "properties": told}, schemas)
    return {
        "specversion": "1.0",
        "id": f"{stream}/17",
        "source": "dunlog/acme",
        "type": kind,
        "time": "2026-03-23T01:00:00Z",
        "subject": stream,
        "datacontenttype": "application/json",
        "data": {**sample, "audience": ["manager"]},
    }
