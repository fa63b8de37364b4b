"""Lists as PostgreSQL's binary arrays, in one pass: the columns of a batch repeat their types, days and instants."""

from struct import Struct
from typing import Any

from psycopg.adapt import Buffer
from psycopg.types.array import ListBinaryDumper

_HEAD = Struct("!iiIii")
_LENGTH = Struct("!i")
_NULL = _LENGTH.pack(-1)


class ArrayDumper(ListBinaryDumper):
    """The driver's own dumps element by element; this one dumps equal elements once. A list holds one type, and no lists.

    The layout (dimensions, whether there are nulls, element type, length, lower bound; then length and bytes of each) is
    that of PostgreSQL's `array_recv`.
    """

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The array's bytes."""
        if not obj or not self.sub_dumper:
            return super().dump(obj)
        dump = self.sub_dumper.dump
        pieces: dict[Any, bytes] = {}
        for item in set(obj):
            given = None if item is None else dump(item)
            pieces[item] = _NULL if given is None else _LENGTH.pack(len(given)) + given
        head = _HEAD.pack(1, None in pieces, self.sub_dumper.oid, len(obj), 1)
        return head + b"".join(map(pieces.__getitem__, obj))
