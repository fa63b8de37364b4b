"""The week's report: what came in, what is owed and by whom, for how long, and what was done about it."""

from datetime import timedelta

from msgspec.structs import replace

from service.domain.case import LEVELS
from service.reports import ageing, chased, disputes, dso, promises, sums, targets
from service.reports.asked import Asked
from service.reports.table import COUNT, MONEY, TEXT, Rows
from service.reports.told import told
from service.store.database import Tx

_RECEIPTS = {"group": TEXT, "currency": TEXT, "collected": MONEY, "collected_the_week_before": MONEY}

SECTIONS: dict[str, dict[str, str]] = {
    "receipts": _RECEIPTS,
    "targets": targets.TARGETS.columns,
    "ageing": ageing.COLUMNS,
    "ageing_change": ageing.COLUMNS,
    "days": dso.DSO.columns,
    "overdue": chased.COLUMNS,
    "promises": promises.PROMISES.columns,
    "expected": promises.EXPECTED_RECEIPTS.columns,
    "disputes": disputes.DISPUTES.columns,
    "escalations": {"level": TEXT, "bills": COUNT, "customers": COUNT},
    "holds": {"held": COUNT, "applied": COUNT, "released": COUNT},
    "measures": {"measure": TEXT, "count": COUNT},
}
"""The report's tables with their columns."""


def read(tx: Tx, asked: Asked) -> dict[str, Rows]:
    """Of the seven days that end with the day, for the whole tenant; days' sales outstanding over the usual ninety."""
    whole = replace(asked, group_by="currency", days=7)
    aged, measures = ageing.read(tx, whole), _measures(tx, whole)
    return {
        "receipts": _receipts(tx, whole),
        "targets": targets.read(tx, replace(whole, group_by="owner")),
        "ageing": aged,
        "ageing_change": _change(aged, ageing.read(tx, _week_before(whole))),
        "days": dso.read(tx, replace(whole, days=90)),
        "overdue": chased.read(tx, whole),
        "promises": promises.read_kept(tx, whole),
        "expected": promises.read_expected(tx, whole),
        "disputes": disputes.read(tx, whole),
        "escalations": _escalations(tx, whole),
        "holds": [_holds(tx, whole, measures)],
        "measures": list(measures.items()),
    }


def _week_before(asked: Asked) -> Asked:
    return replace(asked, as_of=asked.as_of - timedelta(7))


def _receipts(tx: Tx, asked: Asked) -> Rows:
    this = {(one.group, one.currency): one.collected for one in sums.sums(tx, asked)}
    last = {(one.group, one.currency): one.collected for one in sums.sums(tx, _week_before(asked))}
    return [(*key, this.get(key, 0), last.get(key, 0)) for key in sorted(this.keys() | last.keys())]


def _change(this: Rows, last: Rows) -> Rows:
    """By how much each amount has grown, or fallen, since the week before."""
    now, before = ({(row[0], row[1]): row[2:] for row in rows} for rows in (this, last))
    nothing = (0,) * (len(ageing.COLUMNS) - 2)
    return [
        (*key, *(a - b for a, b in zip(now.get(key, nothing), before.get(key, nothing), strict=True)))
        for key in sorted(now.keys() | before.keys())
    ]


def _escalations(tx: Tx, asked: Asked) -> Rows:
    """How many bills of how many customers rose to each level, the lowest first."""
    rows = tx.rows(
        f"""SELECT e.data->>'level', count(DISTINCT e.stream)::int, count(DISTINCT e.customer)::int FROM events e
             WHERE {told(asked, "'case.escalated'")} AND e.day >= %(since)s GROUP BY 1""",
        {"as_of": asked.as_of, "since": asked.since, "known_at": asked.known_at},
    )
    return sorted(rows, key=lambda row: LEVELS.index(row[0]))


def _holds(tx: Tx, asked: Asked, measures: dict[str, int]) -> tuple[int, int, int]:
    """How many customers get no deliveries as of the day; how often that began and ended in the week."""
    return len(chased.held(tx, asked)), measures.get("hold.applied", 0), measures.get("hold.released", 0)


def _measures(tx: Tx, asked: Asked) -> dict[str, int]:
    """What was done, counted by the type of its event."""
    types = (
        "'contact.logged', 'promise.made', 'plan.agreed', 'dispute.opened', 'case.escalated', 'case.written_off', "
        "'case.handed_over', 'letter.issued', 'hold.applied', 'hold.released'"
    )
    rows = tx.rows(
        f"""SELECT e.type, count(*)::int FROM events e WHERE {told(asked, types)} AND e.day >= %(since)s
             GROUP BY 1 ORDER BY 1""",
        {"as_of": asked.as_of, "since": asked.since, "known_at": asked.known_at},
    )
    return dict(rows)
