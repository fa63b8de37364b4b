"""Streams read back from the log and folded: what their events say the tables must hold, and whether the chain is whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeAlias, get_args

import msgspec
from msgspec import Struct

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events import CaseEvent, CustomerEvent, Event, PaymentEvent, TenantEvent
from service.domain.evolve import evolve_case, evolve_customer, evolve_payment
from service.domain.movements import Book, moves
from service.domain.payment import Payment
from service.domain.tenant import Tenant, evolve_tenant
from service.engine.save import business_day
from service.store import codec, movements
from service.store.chain import GENESIS, link
from service.store.database import Row, Tx

State: TypeAlias = Case | Customer | Payment | Tenant


class Difference(Struct, frozen=True):
    """Something that is not as the log says, or the log itself not as it was written: what, where, and both sides."""

    what: str
    where: str
    expected: str | None
    found: str | None


class Told(Struct, frozen=True):
    """An event with its place, for what is projected from single events."""

    stream: str
    version: int
    event: Event
    occurred_at: datetime
    recorded_at: datetime


class Folded(Struct):
    """One stream. `state` is None when its log is broken or cannot be read: nothing can be said of its row then. `told`
    are the events that lead to rows beside the state's own: tasks, requests, playbooks, mentions of cases. `moved` are the
    rows of a bill's money."""

    stream: str
    kind: str
    id: str
    state: State | None
    version: int
    head: bytes
    events: int
    told: list[Told]
    faults: list[Difference]
    named_customers: set[str | None]
    moved: list[Row]

    @property
    def customer(self) -> str | None:
        """Whose stream it is."""
        match self.state:
            case Case() | Payment():
                return self.state.customer
            case Customer():
                return self.state.id
            case _:
                return None


_KINDS: dict[str, tuple[Callable[[str], Any], Callable[[Any, Any], Any], frozenset[str]]] = {
    "case": (lambda id: Case(id=id), evolve_case, frozenset(e.type for e in get_args(CaseEvent))),
    "customer": (lambda id: Customer(id=id), evolve_customer, frozenset(e.type for e in get_args(CustomerEvent))),
    "payment": (lambda id: Payment(id=id), evolve_payment, frozenset(e.type for e in get_args(PaymentEvent))),
    "tenant": (lambda id: Tenant(id=id), evolve_tenant, frozenset(e.type for e in get_args(TenantEvent))),
}

COLUMNS = "stream, version, type, schema, data::text, meta::text, occurred_at, recorded_at, hash, customer, day"
"""Of an event, as folding takes them."""

_READ = f"""
SELECT {COLUMNS} FROM events
 WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[]) ORDER BY stream, version
"""

Counted = Callable[[int], None]
"""Told how many events a stream had."""


def is_known(stream: str) -> bool:
    """Whether streams of that kind are ours."""
    kind, slash, id = stream.partition("/")
    return stream == "tenant" or (kind in _KINDS and kind != "tenant" and bool(slash and id))


def fold(tx: Tx, streams: Sequence[str], counted: Counted) -> Iterator[Folded]:
    """The streams that have events, by name; any number of events in flat memory."""
    if not streams:
        return
    for stream, rows in groupby(tx.stream(_READ, {"streams": list(streams)}), key=itemgetter(0)):
        one = fold_one(tx.tenant, stream, rows)
        counted(one.events)
        yield one


def fold_one(tenant: str, stream: str, rows: Iterable[Row]) -> Folded:
    """One stream, of rows that are `COLUMNS`."""
    kind, _, id = stream.partition("/")
    blank, evolve, types = _KINDS[kind]
    state = blank(id or tenant)
    one = Folded(stream, kind, state.id, state, 0, GENESIS, 0, [], [], set(), [])
    place, head, events, book = 0, GENESIS, 0, Book()
    telling = _TELLING if kind == "case" else types
    for _, version, type, schema, data, meta, occurred_at, recorded_at, hash, customer, day in rows:
        if version != place + 1:
            one.faults.append(Difference("gap", f"{stream}@{version}", str(place + 1), str(version)))
        right = link(head, stream, version, type, schema, data, meta, occurred_at, recorded_at)
        if right != hash:
            one.faults.append(Difference("chain", f"{stream}@{version}", right.hex(), hash.hex()))
        place, head = version, hash
        events += 1
        one.named_customers.add(customer)
        if state is None:
            continue
        one.version = version
        event = _event(one, types, type, schema, data)
        if event is None:
            state = None
            continue
        before, state = state, _evolved(one, evolve, state, event)
        if kind == "case" and state is not None and moves(before, state):
            moved = book.book(before, state, day)
            one.moved += movements.rows(state.customer, state.id, state.currency, version, recorded_at, moved)
        if type in telling:
            one.told.append(Told(stream, version, event, occurred_at, recorded_at))
        if type in _DATED and (right_day := business_day(event, day)) != day:
            one.faults.append(Difference("day", f"{stream}@{version}", right_day.isoformat(), day.isoformat()))
    one.version, one.head, one.events = place, head, events
    broken = any(fault.what in _BREAKING for fault in one.faults)
    one.state = None if broken else state
    return one


_TELLING = frozenset({"task.created", "task.changed", "task.completed", "task.cancelled"})
_DATED = frozenset(
    {"payment.applied", "payment.unapplied", "payment.received", "invoice.issued", "invoice.credited", "case.recovered"}
)


_BREAKING = frozenset({"gap", "chain", "unreadable"})


def _event(one: Folded, types: frozenset[str], type: str, schema: int, data: str) -> Event | None:
    where = f"{one.stream}@{one.version}"
    if type not in types:
        one.faults.append(Difference("unreadable", where, f"an event of a {one.kind}", type))
        return None
    try:
        return codec.event(type, schema, data)
    except (codec.UnknownEvent, msgspec.MsgspecError) as error:
        one.faults.append(Difference("unreadable", where, type, str(error)))
        return None


def _evolved(one: Folded, evolve: Callable[[Any, Any], Any], state: Any, event: Event) -> Any:
    try:
        return evolve(state, event)
    except msgspec.MsgspecError as error:  # a tenant's settings and calendar are read only now
        one.faults.append(Difference("unreadable", f"{one.stream}@{one.version}", event.type, str(error)))
        return None


def batches(values: Iterable[str], size: int) -> Iterator[list[str]]:
    """The values, so many at a time."""
    left = iter(values)
    while batch := list(islice(left, size)):
        yield batch
