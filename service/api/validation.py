"""What pydantic found wrong with a request, as faults with our own stable codes."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.api.problems import Fault, pointer

MOST = 50
"""Faults told of one request."""

_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_pattern_mismatch": "pattern",
    "literal_error": "not_one_of",
    "enum": "not_one_of",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "json_invalid": "invalid_json",
}
_LIMITS = ("max_length", "min_length", "gt", "ge", "lt", "le")
_TYPES = {"str": "string", "string": "string", "int": "integer", "float": "number", "bool": "boolean", "dict": "object"}
OWN = frozenset(
    {
        "amount_as_number",
        "money_format",
        "bad_date",
        "bad_time",
        "control_character",
        "reason_required",
        "record_incomplete",
        "nothing_to_change",
        "now_or_follow",
        "text_or_shipped",
        "text_or_version",
        "parts_or_count",
        "first_on_required",
    }
)
"""Codes that our own validators raise as custom errors."""


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """One fault for each of pydantic's errors, the first `MOST`; never with the value that was given."""
    found = [_fault(error) for error, _ in zip(errors, range(MOST), strict=False)]
    return found or [Fault("", "invalid")]


def _fault(error: Mapping[str, Any]) -> Fault:
    kind, context = error["type"], error.get("ctx") or {}
    place, *path = [part for part in error["loc"] if part != "[key]"] or ["body"]  # its own way of saying it is the key
    where = pointer(*path) if place == "body" else pointer(place, *path)
    code = "unknown_parameter" if kind == "extra_forbidden" and place == "query" else _code(kind)
    if code == "not_one_of":
        return Fault(where, code, {"options": context.get("expected", "")})
    if code == "wrong_type":
        return Fault(where, code, {"expected": _expected(kind)})
    if code == "money_format":
        return Fault(where, code, {"given": context.get("given", "")})
    limit = next((context[name] for name in _LIMITS if name in context), None)
    return Fault(where, code, {} if limit is None else {"limit": limit})


def _code(kind: str) -> str:
    if kind in OWN:
        return kind
    if kind.startswith("date_"):
        return "bad_date"
    if kind.startswith(("datetime_", "timezone_", "time_")):
        return "bad_time"
    if kind.endswith(("_type", "_parsing", "_from_float")):
        return "wrong_type"
    return _CODES.get(kind, "invalid")


def _expected(kind: str) -> str:
    name = kind.partition("_")[0]
    return {"model": "object", "tuple": "array", "list": "array"}.get(name) or _TYPES.get(name, name)
