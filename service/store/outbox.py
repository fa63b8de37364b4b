"""Webhooks waiting: the bodies of events that somebody listens to, and their deliveries."""

import base64
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct

from service.store.database import Row, Tx, columns


class Listener(Struct, frozen=True):
    """An endpoint: what it listens to. What a disabled one misses is kept, so that it can be replayed."""

    id: str
    types: tuple[str, ...]
    audience: str | None
    enabled: bool = True

    def wants(self, type: str, audience: Sequence[str]) -> bool:
        """Whether an event of that type, calling on those people, goes here."""
        return (self.audience is None or self.audience in audience) and self.hears(type)

    def hears(self, type: str) -> bool:
        """Whether events of that type may go here."""
        return not self.types or any(
            wanted in ("*", type) or (wanted.endswith(".*") and type.startswith(wanted[:-1])) for wanted in self.types
        )


class Letter(Struct, frozen=True):
    """An event's body as receivers will get it, and who listens."""

    stream: str
    version: int
    type: str
    audience: list[str]
    body: str
    listeners: list[str]


def webhook_id(tenant: str, endpoint: str, stream: str, version: int) -> str:
    """The same on every try; no dots and nothing a user chose, as the specification wants."""
    digest = sha256("\x00".join((tenant, endpoint, stream, str(version))).encode()).digest()[:20]
    return "msg_" + base64.b32encode(digest).decode().lower()


def listeners(tx: Tx) -> list[Listener]:
    """The endpoints that have not been removed."""
    rows = tx.rows(
        """SELECT id, types, audience, state = 'enabled' FROM endpoints
            WHERE tenant = %(tenant)s AND state <> 'removed' ORDER BY id"""
    )
    return [Listener(id, tuple(types), audience, enabled) for id, types, audience, enabled in rows]


def addressed(listening: Sequence[Listener], type: str, audience: Sequence[str]) -> list[str] | None:
    """The enabled endpoints that an event goes to; None when nobody at all listens to it."""
    wanting = [one for one in listening if one.wants(type, audience)]
    return [one.id for one in wanting if one.enabled] if wanting else None


def put(tx: Tx, letters: Sequence[Letter], now: datetime) -> None:
    """Bodies and one delivery a listener, due at once."""
    if not letters:
        return
    rows: list[Row] = [(one.stream, one.version, one.type, " ".join(one.audience), one.body) for one in letters]
    tx.write(
        """INSERT INTO outbox (tenant, stream, version, type, audience, body, recorded_at)
           SELECT %(tenant)s, o.stream, o.version, o.type, string_to_array(o.audience, ' '), o.body, %(now)s
             FROM unnest(%(stream)s::text[], %(version)s::int[], %(type)s::text[], %(audience)s::text[], %(body)s::text[])
                  AS o(stream, version, type, audience, body)""",
        {**columns(rows, ("stream", "version", "type", "audience", "body")), "now": now},
    )
    wanted = [(listener, one.stream, one.version) for one in letters for listener in one.listeners]
    tx.write(_DELIVER, _deliveries(tx.tenant, wanted, now))


_DELIVER = """
INSERT INTO deliveries (tenant, id, endpoint, stream, version, webhook, state, created_at, next_at)
SELECT %(tenant)s, d.id, d.endpoint, d.stream, d.version, d.webhook, 'pending', %(now)s, %(now)s
  FROM unnest(%(id)s::text[], %(endpoint)s::text[], %(stream)s::text[], %(version)s::int[], %(webhook)s::text[])
       AS d(id, endpoint, stream, version, webhook)
ON CONFLICT DO NOTHING
"""


def add(tx: Tx, wanted: Sequence[tuple[str, str, int]], now: datetime, again: str = "") -> int:
    """Deliveries of (endpoint, stream, version), how many are new; `again` tells a redelivery from the first, with the
    same webhook id."""
    return tx.run(_DELIVER, _deliveries(tx.tenant, wanted, now, again))


def _deliveries(tenant: str, wanted: Sequence[tuple[str, str, int]], now: datetime, again: str = "") -> dict[str, Any]:
    rows: list[Row] = []
    for endpoint, stream, version in wanted:
        webhook = webhook_id(tenant, endpoint, stream, version)
        rows.append((delivery_id(webhook) + again, endpoint, stream, version, webhook))
    return {**columns(rows, ("id", "endpoint", "stream", "version", "webhook")), "now": now}


def delivery_id(webhook: str) -> str:
    """The id of an event's first delivery to an endpoint; those of its redeliveries go on with `_`."""
    return webhook.replace("msg_", "dlv_")


def add_again(tx: Tx, endpoint: str, events: Sequence[tuple[str, int]], again: str) -> int:
    """Deliveries of (stream, version) once more, of those whose bodies are still kept; how many."""
    kept = tx.rows(
        """SELECT o.stream, o.version FROM outbox o
             JOIN unnest(%(stream)s::text[], %(version)s::int[]) AS e(stream, version) USING (stream, version)
            WHERE o.tenant = %(tenant)s ORDER BY o.stream, o.version FOR KEY SHARE OF o""",
        columns(list(events), ("stream", "version")),
    )
    return add(tx, [(endpoint, stream, version) for stream, version in kept], tx.now, again)


class Claimed(Struct, frozen=True, kw_only=True):
    """A delivery taken for one attempt, with what it needs; `at` is when, by the database's clock."""

    tenant: str
    id: str
    at: datetime
    endpoint: str
    webhook: str
    attempt: int
    fence: int
    body: str
    url: str
    secret: bytes
    old_secret: bytes | None


_CLAIM = """
WITH due AS (
  SELECT id, endpoint FROM deliveries WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND state = 'pending'
     AND next_at <= %(now)s FOR UPDATE SKIP LOCKED),
taken AS (
  SELECT due.id, e.url, e.secret, CASE WHEN e.old_until > %(now)s THEN e.old_secret END AS old_secret
    FROM due JOIN endpoints e ON e.tenant = %(tenant)s AND e.id = due.endpoint AND e.state = 'enabled'),
cancelled AS (
  UPDATE deliveries d SET state = 'cancelled', ended_at = %(now)s, next_at = NULL FROM due
   WHERE d.tenant = %(tenant)s AND d.id = due.id AND NOT EXISTS (SELECT FROM taken WHERE taken.id = due.id)),
held AS (
  UPDATE deliveries d SET attempts = attempts + 1, fence = fence + 1, next_at = %(lease)s
    FROM taken WHERE d.tenant = %(tenant)s AND d.id = taken.id RETURNING d.*),
unknown AS (
  UPDATE attempts a SET outcome = 'unknown', finished_at = %(now)s FROM due
   WHERE a.tenant = %(tenant)s AND a.delivery = due.id AND a.outcome = 'started'),
started AS (
  INSERT INTO attempts (tenant, delivery, number, started_at, outcome)
  SELECT tenant, id, attempts, %(now)s, 'started' FROM held)
SELECT h.id, h.endpoint, h.webhook, h.attempts, h.fence, o.body, t.url, t.secret, t.old_secret
  FROM held h JOIN taken t USING (id) JOIN outbox o USING (tenant, stream, version)
"""


def claim(tx: Tx, ids: Sequence[str], now: datetime, lease_until: datetime) -> list[Claimed]:
    """Take those still due: the attempt counts from now on, and stands in the log of attempts as started. An attempt whose
    lease ran out ended nobody knows how. What goes to an endpoint that is not enabled (any more) ends here."""
    rows = tx.dicts(_CLAIM, {"ids": list(ids), "now": now, "lease": lease_until})
    return [
        Claimed(
            tenant=tx.tenant,
            id=row["id"],
            at=now,
            endpoint=row["endpoint"],
            webhook=row["webhook"],
            attempt=row["attempts"],
            fence=row["fence"],
            body=row["body"],
            url=row["url"],
            secret=bytes(row["secret"]),
            old_secret=bytes(row["old_secret"]) if row["old_secret"] else None,
        )
        for row in rows
    ]


def hold(tx: Tx, ids: Sequence[str]) -> None:
    """Deliveries of a closed tenant stand still."""
    tx.run(
        """UPDATE deliveries SET state = 'held', next_at = NULL
            WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND state = 'pending'""",
        {"ids": list(ids)},
    )


def release(tx: Tx) -> None:
    """And go on when it is opened again."""
    tx.run(
        "UPDATE deliveries SET state = 'pending', next_at = %(now)s WHERE tenant = %(tenant)s AND state = 'held'",
        {"now": tx.now},
    )


_FINISH = """
WITH mine AS (
  SELECT id, state FROM deliveries WHERE tenant = %(tenant)s AND id = %(id)s AND fence = %(fence)s FOR UPDATE),
ended AS (
  UPDATE deliveries d SET state = %(state)s, next_at = %(next_at)s,
         ended_at = CASE WHEN %(state)s <> 'pending' THEN %(now)s::timestamptz END
    FROM mine WHERE d.tenant = %(tenant)s AND d.id = mine.id AND mine.state = 'pending' RETURNING d.id),
told AS (
  UPDATE attempts a SET finished_at = %(now)s, outcome = %(outcome)s, status = %(status)s, duration_ms = %(duration_ms)s,
         detail = %(detail)s, head = %(head)s
    FROM mine WHERE a.tenant = %(tenant)s AND a.delivery = mine.id AND a.number = %(number)s)
SELECT id FROM ended
"""


def finish(tx: Tx, one: Claimed, outcome: dict[str, Any], state: str, next_at: datetime | None, now: datetime) -> bool:
    """The attempt's outcome, while the claim is still ours; whether the delivery was still waiting for it. Who lost the
    claim says nothing: what became of that attempt stays unknown."""
    given = {"outcome": "", "status": None, "duration_ms": None, "detail": None, "head": None} | outcome
    about = {"id": one.id, "number": one.attempt, "fence": one.fence, "state": state, "next_at": next_at, "now": now}
    return bool(tx.rows(_FINISH, given | about))


def delivered(tx: Tx, ended: Sequence[tuple[Claimed, int, int, str]], now: datetime) -> set[str]:
    """The same for many that succeeded, each with status, milliseconds and head, in one statement; the ids of those it was
    done for: not those whose claim is no longer ours, that somebody else holds, or whose endpoint had been failing."""
    names = ("id", "number", "fence", "status", "duration_ms", "head")
    rows: list[Row] = [(one.id, one.attempt, one.fence, *told) for one, *told in ended]
    return {id for (id,) in tx.rows(_DELIVERED, {**columns(rows, names), "now": now})}


_DELIVERED = """
WITH told AS (
  SELECT * FROM unnest(%(id)s::text[], %(number)s::int[], %(fence)s::int[], %(status)s::int[], %(duration_ms)s::int[],
                       %(head)s::text[]) AS v(id, number, fence, status, duration_ms, head)),
ours AS (
  SELECT d.id FROM deliveries d JOIN told ON told.id = d.id AND told.fence = d.fence
    JOIN endpoints e ON e.tenant = d.tenant AND e.id = d.endpoint AND e.failing_since IS NULL
   WHERE d.tenant = %(tenant)s AND d.state = 'pending' FOR UPDATE OF d SKIP LOCKED),
noted AS (
  UPDATE attempts a SET finished_at = %(now)s, outcome = 'delivered', status = told.status, detail = NULL,
         duration_ms = told.duration_ms, head = told.head
    FROM told JOIN ours USING (id)
   WHERE a.tenant = %(tenant)s AND a.delivery = told.id AND a.number = told.number)
UPDATE deliveries d SET state = 'delivered', next_at = NULL, ended_at = %(now)s
  FROM ours WHERE d.tenant = %(tenant)s AND d.id = ours.id
RETURNING d.id
"""

_DELIVERY = """
SELECT d.*, o.type, COALESCE((SELECT json_agg(json_build_object(
         'number', a.number, 'started_at', a.started_at, 'finished_at', a.finished_at, 'outcome', a.outcome,
         'status', a.status, 'duration_ms', a.duration_ms, 'detail', a.detail, 'head', a.head) ORDER BY a.number)
       FROM attempts a WHERE a.tenant = %(tenant)s AND a.delivery = d.id), '[]'::json) AS tries
  FROM deliveries d JOIN outbox o USING (tenant, stream, version)
 WHERE d.tenant = %(tenant)s AND d.endpoint = %(endpoint)s
"""


def deliveries(tx: Tx, endpoint: str, after: tuple[datetime, str] | None, limit: int) -> list[dict[str, Any]]:
    """An endpoint's deliveries, newest first, each with its attempts."""
    return tx.dicts(
        f"""{_DELIVERY} AND (%(at)s::timestamptz IS NULL OR (d.created_at, d.id) < (%(at)s, %(id)s))
            ORDER BY d.created_at DESC, d.id DESC LIMIT %(limit)s""",
        {"endpoint": endpoint, "at": after[0] if after else None, "id": after[1] if after else None, "limit": limit},
    )


def delivery(tx: Tx, endpoint: str, id: str) -> dict[str, Any] | None:
    """One of an endpoint's deliveries with its attempts."""
    return tx.one(f"{_DELIVERY} AND d.id = %(id)s", {"endpoint": endpoint, "id": id})


def due(tx: Tx, now: datetime, limit: int, full: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str, str]]:
    """(tenant, delivery, endpoint) across tenants, earliest first, but for the (tenant, endpoint) that are full; a
    transaction of the sender's role."""
    return [
        (tenant, id, endpoint)
        for tenant, id, endpoint in tx.rows(
            """SELECT tenant, id, endpoint FROM deliveries d WHERE state = 'pending' AND next_at <= %(now)s
                  AND NOT EXISTS (SELECT FROM unnest(%(tenants)s::text[], %(endpoints)s::text[]) AS f(tenant, endpoint)
                                   WHERE (f.tenant, f.endpoint) = (d.tenant, d.endpoint))
                ORDER BY next_at LIMIT %(limit)s""",
            {"now": now, "limit": limit} | columns(list(full), ("tenants", "endpoints")),
        )
    ]
