"""What customers owe past its day, by currency: kept with their bills, so that who owes most is an index.

A row counts the open bills due before `next_due`, the earliest due day of those that were not yet overdue; without one it
counts all that have a due day. So it is right until that day is over, and says itself when to count anew.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from service.store.database import Row, Tx, columns


class Move(Struct, frozen=True, kw_only=True):
    """What a decision changes of a customer's in one currency: so much more or less is overdue, in minor units, and a bill
    is due on a day still ahead."""

    customer: str
    currency: str
    overdue: int
    next_due: date | None


# Where days have passed since it was counted, a row is counted anew: the bills have been saved before.
_MOVE = """
WITH m AS MATERIALIZED (
  SELECT v.customer, v.currency, a.customer IS NULL AS is_new,
         CASE WHEN a.next_due < %(today)s THEN r.overdue ELSE COALESCE(a.overdue, 0) + v.overdue END AS overdue,
         CASE WHEN a.next_due < %(today)s THEN r.next_due ELSE LEAST(a.next_due, v.next_due) END AS next_due
    FROM unnest(%(customer)s::text[], %(currency)s::text[], %(overdue)s::bigint[], %(next_due)s::date[])
         AS v(customer, currency, overdue, next_due)
    LEFT JOIN arrears a ON a.tenant = %(tenant)s AND a.customer = v.customer AND a.currency = v.currency
    LEFT JOIN LATERAL (
      SELECT COALESCE(sum(c.open_amount) FILTER (WHERE c.due_on < %(today)s), 0)::bigint AS overdue,
             min(c.due_on) FILTER (WHERE c.due_on >= %(today)s) AS next_due
        FROM cases c
       WHERE c.tenant = %(tenant)s AND c.customer = v.customer AND c.currency = v.currency AND c.stage <> 'closed'
         AND a.next_due < %(today)s) AS r ON true),
kept AS (
  UPDATE arrears a SET overdue = m.overdue, next_due = m.next_due FROM m
   WHERE a.tenant = %(tenant)s AND a.customer = m.customer AND a.currency = m.currency AND NOT m.is_new
     AND (m.overdue > 0 OR m.next_due IS NOT NULL)
     AND (a.overdue, a.next_due) IS DISTINCT FROM (m.overdue, m.next_due)),
gone AS (
  DELETE FROM arrears a USING m
   WHERE a.tenant = %(tenant)s AND a.customer = m.customer AND a.currency = m.currency
     AND m.overdue = 0 AND m.next_due IS NULL)
INSERT INTO arrears (tenant, customer, currency, overdue, next_due)
SELECT %(tenant)s, customer, currency, overdue, next_due FROM m WHERE is_new
"""

_COUNT = """
WITH r AS MATERIALIZED (
  SELECT customer, currency, COALESCE(sum(open_amount) FILTER (WHERE due_on < %(today)s), 0)::bigint AS overdue,
         min(due_on) FILTER (WHERE due_on >= %(today)s) AS next_due
    FROM cases
   WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) AND stage <> 'closed' AND due_on IS NOT NULL
   GROUP BY customer, currency),
gone AS (
  DELETE FROM arrears a WHERE a.tenant = %(tenant)s AND a.customer = ANY(%(customers)s::text[])
     AND NOT EXISTS (SELECT FROM r WHERE r.customer = a.customer AND r.currency = a.currency))
INSERT INTO arrears (tenant, customer, currency, overdue, next_due)
SELECT %(tenant)s, customer, currency, overdue, next_due FROM r
ON CONFLICT (tenant, customer, currency) DO UPDATE SET overdue = EXCLUDED.overdue, next_due = EXCLUDED.next_due
"""

_WRONG = """
WITH a AS MATERIALIZED (
  SELECT customer, currency, overdue, next_due FROM arrears
   WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[])),
r AS (
  SELECT c.customer, c.currency,
         COALESCE(sum(c.open_amount) FILTER (WHERE c.due_on < COALESCE(a.next_due, 'infinity')), 0)::bigint AS overdue,
         bool_or(c.due_on >= %(today)s AND c.due_on < COALESCE(a.next_due, 'infinity')) AS early
    FROM cases c LEFT JOIN a ON a.customer = c.customer AND a.currency = c.currency
   WHERE c.tenant = %(tenant)s AND c.customer = ANY(%(customers)s::text[]) AND c.stage <> 'closed'
     AND c.due_on IS NOT NULL
   GROUP BY c.customer, c.currency)
SELECT COALESCE(a.customer, r.customer) AS customer, COALESCE(a.currency, r.currency) AS currency, a.overdue, r.overdue
  FROM a FULL JOIN r ON r.customer = a.customer AND r.currency = a.currency
 WHERE a.customer IS NULL OR a.overdue <> COALESCE(r.overdue, 0) OR r.early
 ORDER BY 1, 2
"""


def move(tx: Tx, moves: Sequence[Move], today: date) -> None:
    """Keep what a decision changed; the customers are locked, and their bills have been saved."""
    if moves:
        rows: list[Row] = [(one.customer, one.currency, one.overdue, one.next_due) for one in moves]
        tx.write(_MOVE, columns(rows, ("customer", "currency", "overdue", "next_due")) | {"today": today})


def count(tx: Tx, customers: Sequence[str], today: date) -> None:
    """Counted anew from the customers' bills; they are locked."""
    if customers:
        tx.write(_COUNT, {"customers": list(customers), "today": today})


def turned(tx: Tx, today: date, limit: int) -> list[str]:
    """Customers of whom a due day has passed since they were counted, those of the earliest day first."""
    rows = tx.rows(
        """SELECT customer FROM arrears WHERE tenant = %(tenant)s AND next_due < %(today)s
            ORDER BY tenant, next_due LIMIT %(limit)s""",
        {"today": today, "limit": limit},
    )
    return sorted({customer for (customer,) in rows})


def are_right(tx: Tx, today: date) -> bool:
    """Whether every row counts what is overdue today."""
    return not turned(tx, today, 1)


def miscounted(tx: Tx, customers: Sequence[str], today: date) -> list[Row]:
    """(customer, currency, counted, right) of the customers' rows that do not count what they say, or bills that are not
    overdue before `today`."""
    return tx.rows(_WRONG, {"customers": list(customers), "today": today})
