"""Disputes: how many are open, for how long, and what part of the receivables stands still by them."""

from service.reports.asked import Asked, source
from service.reports.sums import ratio
from service.reports.table import COUNT, MONEY, NUMBER, RATIO, TEXT, Report, Rows
from service.reports.told import bills, disputes, limited
from service.store.database import Tx


def read(tx: Tx, asked: Asked) -> Rows:
    """Of groups with a dispute that is open, or was opened or solved in the period."""
    of = bills(asked, disputes(asked))
    rows = tx.rows(
        f"""SELECT {of.key}, k.currency, count(*) FILTER (WHERE x.solved_on IS NULL),
                   COALESCE(sum(x.amount) FILTER (WHERE x.solved_on IS NULL), 0)::bigint,
                   avg(%(as_of)s::date - x.opened_on) FILTER (WHERE x.solved_on IS NULL),
                   max(%(as_of)s::date - x.opened_on) FILTER (WHERE x.solved_on IS NULL),
                   count(*) FILTER (WHERE x.opened_on >= %(since)s), count(*) FILTER (WHERE x.solved_on >= %(since)s)
              FROM {of.tables} WHERE {of.where} AND (x.solved_on IS NULL OR x.solved_on >= %(since)s)
             GROUP BY 1, 2 ORDER BY 1, 2 {limited(asked)}""",
        of.values,
    )
    owed = _owed(tx, asked, [row[0] for row in rows])
    return [
        (*row[:4], ratio(row[3], owed.get(row[:2], 0)), None if row[4] is None else round(float(row[4]), 1), *row[5:])
        for row in rows
    ]


def _owed(tx: Tx, asked: Asked, groups: list[str]) -> dict[tuple[str, str], int]:
    of = source(asked)
    rows = tx.rows(
        f"""SELECT {of.key}, m.currency, sum(m.amount)::bigint FROM {of.tables}
             WHERE {of.where} AND {of.key} = ANY(%(groups)s::text[]) GROUP BY 1, 2""",
        of.values | {"groups": sorted(set(groups))},
    )
    return {(group, currency): amount for group, currency, amount in rows}


DISPUTES = Report(
    "Disputes",
    "Disputes open as of the day with what they contest, as a share of what is open too, and their age in days, on average and "
    "the oldest; beside, how many were opened and solved in the `days` that end with the day.",
    {
        "group": TEXT,
        "currency": TEXT,
        "disputes": COUNT,
        "open_amount": MONEY,
        "share_of_receivables": RATIO,
        "average_age_days": NUMBER,
        "oldest_days": NUMBER,
        "opened": COUNT,
        "solved": COUNT,
    },
    read,
    days=90,
)
