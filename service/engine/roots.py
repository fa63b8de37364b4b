"""A root over the heads of all streams: kept somewhere else, it shows later whether the log's tail was cut off.

It is the SHA-256 over every stream's name, last version and last hash, streams in order, as of a moment that the root
names: (epoch, transaction) below which everything had committed. What was appended since does not change it.
"""

from hashlib import sha256

from msgspec import Struct

from service.engine.desk import Desk, UnknownTenant
from service.store import tenants
from service.store.database import Tx, transaction


class Root(Struct, frozen=True):
    """`root` is in hex; `events` and `streams` tell how much it covers, so that a loss can be told in figures."""

    tenant: str
    epoch: int
    transaction: int
    streams: int
    events: int
    root: str


def root(desk: Desk, tenant: str, earlier: Root | None = None) -> Root:
    """The root of now, or as of the moment of an earlier one. Raises UnknownTenant."""
    with transaction(desk.engine, tenant, snapshot=True, asking=tenants.CLOCK) as tx:
        if tenants.clock(tx) is None:
            raise UnknownTenant(tenant)
        epoch, before = (earlier.epoch, earlier.transaction) if earlier else _moment(tx)
        covered, streams, events = sha256(), 0, 0
        for stream, version, hash in tx.stream(_HEADS, {"epoch": epoch, "before": str(before)}):
            name = stream.encode()
            covered.update(len(name).to_bytes(4, "big") + name + version.to_bytes(4, "big") + hash)
            streams += 1
            events += version
    return Root(tenant, epoch, before, streams, events, covered.hexdigest())


# In an order that does not depend on the database's language, or a restored log would have another root.
_HEADS = """
SELECT * FROM (
  SELECT DISTINCT ON (stream) stream, version, hash FROM events
   WHERE tenant = %(tenant)s AND (epoch < %(epoch)s OR (epoch = %(epoch)s AND xid < %(before)s::text::xid8))
   ORDER BY stream, version DESC) AS heads
 ORDER BY stream COLLATE "C"
"""


def _moment(tx: Tx) -> tuple[int, int]:
    ((epoch, before),) = tx.rows(
        """SELECT COALESCE((SELECT epoch FROM events WHERE tenant = %(tenant)s
                             ORDER BY tenant DESC, epoch DESC, xid DESC, position DESC LIMIT 1), 1),
                  pg_snapshot_xmin(pg_current_snapshot())::text"""
    )
    return epoch, int(before)
