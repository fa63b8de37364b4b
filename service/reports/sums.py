"""The sums that most definitions are made of: what was open when a period began and ended, and what happened in it."""

from datetime import date
from typing import NamedTuple

from service.reports.asked import Asked, source
from service.store.database import Tx


class Sums(NamedTuple):
    """One group in one currency, in minor units. `opening` is what was open when the period began; `late_30` and on what is
    open and more than so many days past due. `sales` are net of credit notes, `written_off` of what came back."""

    group: str
    currency: str
    opening: int
    open: int
    current: int
    late_30: int
    late_60: int
    late_90: int
    sales: int
    collected: int
    written_off: int

    @property
    def overdue(self) -> int:
        """What is open past its due date."""
        return self.open - self.current


_PERIOD = "m.day >= %(since)s"
_LATE = "m.due_on < %(as_of)s::date - "
_SUMS = (
    ("", "m.day < %(since)s"),
    ("", "true"),
    ("", "m.due_on IS NULL OR m.due_on >= %(as_of)s"),
    *(("", f"{_LATE}{days}") for days in (30, 60, 90)),
    ("", f"{_PERIOD} AND m.kind IN ('billed', 'credited')"),
    ("-", f"{_PERIOD} AND m.kind = 'paid'"),
    ("-", f"{_PERIOD} AND m.kind = 'lost'"),
)


def sums(tx: Tx, asked: Asked) -> list[Sums]:
    """Of every group that owes something at either end of the period, or of which anything happened in it."""
    of = source(asked)
    found = ", ".join(f"COALESCE({sign}sum(m.amount) FILTER (WHERE {one}), 0)::bigint" for sign, one in _SUMS)
    limit = "LIMIT %(limit)s" if asked.limit is not None else ""
    rows = tx.rows(
        f"""SELECT {of.key}, m.currency, {found} FROM {of.tables} WHERE {of.where} GROUP BY 1, m.currency
            HAVING sum(m.amount) <> 0 OR bool_or({_PERIOD}) ORDER BY 1, 2 {limit}""",
        of.values | {"since": asked.since, "limit": asked.limit},
    )
    return [Sums(*row) for row in rows]


Months = dict[tuple[str, str], dict[date, int]]


def monthly_sales(tx: Tx, asked: Asked, groups: list[str]) -> Months:
    """Sales net of credit notes by group and currency, then by the first day of their calendar month."""
    of = source(asked)
    found: Months = {}
    for group, currency, month, amount in tx.rows(
        f"""SELECT {of.key}, m.currency, date_trunc('month', m.day)::date, sum(m.amount)::bigint FROM {of.tables}
             WHERE {of.where} AND m.kind IN ('billed', 'credited') AND {of.key} = ANY(%(groups)s::text[])
             GROUP BY 1, 2, 3""",
        of.values | {"groups": groups},
    ):
        found.setdefault((group, currency), {})[month] = amount
    return found


def ratio(part: int, whole: int) -> float | None:
    """A share of one to four decimals; None of nothing."""
    return round(part / whole, 4) if whole > 0 else None
