"""A tenant's empty tables filled from its log: one pass in the order of the streams, each part read and folded while the one
before is being written.

Only rows that lack are written, so that nobody's work is undone; bills come before their customers, whose alarm is the
earliest of theirs.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from msgspec import Struct

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.payment import Payment
from service.engine.desk import Desk, Session
from service.engine.folding import COLUMNS, Folded, fold, fold_one
from service.engine.projecting import Deviation, alarm_or_none
from service.engine.save import bills_named_by, customer_alarm
from service.engine.verify import Checked, Place
from service.store import arrears, cases, customers, log, movements, payments, worklist, worth
from service.store.database import Row, Tx
from service.store.workfold import Entry

PART = 8_000
"""Events read at once; a stream is never split."""

_EMPTY = "SELECT " + " AND ".join(
    f"NOT EXISTS (SELECT FROM {table} WHERE tenant = %(tenant)s)"
    for table in ("cases", "payments", "tasks", "approvals", "mentions", "movements", "arrears", "customers")
).replace("approvals WHERE tenant = %(tenant)s", "approvals WHERE tenant = %(tenant)s AND customer <> ''")
"""Requests about the company itself are mended with its own stream, before."""

_READ = f"""
SELECT {COLUMNS} FROM events WHERE tenant = %(tenant)s AND stream > %(after)s AND stream <> 'tenant'
 ORDER BY stream, version LIMIT %(limit)s
"""
"""The tenant's own stream was looked at before."""


class Changed(Exception):
    """The tenant's settings are no longer those by which the alarms of a part were worked out."""


class _Part(Struct):
    """What a part of the log comes to, by the settings of that version."""

    checked: Checked
    version: int
    cases: list[cases.Saved]
    payments: list[payments.Saved]
    customers: list[customers.Saved]
    mentions: list[Row]
    movements: list[Row]
    work: list[Entry]


def is_empty(tx: Tx) -> bool:
    """Whether nothing of the tenant's log has been projected."""
    ((empty,),) = tx.rows(_EMPTY)
    return bool(empty)


def fill(desk: Desk, place: Place) -> Iterator[Checked]:
    """From that place to the log's end; each part's place is where to go on after it."""
    with ThreadPoolExecutor(1, thread_name_prefix="fill") as hand:
        written: Future[Checked] | None = None
        while place.stage == "fill":
            part = _part(desk, place)
            if written is not None:
                yield written.result()
            written = hand.submit(_write, desk, place, part)
            place = part.checked.place
        if written is not None:
            yield written.result()


def _write(desk: Desk, place: Place, part: _Part) -> Checked:
    while True:
        try:
            return _written(desk, part)
        except Changed:
            part = _part(desk, place)


def _part(desk: Desk, place: Place) -> _Part:
    """Read and folded."""
    with desk.open(place.tenant) as session:
        rows = session.tx.rows(_READ, {"after": place.after, "limit": PART})
        whole = len(rows) < PART
        if not whole:  # the last stream may go on
            first, last = rows[0][0], rows[-1][0]
            rows = [row for row in rows if row[0] != last]
            streams = _folded(session, rows) if rows else list(fold(session.tx, [first], lambda _: None))
        else:
            streams = _folded(session, rows)
        after = place._replace(stage="done") if whole else place._replace(after=streams[-1].stream)
        return _rows_of(session, Checked(after), streams)


def _folded(session: Session, rows: Sequence[Row]) -> list[Folded]:
    return [fold_one(session.tx.tenant, stream, its) for stream, its in groupby(rows, key=itemgetter(0))]


def _rows_of(session: Session, checked: Checked, streams: Sequence[Folded]) -> _Part:
    part = _Part(checked, session.tenancy.tenant.version, [], [], [], [], [], [])
    for one in streams:
        checked.folded(one.events)
        checked.note([Deviation(one.faults, one.customer)] if one.faults else [])
        match one.state:
            case Case():
                part.cases.append(cases.Saved(one.state, 0, one.head, alarm_or_none(session, one.state)))
                part.movements += one.moved
                checked.checked += 1
            case Payment():
                part.payments.append(payments.Saved(one.state, 0, one.head))
            case Customer():
                at = customer_alarm(session, one.state)
                part.customers.append(customers.Saved(one.state, 0, one.head, at))
            case _:
                continue
        for told in one.told:
            if one.kind != "case":
                part.mentions += [(case, one.stream, told.version) for case in sorted(bills_named_by(told.event))]
            part.work.append(Entry(one.customer, told.version, told.event, told.occurred_at))
    return part


def _written(desk: Desk, part: _Part) -> Checked:
    with desk.open(part.checked.place.tenant) as session:
        tx = session.tx
        if tx.rows("SELECT version FROM tenants WHERE id = %(tenant)s FOR SHARE") != [(part.version,)]:
            raise Changed
        bills = _lacking(tx, "cases", part.cases)
        paid = _lacking(tx, "payments", part.payments)
        customers.ensure(tx, [one.state.id for one in part.customers])
        people = _lacking(tx, "customers", part.customers)
        work = worklist.moved(tx, part.work)
        with tx.flow():
            cases.save(tx, bills)
            payments.save(tx, paid)
            customers.save(tx, people)
            arrears.count(tx, [one.state.id for one in people], session.scene.today)
            log.mention(tx, part.mentions)
            movements.add(tx, part.movements)
            worklist.put(tx, work)
            worth.set_values(tx, [row["id"] for row in work.get("tasks", ())])
    beside = len(part.mentions) + len(part.movements) + sum(map(len, work.values()))
    part.checked.mended = len(bills) + len(paid) + len(people) + beside
    return part.checked


Saved = TypeVar("Saved", cases.Saved, payments.Saved, customers.Saved)


def _lacking(tx: Tx, table: str, wanted: list[Saved]) -> list[Saved]:
    """Those that have no row, or one that was only made to be locked."""
    if not wanted:
        return wanted
    there = tx.rows(
        f"SELECT id FROM {table} WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND version > 0",
        {"ids": [one.state.id for one in wanted]},
    )
    known = {id for (id,) in there}
    return [one for one in wanted if one.state.id not in known] if known else wanted
