"""The log of whole customers, to be told again: read in sets, by their streams alone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from service.store.database import Tx


class Whom(NamedTuple):
    """A customer, and how many bills theirs are."""

    customer: str
    bills: int


class Line(NamedTuple):
    """An event as it is stored, and in which transaction it was."""

    position: int
    stream: str
    type: str
    schema: int
    data: str
    meta: str
    customer: str
    occurred_at: datetime
    recorded_at: datetime
    day: date
    xid: str


def customers(
    tx: Tx, after: str, limit: int, named: Sequence[str] | None, segment: str | None, share: tuple[int, int] = (0, 1)
) -> list[Whom]:
    """The next customers by id that have bills; of shares of about the same size, the one counted from nought."""
    rows = tx.rows(
        """SELECT c.id, n.bills FROM customers c CROSS JOIN LATERAL (
             SELECT count(*) AS bills FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id) AS n
            WHERE c.tenant = %(tenant)s AND c.version > 0 AND c.id > %(after)s
              AND (%(named)s::text[] IS NULL OR c.id = ANY(%(named)s::text[]))
              AND (%(segment)s::text IS NULL OR COALESCE(c.state->>'segment', 'standard') = %(segment)s::text)
              AND n.bills > 0 AND (hashtextextended(c.id, 0) & 65535) %% %(of)s::int = %(share)s::int
            ORDER BY c.id LIMIT %(limit)s""",
        {"after": after, "named": None if named is None else list(named), "segment": segment, "limit": limit}
        | {"share": share[0], "of": share[1]},
    )
    return [Whom(*row) for row in rows]


def count(tx: Tx, named: Sequence[str] | None, segment: str | None) -> int:
    """How many bills they have in all."""
    rows = tx.rows(
        """SELECT count(*) FROM cases k JOIN customers c ON c.tenant = k.tenant AND c.id = k.customer
            WHERE k.tenant = %(tenant)s AND (%(named)s::text[] IS NULL OR c.id = ANY(%(named)s::text[]))
              AND (%(segment)s::text IS NULL OR COALESCE(c.state->>'segment', 'standard') = %(segment)s::text)""",
        {"named": None if named is None else list(named), "segment": segment},
    )
    (found,) = rows[0]
    return int(found)


def lines(tx: Tx, customers: Sequence[str]) -> list[Line]:
    """All that the log says of these customers, their bills and their payments."""
    rows = tx.rows(
        """WITH streams AS (
             SELECT 'customer/' || id AS stream FROM unnest(%(customers)s::text[]) AS c(id)
             UNION ALL
             SELECT 'case/' || id FROM cases WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[])
             UNION ALL
             SELECT 'payment/' || id FROM payments WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]))
           SELECT e.position, e.stream, e.type, e.schema, e.data::text, e.meta::text, e.customer, e.occurred_at, e.recorded_at,
                  e.day, e.xid::text
             FROM streams s JOIN events e ON e.tenant = %(tenant)s AND e.stream = s.stream""",
        {"customers": list(customers)},
    )
    return [Line(*row) for row in rows]
