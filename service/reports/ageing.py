"""Ageing: what is open by how many days it is past its due date. The buckets of a row add up to its open amount."""

from msgspec.structs import replace

from service.domain.buckets import BUCKETS
from service.reports.asked import Asked, source
from service.reports.table import MONEY, TEXT, Report, Rows
from service.store.database import Tx

COLUMNS = {"group": TEXT, "currency": TEXT, "open": MONEY, "overdue": MONEY, **dict.fromkeys(BUCKETS, MONEY)}


def in_bucket(name: str) -> str:
    """The condition on a due date as of the day."""
    first, last = BUCKETS[name]
    if first is None:
        return "(due_on IS NULL OR due_on >= %(as_of)s)"
    older = f"due_on <= %(as_of)s::date - {first}"
    return older if last is None else f"{older} AND due_on >= %(as_of)s::date - {last}"


def _select(asked: Asked) -> tuple[str, dict[str, object]]:
    of = source(asked)
    limit = "LIMIT %(limit)s" if asked.limit is not None else ""
    rows = f"(SELECT {of.key} AS key, m.currency, m.due_on, m.amount FROM {of.tables} WHERE {of.where})"
    if asked.group_by != "customer":
        # A group has as many due dates as there are days: each row is added up once, not asked for every bucket. Customers
        # have few bills a date, and a page of them is read in the order of the index.
        rows = f"(SELECT key, currency, due_on, sum(amount) AS amount FROM {rows} AS each GROUP BY 1, 2, 3)"
    sums = ", ".join(f"COALESCE(sum(amount) FILTER (WHERE {in_bucket(name)}), 0)::bigint" for name in BUCKETS)
    sql = f"""
        SELECT key, currency, sum(amount)::bigint, {sums} FROM {rows} AS m
         GROUP BY key, currency HAVING sum(amount) <> 0 ORDER BY key, currency {limit}"""
    return sql, of.values | {"limit": asked.limit}


def read(tx: Tx, asked: Asked) -> Rows:
    """By group and currency; groups that owe nothing are left out."""
    sql, values = _select(asked)
    return _told(tx.rows(sql, values))


def worst(tx: Tx, asked: Asked, count: int) -> Rows:
    """Of each currency so many customers who owe most past its day, the greatest first."""
    sql, values = _select(replace(asked, group_by="customer", limit=None))
    late = " + ".join(f"days.{name}" for name in [*BUCKETS][1:])
    rows = tx.rows(
        f"""SELECT {", ".join(f"each.{name}" for name in _NAMES)} FROM (
              SELECT days.*, row_number() OVER (PARTITION BY currency ORDER BY {late} DESC, key) AS place
                FROM ({sql}) AS days({", ".join(_NAMES)}) WHERE {late} > 0) AS each
             WHERE place <= {count} ORDER BY currency, place""",
        values,
    )
    return _told(rows)


_NAMES = ("key", "currency", "total", *BUCKETS)


def _told(rows: Rows) -> Rows:
    return [(key, currency, total, total - current, current, *late) for key, currency, total, current, *late in rows]


AGEING = Report(
    "Ageing",
    "What is open, by how many days it is past its due date: bills due on the day or later, or without a due date yet, are "
    "`current`. The buckets of a row add up to `open`, those after the first to `overdue`. Credit that stands on account "
    "is not deducted.",
    COLUMNS,
    read,
)
