"""The week's report: what came in, what is owed and by whom, for how long, and what was done about it."""

from datetime import timedelta

from msgspec.structs import replace

from service.reports import ageing, disputes, dso, promises, sums, targets
from service.reports.asked import Asked
from service.reports.table import COUNT, MONEY, TEXT, Rows
from service.reports.told import told
from service.store.database import Tx

WORST = 20
"""Customers of the overdue list."""

_RECEIPTS = {"group": TEXT, "currency": TEXT, "collected": MONEY, "collected_the_week_before": MONEY}
_MEASURES = {"measure": TEXT, "count": COUNT}

SECTIONS: dict[str, dict[str, str]] = {
    "receipts": _RECEIPTS,
    "targets": targets.TARGETS.columns,
    "ageing": ageing.COLUMNS,
    "days": dso.DSO.columns,
    "overdue": ageing.COLUMNS,
    "promises": promises.PROMISES.columns,
    "expected": promises.EXPECTED_RECEIPTS.columns,
    "disputes": disputes.DISPUTES.columns,
    "measures": _MEASURES,
}
"""The report's tables with their columns."""


def read(tx: Tx, asked: Asked) -> dict[str, Rows]:
    """Of the seven days that end with the day, for the whole tenant; days and promises over the usual periods."""
    whole = replace(asked, group_by="currency", days=7)
    return {
        "receipts": _receipts(tx, whole),
        "targets": targets.read(tx, replace(whole, group_by="owner")),
        "ageing": ageing.read(tx, whole),
        "days": dso.read(tx, replace(whole, days=90)),
        "overdue": _worst(tx, whole),
        "promises": promises.read_kept(tx, whole),
        "expected": promises.read_expected(tx, whole),
        "disputes": disputes.read(tx, whole),
        "measures": _measures(tx, whole),
    }


def _receipts(tx: Tx, asked: Asked) -> Rows:
    this = {(one.group, one.currency): one.collected for one in sums.sums(tx, asked)}
    earlier = replace(asked, as_of=asked.as_of - timedelta(7))
    last = {(one.group, one.currency): one.collected for one in sums.sums(tx, earlier)}
    return [(*key, this.get(key, 0), last.get(key, 0)) for key in sorted(this.keys() | last.keys())]


def _worst(tx: Tx, asked: Asked) -> Rows:
    """The customers who owe most past its day, by currency."""
    rows = [row for row in ageing.read(tx, replace(asked, group_by="customer")) if row[3] > 0]
    rows.sort(key=lambda row: (row[1], -row[3], row[0]))
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        seen[row[1]] = seen.get(row[1], 0) + 1
        if seen[row[1]] <= WORST:
            found.append(row)
    return found


def _measures(tx: Tx, asked: Asked) -> Rows:
    """What was done, counted by the type of its event."""
    types = (
        "'contact.logged', 'promise.made', 'plan.agreed', 'dispute.opened', 'case.escalated', 'case.written_off', "
        "'case.handed_over', 'letter.issued', 'hold.applied', 'hold.released'"
    )
    return tx.rows(
        f"""SELECT e.type, count(*)::int FROM events e WHERE {told(asked, types)} AND e.day >= %(since)s
             GROUP BY 1 ORDER BY 1""",
        {"as_of": asked.as_of, "since": asked.since, "known_at": asked.known_at},
    )
