"""Tasks and approvals: what people must do and agree to, projected from their customers' and bills' events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from msgspec import Struct
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text, TypeEngine

from service.domain.account import ApprovalRow
from service.store.database import Tx, columns
from service.store.keyset import After, Asked, Sort, count, page
from service.store.tables import metadata
from service.store.workfold import COLUMNS, Entry, Row, by_table, folded


def moved(tx: Tx, entries: Iterable[Entry]) -> dict[str, list[Row]]:
    """By table, the rows as the events leave them; their customers are locked."""
    rows: dict[str, list[Row]] = {}
    for table, moving in by_table(entries).items():
        known = _known(tx, table, sorted(moving))
        rows[table] = [row for id, told in moving.items() if (row := folded(known.get(id), told))]
    return rows


def put(tx: Tx, rows: Mapping[str, Sequence[Row]]) -> None:
    """Write whole rows by table, new or not."""
    for table, those in rows.items():
        named = COLUMNS[table]
        values = [tuple(" ".join(row[name]) if name == "cases" else row[name] for name in named) for row in those]
        tx.write(_UPSERT[table], columns(values, named))


def _known(tx: Tx, table: str, ids: Sequence[str]) -> dict[str, Row]:
    sql = f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])"
    return {row["id"]: row for row in tx.dicts(sql, {"ids": list(ids)})}


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def _upsert(table: str) -> str:
    names, types = COLUMNS[table], metadata.tables[table].columns
    listed = ", ".join(names)
    arrays = ", ".join(f"%({name})s::{_cast(types[name].type)}[]" for name in names)
    taken = ", ".join("string_to_array(v.cases, ' ')" if name == "cases" else f"v.{name}" for name in names)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name != "id")
    return f"""INSERT INTO {table} (tenant, {listed}) SELECT %(tenant)s, {taken} FROM unnest({arrays}) AS v({listed})
               ON CONFLICT (tenant, id) DO UPDATE SET {sets}"""


def _cast(type: TypeEngine[Any]) -> str:
    """Arrays of arrays must be even, so bills travel as one text: their ids hold no spaces."""
    return "text" if isinstance(type, ARRAY | Text) else str(type.compile(_POSTGRESQL))


_UPSERT = {table: _upsert(table) for table in COLUMNS}


def approvals_of(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[str, ApprovalRow]]:
    """The requests of those ids, each with its customer."""
    if not ids:
        return {}
    rows = tx.dicts(
        """SELECT id, customer, kind, state, role, asked_by, cases, content_hash, content FROM approvals
            WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])""",
        {"ids": list(ids)},
    )
    return {
        row["id"]: (
            row["customer"],
            ApprovalRow(
                id=row["id"],
                kind=row["kind"],
                state=row["state"],
                role=row["role"],
                asked_by=row["asked_by"],
                cases=tuple(row["cases"]),
                content_hash=row["content_hash"],
                content=row["content"],
            ),
        )
        for row in rows
    }


def tasks_of(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[str, str, tuple[str, str, tuple[str, ...]]]]:
    """The tasks of those ids: customer, owner, and (kind, state, bills named)."""
    if not ids:
        return {}
    rows = tx.rows(
        """SELECT id, customer, owner, kind, state, cases FROM tasks
            WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])""",
        {"ids": list(ids)},
    )
    return {id: (customer, owner, (kind, state, tuple(cases))) for id, customer, owner, kind, state, cases in rows}


def get(tx: Tx, table: str, id: str) -> dict[str, Any] | None:
    """One row of `tasks` or `approvals`."""
    assert table in ("tasks", "approvals")
    return tx.one(f"SELECT * FROM {table} WHERE tenant = %(tenant)s AND id = %(id)s", {"id": id})


def approvals_by_id(tx: Tx, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Whole rows of the requests of those ids."""
    if not ids:
        return {}
    rows = tx.dicts(
        "SELECT * FROM approvals WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])", {"ids": list(ids)}
    )
    return {row["id"]: row for row in rows}


class Filters(Struct, frozen=True, kw_only=True):
    """What a worklist is narrowed to."""

    state: str | None = None
    kind: str | None = None
    role: str | None = None
    owners: tuple[str, ...] = ()
    customer: str | None = None
    due_before: date | None = None


_SORTS = {"value": ("value", "numeric", False), "due_on": ("due_on", "date", True)}


def tasks(tx: Tx, filters: Filters, sort: str, down: bool, after: After | None, limit: int) -> list[dict[str, Any]]:
    """A page of tasks. Of several owners each has a page of their own, of which the first rows are taken."""
    column, type, nullable = _SORTS[sort]
    order = Sort(column=column, type=type, id="id", down=down, nullable=nullable)
    found: list[dict[str, Any]] = []
    for owner in filters.owners or (None,):
        asked = _asked(filters)
        if owner is not None:
            asked.and_("owner = %(owner)s", owner=owner)
        found += page(tx, "SELECT * FROM tasks", asked, order, after, limit)
    if len(filters.owners) > 1:
        valued = [row for row in found if row[column] is not None]
        rest = sorted((row for row in found if row[column] is None), key=itemgetter("id"))
        found = sorted(valued, key=itemgetter(column, "id"), reverse=down) + rest
    return found[:limit]


def count_tasks(tx: Tx, filters: Filters) -> int:
    """How many there are of those tasks, as `keyset.count` counts."""
    asked = _asked(filters)
    if filters.owners:
        asked.and_("owner = ANY(%(owners)s::text[])", owners=list(filters.owners))
    return count(tx, "tasks", asked)


def count_approvals(tx: Tx, filters: Filters) -> int:
    """How many there are of those requests, as `keyset.count` counts."""
    return count(tx, "approvals", _asked(filters))


def _asked(filters: Filters) -> Asked:
    """What a row must meet, whoever owns it."""
    asked = Asked(["tenant = %(tenant)s"], {})
    for name in ("state", "kind", "role", "customer"):
        if getattr(filters, name) is not None:
            asked.and_(f"{name} = %({name})s", **{name: getattr(filters, name)})
    if filters.due_before:
        asked.and_("due_on < %(due_before)s", due_before=filters.due_before)
    return asked


class Bills(Struct, frozen=True, kw_only=True):
    """The bills of a task in one currency: how many, what is open in minor units, the earliest due day, promises."""

    currency: str
    bills: int
    open_amount: int
    due_on: date | None
    kept: int
    broken: int


def bills_of(tx: Tx, ids: Sequence[str]) -> dict[str, list[Bills]]:
    """What the open bills of these tasks come to, by task and currency."""
    if not ids:
        return {}
    rows = tx.rows(
        """SELECT t.id, c.currency, count(*), sum(c.open_amount)::bigint, min(c.due_on), sum(p.kept)::int,
                  sum(COALESCE((c.state ->> 'promises_broken')::int, 0))::int
             FROM tasks t JOIN cases c ON c.tenant = t.tenant AND c.id = ANY (t.cases) AND c.stage <> 'closed'
             CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE one ->> 'state' = 'kept') AS kept
                                   FROM json_array_elements(c.state -> 'promises') AS one) AS p
            WHERE t.tenant = %(tenant)s AND t.id = ANY(%(ids)s::text[]) GROUP BY t.id, c.currency ORDER BY 1, 2""",
        {"ids": list(ids)},
    )
    found: dict[str, list[Bills]] = {}
    for id, currency, bills, open_amount, due_on, kept, broken in rows:
        one = Bills(currency=currency, bills=bills, open_amount=open_amount, due_on=due_on, kept=kept, broken=broken)
        found.setdefault(id, []).append(one)
    return found


def approvals(tx: Tx, filters: Filters, after: After | None, limit: int) -> list[dict[str, Any]]:
    """Requests in the order in which they were asked."""
    order = Sort(column="asked_at", type="timestamptz", id="id")
    return page(tx, "SELECT * FROM approvals", _asked(filters), order, after, limit)
