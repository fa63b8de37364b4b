"""Lists page by page: each page begins behind the last row of the one before, so the thousandth costs what the first did."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from msgspec import Struct

from service.store.database import Tx

Value: TypeAlias = date | datetime | int | Decimal | str | None
After: TypeAlias = tuple[Value, str]
"""Sort value and id of the last row shown."""

_LAST = chr(0x10FFFF)


class Sort(Struct, frozen=True, kw_only=True):
    """What a list is sorted by: a column, ties by `id`, both upwards or both down. Rows without a value come last.

    `valued` holds for all wanted rows that have a value, so that the list may begin and end there.
    """

    column: str
    type: str
    id: str
    down: bool = False
    nullable: bool = False
    valued: str | None = None


class Asked(Struct, frozen=True):
    """Conditions, all of which must hold, and the values they name."""

    conditions: list[str]
    values: dict[str, Any]

    def and_(self, condition: str, **values: Any) -> None:
        """One more."""
        self.conditions.append(condition)
        self.values.update(values)


def prefix_range(text: str) -> tuple[str, str]:
    """The range of the texts that begin with it: the only search by prefix that finds an index under row-level security."""
    return text, text + _LAST


def page(tx: Tx, select: str, asked: Asked, sort: Sort, after: After | None, limit: int) -> list[dict[str, Any]]:
    """At most `limit` rows behind `after`. `select` is the statement up to its WHERE.

    A generic plan would be made for filters in general; each of these is planned for its own.
    """
    found: list[dict[str, Any]] = []
    for leg, order, values in _legs(sort, after):
        where = " AND ".join([*asked.conditions, *leg])
        sql = f"{select} WHERE {where} ORDER BY {order} LIMIT %(page_limit)s"
        found += tx.dicts(sql, {**asked.values, **values, "page_limit": limit - len(found)}, prepare=False)
        if len(found) == limit:
            break
    return found


COUNTED_AT_MOST = 10_000


def count(tx: Tx, source: str, asked: Asked) -> int:
    """How many rows there are, counted no further than one beyond `COUNTED_AT_MOST`. `source` is the statement's FROM."""
    where = " AND ".join(asked.conditions)
    sql = f"SELECT count(*) AS found FROM (SELECT FROM {source} WHERE {where} LIMIT {COUNTED_AT_MOST + 1}) AS found"
    (row,) = tx.dicts(sql, asked.values, prepare=False)
    return int(row["found"])


Leg: TypeAlias = tuple[list[str], str, Mapping[str, Any]]


def _legs(sort: Sort, after: After | None) -> Iterator[Leg]:
    """Rows with a value, then those without: one condition for both would find no index."""
    way, beyond = ("DESC", "<") if sort.down else ("ASC", ">")
    value, id = after or (None, None)
    if sort.column == sort.id:
        leg = [] if id is None else [f"{sort.id} {beyond} %(after_id)s"]
        yield leg, f"{sort.id} {way}", {"after_id": id}
        return
    if after is None or value is not None:
        leg = [f"{sort.column} IS NOT NULL"] if sort.nullable else []
        leg += [sort.valued] if sort.valued else []
        if after is not None:
            leg.append(f"({sort.column}, {sort.id}) {beyond} (%(after_value)s::{sort.type}, %(after_id)s)")
        yield leg, f"{sort.column} {way}, {sort.id} {way}", {"after_value": value, "after_id": id}
    if sort.nullable:
        leg = [f"{sort.column} IS NULL"]
        if after is not None and value is None:
            leg.append(f"{sort.id} {beyond} %(after_id)s")
        yield leg, f"{sort.id} {way}", {"after_id": id}
