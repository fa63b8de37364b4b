"""Examples made from schemas: of every body and every answer, out of the examples that stand at the fields."""

from typing import Any

Json = dict[str, Any]

REF = "#/components/schemas/"
_DEEPEST = 12

_CASE = {
    "id": "INV-1",
    "customer": "C-1",
    "customer_name": "Hong Star Trading",
    "stage": "collection",
    "level": "none",
    "amount": "1200.00",
    "open_amount": "700.00",
    "disputed_amount": "0.00",
    "currency": "CNY",
    "issued_on": "2026-01-05",
    "confirmed_on": "2026-01-10",
    "due_on": "2026-03-06",
    "days_overdue": 15,
    "owner": "li.na",
    "playbook": {"name": "standard", "version": 1},
    "paused": None,
    "tax_invoice": {"state": "dispatched", "number": "03100-77120", "courier": "SF Express", "tracking": "SF10203"},
    "next_action": {
        "step": "overdue-daily",
        "rule": "B3",
        "at": "2026-03-23T09:00:00+08:00",
        "why": "Rule B3: 17 days after the due date (2026-03-06).",
        "why_code": "schedule.after",
    },
    "progress_on": "2026-03-12",
    "closed_as": None,
    "closed_on": None,
    "limitation": None,
    "version": 17,
    "period": "2026-01",
    "reference": None,
}
_PLAN = {
    "parts": [{"due_on": "2026-03-31", "amount": "350.00"}, {"due_on": "2026-04-30", "amount": "350.00"}],
    "promised_by": "Zhang Wei",
}
WHOLE: dict[str, Any] = {
    "CaseAnswer": _CASE,
    "CaseSnapshot": {name: value for name, value in _CASE.items() if name != "next_action"},
    "PlaybookWanted": {"text": "grammar: 1\nname: gentle\n"},
    "SimulationBody": {"text": "grammar: 1\nname: gentle\n", "from": "2026-01-01", "to": "2026-06-30"},
    "TestClockBody": {"now": "2026-03-20T09:00:00+08:00"},
    "SettingsPatch": {"automatic_release": True, "go_live_on": "2026-03-06", "grace_days": {"preferred": 3}},
    "ContactPatchBody": {"phone": "+86 21 5555 0101", "mark": None},
    "WebhookEndpointPatch": {"enabled": True, "types": ["case.escalated", "hold.*"]},
    "WebhookEndpointCreate": {
        "url": "https://erp.example.com/dunlog",
        "types": ["case.escalated", "hold.*"],
        "audience": "manager",
    },
    "TaskCompleteBody": {
        "channel": "phone",
        "outcome": "promised",
        "contact": "zhang",
        "willingness": "yes",
        "ability": "full",
        "notes": "Pays after their month-end closing.",
    },
    "PromiseAnswer": {
        "id": "INV-1.9",
        "case": "INV-1",
        "amount": "700.00",
        "received": "0.00",
        "currency": "CNY",
        "due_on": "2026-03-25",
        "until": "2026-03-25",
        "made_on": "2026-03-20",
        "promised_by": "Zhang Wei",
        "state": "open",
    },
    "GrantBody": {},
    "PlanBody": _PLAN,
    "ResolveBody": {"outcome": "customers", "text": "The price list of March applies.", "amount": "250.00"},
    "DisputeAnswer": {
        "case": "INV-1",
        "dispute": 1,
        "reason": "price",
        "root_cause": "pricing",
        "amount": "400.00",
        "currency": "CNY",
        "owner": "sales",
        "text": "They were promised last year's price.",
        "opened_on": "2026-03-20",
        "until": "2026-03-27",
        "state": "open",
        "outcome": None,
        "resolved_on": None,
        "conceded": None,
        "credit_expected": None,
    },
    "CustomerPlanBody": {"cases": ["INV-1", "INV-2"], "count": 3, "first_on": "2026-03-31", "promised_by": "Zhang Wei"},
    "PlanAnswer": {
        "id": "INV-1.9",
        "case": "INV-1",
        "amount": "700.00",
        "currency": "CNY",
        "agreed_on": "2026-03-20",
        "until": "2026-05-06",
        "parts": [
            {"due_on": "2026-03-31", "amount": "350.00", "state": "open"},
            {"due_on": "2026-04-30", "amount": "350.00", "state": "open"},
        ],
        "promised_by": "Zhang Wei",
        "approval": None,
        "state": "open",
    },
    "EventResult": {"id": "8f0c", "source": "erp/sales", "status": "accepted", "position": 812, "error": None},
}
"""Examples in which the fields must fit each other."""

_WORDS = {
    "name": "Hong Star Trading",
    "contact": "zhang",
    "owner": "li.na",
    "id": "C-1.14",
    "subject": "Invoice INV-1 is overdue",
    "title": "accountant",
    "phone": "+86 21 5555 0100",
    "email": "zhang@example.com",
    "customer": "C-1",
    "case": "INV-1",
    "invoice": "INV-1",
    "payment": "P-1",
    "promise": "INV-1.9",
    "plan": "INV-1.9",
    "approval": "hold~C-1.12",
    "message": "C-1.20260323.email.zhang",
    "task": "C-1.14",
    "hold": "C-1.21",
    "letter": "C-1.20260323.letter.zhang",
    "step": "overdue-daily",
    "rule": "B3",
    "stage": "collection",
    "previous": "none",
    "level": "supervisor",
    "channel": "email",
    "kind": "call",
    "role": "collector",
    "outcome": "reached",
    "state": "open",
    "currency": "CNY",
    "playbook": "standard",
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "segment": "standard",
    "terms": "P30D",
    "terms_from": "issued",
    "period": "2026-01",
    "asked_by": "clock",
    "by": "chen.boss",
    "endpoint": "we_3f9c2a70b1d84e65",
    "url": "https://erp.example.com",
    "source": "api",
    "courier": "SF Express",
    "tracking": "SF1020304050607",
    "number": "03100-77120",
    "cases": "INV-1",
    "customers": "C-1",
    "audience": "manager",
    "restrictions": "do_not_contact",
}
_FORMATS = {"date": "2026-03-06", "date-time": "2026-03-20T09:00:00+08:00", "uri-reference": "/problems/invalid"}


def complete(operation: Json, schemas: dict[str, Json]) -> None:
    """An example for the body and for each answer that has none."""
    answers = [one for one in operation["responses"].values() if "$ref" not in one]
    for part in (operation.get("requestBody", {}), *answers):
        for content in part.get("content", {}).values():
            if "schema" in content and not content.keys() & {"example", "examples"}:
                content["example"] = sample(content["schema"], schemas)


def complete_schemas(schemas: dict[str, Json]) -> None:
    """The hand-made examples stand at their schemas too."""
    for name, example in WHOLE.items():
        if name in schemas and "examples" not in schemas[name]:
            schemas[name]["examples"] = [example]


def sample(schema: Json, schemas: dict[str, Json], name: str = "", depth: int = 0) -> Any:
    """A value that the schema admits, telling more than the least; `name` is the field it is for."""
    if depth > _DEEPEST:
        return None
    for given in ("const", "example"):
        if given in schema:
            return schema[given]
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        target = schema["$ref"].removeprefix(REF)
        return WHOLE[target] if target in WHOLE else sample(schemas[target], schemas, name, depth + 1)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return sample(_telling(schema[several]), schemas, name, depth)
    if "enum" in schema:
        return schema["enum"][0]
    return _plain(schema, schemas, name, depth)


def _telling(several: list[Json]) -> Json:
    return next((one for one in several if one.get("type") != "null"), several[0])


def _plain(schema: Json, schemas: dict[str, Json], name: str, depth: int) -> Any:
    match schema.get("type"):
        case "object" | None:
            fields = schema.get("properties", {})
            return {field: sample(part, schemas, field, depth + 1) for field, part in fields.items()}
        case "array":
            return [sample(schema["items"], schemas, name, depth + 1)] if schema.get("items") else []
        case "boolean":
            return bool(schema.get("default", True))
        case "integer" | "number":
            return schema.get("default") or schema.get("minimum") or 1
        case "string":
            return _FORMATS.get(schema.get("format", "")) or _text(schema, name)
        case _:
            return None


def _text(schema: Json, name: str) -> str:
    if isinstance(schema.get("default"), str) and schema["default"]:
        return str(schema["default"])
    return _WORDS.get(name, name.replace("_", " ") or "text")
