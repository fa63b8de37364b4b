"""Rows of the money that reports add up: written with the events they come from, and compared with these by `verify`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from service.domain.movements import Movement
from service.store.database import Row, Tx, columns

COLUMNS = "customer case_id version part kind day amount currency due_on recorded_at".split()

_ADD = """
INSERT INTO movements (tenant, customer, case_id, version, part, kind, day, amount, currency, due_on, recorded_at)
SELECT %(tenant)s, m.customer, m.case_id, m.version, m.part, m.kind, m.day, m.amount, m.currency, m.due_on, m.recorded_at
  FROM unnest(%(customer)s::text[], %(case_id)s::text[], %(version)s::int[], %(part)s::int[], %(kind)s::text[],
              %(day)s::date[], %(amount)s::bigint[], %(currency)s::text[], %(due_on)s::date[],
              %(recorded_at)s::timestamptz[])
    AS m(customer, case_id, version, part, kind, day, amount, currency, due_on, recorded_at)
ON CONFLICT DO NOTHING
"""


def rows(
    customer: str, case: str, currency: str, version: int, recorded_at: datetime, movements: Iterable[Movement]
) -> list[Row]:
    """What one event of a case led to, as it stands in the table."""
    return [
        (customer, case, version, part, one.kind, one.day, one.amount, currency, one.due_on, recorded_at)
        for part, one in enumerate(movements)
    ]


def add(tx: Tx, rows: Sequence[Row]) -> None:
    """All of them, in one statement."""
    if rows:
        tx.write(_ADD, columns(rows, COLUMNS))


def moved_since(tx: Tx, bills: Sequence[tuple[str, str, date]]) -> set[str]:
    """Of (customer, case, day) the cases whose due date changed after that day."""
    if not bills:
        return set()
    found = tx.rows(
        """SELECT DISTINCT b.case_id FROM unnest(%(customer)s::text[], %(case_id)s::text[], %(day)s::date[])
             AS b(customer, case_id, day)
             JOIN movements m ON m.tenant = %(tenant)s AND m.customer = b.customer AND m.case_id = b.case_id
            WHERE m.kind = 'due' AND m.day > b.day""",
        columns(bills, ("customer", "case_id", "day")),
    )
    return {case for (case,) in found}


def of_cases(tx: Tx, bills: Sequence[tuple[str, str]]) -> dict[str, list[Row]]:
    """Of (customer, case) the rows, by case and in order."""
    found: dict[str, list[Row]] = {case: [] for _, case in bills}
    for row in tx.rows(
        """SELECT m.customer, m.case_id, m.version, m.part, m.kind, m.day, m.amount, m.currency, m.due_on, m.recorded_at
             FROM unnest(%(customer)s::text[], %(case_id)s::text[]) AS b(customer, case_id)
             JOIN movements m ON m.tenant = %(tenant)s AND m.customer = b.customer AND m.case_id = b.case_id
            ORDER BY m.case_id, m.version, m.part""",
        columns(bills, ("customer", "case_id")),
    ):
        found[row[1]].append(row)
    return found


def strays(tx: Tx, customers: Sequence[str]) -> list[tuple[str, int]]:
    """By customer, how many rows stand there of bills that are not theirs."""
    return [
        (customer, count)
        for customer, count in tx.rows(
            """SELECT m.customer, count(*) FROM movements m
                WHERE m.tenant = %(tenant)s AND m.customer = ANY(%(customers)s::text[]) AND NOT EXISTS (
                  SELECT FROM cases k WHERE k.tenant = m.tenant AND k.id = m.case_id AND k.customer = m.customer)
                GROUP BY 1 ORDER BY 1""",
            {"customers": list(customers)},
        )
    ]


def remove_strays(tx: Tx, customer: str) -> int:
    """Those rows of one customer, gone."""
    return tx.run(
        """DELETE FROM movements m WHERE m.tenant = %(tenant)s AND m.customer = %(customer)s AND NOT EXISTS (
             SELECT FROM cases k WHERE k.tenant = m.tenant AND k.id = m.case_id AND k.customer = m.customer)""",
        {"customer": customer},
    )


def put_right(tx: Tx, customer: str, case: str, rows: Sequence[Row]) -> int:
    """The rows of a bill as they must be, and no others."""
    gone = tx.run(
        "DELETE FROM movements WHERE tenant = %(tenant)s AND customer = %(customer)s AND case_id = %(case)s",
        {"customer": customer, "case": case},
    )
    add(tx, rows)
    return max(gone, len(rows))
