"""The armed customers laid aside as they stood before their steps fired, and put back: so that the same ten thousand bills
can be fired again, by us, by hand-written SQL, by one worker and by four."""

import psycopg

from service.store import tables

RANGE = ("R", "S")
"""Armed customers and all that is named after them begin with R."""

ASLEEP = "UPDATE customers SET wake_at = now() + interval '30 days' WHERE tenant = 'bench' AND id >= 'R' AND id < 'S'"
AWAKE = "UPDATE customers SET wake_at = now() WHERE tenant = 'bench' AND id >= 'R' AND id < 'S'"

STATES = {"cases": "id", "customers": "id"}
"""Rows that firing changes, by the column that names them."""

MADE = {
    "tasks": ("customer", ""),
    "messages": ("customer", ""),
    "message_items": ("message", ""),
    "mentions": ("case_id", ""),
    "approvals": ("customer", ""),
    "events": ("stream", "case/"),
    "outbox": ("stream", "case/"),
    "deliveries": ("stream", "case/"),
}
"""Rows that firing adds, and changes: laid aside whole. Events of customers come beside those of cases."""


def _ranges(table: str) -> str:
    column, head = MADE.get(table) or (STATES[table], "")
    heads = (head, "customer/") if head else ("",)
    low, high = RANGE
    ranges = (f"({column} >= '{one}{low}' AND {column} < '{one}{high}')" for one in heads)
    return f"tenant = 'bench' AND ({' OR '.join(ranges)})"


def lay_aside(owner: psycopg.Connection) -> None:
    """Copies of their rows, in a schema of the bench's own."""
    owner.execute("CREATE SCHEMA bench")
    for table in (*STATES, *MADE):
        owner.execute(f"CREATE TABLE bench.{table} AS SELECT * FROM {table} WHERE {_ranges(table)}".encode())
    for table in STATES:
        owner.execute(f"CREATE INDEX ON bench.{table} (id)".encode())


def arm(owner: psycopg.Connection) -> None:
    """Everything as it was laid aside."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")  # the log refuses to forget, and rightly so
        for table in MADE:
            later = " AND position > (SELECT max(position) FROM bench.events)" if table == "events" else ""
            owner.execute(f"DELETE FROM {table} WHERE {_ranges(table)}{later}".encode())
            if not later:
                owner.execute(f"INSERT INTO {table} SELECT * FROM bench.{table}".encode())
        for table in STATES:
            names = ", ".join(f'"{column.name}"' for column in tables.metadata.tables[table].columns)
            owner.execute(
                f"""UPDATE {table} t SET ({names}) = (SELECT {names} FROM bench.{table} b WHERE b.id = t.id)
                     WHERE {_ranges(table)}""".encode()
            )
