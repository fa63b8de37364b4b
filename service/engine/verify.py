"""The proof that the tables equal the log: chains recomputed, streams folded, every row compared, in snapshots beside writers.

A tenant is passed in three stages: its own stream, then the streams and rows that no customer leads to, then its
customers in sets. Each step is one snapshot and leaves a place from which to go on.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct

from service.engine.comparing import Look, tenant_deviations
from service.engine.desk import Desk, UnknownTenant
from service.engine.folding import Difference, batches, is_known
from service.engine.projecting import Deviation
from service.engine.walk import may_run_ahead
from service.store import tenants
from service.store.database import CLOCK, Tx, transaction

SET = 200
STREAMS = 1000
TOLD = 1000
"""So many differences of a step are told; all are counted."""

STAGES = ("tenant", "streams", "customers", "fill")


class Place(NamedTuple):
    """Where a pass stands: the tenant, the stage, and after which stream or customer."""

    tenant: str
    stage: str = "tenant"
    after: str = ""

    def __str__(self) -> str:
        return f"{self.tenant}:{self.stage}:{self.after}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises ValueError for anything that no pass printed."""
        tenant, _, rest = text.partition(":")
        stage, _, after = rest.partition(":")
        if not tenant or stage not in STAGES:
            raise ValueError(text)
        return cls(tenant, stage, after)


class Checked(Struct):
    """One step: `place` is where to go on after it. `count` differences were found, of which `differences` are told;
    `broken` are the log's own, which nothing can mend. `customers` and `streams` are those whose rows differ."""

    place: Place
    checked: int = 0
    events: int = 0
    count: int = 0
    differences: list[Difference] = []
    broken: int = 0
    customers: set[str] = set()
    streams: set[str] = set()
    mended: int = 0

    def note_all(self, found: Iterable[list[Deviation]]) -> None:
        """Keep what was found."""
        for deviations in found:
            self.note(deviations)

    def note(self, deviations: Iterable[Deviation]) -> None:
        """Keep a set of it."""
        for one in deviations:
            self.count += len(one.differences)
            self.differences += one.differences[: max(0, TOLD - len(self.differences))]
            if not one.table:
                self.broken += len(one.differences)
            elif one.customer:
                self.customers.add(one.customer)

    def folded(self, events: int) -> None:
        """A stream of so many events was read."""
        self.events += events


def all_tenants(desk: Desk) -> list[str]:
    """Their names, sorted."""
    with transaction(desk.engine, "", CLOCK) as tx:
        return tenants.names(tx)


def verify(desk: Desk, place: Place) -> Iterator[Checked]:
    """Pass a tenant from there to its end, a step at a time. Raises UnknownTenant."""
    if place.stage == "tenant":
        yield _tenant(desk, place.tenant)
        place = Place(place.tenant, "streams")
        if not is_readable(desk, place.tenant):
            return
    while place.stage == "streams":
        checked = _streams(desk, place)
        place = checked.place
        yield checked
    while True:
        checked = _customers(desk, place)
        if not checked.checked:
            return
        place = checked.place
        yield checked


def count_customers(desk: Desk, tenant: str) -> int:
    """How many a whole pass will see."""
    with transaction(desk.engine, tenant) as tx:
        ((count,),) = tx.rows("SELECT count(*) FROM customers WHERE tenant = %(tenant)s")
    return int(count)


def _tenant(desk: Desk, tenant: str) -> Checked:
    checked = Checked(Place(tenant, "streams"))
    with transaction(desk.engine, tenant, snapshot=True, asking=tenants.CLOCK) as tx:
        if tenants.clock(tx) is None:
            raise UnknownTenant(tenant)
        checked.note(tenant_deviations(tx, checked.folded)[2])
    return checked


def is_readable(desk: Desk, tenant: str) -> bool:
    """Without settings and calendar no alarm can be worked out; that the row differs has been told."""
    with transaction(desk.engine, tenant) as tx:
        try:
            return tenants.load(tx) is not None
        except msgspec.MsgspecError:
            return False


def _customers(desk: Desk, place: Place) -> Checked:
    with desk.open(place.tenant, snapshot=True) as session:
        rows = session.tx.rows(
            "SELECT id FROM customers WHERE tenant = %(tenant)s AND id > %(after)s ORDER BY id LIMIT %(set)s",
            {"after": place.after, "set": SET},
        )
        ids = [id for (id,) in rows]
        checked = Checked(place._replace(after=ids[-1] if ids else place.after), len(ids))
        look = Look(session, may_run_ahead(session), checked.folded)
        checked.note_all(look.at(ids))
    return checked


def _streams(desk: Desk, place: Place) -> Checked:
    """Streams whose row is missing or under another customer, and rows whose customer is missing."""
    with desk.open(place.tenant, snapshot=True) as session:
        tx = session.tx
        found = _next_streams(tx, place.after)
        end = len(found) < STREAMS
        checked = Checked(Place(place.tenant, "customers") if end else place._replace(after=found[-1][0]))
        strays = dict(_strays(tx, found))
        if end:
            strays |= _lost_rows(tx)
        look = Look(session, may_run_ahead(session), checked.folded)
        unknown = [Difference("stream", stream, None, stream) for stream in sorted(strays) if not is_known(stream)]
        checked.note([Deviation(unknown)] if unknown else [])
        known = sorted(stream for stream in strays if is_known(stream) and stream != "tenant")
        checked.streams = set(known)
        for kind in ("case", "payment"):
            ids = (stream.partition("/")[2] for stream in known if stream.startswith(f"{kind}/"))
            for batch in batches(ids, SET):
                checked.note_all(look.states(kind, batch))
        people = [stream.partition("/")[2] for stream in known if stream.startswith("customer/")]
        for batch in batches(people, SET):
            checked.note_all(Look(session, False, checked.folded).at(batch))
        checked.customers = set()  # whose rows may be missing in part: their turn comes when all of them are there
    return checked


def _next_streams(tx: Tx, after: str) -> list[tuple[str, str | None]]:
    """The tenant's next streams, each with the customer its first event names; one probe of the index a stream."""
    rows = tx.rows(
        """WITH RECURSIVE s(stream, n) AS (
             (SELECT stream, 1 FROM events WHERE tenant = %(tenant)s AND stream > %(after)s ORDER BY stream LIMIT 1)
             UNION ALL
             SELECT (SELECT e.stream FROM events e WHERE e.tenant = %(tenant)s AND e.stream > s.stream
                      ORDER BY e.stream LIMIT 1), n + 1 FROM s WHERE s.stream IS NOT NULL AND n < %(limit)s)
           SELECT stream, (SELECT customer FROM events e WHERE e.tenant = %(tenant)s AND e.stream = s.stream
                            ORDER BY version LIMIT 1) FROM s WHERE stream IS NOT NULL ORDER BY stream""",
        {"after": after, "limit": STREAMS},
    )
    return [(stream, customer) for stream, customer in rows]


_ROWS = {
    "case": "SELECT id, customer FROM cases WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
    "payment": "SELECT id, customer FROM payments WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
    "customer": "SELECT id, id FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
}


def _strays(tx: Tx, streams: list[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """Those that the customers' sets would not come to."""
    for kind, sql in _ROWS.items():
        wanted = {s.partition("/")[2]: (s, customer) for s, customer in streams if s.startswith(f"{kind}/")}
        rows: dict[str, str] = dict(tx.rows(sql, {"ids": list(wanted)}))
        yield from (found for id, found in wanted.items() if rows.get(id) != found[1])
    yield from (found for found in streams if not is_known(found[0]))


def _lost_rows(tx: Tx) -> dict[str, str | None]:
    """Bills and payments of customers that have no row."""
    lost: dict[str, str | None] = {}
    for kind, table in (("case", "cases"), ("payment", "payments")):
        rows = tx.rows(
            f"""SELECT id, customer FROM {table} t WHERE tenant = %(tenant)s AND NOT EXISTS (
                  SELECT FROM customers c WHERE c.tenant = t.tenant AND c.id = t.customer) ORDER BY id LIMIT %(limit)s""",
            {"limit": STREAMS},
        )
        lost |= {f"{kind}/{id}": customer for id, customer in rows}
    return lost
