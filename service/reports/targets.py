"""Collected against the month's target, by whoever owns the bills that were paid."""

from service.reports.asked import Asked, source
from service.reports.sums import ratio
from service.reports.table import DAY, MONEY, RATIO, TEXT, Report, Rows
from service.store import targets
from service.store.database import Tx


def read(tx: Tx, asked: Asked) -> Rows:
    """Of the calendar month of the day, up to that day; of everybody who has a target or whose bills were paid."""
    first = asked.as_of.replace(day=1)
    of = source(asked)
    collected: dict[tuple[str, str], int] = {
        (group, currency): amount
        for group, currency, amount in tx.rows(
            f"""SELECT {of.key}, m.currency, -sum(m.amount)::bigint FROM {of.tables}
                 WHERE {of.where} AND m.kind = 'paid' AND m.day >= %(first)s GROUP BY 1, 2""",
            of.values | {"first": first},
        )
    }
    wanted: dict[tuple[str, str], int] = {}
    found = targets.of_month(tx, f"{first:%Y-%m}", asked.own, asked.as_of, asked.known_at)
    for (collector, currency), amount in found.items():
        key = collector if asked.group_by == "owner" else currency, currency
        if asked.after is None or key > asked.after:
            wanted[key] = wanted.get(key, 0) + amount
    keys = sorted(collected.keys() | wanted.keys())[: asked.limit]
    return [
        (*key, first, wanted.get(key), (came := collected.get(key, 0)), ratio(came, wanted.get(key, 0))) for key in keys
    ]


TARGETS = Report(
    "Collected against targets",
    "Of the calendar month of the day, up to that day: what was paid on the bills that each collector owns now, and its share "
    "of the target set for the month. `group_by=currency` adds all collectors up.",
    {"group": TEXT, "currency": TEXT, "month": DAY, "target": MONEY, "collected": MONEY, "share_of_target": RATIO},
    read,
    groups=("owner", "currency"),
)
