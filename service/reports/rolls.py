"""Roll rates: what became of the amounts that stood in each ageing bucket when the period began."""

from service.domain.buckets import BUCKETS
from service.reports.asked import Asked, source
from service.reports.sums import ratio
from service.reports.table import MONEY, RATIO, TEXT, Report, Rows
from service.store.database import Tx


def _number(due_on: str, as_of: str) -> str:
    """Which bucket a due date is in on a day, counted from nought."""
    cases = " ".join(
        f"WHEN {due_on} <= {as_of}::date - {first} THEN {n}"
        for n, (first, _) in reversed(list(enumerate(BUCKETS.values())))
        if first is not None
    )
    return f"CASE {cases} ELSE 0 END"


_ROLLED = """
WITH cells AS (
  SELECT {key} AS key, m.currency, m.customer, m.case_id, m.due_on, sum(m.amount) FILTER (WHERE m.day < %(since)s) AS before,
         sum(m.amount) AS after, sum(m.amount) FILTER (WHERE m.kind = 'lost' AND m.day >= %(since)s) AS lost
    FROM {tables} WHERE {where} GROUP BY 1, 2, 3, 4, 5),
bills AS (
  SELECT key, currency, sum(before) AS before, LEAST(sum(before), GREATEST(sum(after), 0)) AS after,
         LEAST(sum(before), GREATEST(-COALESCE(sum(lost), 0), 0)) AS lost,
         max({was}) FILTER (WHERE before <> 0) AS was, max({becomes}) FILTER (WHERE after <> 0) AS became
    FROM cells GROUP BY key, currency, customer, case_id HAVING sum(before) > 0)
SELECT key, currency, was, sum(before)::bigint, COALESCE(sum(after) FILTER (WHERE became > was), 0)::bigint,
       COALESCE(sum(after) FILTER (WHERE became = was), 0)::bigint, sum(LEAST(lost, before - after))::bigint
  FROM bills GROUP BY key, currency, was ORDER BY key, currency, was {limit}
"""


def read(tx: Tx, asked: Asked) -> Rows:
    """A row for each bucket in which something stood. What neither rolled, stayed nor was written off has been cured."""
    of = source(asked)
    most = None if asked.limit is None else asked.limit + len(BUCKETS)
    sql = _ROLLED.format(
        key=of.key,
        tables=of.tables,
        where=of.where,
        was=_number("due_on", "(%(since)s::date - 1)"),
        becomes=_number("due_on", "%(as_of)s"),
        limit="LIMIT %(limit)s" if most is not None else "",
    )
    names = list(BUCKETS)
    rows = []
    found = tx.rows(sql, of.values | {"since": asked.since, "limit": most})
    if len(found) == most:  # the last group may go on
        found = [row for row in found if row[:2] != found[-1][:2]]
    for key, currency, was, before, rolled, stayed, lost in found:
        cured = before - rolled - stayed - lost
        shares = (ratio(part, before) for part in (rolled, stayed, cured, lost))
        rows.append((key, currency, names[was], before, rolled, stayed, cured, lost, *shares))
    return rows


ROLL_RATES = Report(
    "Roll rates",
    "Of the amounts that stood in an ageing bucket on the day before the period of `days` began: what of these very bills has "
    "moved to an older bucket (`rolled`), is in the same (`stayed`), was written off, or was paid, credited or put back to a "
    "younger one (`cured`). The four shares of a row add up to one, but for rounding.",
    {
        "group": TEXT,
        "currency": TEXT,
        "bucket": TEXT,
        "opening": MONEY,
        "rolled": MONEY,
        "stayed": MONEY,
        "cured": MONEY,
        "written_off": MONEY,
        "roll_rate": RATIO,
        "stay_rate": RATIO,
        "cure_rate": RATIO,
        "write_off_rate": RATIO,
    },
    read,
    days=30,
)
