"""Money, days and instants have a schema of their own, so that they are told once and not at every field."""

from typing import Any

from pydantic import TypeAdapter

from service.api.models.fields import Currency, Day, Instant, Money

Json = dict[str, Any]

SCALARS: dict[str, Json] = {
    name: TypeAdapter(kind).json_schema()
    for name, kind in (("Money", Money), ("Day", Day), ("Instant", Instant), ("Currency", Currency))
}
_TOLD = ("description", "examples")
_VALUES = ("example", "examples", "default", "const", "enum", "x-codes", "mapping")


def referring(part: Any) -> Any:
    """The part of a document with references in place of such schemas; what a field says of its own stays beside."""
    if isinstance(part, list):
        return [referring(one) for one in part]
    if not isinstance(part, dict):
        return part
    for name, scalar in SCALARS.items():
        if all(part.get(key) == value for key, value in scalar.items() if key not in _TOLD):
            own = {key: value for key, value in part.items() if scalar.get(key) != value}
            return {"$ref": f"#/components/schemas/{name}", **own}
    return {name: one if name in _VALUES else referring(one) for name, one in part.items()}
