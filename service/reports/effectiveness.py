"""How well receivables come in over a period: what was collected of what could have been, how late, and what was lost."""

from service.reports.asked import Asked, source
from service.reports.sums import Sums, ratio, sums
from service.reports.table import MONEY, NUMBER, RATIO, TEXT, Report, Rows
from service.reports.told import bills, disputes
from service.store.database import Tx

_CLOSED = """
SELECT key, currency, sum(billed * GREATEST(closed_on - due_on, 0)) / sum(billed)
  FROM (SELECT {key} AS key, m.currency, sum(m.amount) FILTER (WHERE m.kind IN ('billed', 'credited')) AS billed,
               max(m.day) FILTER (WHERE m.kind <> 'due') AS closed_on,
               (array_agg(m.due_on ORDER BY m.day DESC, m.version DESC, m.part DESC) FILTER (WHERE m.kind <> 'due'))[1]
                 AS due_on
          FROM {tables} WHERE {where} AND {key} = ANY(%(groups)s::text[]) GROUP BY 1, m.currency, m.customer, m.case_id
        HAVING sum(m.amount) = 0 AND COALESCE(sum(m.amount) FILTER (WHERE m.kind = 'lost'), 0) = 0
           AND sum(m.amount) FILTER (WHERE m.kind IN ('billed', 'credited')) > 0) AS closed
 WHERE closed_on >= %(since)s AND due_on IS NOT NULL GROUP BY 1, 2
"""


def read(tx: Tx, asked: Asked) -> Rows:
    """Figures whose denominator is nothing are undefined."""
    found = sums(tx, asked)
    groups = sorted({one.group for one in found})
    late, contested = days_late(tx, asked, groups), disputed(tx, asked, groups)
    rows = []
    for one in found:
        overdue = (one.overdue, one.late_30, one.late_60, one.late_90)
        standing, *parts = contested.get((one.group, one.currency), (0, 0, 0, 0, 0))
        row = (
            *(one.group, one.currency, one.opening, one.sales, one.collected, one.written_off, one.open, one.overdue),
            standing,
            cei(one),
            late.get((one.group, one.currency)),
            *(ratio(amount, one.open) for amount in overdue),
            *(ratio(amount - part, one.open - standing) for amount, part in zip(overdue, parts, strict=True)),
            ratio(one.written_off, one.sales),
        )
        rows.append(row)
    return rows


def cei(one: Sums) -> float | None:
    """Of what was open or sold and had fallen due, the percentage that came in."""
    could = one.opening + one.sales - one.current
    return round(100 * (one.opening + one.sales - one.open) / could, 2) if could > 0 else None


def days_late(tx: Tx, asked: Asked, groups: list[str]) -> dict[tuple[str, str], float]:
    """By group and currency, of bills that closed in the period, weighted by their amounts."""
    of = source(asked)
    sql = _CLOSED.format(key=of.key, tables=of.tables, where=of.where)
    rows = tx.rows(sql, of.values | {"since": asked.since, "groups": groups})
    return {(group, currency): round(float(days), 2) for group, currency, days in rows}


_LATE = ("true", *(f"x.due_on < %(as_of)s::date - {days}" for days in (0, 30, 60, 90)))


def disputed(tx: Tx, asked: Asked, groups: list[str]) -> dict[tuple[str, str], tuple[int, ...]]:
    """By group and currency what is contested as of the day, of each bill no more than is open: in all, and of that what is
    past due and more than 30, 60 and 90 days past it."""
    known = "AND m.recorded_at <= %(known_at)s" if asked.known_at is not None else ""
    rows = f"""
        SELECT d.case_id, o.due_on, LEAST(d.amount, o.open) AS amount
          FROM (SELECT y.case_id, sum(y.amount) AS amount FROM ({disputes(asked)}) AS y WHERE y.solved_on IS NULL GROUP BY 1)
            AS d CROSS JOIN LATERAL (
              SELECT m.due_on, sum(m.amount) AS open FROM cases c
                JOIN movements m ON m.tenant = c.tenant AND m.customer = c.customer AND m.case_id = c.id
               WHERE c.tenant = %(tenant)s AND c.id = d.case_id AND m.day <= %(as_of)s {known}
               GROUP BY 1 HAVING sum(m.amount) > 0) AS o"""
    of = bills(asked, rows)
    sums = ", ".join(f"COALESCE(sum(x.amount) FILTER (WHERE {late}), 0)::bigint" for late in _LATE)
    found = tx.rows(
        f"""SELECT {of.key}, k.currency, {sums} FROM {of.tables}
             WHERE {of.where} AND {of.key} = ANY(%(groups)s::text[]) GROUP BY 1, 2""",
        of.values | {"groups": groups},
    )
    return {(group, currency): tuple(amounts) for group, currency, *amounts in found}


EFFECTIVENESS = Report(
    "Collection effectiveness",
    "Over the `days` that end with the day. `cei` = (opening + sales − open) / (opening + sales − not yet due) × 100. "
    "`weighted_average_days_late` = Σ(amount × days late) / Σ amount of the bills that closed, an early one being 0 days "
    "late; what was voided or written off is left out. `overdue_ratio` and those of more than 30, 60 and 90 days are "
    "shares of what is open; `…_undisputed` are the same of what nobody contests, of what is open less `disputed`: the "
    "amounts of open disputes, of each bill no more than is open. `bad_debt_ratio` = written off net of recoveries / "
    "sales. Sales are net of credit notes; a figure whose denominator is not above nothing is null.",
    {
        "group": TEXT,
        "currency": TEXT,
        "opening": MONEY,
        "sales": MONEY,
        "collected": MONEY,
        "written_off": MONEY,
        "open": MONEY,
        "overdue": MONEY,
        "disputed": MONEY,
        "cei": NUMBER,
        "weighted_average_days_late": NUMBER,
        "overdue_ratio": RATIO,
        "over_30_ratio": RATIO,
        "over_60_ratio": RATIO,
        "over_90_ratio": RATIO,
        "overdue_ratio_undisputed": RATIO,
        "over_30_ratio_undisputed": RATIO,
        "over_60_ratio_undisputed": RATIO,
        "over_90_ratio_undisputed": RATIO,
        "bad_debt_ratio": RATIO,
    },
    read,
    days=90,
)
