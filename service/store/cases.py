"""Cases as they are: the projection of their streams, and the streams' heads."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from service.domain.case import Case
from service.domain.habits import HabitRules, late_confirmed_from, settled_on
from service.store import codec
from service.store.database import Row, Tx, columns

Head = bytes
"""The hash of a stream's last event."""

COLUMNS = (
    "id customer version state hash stage level owner currency amount open_amount reference_key period issued_on "
    "confirmed_on late_confirmed_from due_on settled_on paused closed_as next_at"
).split()
_TYPES = (
    "text text int text bytea text text text text bigint bigint text text date date date date date text text timestamptz"
).split()
_LIST = ", ".join(COLUMNS)
_UNNEST = ", ".join(f"%({name})s::{type}[]" for name, type in zip(COLUMNS, _TYPES, strict=True))
_CAST = ", ".join("v.state::json" if name == "state" else f"v.{name}" for name in COLUMNS)
_SET = ", ".join(
    f"{name} = v.{name}{'::json' if name == 'state' else ''}" for name in COLUMNS if name not in ("id", "customer")
)

_INSERT = f"""
INSERT INTO cases (tenant, {_LIST}) SELECT %(tenant)s, {_CAST} FROM unnest({_UNNEST}) AS v({_LIST})
ON CONFLICT DO NOTHING
"""
_UPDATE = f"""
UPDATE cases c SET {_SET} FROM unnest({_UNNEST}, %(expected)s::int[]) AS v({_LIST}, expected)
 WHERE c.tenant = %(tenant)s AND c.id = v.id AND c.version = v.expected
"""

AT_ONCE = 5_000
"""Bills that one statement reads by their ids."""



class Loaded(Struct, frozen=True):
    """A state and its stream's head."""

    state: Case
    head: Head


class Saved(Struct, frozen=True):
    """A state to save, the version it grew from, its head, and when the clock is to look at it again."""

    state: Case
    expected: int
    head: Head
    next_at: datetime | None


def fold_key(text: str | None) -> str | None:
    """What prefixes are looked for in: case and width do not matter."""
    import unicodedata

    return unicodedata.normalize("NFKC", text).casefold().strip() if text else None


def row(one: Saved) -> Row:
    """What stands in its columns."""
    case = one.state
    return (
        case.id,
        case.customer,
        case.version,
        codec.encode_state(case),
        one.head,
        case.stage,
        case.level,
        case.owner,
        case.currency,
        case.amount,
        case.open,
        fold_key(case.reference),
        case.period,
        case.issued_on,
        case.confirmed_on,
        late_confirmed_from(case),
        case.due_on,
        settled_on(case),
        case.pause.reason if case.pause else None,
        case.closed_as,
        one.next_at,
    )


def save(tx: Tx, changed: Sequence[Saved]) -> None:
    """Inserts the new ones, updates those whose version is still the expected one. Raises Missed when one was not."""
    new = [row(one) for one in changed if one.expected == 0]
    old = [(*row(one), one.expected) for one in changed if one.expected > 0]
    if new:
        tx.write(_INSERT, columns(new, COLUMNS), rows=len(new))
    if old:
        tx.write(_UPDATE, columns(old, [*COLUMNS, "expected"]), rows=len(old))


def _loaded(rows: Iterable[Row]) -> dict[str, Loaded]:
    return {id: Loaded(codec.state(Case, state), head) for id, state, head in rows}


def load(tx: Tx, ids: Sequence[str]) -> dict[str, Loaded]:
    """The cases of those ids that exist; of very many some at a time, or there would be all as text beside all as states."""
    found: dict[str, Loaded] = {}
    sql = "SELECT id, state::text, hash FROM cases WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])"
    for start in range(0, len(ids), AT_ONCE):
        found |= _loaded(tx.rows(sql, {"ids": list(ids[start : start + AT_ONCE])}))
    return found


def customers_of(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """Whose bills these are; a bill never changes customer, so no lock is needed."""
    if not ids:
        return {}
    rows = tx.rows(
        "SELECT id, customer FROM cases WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])", {"ids": list(ids)}
    )
    return dict(rows)


def _owed(*wanted: str) -> str:
    parts = (
        f"""(SELECT id, state, hash FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id AND {one}
              ORDER BY due_on, issued_on, id LIMIT %(limit)s)"""
        for one in wanted
    )
    return f"""SELECT o.id, o.state::text, o.hash FROM unnest(%(customers)s::text[]) AS c(id)
               CROSS JOIN LATERAL ({" UNION ALL ".join(parts)}) AS o"""


_OPEN, _LOST = "k.stage <> 'closed'", "k.closed_as = 'written_off'"
_OWED = {False: _owed(_OPEN), True: _owed(_OPEN, _LOST)}


def load_owed(tx: Tx, customers: Sequence[str], limit: int, lost: bool = False) -> dict[str, Loaded]:
    """Each customer's open bills, oldest due first, at most `limit` a customer: where money may go (D7). With what was
    `lost`, as many that were written off and have not been recovered (J2).
    """
    if not customers:
        return {}
    return _loaded(tx.rows(_OWED[lost], {"customers": list(customers), "limit": limit}))


def overdue(tx: Tx, customer: str, today: date, limit: int) -> list[Case]:
    """The customer's open bills whose due date has passed, oldest due first, at most `limit`; unlocked."""
    rows = tx.rows(
        """SELECT state::text FROM cases WHERE tenant = %(tenant)s AND customer = %(customer)s AND stage <> 'closed'
              AND due_on < %(today)s ORDER BY due_on, id LIMIT %(limit)s""",
        {"customer": customer, "today": today, "limit": limit},
    )
    return [codec.state(Case, state) for (state,) in rows]


def load_rung(tx: Tx, customers: Sequence[str], now: datetime, limit: int) -> dict[str, Loaded]:
    """The bills of these customers whose alarm has rung, at most `limit` in all: those of customers with few of them first,
    so that one with very many holds up nobody."""
    if not customers:
        return {}
    return _loaded(
        tx.rows(
            """WITH c AS MATERIALIZED (
                 SELECT u.id, n.rung FROM unnest(%(customers)s::text[]) AS u(id) CROSS JOIN LATERAL (
                   SELECT count(*) AS rung FROM (
                     SELECT FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = u.id AND k.next_at <= %(now)s
                      LIMIT %(limit)s) AS k) AS n
                  ORDER BY n.rung, u.id)
               SELECT o.id, o.state::text, o.hash FROM c CROSS JOIN LATERAL (
                 SELECT id, state, hash FROM cases k
                  WHERE k.tenant = %(tenant)s AND k.customer = c.id AND k.next_at <= %(now)s
                  ORDER BY next_at LIMIT %(limit)s) AS o LIMIT %(limit)s""",
            {"customers": list(customers), "now": now, "limit": limit},
        )
    )


def load_held(tx: Tx, customers: Sequence[str], limit: int) -> dict[str, Loaded]:
    """The open bills that stand behind a hold (B10)."""
    if not customers:
        return {}
    return _loaded(
        tx.rows(
            """SELECT id, state::text, hash FROM cases WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[])
                AND stage <> 'closed' AND level IN ('hold', 'formal', 'legal') LIMIT %(limit)s""",
            {"customers": list(customers), "limit": limit},
        )
    )


def load_owned(tx: Tx, owned: Sequence[tuple[str, str]], limit: int) -> dict[str, Loaded]:
    """By (customer, owner) the customer's open bills that are that owner's, at most `limit` a customer."""
    if not owned:
        return {}
    return _loaded(
        tx.rows(
            """SELECT o.id, o.state::text, o.hash FROM unnest(%(customers)s::text[], %(owners)s::text[]) AS c(id, owner)
                 CROSS JOIN LATERAL (SELECT id, state, hash FROM cases k
                   WHERE k.tenant = %(tenant)s AND k.customer = c.id AND k.owner = c.owner AND k.stage <> 'closed'
                   LIMIT %(limit)s) AS o""",
            {"customers": [customer for customer, _ in owned], "owners": [owner for _, owner in owned], "limit": limit},
        )
    )


def load_sharing(tx: Tx, customers: Sequence[str], plans: Sequence[str], limit: int) -> dict[str, Loaded]:
    """The open bills of those plans: they fall with one another (D3)."""
    if not plans:
        return {}
    return _loaded(
        tx.rows(
            """SELECT id, state::text, hash FROM cases WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[])
                AND stage <> 'closed' AND state #>> '{plan,id}' = ANY(%(plans)s::text[]) LIMIT %(limit)s""",
            {"customers": list(customers), "plans": list(plans), "limit": limit},
        )
    )


def habits(tx: Tx, cases: Sequence[Case], today: date, rules: HabitRules) -> dict[str, frozenset[str]]:
    """Per bill, what its customer's last bills with an earlier S show: `confirms_late`, `pays_late`.

    Judged today: a bill counts when it is confirmed (settled) or already late.
    """
    asked = [case for case in cases if case.start]
    if not asked:
        return {}
    rows = tx.rows(
        """SELECT a.id, h.kind, h.one, h.two FROM unnest(%(ids)s::text[], %(customers)s::text[], %(starts)s::date[])
             AS a(id, customer, start) CROSS JOIN LATERAL (
               (SELECT 'confirms_late' AS kind, late_confirmed_from AS one, confirmed_on AS two FROM cases k
                 WHERE k.tenant = %(tenant)s AND k.customer = a.customer AND k.issued_on < a.start
                   AND (k.confirmed_on IS NOT NULL OR (k.late_confirmed_from <= %(today)s
                        AND k.closed_as IS DISTINCT FROM 'voided'
                        AND (k.settled_on IS NULL OR k.settled_on >= k.late_confirmed_from)))
                 ORDER BY k.issued_on DESC, k.id DESC LIMIT %(bills)s)
               UNION ALL
               (SELECT 'pays_late', due_on, settled_on FROM cases k
                 WHERE k.tenant = %(tenant)s AND k.customer = a.customer AND k.issued_on < a.start
                   AND (k.settled_on IS NOT NULL OR (k.due_on < %(long_ago)s
                        AND (k.closed_as IS NULL OR k.closed_as = 'written_off')))
                 ORDER BY k.issued_on DESC, k.id DESC LIMIT %(bills)s)) AS h""",
        {
            "ids": [case.id for case in asked],
            "customers": [case.customer for case in asked],
            "starts": [case.start for case in asked],
            "today": today,
            "long_ago": today - timedelta(rules.days),
            "bills": rules.bills,
        },
    )
    late: dict[tuple[str, str], int] = {}
    for id, kind, limit_day, done_on in rows:
        if kind == "confirms_late":
            is_late = limit_day is not None and (done_on is None or done_on >= limit_day)
        else:
            is_late = limit_day is not None and (done_on is None or (done_on - rules.in_time(limit_day)).days > rules.days)
        late[id, kind] = late.get((id, kind), 0) + is_late
    found: dict[str, set[str]] = {}
    for (id, kind), count in late.items():
        if count >= rules.late:
            found.setdefault(id, set()).add(kind)
    return {id: frozenset(kinds) for id, kinds in found.items()}
