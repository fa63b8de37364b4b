"""Days sales outstanding: for how many days' sales customers still owe, by three definitions, and what lateness adds."""

from datetime import date, timedelta

from service.reports.asked import Asked
from service.reports.sums import monthly_sales, sums
from service.reports.table import COUNT, MONEY, NUMBER, TEXT, Report, Rows
from service.store.database import Tx

MONTHS_AT_MOST = 240


def read(tx: Tx, asked: Asked) -> Rows:
    """Undefined without sales in the period."""
    found = sums(tx, asked)
    months = monthly_sales(tx, asked, sorted({one.group for one in found}))
    rows = []
    for one in found:
        simple, best = _days(one.open, one.sales, asked.days), _days(one.current, one.sales, asked.days)
        late = None if simple is None or best is None else round(simple - best, 2)
        counted = countback(one.open, months.get((one.group, one.currency), {}), asked.as_of)
        row = (one.group, one.currency, asked.days, one.open, one.current, one.sales, simple, counted, best, late)
        rows.append(row)
    return rows


def _days(amount: int, sales: int, days: int) -> float | None:
    return round(amount * days / sales, 2) if sales > 0 else None


def countback(open_amount: int, sales: dict[date, int], as_of: date) -> float | None:
    """Months' sales, the newest first, are taken off what is open: the days of whole months, and of the last as great a share
    as is left. None when more is open than was ever sold."""
    left, days, last = open_amount, 0.0, as_of
    for _ in range(MONTHS_AT_MOST):
        if left <= 0:
            return round(days, 2)
        first = last.replace(day=1)
        sold, length = sales.get(first, 0), (last - first).days + 1
        if sold >= left:
            return round(days + length * left / sold, 2)
        left, days, last = left - sold, days + length, first - timedelta(1)
    return None


DSO = Report(
    "Days sales outstanding",
    "Over the `days` that end with the day: `dso` = open / sales × days; `dso_best_possible` = what is not yet due / sales × "
    "days; `average_days_delinquent` is their difference. `dso_countback` takes calendar months' sales, newest first, off "
    "what is open and adds up the days of whole months and the share of the last. Sales are bills issued net of credit "
    "notes; without any the figures are null.",
    {
        "group": TEXT,
        "currency": TEXT,
        "days": COUNT,
        "open": MONEY,
        "current": MONEY,
        "sales": MONEY,
        "dso": NUMBER,
        "dso_countback": NUMBER,
        "dso_best_possible": NUMBER,
        "average_days_delinquent": NUMBER,
    },
    read,
    days=90,
)
