"""What is kept for a time only: answers for repeats of a request, and what was sent to webhooks. Forgotten in slices."""

from datetime import datetime
from typing import NamedTuple

from service.store.database import Tx, columns
from service.store.outbox import delivery_id, webhook_id


def forget_answers(tx: Tx, limit: int) -> int:
    """Answers past their day, at most `limit`; how many."""
    return tx.run(
        """DELETE FROM inbox WHERE tenant = %(tenant)s AND (source, id) IN (
             SELECT source, id FROM inbox WHERE tenant = %(tenant)s AND expires_at < transaction_timestamp()
              ORDER BY tenant, expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)""",
        {"limit": limit},
    )


class Sent(NamedTuple):
    """An event whose body is kept, in the order of keeping."""

    recorded_at: datetime
    stream: str
    version: int


def forget_sent(tx: Tx, before: datetime, after: Sent | None, limit: int) -> tuple[int, Sent | None]:
    """Of the next `limit` events recorded before then: bodies, deliveries and attempts, unless one is still to be sent.

    How many events were forgotten, and from where to go on; None at the end.
    """
    found = [Sent(*row) for row in tx.rows(_SENT, {"before": before, "limit": limit, **_place(after)})]
    if not found:
        return 0, None
    listeners = [id for (id,) in tx.rows("SELECT id FROM endpoints WHERE tenant = %(tenant)s")]
    first = [
        (delivery_id(webhook_id(tx.tenant, listener, one.stream, one.version)), one.stream, one.version)
        for one in found
        for listener in listeners
    ]
    deliveries = tx.rows(_DELIVERIES, columns(first, ("id", "stream", "version")))
    waiting = {(stream, version) for _, stream, version, pending in deliveries if pending}
    over = [id for id, stream, version, _ in deliveries if (stream, version) not in waiting]
    gone = [(one.stream, one.version) for one in found if (one.stream, one.version) not in waiting]
    tx.run("DELETE FROM attempts WHERE tenant = %(tenant)s AND delivery = ANY(%(ids)s::text[])", {"ids": over})
    tx.run("DELETE FROM deliveries WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])", {"ids": over})
    if gone:
        tx.run(_FORGET, columns(gone, ("stream", "version")))
    return len(gone), found[-1] if len(found) == limit else None


def _place(after: Sent | None) -> dict[str, object]:
    at, stream, version = after or (None, None, None)
    return {"at": at, "stream": stream, "version": version}


_SENT = """
SELECT recorded_at, stream, version FROM outbox WHERE tenant = %(tenant)s AND recorded_at < %(before)s
   AND (%(at)s::timestamptz IS NULL
        OR (recorded_at >= %(at)s AND (recorded_at, stream, version) > (%(at)s, %(stream)s::text, %(version)s::int)))
 ORDER BY recorded_at, stream, version LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""

# An id is made of what it delivers, and a redelivery's goes on with `_`, after which only ` comes: no index on the
# event, which every delivery would have to pay for.
_DELIVERIES = """
SELECT d.id, e.stream, e.version, d.state = 'pending'
  FROM unnest(%(id)s::text[], %(stream)s::text[], %(version)s::int[]) AS e(id, stream, version)
  JOIN deliveries d ON d.tenant = %(tenant)s AND d.id >= e.id AND d.id < e.id || '`'
"""

_FORGET = """
DELETE FROM outbox o USING unnest(%(stream)s::text[], %(version)s::int[]) AS e(stream, version)
 WHERE o.tenant = %(tenant)s AND o.stream = e.stream AND o.version = e.version
"""
