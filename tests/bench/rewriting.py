"""What a hand-written client would do at best: it knows already what is to be written, and writes it with one statement a
table, from arrays of its own, under the same role and policies and in as many transactions as the service."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.array import ListBinaryDumper
from sqlalchemy.dialects import postgresql

from service.store import tables
from service.store.database import APP

Rows = list[tuple[Any, ...]]
Written = dict[str, Rows]
"""Rows by table, as `columns` orders them."""

RENAMED = ("Bench", "Limit")
"""Ids that the service was told begin with the first, those written once more with the second."""

TABLES = (
    *("customers", "cases", "payments", "events", "inbox", "mentions", "movements", "private", "tasks"),
    *("messages", "message_items"),
)
LEAVING = ("outbox", "deliveries")

_SERVERS = {"position", "xid", "epoch"}


def columns(table: str) -> list[str]:
    """What a client sends: all but what the server gives."""
    left_out = _SERVERS if table == "events" else set()
    return [column.name for column in tables.metadata.tables[table].columns if column.name not in left_out]


def _type(table: str, name: str) -> str:
    dialect = postgresql.dialect()
    return str(tables.metadata.tables[table].columns[name].type.compile(dialect)).replace(' COLLATE "C"', "")


_STREAMED = "FROM gone g JOIN {} t ON t.tenant = %(tenant)s AND t.stream = g.stream AND t.version = g.version"
_FROM = {
    "customers": "FROM customers t WHERE t.tenant = %(tenant)s AND t.id IN (SELECT customer FROM gone)",
    "cases": """FROM cases t WHERE t.tenant = %(tenant)s
                  AND t.id IN (SELECT substr(stream, 6) FROM gone WHERE stream LIKE 'case/%%')""",
    "payments": """FROM payments t WHERE t.tenant = %(tenant)s
                     AND t.id IN (SELECT substr(stream, 9) FROM gone WHERE stream LIKE 'payment/%%')""",
    "events": _STREAMED.format("events"),
    "inbox": """FROM inbox t WHERE t.tenant = %(tenant)s AND t.source = %(source)s AND t.id = ANY(%(ids)s)
                  AND t.position IN (SELECT position FROM gone)""",
    "mentions": """FROM mentions t WHERE t.tenant = %(tenant)s
                     AND t.case_id IN (SELECT substr(stream, 6) FROM gone WHERE stream LIKE 'case/%%')
                     AND (t.stream, t.version) IN (SELECT stream, version FROM gone)""",
    "movements": """FROM movements t JOIN gone g ON g.customer = t.customer AND g.stream = 'case/' || t.case_id
                      AND g.version = t.version WHERE t.tenant = %(tenant)s""",
    "private": _STREAMED.format("private"),
    "tasks": "FROM tasks t WHERE t.tenant = %(tenant)s AND t.id IN (SELECT task FROM gone)",
    "messages": "FROM messages t WHERE t.tenant = %(tenant)s AND t.id IN (SELECT message FROM gone)",
    "message_items": "FROM message_items t WHERE t.tenant = %(tenant)s AND t.message IN (SELECT message FROM gone)",
    "outbox": _STREAMED.format("outbox"),
    "deliveries": _STREAMED.format("deliveries"),
}
"""How the rows of one transaction are found again: by the events that it appended, and what the ERP called its own."""


def moment(owner: psycopg.Connection) -> str:
    """Transactions from now on have no lower number."""
    row = owner.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
    assert row is not None
    return str(row[0])


def written_by(owner: psycopg.Connection, tenant: str, since: str, source: str, ids: Sequence[str]) -> Iterator[Written]:
    """What each transaction wrote since a moment, under other names, so that it can be written once more."""
    found = owner.execute(
        "SELECT DISTINCT xid::text FROM events e WHERE tenant = %s AND epoch = 1 AND e.xid >= %s::text::xid8", (tenant, since)
    ).fetchall()
    for (xid,) in sorted(found, key=lambda row: int(row[0])):
        values = {"tenant": tenant, "xid": xid, "source": source, "ids": list(ids)}
        with owner.transaction():
            owner.execute(_GONE, values)
            owner.execute("ANALYZE gone")
            yield {table: _renamed(table, _rows(owner, table, values)) for table in (*TABLES, *LEAVING)}


_GONE = """
CREATE TEMP TABLE gone ON COMMIT DROP AS
SELECT position, stream, version, customer, data->>'message' AS message,
       CASE WHEN type LIKE 'task.%%' THEN data->>'task' END AS task
  FROM events e WHERE tenant = %(tenant)s AND epoch = 1 AND e.xid = %(xid)s::text::xid8
"""


def _rows(owner: psycopg.Connection, table: str, values: dict[str, Any]) -> Rows:
    names = (f't."{n}"::text' if _type(table, n) == "JSON" else f't."{n}"' for n in columns(table))
    return owner.execute(f"SELECT {', '.join(names)} {_FROM[table]}".encode(), values).fetchall()


def _renamed(table: str, rows: Rows) -> Rows:
    """The same rows under other names of the same length. Customers stay: they are there already."""
    return rows if table == "customers" else [tuple(_other(value) for value in row) for row in rows]


def _other(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(*RENAMED).replace("dlv_", "dlw_")
    return [_other(one) for one in value] if isinstance(value, list) else value


class Client:
    """A connection as the service has it, and its statements. Rows of the tables in `changed` are there already."""

    def __init__(self, connection: psycopg.Connection, changed: Collection[str]) -> None:
        connection.adapters.register_dumper(list, ListBinaryDumper)
        connection.execute(f"SET ROLE {APP}".encode())
        connection.commit()
        self.connection = connection
        self._statements = {
            table: (_update if table in changed else _insert)(table) for table in (*TABLES, *LEAVING)
        }

    @contextmanager
    def transaction(self, tenant: str) -> Iterator[None]:
        """Of that tenant."""
        with self.connection.transaction():
            self.connection.execute("SELECT set_config('app.tenant', %s, true)", (tenant,))
            yield

    def write(self, written: Mapping[str, Rows]) -> None:
        """All rows, sent at once."""
        with self.connection.pipeline():
            for table, rows in written.items():
                if rows:
                    self.connection.execute(self._statements[table], _arrays(table, rows), prepare=True)


def _arrays(table: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    return {
        name: ["{" + ",".join(one) + "}" for one in values] if _type(table, name).endswith("[]") else list(values)
        for name, values in zip(columns(table), zip(*rows, strict=True), strict=True)
    }


def _unnested(table: str) -> tuple[list[str], sql.Composed, sql.Composed]:
    """The columns; them as they are taken from `r`; and `r`, the rows that are sent."""
    names = columns(table)
    types = {name: _type(table, name) for name in names}
    sent = {name: "text" if type == "JSON" or type.endswith("[]") else type for name, type in types.items()}
    given = sql.SQL(", ").join(sql.SQL(f"{{}}::{sent[n]}[]").format(sql.Placeholder(n)) for n in names)
    taken = sql.SQL(", ").join(sql.SQL(f"r.{{}}::{types[n]}").format(sql.Identifier(n)) for n in names)
    return names, taken, sql.SQL("unnest({}) AS r({})").format(given, _listed(names))


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _insert(table: str) -> sql.Composed:
    names, taken, rows = _unnested(table)
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(sql.Identifier(table), _listed(names), taken, rows)
    if table != "tasks":
        return statement
    sets = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(n)) for n in names)
    return statement + sql.SQL(" ON CONFLICT (tenant, id) DO UPDATE SET {}").format(sets)


def _update(table: str) -> sql.Composed:
    names, taken, rows = _unnested(table)
    return sql.SQL("UPDATE {} t SET ({}) = ROW({}) FROM {} WHERE t.tenant = r.tenant AND t.id = r.id").format(
        sql.Identifier(table), _listed(names), taken, rows
    )
