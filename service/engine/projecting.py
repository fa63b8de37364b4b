"""Rows as the log says they must be: worked out from folded streams, compared with what stands there, written where told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import ARRAY, JSON, Text
from sqlalchemy.dialects import postgresql

from service.domain import due
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.payment import Payment
from service.engine.desk import Session
from service.engine.folding import Difference, Folded
from service.engine.save import PARKED_FOR, case_alarm, customer_alarm
from service.store import cases, customers, payments, tables
from service.store.database import Tx, columns

Values = dict[str, Any]

FAR = datetime.max.replace(tzinfo=UTC)
SKEW = timedelta(minutes=1)


class NotLater(Struct, frozen=True):
    """An alarm: it may ring early, which does no harm, but not after `bound`; `value` is what it would be set to now."""

    bound: datetime
    value: datetime | None


class Deviation(Struct, frozen=True):
    """A row that is not as the log says. `values` is the whole row as it must be, None when it must not be there;
    without a `table` the log itself is at fault, and nothing can be mended."""

    differences: list[Difference]
    customer: str | None = None
    table: str = ""
    id: str = ""
    values: Values | None = None


def _columns(table: str) -> list[str]:
    """All but what a task is worth, which follows from its bills' rows."""
    return [column.name for column in tables.metadata.tables[table].columns if column.name not in ("tenant", "value")]


TABLES = {table: _columns(table) for table in ("cases", "customers", "payments", "tasks", "approvals")}
"""The tables that rows are compared in, by id, column by column."""


def _select(table: str) -> str:
    columns = tables.metadata.tables[table].columns
    names = (f"{n}::text AS {n}" if isinstance(columns[n].type, JSON) else n for n in TABLES[table])
    return f"SELECT {', '.join(names)} FROM {table} WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])"


_SELECT = {table: _select(table) for table in TABLES}


def compare(
    tx: Tx, table: str, expected: Mapping[str, tuple[str | None, Values]], absent: Iterable[str] = ()
) -> Iterator[Deviation]:
    """What differs: `expected` rows by id with their customers, and ids that must not be there."""
    gone = set(absent)
    ids = [*expected, *gone]
    found = {row["id"]: row for row in tx.dicts(_SELECT[table], {"ids": ids})} if ids else {}
    for id, (customer, values) in expected.items():
        row = found.get(id)
        if row is None:
            what = Difference("missing", f"{table}/{id}", _shown(values.get("state", id)), None)
            yield Deviation([what], customer, table, id, values)
        elif differing := [name for name in TABLES[table] if _differs(values[name], row[name])]:
            shown = [
                Difference(_what(name), f"{table}/{id}.{name}", _shown(values[name]), _shown(row[name]))
                for name in differing
            ]
            yield Deviation(shown, customer, table, id, values)
    for id in gone & found.keys():
        what = Difference("extra", f"{table}/{id}", None, _shown(found[id].get("state", id)))
        yield Deviation([what], found[id].get("customer", id), table, id)


def _differs(expected: Any, found: Any) -> bool:
    if isinstance(expected, NotLater):
        return found is None or found > expected.bound
    if isinstance(expected, _Anything):
        return False
    return bool(expected != found)


def _what(column: str) -> str:
    if column in ("next_at", "own_at", "wake_at"):
        return "alarm"
    return "head" if column in ("version", "hash") else "state" if column == "state" else "column"


def _shown(value: Any) -> str | None:
    match value:
        case None:
            return None
        case NotLater():
            return value.bound.isoformat()
        case bytes():
            return value.hex()
        case list():
            return ", ".join(value)
        case _:
            return value.isoformat() if hasattr(value, "isoformat") else str(value)


class _Anything(Struct, frozen=True):
    """Not compared: no alarm is due, so that an early one does no harm."""


_NO_ALARM = _Anything()


def written(value: Any) -> Any:
    """An expected value as it is written."""
    if isinstance(value, NotLater):
        return value.value
    return None if isinstance(value, _Anything) else value


def _upsert(table: str) -> str:
    """Arrays of arrays must be even, so bills travel as one text: their ids hold no spaces."""
    types = {name: tables.metadata.tables[table].columns[name].type for name in TABLES[table]}
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    sent = {n: "text" if isinstance(t, ARRAY | JSON | Text) else t.compile(dialect) for n, t in types.items()}
    given = ", ".join(f"%({n})s::{sent[n]}[]" for n in types)
    taken = ", ".join(
        f"string_to_array(v.{n}, ' ')" if isinstance(t, ARRAY) else f"v.{n}::json" if isinstance(t, JSON) else f"v.{n}"
        for n, t in types.items()
    )
    listed = ", ".join(types)
    sets = ", ".join(f"{n} = EXCLUDED.{n}" for n in types if n != "id")
    return f"""INSERT INTO {table} (tenant, {listed}) SELECT %(tenant)s, {taken} FROM unnest({given}) AS v({listed})
               ON CONFLICT (tenant, id) DO UPDATE SET {sets}"""


_UPSERT = {table: _upsert(table) for table in TABLES}


def upsert(tx: Tx, table: str, rows: Sequence[Values]) -> None:
    """Whole rows, there or not."""
    values = [tuple(_sent(row[name]) for name in TABLES[table]) for row in rows]
    tx.run(_UPSERT[table], columns(values, TABLES[table]))


def _sent(value: Any) -> Any:
    value = written(value)
    return " ".join(value) if isinstance(value, list) else value


def case_row(session: Session, one: Folded, moving: bool) -> Values:
    """A case's row. While a sandbox's clock is `moving`, its alarms may be those of an instant still to be stored."""
    assert isinstance(one.state, Case)
    saved = cases.Saved(one.state, 0, one.head, None)
    return dict(zip(cases.COLUMNS, cases.row(saved), strict=True)) | {
        "next_at": _case_alarm(session, one.state, moving)
    }


def alarm_or_none(session: Session, case: Case) -> datetime | None:
    """A bill's alarm as it would be set now; none while its playbook is not as published."""
    try:
        return case_alarm(session, case)
    except (KeyError, ValueError):
        return None


def _case_alarm(session: Session, case: Case, moving: bool) -> NotLater | _Anything:
    try:
        one = due.due(case, session.scene.plan_of(case), session.scene.workdays, session.scene.law)
    except (KeyError, ValueError):  # its playbook is not as published, which is told where playbooks are compared
        return _NO_ALARM
    if one is None:
        return _NO_ALARM
    bound = FAR if moving else _latest(session, one.at, PARKED_FOR)
    return NotLater(bound, case_alarm(session, case))


def _latest(session: Session, at: datetime, parked: timedelta) -> datetime:
    """What was due already when the row was saved waits for the next window, or is parked."""
    soon = session.scene.now + SKEW
    return at if at > soon else max(at, soon + parked, session.scene.workdays.next_moment(soon))


def payment_row(one: Folded) -> Values:
    """A payment's row."""
    assert isinstance(one.state, Payment)
    return dict(zip(payments.COLUMNS, payments.row(payments.Saved(one.state, 0, one.head)), strict=True))


def customer_row(session: Session, one: Folded, earliest: datetime | None, moving: bool) -> Values:
    """A customer's row; `earliest` is the first of its cases' alarms."""
    assert isinstance(one.state, Customer)
    own: NotLater | _Anything = _NO_ALARM
    wakes = [] if earliest is None else [(earliest, earliest)]
    dues = list(due.customer_dues(one.state, session.scene.workdays))
    if dues:
        bound = FAR if moving else min(_latest(session, d.at, timedelta(0)) if d.windowed else d.at for d in dues)
        value = customer_alarm(session, one.state)
        assert value is not None
        own = NotLater(bound, value)
        wakes.append((bound, value))
    wake = NotLater(min(w for w, _ in wakes), min(v for _, v in wakes)) if wakes else _NO_ALARM
    saved = customers.Saved(one.state, 0, one.head, None)
    values = dict(zip(customers.COLUMNS, customers.row(saved), strict=True))
    del values["expected"]
    return values | {"own_at": own, "wake_at": wake}
