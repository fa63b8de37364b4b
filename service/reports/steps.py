"""Which step gets paid: money by the last step of the playbook that had fired for its bill."""

from service.reports.asked import Asked, source
from service.reports.sums import ratio
from service.reports.table import COUNT, MONEY, NUMBER, RATIO, TEXT, Report, Rows
from service.store.database import Tx

NONE = "none"

STEPS = 100
"""Of one group at most; playbooks have some dozen."""

_PAID = """
SELECT {key}, m.currency, COALESCE(s.step, '') AS step, count(*)::int, -sum(m.amount)::bigint, avg(m.day - s.day),
       -(sum(sum(m.amount)) OVER (PARTITION BY {key}, m.currency))::bigint
  FROM {tables} LEFT JOIN LATERAL (
    SELECT e.data->>'step' AS step, e.day FROM events e
     WHERE e.tenant = %(tenant)s AND e.stream = 'case/' || m.case_id AND e.version < m.version AND e.day <= m.day
       AND e.type IN ('case.reminded', 'case.escalated', 'step.fired') ORDER BY e.version DESC LIMIT 1) AS s ON true
 WHERE {where} AND m.kind = 'paid' AND m.amount < 0 AND m.day >= %(since)s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 {limit}
"""


def read(tx: Tx, asked: Asked) -> Rows:
    """A row for each step; what came before any is under none."""
    of = source(asked)
    most = None if asked.limit is None else asked.limit + STEPS
    limit = "LIMIT %(limit)s" if most is not None else ""
    sql = _PAID.format(key=of.key, tables=of.tables, where=of.where, limit=limit)
    found = tx.rows(sql, of.values | {"since": asked.since, "limit": most})
    if len(found) == most:  # the last group may go on
        found = [row for row in found if row[:2] != found[-1][:2]]
    return [
        (key, currency, step or NONE, count, paid, ratio(paid, whole), None if days is None else round(float(days), 1))
        for key, currency, step, count, paid, days, whole in found
    ]


STEP_STATISTICS = Report(
    "Which step gets paid",
    "Payments received in the `days` that end with the day, by the last step that had fired for their bill by then (`none`, "
    "where none had): how many, how much, which share of all that was received, and how many days after the step on average.",
    {
        "group": TEXT,
        "currency": TEXT,
        "step": TEXT,
        "payments": COUNT,
        "collected": MONEY,
        "share": RATIO,
        "average_days_after": NUMBER,
    },
    read,
    days=90,
)
