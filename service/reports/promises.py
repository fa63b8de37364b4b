"""Promises kept, and what promises, plans and drafts let expect."""

from service.reports.asked import GROUPS, Asked
from service.reports.sums import ratio
from service.reports.table import COUNT, MONEY, RATIO, TEXT, Report, Rows
from service.reports.told import bills, drafts, instalments, limited, promises
from service.store.database import Tx


def read_kept(tx: Tx, asked: Asked) -> Rows:
    """Those due in the period, as D1 judges them; what lost its object is left out."""
    of = bills(asked, promises(asked))
    rows = tx.rows(
        f"""SELECT {of.key}, k.currency, {_counted("kept")}, {_counted("broken")}, {_counted("open")}
              FROM {of.tables} WHERE {of.where} AND x.state <> 'cancelled' AND x.due_on BETWEEN %(since)s AND %(as_of)s
             GROUP BY 1, 2 ORDER BY 1, 2 {limited(asked)}""",
        of.values,
    )
    found = []
    for key, currency, kept, kept_amount, broken, broken_amount, waiting, waiting_amount in rows:
        shares = ratio(kept, kept + broken), ratio(kept_amount, kept_amount + broken_amount)
        found.append((key, currency, kept, kept_amount, broken, broken_amount, waiting, waiting_amount, *shares))
    return found


def _counted(state: str) -> str:
    of = f"FILTER (WHERE x.state = '{state}')"
    return f"count(*) {of}, COALESCE(sum(x.amount) {of}, 0)::bigint"


PROMISES = Report(
    "Promises kept",
    "Promises due in the `days` that end with the day, by their state: kept, broken (in part too), or still to be judged "
    "(`waiting`). `kept_ratio` and `kept_amount_ratio` are shares of those that have been judged. A promise whose bill closed "
    "otherwise is left out.",
    {
        "group": TEXT,
        "currency": TEXT,
        "kept": COUNT,
        "kept_amount": MONEY,
        "broken": COUNT,
        "broken_amount": MONEY,
        "waiting": COUNT,
        "waiting_amount": MONEY,
        "kept_ratio": RATIO,
        "kept_amount_ratio": RATIO,
    },
    read_kept,
    days=90,
)

_WHEN = {
    "late": "x.due_on < %(as_of)s",
    "days_0_7": "x.due_on BETWEEN %(as_of)s AND %(as_of)s::date + 7",
    "days_8_30": "x.due_on BETWEEN %(as_of)s::date + 8 AND %(as_of)s::date + 30",
    "later": "x.due_on > %(as_of)s::date + 30",
}
_WHAT = {"promised": promises, "planned": instalments, "maturing": drafts}


def read_expected(tx: Tx, asked: Asked) -> Rows:
    """What is expected, by kind and by when."""
    kinds = [
        f"SELECT '{kind}' AS kind, y.case_id, y.amount, y.due_on FROM ({rows(asked)}) AS y"
        + (" WHERE y.state = 'open'" if kind == "promised" else "")
        for kind, rows in _WHAT.items()
    ]
    of = bills(asked, " UNION ALL ".join(kinds))
    parts = [f"x.kind = '{kind}'" for kind in _WHAT] + list(_WHEN.values())
    sums = ", ".join(f"COALESCE(sum(x.amount) FILTER (WHERE {part}), 0)::bigint" for part in parts)
    return tx.rows(
        f"""SELECT {of.key}, k.currency, sum(x.amount)::bigint, {sums} FROM {of.tables} WHERE {of.where}
             GROUP BY 1, 2 ORDER BY 1, 2 {limited(asked)}""",
        of.values,
    )


EXPECTED_RECEIPTS = Report(
    "Expected receipts",
    "What open promises, instalments of standing plans and drafts that have not matured let expect as of the day, by kind and "
    "by when it is due. `group_by=day` gives a row for each due day.",
    {"group": TEXT, "currency": TEXT, "expected": MONEY, **dict.fromkeys((*_WHAT, *_WHEN), MONEY)},
    read_expected,
    groups=(*GROUPS, "day"),
)
