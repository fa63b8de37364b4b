"""What contacts brought: cash on overdue bills within days of a conversation or an attempt, by whoever owns the bills."""

from service.reports.asked import Asked
from service.reports.sums import ratio
from service.reports.table import COUNT, MONEY, RATIO, TEXT, Report, Rows
from service.reports.told import bills, limited, told
from service.store.database import Tx


def read(tx: Tx, asked: Asked) -> Rows:
    """Of bills that were overdue when the period began."""
    known = "AND m.recorded_at <= %(known_at)s" if asked.known_at is not None else ""
    rows = f"""
        WITH contacted AS (
          SELECT c.case_id, (e.data->>'on')::date AS "on" FROM events e
           CROSS JOIN LATERAL json_array_elements_text(e.data->'cases') AS c(case_id)
           WHERE {told(asked, "'contact.logged'")} AND (e.data->>'on')::date BETWEEN %(since)s AND %(as_of)s)
        SELECT m.case_id, (SELECT count(*) FROM contacted c WHERE c.case_id = m.case_id) AS contacts,
               sum(m.amount) FILTER (WHERE m.day < %(since)s) AS overdue,
               COALESCE(-sum(m.amount) FILTER (WHERE m.day >= %(since)s AND m.kind = 'paid'), 0) AS paid,
               COALESCE(-sum(m.amount) FILTER (WHERE m.day >= %(since)s AND m.kind = 'paid' AND EXISTS (
                 SELECT FROM contacted c WHERE c.case_id = m.case_id AND m.day BETWEEN c."on" AND c."on" + %(within)s::int)), 0)
                 AS brought
          FROM movements m WHERE m.tenant = %(tenant)s AND m.day <= %(as_of)s {known} GROUP BY m.customer, m.case_id
        HAVING sum(m.amount) FILTER (WHERE m.day < %(since)s AND m.due_on < %(since)s) > 0"""
    of = bills(asked, rows)
    found = tx.rows(
        f"""SELECT {of.key}, k.currency, sum(x.contacts)::int, sum(x.overdue)::bigint,
                   sum(LEAST(x.paid, x.overdue))::bigint, sum(LEAST(x.brought, x.overdue))::bigint
              FROM {of.tables} WHERE {of.where} GROUP BY 1, 2 ORDER BY 1, 2 {limited(asked)}""",
        of.values | {"within": asked.within},
    )
    return [(*row[:3], asked.within, *row[3:], ratio(row[5], row[3])) for row in found]


CONTACTS = Report(
    "What contacts brought",
    "Of bills that were overdue when the `days` began which end with the day: how often their customers were contacted about "
    "them, what was paid, and what of it came within `within_days` days after a contact; `effectiveness` is the share that "
    "this is of what had been overdue.",
    {
        "group": TEXT,
        "currency": TEXT,
        "contacts": COUNT,
        "within_days": COUNT,
        "overdue": MONEY,
        "collected": MONEY,
        "collected_after_contact": MONEY,
        "effectiveness": RATIO,
    },
    read,
    days=30,
    within=True,
)
