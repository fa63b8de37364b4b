"""What is kept about one bill, as evidence: its events with the hash before each, what was written about it, and receipts."""

from collections.abc import Sequence
from typing import Any

from service.store import log
from service.store.database import Tx, columns
from service.store.outbox import delivery_id, webhook_id

_EVENTS = """
SELECT e.stream, e.version, e.position, e.type, e.schema, e.data::text AS data, e.meta::text AS meta, e.occurred_at,
       e.recorded_at, e.hash, b.hash AS previous
  FROM (SELECT stream, version FROM events
         WHERE tenant = %(tenant)s AND stream = ANY(%(whole)s::text[])
        UNION
        SELECT stream, version FROM mentions WHERE tenant = %(tenant)s AND case_id = %(case)s) AS wanted
  JOIN events e ON e.tenant = %(tenant)s AND e.stream = wanted.stream AND e.version = wanted.version
  LEFT JOIN events b ON b.tenant = %(tenant)s AND b.stream = e.stream AND b.version = e.version - 1
 ORDER BY e.stream, e.version LIMIT %(limit)s
"""


def whole_streams(tx: Tx, case: str) -> list[str]:
    """The case's own stream, and those of the payments that were ever applied to it."""
    return [f"case/{case}", *(f"payment/{id}" for id in sorted(log.payments_applied_to(tx, [case])))]


def events(tx: Tx, case: str, whole: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """Those streams, and whatever names the case on others, each with the hash of the event before it on its stream."""
    return tx.dicts(_EVENTS, {"whole": list(whole), "case": case, "limit": limit})


def heads(tx: Tx, streams: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """By stream its last version, with the hash."""
    rows = tx.rows(
        """SELECT s.stream, e.version, e.hash FROM unnest(%(streams)s::text[]) AS s(stream)
            CROSS JOIN LATERAL (SELECT version, hash FROM events
              WHERE tenant = %(tenant)s AND stream = s.stream ORDER BY version DESC LIMIT 1) AS e""",
        {"streams": list(streams)},
    )
    return {stream: (version, bytes(hash)) for stream, version, hash in rows}


def texts(tx: Tx, keys: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """What people wrote beside those events, as far as it is still kept."""
    return tx.dicts(
        """SELECT p.stream, p.version, p.part, p.body::text AS body FROM private p
             JOIN unnest(%(stream)s::text[], %(version)s::int[]) AS k(stream, version) USING (stream, version)
            WHERE p.tenant = %(tenant)s ORDER BY p.stream, p.version, p.part""",
        columns(list(keys), ("stream", "version")),
    )


def messages(tx: Tx, case: str, limit: int) -> list[dict[str, Any]]:
    """Every message that was to speak of the bill, as it went, with the key of its seal."""
    return tx.dicts(
        """SELECT m.id, m.contact, m.channel, m.service, m.kind, m.day, m.state, m.queued_at, m.at, m.recipient, m.attempts,
                  m.cases, m.subject, m.text, m.salt, d.body AS document
             FROM messages m LEFT JOIN documents d ON d.tenant = m.tenant AND d.message = m.id
            WHERE m.tenant = %(tenant)s AND m.id IN (
              SELECT i.message FROM message_items i WHERE i.tenant = %(tenant)s AND i.case_id = %(case)s)
            ORDER BY m.queued_at, m.id LIMIT %(limit)s""",
        {"case": case, "limit": limit},
    )


def deliveries(tx: Tx, keys: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Webhooks of those events, as far as they are still kept, with every attempt; found by the ids that they must have."""
    endpoints = [id for (id,) in tx.rows("SELECT id FROM endpoints WHERE tenant = %(tenant)s")]
    wanted = [
        delivery_id(webhook_id(tx.tenant, endpoint, stream, version)) for endpoint in endpoints for stream, version in keys
    ]
    # A redelivery's id is the first one's with `_` and more behind it.
    return tx.dicts(
        """SELECT d.id, d.endpoint, d.stream, d.version, d.webhook, d.state, d.created_at, d.ended_at,
                  (SELECT json_agg(json_build_object('number', a.number, 'started_at', a.started_at, 'finished_at',
                            a.finished_at, 'outcome', a.outcome, 'status', a.status) ORDER BY a.number)
                     FROM attempts a WHERE a.tenant = %(tenant)s AND a.delivery = d.id) AS attempts
             FROM unnest(%(wanted)s::text[]) AS k(id)
             JOIN deliveries d ON d.tenant = %(tenant)s AND d.id >= k.id AND d.id < k.id || '`'
            ORDER BY d.created_at, d.id""",
        {"wanted": wanted},
    )
