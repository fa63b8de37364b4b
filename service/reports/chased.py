"""Who owes most past its day, for how long, who is at it, and what has been done: of each customer on the overdue list."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from service.reports import ageing
from service.reports.asked import Asked
from service.reports.effectiveness import disputed
from service.reports.table import COUNT, DAY, MONEY, TEXT, Rows
from service.reports.told import bills, promises, told
from service.store.database import Tx

WORST = 20
"""Customers of a currency."""

LOOKED_BACK = 30
"""Days in which contacts are counted."""

COLUMNS = ageing.COLUMNS | {
    "name": TEXT,
    "bills": COUNT,
    "oldest_days": COUNT,
    "owner": TEXT,
    "level": TEXT,
    "contacts": COUNT,
    "last_contact_on": DAY,
    "promised": MONEY,
    "disputed": MONEY,
    "hold_since": DAY,
}

_OLDEST = """
WITH late AS (
  SELECT m.customer, m.currency, m.case_id, m.due_on FROM movements m
   WHERE m.tenant = %(tenant)s AND m.customer = ANY(%(customers)s::text[]) AND m.day <= %(as_of)s {known}
     AND m.due_on < %(as_of)s
   GROUP BY 1, 2, 3, 4 HAVING sum(m.amount) > 0),
each AS (
  SELECT customer, currency, count(*)::int AS bills, %(as_of)s::date - min(due_on) AS days,
         (array_agg(case_id ORDER BY due_on, case_id))[1] AS oldest FROM late GROUP BY 1, 2)
SELECT e.customer, e.currency, COALESCE(u.state->>'name', ''), e.bills, e.days, k.owner,
       COALESCE((SELECT s.data->>'level' FROM events s WHERE s.stream = 'case/' || e.oldest AND {escalated}
                  ORDER BY s.version DESC LIMIT 1), 'none')
  FROM each e JOIN cases k ON k.tenant = %(tenant)s AND k.id = e.oldest
  JOIN customers u ON u.tenant = %(tenant)s AND u.id = e.customer
"""


def read(tx: Tx, asked: Asked) -> Rows:
    """The customers who owe most past its day, by currency; owner and level are those of the bill that is oldest."""
    worst = ageing.worst(tx, asked, WORST)
    customers = sorted({row[0] for row in worst})
    if not customers:
        return []
    oldest = _oldest(tx, asked, customers)
    contacts, holds = _contacts(tx, asked, customers), held(tx, asked)
    contested = disputed(tx, replace(asked, group_by="customer"), customers)
    promised = _promised(tx, asked, customers)
    return [
        (
            *row,
            *oldest[row[0], row[1]],
            *contacts.get(row[0], (0, None)),
            promised.get((row[0], row[1]), 0),
            contested.get((row[0], row[1]), (0,))[0],
            holds.get(row[0]),
        )
        for row in worst
    ]


def _oldest(tx: Tx, asked: Asked, customers: Sequence[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    sql = _OLDEST.format(
        known="AND m.recorded_at <= %(known_at)s" if asked.known_at is not None else "",
        escalated=told(asked, "'case.escalated'", "s"),
    )
    rows = tx.rows(sql, _values(asked, customers))
    return {(customer, currency): tuple(row) for customer, currency, *row in rows}


def _contacts(tx: Tx, asked: Asked, customers: Sequence[str]) -> dict[str, tuple[int, date]]:
    rows = tx.rows(
        f"""SELECT e.customer, count(*)::int, max(e.day) FROM events e
             WHERE {told(asked, "'contact.logged'")} AND e.day > %(since)s AND e.customer = ANY(%(customers)s::text[])
             GROUP BY 1""",
        _values(asked, customers) | {"since": asked.as_of - timedelta(LOOKED_BACK)},
    )
    return {customer: (count, last) for customer, count, last in rows}


def _promised(tx: Tx, asked: Asked, customers: Sequence[str]) -> dict[tuple[str, str], int]:
    of = bills(replace(asked, group_by="customer"), promises(asked))
    rows = tx.rows(
        f"""SELECT {of.key}, k.currency, sum(x.amount)::bigint FROM {of.tables}
             WHERE {of.where} AND x.state = 'open' AND k.customer = ANY(%(customers)s::text[]) GROUP BY 1, 2""",
        of.values | {"customers": list(customers)},
    )
    return {(customer, currency): amount for customer, currency, amount in rows}


def held(tx: Tx, asked: Asked) -> dict[str, date]:
    """The customers whose deliveries are stopped as of the day, each with since when."""
    rows = tx.rows(
        f"""SELECT customer, day FROM (
              SELECT DISTINCT ON (e.customer) e.customer, e.type, e.day FROM events e
               WHERE {told(asked, "'hold.applied', 'hold.released'")} ORDER BY e.customer, e.version DESC) AS last
             WHERE type = 'hold.applied'""",
        _values(asked),
    )
    return dict(rows)


def _values(asked: Asked, customers: Sequence[str] = ()) -> dict[str, object]:
    return {"as_of": asked.as_of, "known_at": asked.known_at, "customers": list(customers)}
