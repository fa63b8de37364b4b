"""Lists as PostgreSQL's binary arrays of the very type that the statement casts them to.

The driver's own dumper guesses the type from the elements: a column that happens to be all null, or small numbers, makes
another statement to be planned anew. It also dumps element by element, where a batch repeats its types, days and instants.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from struct import Struct
from typing import Any, NamedTuple

from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from psycopg.types.datetime import DateBinaryDumper, DatetimeBinaryDumper

_HEAD = Struct("!iiIii")
_LENGTH = Struct("!i")
_NULL = _LENGTH.pack(-1)
_EMPTY = Struct("!iiI")
_CAST = re.compile(r"%\((\w+)\)s::(\w+)\[\]")


class Kind(NamedTuple):
    """A type by its object ids, and an element's bytes as PostgreSQL's `recv` of that type takes them."""

    element: int
    array: int
    dump: Callable[[Any], Buffer | None]


_KINDS = {
    "text": Kind(25, 1009, str.encode),
    "bytea": Kind(17, 1001, bytes),
    "int": Kind(23, 1007, Struct("!i").pack),
    "bigint": Kind(20, 1016, Struct("!q").pack),
    "bool": Kind(16, 1000, Struct("!?").pack),
    "date": Kind(1082, 1182, DateBinaryDumper(date).dump),
    "timestamptz": Kind(1184, 1185, DatetimeBinaryDumper(datetime).dump),
}


class Array(NamedTuple):
    """A list that goes out as an array of the kind."""

    kind: Kind
    items: list[Any]


def typed(sql: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with the lists that the statement casts (`%(ids)s::text[]`) as arrays of that type."""
    casts = _casts(sql)
    return {
        name: Array(casts[name], value) if isinstance(value, list) and name in casts else value
        for name, value in params.items()
    }


@lru_cache(1024)
def _casts(sql: str) -> dict[str, Kind]:
    return {name: _KINDS[type] for name, type in _CAST.findall(sql) if type in _KINDS}


class ArrayDumper(Dumper):
    """The layout (dimensions, whether there are nulls, element type, length, lower bound; then length and bytes of each)
    is that of PostgreSQL's `array_recv`. Equal elements are dumped once."""

    format = Format.BINARY

    def get_key(self, obj: Array, format: Any) -> Any:
        """One dumper a type."""
        return (self.cls, obj.kind.array)

    def upgrade(self, obj: Array, format: Any) -> "ArrayDumper":
        """The dumper of the type."""
        own = type(self)(self.cls)
        own.oid = obj.kind.array
        return own

    def dump(self, obj: Array) -> Buffer | None:
        """The array's bytes."""
        kind, items = obj
        if not items:
            return _EMPTY.pack(0, 0, kind.element)
        pieces: dict[Any, bytes] = dict.fromkeys(items, _NULL)
        for item in pieces:
            given = None if item is None else kind.dump(item)
            if given is not None:
                pieces[item] = _LENGTH.pack(len(given)) + given
        head = _HEAD.pack(1, None in pieces, kind.element, len(items), 1)
        return head + b"".join(pieces.values() if len(pieces) == len(items) else map(pieces.__getitem__, items))
