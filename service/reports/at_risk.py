"""At-risk rate: of what was billed in a month, how much was unpaid ninety days past its due date."""

from service.reports.asked import Asked, source
from service.reports.sums import ratio
from service.reports.table import DAY, MONEY, RATIO, TEXT, Report, Rows
from service.store.database import Tx

LATE = 90
MONTHS = 38
"""Of one group in the longest period."""

_AT_RISK = """
WITH cells AS (
  SELECT {key} AS key, m.currency, m.customer, m.case_id, m.due_on, sum(m.amount) AS open,
         min(m.day) FILTER (WHERE m.kind = 'billed') AS issued_on, max(m.day) FILTER (WHERE m.kind <> 'due') AS moved_on,
         sum(m.amount) FILTER (WHERE m.kind IN ('billed', 'credited')) AS billed
    FROM {tables} WHERE {where} GROUP BY 1, 2, 3, 4, 5),
bills AS (
  SELECT key, currency, customer, case_id, min(issued_on) AS issued_on, sum(billed) AS billed,
         COALESCE(max(due_on) FILTER (WHERE open <> 0), (array_agg(due_on ORDER BY moved_on DESC NULLS LAST))[1]) AS due_on
    FROM cells GROUP BY 1, 2, 3, 4),
ripe AS (SELECT * FROM bills WHERE issued_on >= %(since)s AND due_on <= %(as_of)s::date - {late} AND billed > 0)
SELECT r.key, r.currency, date_trunc('month', r.issued_on)::date AS month, sum(r.billed)::bigint,
       sum(GREATEST(u.unpaid, 0))::bigint
  FROM ripe r CROSS JOIN LATERAL (
    SELECT sum(m.amount) AS unpaid FROM movements m
     WHERE m.tenant = %(tenant)s AND m.customer = r.customer AND m.case_id = r.case_id AND m.kind <> 'lost'
       AND m.day <= r.due_on + {late} {known}) AS u
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 {limit}
"""


def read(tx: Tx, asked: Asked) -> Rows:
    """By month of issue; bills whose ninety days are not over are left out, and so are those credited in full."""
    of = source(asked)
    most = None if asked.limit is None else asked.limit + MONTHS
    sql = _AT_RISK.format(
        key=of.key,
        tables=of.tables,
        where=of.where,
        late=LATE,
        known="AND m.recorded_at <= %(known_at)s" if asked.known_at is not None else "",
        limit="LIMIT %(limit)s" if most is not None else "",
    )
    found = tx.rows(sql, of.values | {"since": asked.since, "limit": most})
    if len(found) == most:  # the last group may go on
        found = [row for row in found if row[:2] != found[-1][:2]]
    return [(*row, ratio(row[4], row[3])) for row in found]


AT_RISK = Report(
    "At-risk rate",
    "Of bills issued in the `days` that end with the day, by month of issue: what was still unpaid 90 days past the due date, "
    "as a share of what was billed net of credit notes. Written-off amounts are unpaid; bills whose 90 days are not over are "
    "left out.",
    {"group": TEXT, "currency": TEXT, "month": DAY, "billed": MONEY, "unpaid": MONEY, "at_risk_rate": RATIO},
    read,
    days=365,
)
