"""Everything of one tenant, table by table, taken out in slices along the primary key: each begins where the last one ended."""

from datetime import datetime

from service.store.database import Row, Tx
from service.store.tables import metadata

OWNER = "NONE"
"""The role of whoever the database belongs to, as a transaction takes it: it alone may delete events."""


def _key(table: str) -> list[str]:
    return [column.name for column in metadata.tables[table].primary_key.columns if column.name != "tenant"]


KEYS = {table.name: _key(table.name) for table in metadata.sorted_tables if "tenant" in table.columns}
"""The tables that hold a tenant's rows, with what tells these apart."""


def role_for(table: str) -> str | None:
    """Who may delete from it."""
    return OWNER if table == "events" else None


def estimated(tx: Tx, table: str) -> int:
    """About how many rows the tenant has there; the planner's word, which costs nothing."""
    ((plan,),) = tx.rows(f"EXPLAIN (FORMAT JSON) SELECT FROM {table} WHERE tenant = %(tenant)s")
    return int(plan[0]["Plan"]["Plan Rows"])


def delete(tx: Tx, table: str, after: Row | None, limit: int) -> list[Row]:
    """The next rows behind a key, gone; their keys in order."""
    names = KEYS[table]
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(f"%({name})s" for name in names)
    behind = f"AND ({listed}) > ({marks})" if after else ""
    sql = f"""WITH next AS (
                SELECT {listed} FROM {table} WHERE tenant = %(tenant)s {behind} ORDER BY tenant, {listed} LIMIT %(limit)s)
              DELETE FROM {table} t USING next WHERE t.tenant = %(tenant)s
                 AND ({", ".join(f't."{name}"' for name in names)}) = ({", ".join(f'next."{name}"' for name in names)})
              RETURNING {", ".join(f't."{name}"' for name in names)}"""
    return sorted(tx.rows(sql, {"limit": limit, **dict(zip(names, after or (), strict=False))}))


def under_way(tx: Tx, since: datetime) -> int:
    """How many transactions of this database began before then; a transaction of the owner's, who may see them."""
    rows = tx.rows(
        """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
              AND xact_start < %(since)s""",
        {"since": since},
    )
    return int(rows[0][0])
