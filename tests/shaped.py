"""Events of any class, made from its annotations: every field filled in, whatever it means."""

from datetime import UTC, date, datetime
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")

_PLAIN: dict[Any, Any] = {
    str: "INV-1",
    int: 120_000,
    bool: True,
    date: date(2026, 3, 6),
    datetime: datetime(2026, 3, 20, 1, tzinfo=UTC),
    Any: "anything",
}


_WORDS = {"currency": "CNY", "level": "manager"}
"""Fields whose words are looked up."""


def an_event(cls: type[T]) -> T:
    """An instance whose optional fields are there too."""
    hints = get_type_hints(cls)
    return cls(**{name: _WORDS.get(name) or _value(hints[name]) for name in cls.__struct_fields__})  # type: ignore[attr-defined]


def _value(hint: Any) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _value(next(one for one in get_args(hint) if one not in (type(None), msgspec.UnsetType)))
    if origin is Literal:
        return get_args(hint)[0]
    if origin is list:
        return [_value(get_args(hint)[0])]
    if origin is dict:
        key, value = get_args(hint)
        return {_value(key): _value(value)}
    return an_event(hint)
