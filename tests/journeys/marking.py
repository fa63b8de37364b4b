"""Canaries: a tenant's every text gets a mark that no other text has, made from the published schemas, so that a field added
tomorrow is marked by itself."""

import re
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from service.app import drawn
from service.domain.commands import FACTS
from service.domain.commands import facts as f

Json = Any

DOCUMENT: Json = drawn().openapi()
MARK = "cnry"
_FOUND = re.compile(rf"{MARK}\d+x", re.IGNORECASE)


def marks_in(text: str) -> list[str]:
    """Every mark in a text, whatever became of its letters."""
    return sorted({one.lower() for one in _FOUND.findall(text)})


@dataclass
class Marker:
    """Gives out marks and remembers what each was given to."""

    given: dict[str, str] = field(default_factory=dict)

    def mark(self, what: str) -> str:
        """A fresh one; it fits where an id must."""
        made = f"{MARK}{len(self.given)}x"
        self.given[made] = what
        return made

    def body(self, method: str, path: str) -> Json:
        """A request's body with a mark in every text it may hold."""
        return self._of(_schema(method, path), f"{method} {path}")

    def fact(self, type: str) -> dict[str, Json]:
        """An event's data likewise, with fields nobody knows beside."""
        made: dict[str, Json] = self._struct(FACTS[type], type)
        return made | {"unknown": self.mark(f"{type} unknown"), self.mark("a field"): {"inner": [self.mark("inner")]}}

    def _of(self, schema: Json, what: str) -> Json:
        schema = _resolved(schema)
        match schema:
            case {"anyOf": several} | {"oneOf": several}:
                return self._of(next(one for one in several if one.get("type") != "null"), what)
            case {"properties": fields}:
                found = {name: self._of(one, f"{what} {name}") for name, one in fields.items()}
                return {name: value for name, value in found.items() if value is not None}
            case {"type": "object"}:
                inner = schema.get("additionalProperties")
                value = self._of(inner, what) if isinstance(inner, dict) else None
                keys = _resolved(schema.get("propertyNames", {})).get("enum", ["CNY"])
                return None if value is None else {keys[0]: value}
            case {"type": "array", "items": items}:
                value = self._of(items, what)
                return None if value is None else [value]
            case {"type": "string"} if not {"enum", "const", "format"} & schema.keys():
                made = self.mark(what)
                forms = (made, f"{made}@example.com")
                return next((one for one in forms if re.search(schema.get("pattern", ""), one)), None)
            case _:
                return None

    def _struct(self, kind: type[msgspec.Struct], what: str) -> dict[str, Json]:
        hints = get_type_hints(kind, include_extras=True)
        made = {name: self._typed(hints[name], f"{what} {name}") for name in kind.__struct_fields__}
        return {name: value for name, value in made.items() if value is not None}

    def _typed(self, hint: Any, what: str) -> Json:
        if get_origin(hint) in (typing.Union, types.UnionType):
            return next((found for one in get_args(hint) if (found := self._typed(one, what)) is not None), None)
        if hint in (f.Id, f.Line, f.Text, str):
            return self.mark(what)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return self._struct(hint, what) or None
        if hint is date or hint in (f.Money, f.Currency, f.Period, f.Duration):
            return None
        inner = get_args(hint)[0] if get_args(hint) else None
        if get_origin(inner) is list or get_origin(hint) is list:
            value = self._typed(get_args(inner if get_origin(inner) is list else hint)[0], what)
            return None if value is None else [value]
        if inner is str:  # a text with bounds of its own
            return self.mark(what)
        return None


def operations() -> Iterable[tuple[str, str]]:
    """Method and path of every operation that takes a JSON object."""
    for path, methods in DOCUMENT["paths"].items():
        for method, one in methods.items():
            if "application/json" in one.get("requestBody", {}).get("content", {}) and path != "/v1/events":
                yield method.upper(), path


def _schema(method: str, path: str) -> Json:
    return DOCUMENT["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]


def _resolved(schema: Json) -> Json:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
