"""The data of an ERP's event as a fact of the domain: converted strictly, with the place and kind of what does not fit,
and with what the domain does not know kept aside."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from service.api.problems import Fault, Problem, invalid, pointer
from service.api.texts import Path
from service.domain import commands as c

LARGEST_EXTRA = 64 * 1024
"""Bytes that all unknown fields of one event may have together."""

_FIELDS = MappingProxyType({cls: frozenset(cls.__struct_fields__) for cls in c.FACTS.values()})
_INNER: dict[str, type[msgspec.Struct]] = {
    "contacts": c.ContactGiven,
    "allocations": c.Allocation,
    "tax_invoice": c.TaxDetails,
}
_INNER_FIELDS = {name: frozenset(cls.__struct_fields__) for name, cls in _INNER.items()}
_SHAPES = {c.Id: "id", c.Currency: "currency", c.Period: "period", c.Duration: "duration"}
_SEVERAL_LINES = "reason"

_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_LENGTH = re.compile(r"Expected `(\w+)` of length (<=|>=) (\d+)")
_WANTED = re.compile(r"Expected `([^`]+)`")
_NAMES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "date": "date"}


def convert(data: dict[str, Any], kind: type[c.Fact]) -> c.ErpCommand:
    """The fact; raises Problem with where and why the data are none."""
    try:
        return msgspec.convert(data, kind)  # type: ignore[return-value]
    except msgspec.ValidationError as error:
        raise invalid([_fault(str(error), kind)]) from None


def extra_of(data: dict[str, Any], kind: type[c.Fact]) -> dict[str, Any]:
    """The fields the domain does not know, by their path in the data: `warehouse`, `contacts/0/wechat`.

    The data have been converted: what is known has its shape.
    """
    known = _FIELDS[kind]
    extra = {} if known.issuperset(data) else _unknown(data, known, "")
    for name in _INNER_FIELDS.keys() & data.keys() & known:
        inner, fields = data[name], _INNER_FIELDS[name]
        if isinstance(inner, dict):
            extra |= _unknown(inner, fields, f"{name}/")
        for index, item in enumerate(inner if isinstance(inner, list) else ()):
            if not fields.issuperset(item):
                extra |= _unknown(item, fields, f"{name}/{index}/")
    return extra


def _unknown(given: dict[str, Any], known: frozenset[str], path: str) -> dict[str, Any]:
    """Keys are escaped like a JSON pointer's, so that no name can pass for a path."""
    return {
        path + name.replace("~", "~0").replace("/", "~1"): value for name, value in given.items() if name not in known
    }


def check_size(extra: Mapping[str, Any]) -> None:
    """Raises Problem when the unknown fields are more than is kept."""
    if len(msgspec.json.encode(extra)) > LARGEST_EXTRA:
        raise Problem(422, "unknown_fields_too_large", {"limit": LARGEST_EXTRA})


def is_line(kind: type[c.Fact], path: Path) -> bool:
    """Whether the text at a path of the event is a known field of one line."""
    return path[0] != "data" or (path[-1] != _SEVERAL_LINES and _type_at(kind, path[1:]) is not None)


def _fault(message: str, kind: type[c.Fact]) -> Fault:
    said, _, place = message.partition(" - at `$")
    path: Path = tuple(name or int(index) for name, index in _STEP.findall(place))
    if found := _MISSING.match(said):
        return Fault(pointer("data", *path, found.group(1)), "field_missing")
    where = pointer("data", *path)
    if found := _LENGTH.match(said):
        bound = "long" if found.group(2) == "<=" else "short"
        number = "many" if found.group(2) == "<=" else "few"
        return Fault(where, f"too_{bound if found.group(1) == 'str' else number}", {"limit": int(found.group(3))})
    hint = _type_at(kind, path)
    if "regex" in said:
        return Fault(where, "pattern", {"shape": _SHAPES.get(hint, "text")})
    if said.startswith("Invalid enum value"):
        return Fault(where, "not_one_of", {"options": get_args(hint)})
    if said.startswith("Invalid RFC3339"):
        return Fault(where, "bad_date")
    if found := _WANTED.match(said):
        return _wrong_type(where, said, found.group(1), hint)
    return Fault(where, "invalid")


def _wrong_type(where: str, said: str, wanted: str, hint: Any) -> Fault:
    if hint == c.Money and said.endswith(("got `int`", "got `float`")):
        return Fault(where, "amount_as_number")
    names = [_NAMES.get(name, name) for name in wanted.split(" | ") if name != "null"]
    return Fault(where, "wrong_type", {"expected": names})


def _type_at(kind: type[msgspec.Struct], path: Path) -> Any:
    """The annotation of the field at a path, without None; None when no known field is there."""
    hint: Any = kind
    for step in path:
        if isinstance(step, int):
            bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
            hint = _plain(get_args(bare)[0]) if get_origin(bare) is list else None
        else:
            hint = _hints(hint).get(step) if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else None
        if hint is None:
            return None
    return hint


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: _plain(hints[name]) for name in kind.__struct_fields__}


def _plain(hint: Any) -> Any:
    if get_origin(hint) is Union or type(hint).__name__ == "UnionType":
        members = [one for one in get_args(hint) if one not in (type(None), msgspec.UnsetType)]
        return members[0]
    return hint
