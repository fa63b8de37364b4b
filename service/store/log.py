"""The append-only log: appended to in sets, read by stream, by case, and as a feed that never skips a late commit."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from service.domain.events import Event
from service.store import codec
from service.store.chain import link
from service.store.database import Row, Tx, columns

Positions = dict[tuple[str, int], int]
"""By (stream, version)."""


class Entry(NamedTuple):
    """One event about to be appended, with what goes beside it."""

    stream: str
    version: int
    type: str
    data: str
    meta: str
    customer: str | None
    occurred_at: datetime
    day: date
    recorded_at: datetime
    hash: bytes


_APPEND = """
INSERT INTO events (tenant, stream, version, type, schema, data, meta, customer, occurred_at, day, recorded_at, hash)
SELECT %(tenant)s, e.stream, e.version, e.type, 1, e.data::json, e.meta::json, e.customer, e.occurred_at, e.day,
       e.recorded_at, e.hash
  FROM unnest(%(stream)s::text[], %(version)s::int[], %(type)s::text[], %(data)s::text[], %(meta)s::text[],
              %(customer)s::text[], %(occurred_at)s::timestamptz[], %(day)s::date[], %(recorded_at)s::timestamptz[],
              %(hash)s::bytea[])
       AS e(stream, version, type, data, meta, customer, occurred_at, day, recorded_at, hash)
RETURNING stream, version, position
"""

_MENTION = """
INSERT INTO mentions (tenant, case_id, stream, version)
SELECT %(tenant)s, m.case_id, m.stream, m.version
  FROM unnest(%(case_id)s::text[], %(stream)s::text[], %(version)s::int[]) AS m(case_id, stream, version)
ON CONFLICT DO NOTHING
"""

_PRIVATE = """
INSERT INTO private (tenant, stream, version, part, subject, body)
SELECT %(tenant)s, p.stream, p.version, p.part, p.subject, p.body::json
  FROM unnest(%(stream)s::text[], %(version)s::int[], %(part)s::text[], %(subject)s::text[], %(body)s::text[])
       AS p(stream, version, part, subject, body)
"""


def entry(
    previous: bytes,
    stream: str,
    version: int,
    event: Event,
    meta: str,
    customer: str | None,
    occurred_at: datetime,
    recorded_at: datetime,
    day: date,
) -> Entry:
    """The event as it will stand in the log, linked to the one before it."""
    data = codec.encode(event)
    return Entry(
        stream=stream,
        version=version,
        type=event.type,
        data=data,
        meta=meta,
        customer=customer,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        day=day,
        hash=link(previous, stream, version, event.type, codec.SCHEMA, data, meta, occurred_at, recorded_at),
    )


def append(tx: Tx, entries: Sequence[Entry]) -> Callable[[], Positions]:
    """All of them in one statement; the position of each is told after the flow. A version taken meanwhile fails the whole
    transaction."""
    if not entries:
        return dict
    returned = tx.write(_APPEND, columns(entries, Entry._fields))
    return lambda: {(stream, version): position for stream, version, position in returned()}


def mention(tx: Tx, rows: Sequence[Row]) -> None:
    """(case, stream, version) of events on other streams that name the case."""
    if rows:
        tx.write(_MENTION, columns(rows, ("case_id", "stream", "version")))


def keep_private(tx: Tx, rows: Sequence[Row]) -> None:
    """(stream, version, part, subject, body as JSON text) of what must not stand in the log itself."""
    if rows:
        tx.write(_PRIVATE, columns(rows, ("stream", "version", "part", "subject", "body")))


def history(tx: Tx, streams: Sequence[str]) -> list[Row]:
    """(stream, version, type, schema, data, business day, recorded at) of whole streams, each in order."""
    return tx.rows(
        """SELECT stream, version, type, schema, data::text, day, recorded_at FROM events
            WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[]) ORDER BY stream, version""",
        {"streams": list(streams)},
    )


_COLUMNS = "position, stream, version, type, schema, data::text, meta::text, occurred_at, recorded_at, hash"


def of_case(tx: Tx, case: str, after: int, limit: int) -> list[dict[str, Any]]:
    """The case's own events and those of others that name it, by position."""
    return tx.dicts(
        f"""SELECT {_COLUMNS} FROM (
              SELECT * FROM events WHERE tenant = %(tenant)s AND stream = %(own)s AND position > %(after)s
              UNION ALL
              SELECT e.* FROM mentions m JOIN events e USING (tenant, stream, version)
               WHERE m.tenant = %(tenant)s AND m.case_id = %(case)s AND e.position > %(after)s
            ) AS named ORDER BY position LIMIT %(limit)s""",
        {"own": f"case/{case}", "case": case, "after": after, "limit": limit},
    )


def payments_applied_to(tx: Tx, cases: Sequence[str]) -> list[str]:
    """The payments that were ever applied to those cases."""
    rows = tx.rows(
        """SELECT DISTINCT data->>'payment' FROM events
            WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[]) AND type = 'payment.applied'""",
        {"streams": [f"case/{id}" for id in cases]},
    )
    return [payment for (payment,) in rows]


def abilities(tx: Tx, customers: Sequence[str]) -> dict[str, str]:
    """By customer, what the latest contact record that speaks of it says of their ability to pay (C4)."""
    if not customers:
        return {}
    rows = tx.rows(
        """SELECT DISTINCT ON (stream) substr(stream, 10), data->>'ability' FROM events
            WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[]) AND type = 'contact.logged'
              AND data->>'ability' IS NOT NULL
            ORDER BY stream, version DESC""",
        {"streams": [f"customer/{id}" for id in customers]},
    )
    return dict(rows)


def of_streams(tx: Tx, streams: Sequence[str]) -> list[dict[str, Any]]:
    """Whole streams, each in order."""
    return tx.dicts(
        f"""SELECT {_COLUMNS} FROM events WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[])
            ORDER BY stream, version""",
        {"streams": list(streams)},
    )


def feed(
    tx: Tx, after: tuple[int, int, int], limit: int, type: str | None, customer: str | None
) -> tuple[list[dict[str, Any]], tuple[int, int, int]]:
    """Events in commit order after (epoch, transaction, position), none that a running transaction could still precede.

    Returns the events and where the reader stands now; a filter costs no more than `limit` events looked at twentyfold.
    """
    # By `e.xid`: bare, it would be the text of the same name, by which 1000 comes before 999.
    found = tx.dicts(
        f"""SELECT {_COLUMNS}, epoch, xid::text AS xid, customer FROM events e
             WHERE tenant = %(tenant)s
               AND (epoch, xid, position) > (%(epoch)s, %(xid)s::text::xid8, %(position)s)
               AND xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY tenant, epoch, e.xid, position LIMIT %(look)s""",
        {
            "epoch": after[0],
            "xid": str(after[1]),
            "position": after[2],
            "look": limit if type is None and customer is None else limit * 20,
        },
    )
    chosen: list[dict[str, Any]] = []
    for row in found:
        after = (row["epoch"], int(row["xid"]), row["position"])
        if _matches(row["type"], type) and customer in (None, row["customer"]):
            chosen.append(row)
            if len(chosen) == limit:
                break
    return chosen, after


def tip(tx: Tx) -> tuple[int, int, int]:
    """Where a reader of the feed stands who has seen everything until now, and nothing of what is still being written."""
    ((epoch, xid),) = tx.rows(
        """SELECT COALESCE((SELECT epoch FROM events WHERE tenant = %(tenant)s
                             ORDER BY tenant DESC, epoch DESC, xid DESC, position DESC LIMIT 1), 1),
                  pg_snapshot_xmin(pg_current_snapshot())::text"""
    )
    return epoch, int(xid), 0


def _matches(type: str, wanted: str | None) -> bool:
    return wanted is None or type == wanted or (wanted.endswith(".*") and type.startswith(wanted[:-1]))


def private_of(tx: Tx, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
    """What is private of those events, by part."""
    if not keys:
        return {}
    rows = tx.rows(
        """SELECT stream, version, part, body::text FROM private JOIN
             unnest(%(stream)s::text[], %(version)s::int[]) AS k(stream, version) USING (stream, version)
           WHERE tenant = %(tenant)s""",
        columns(list(keys), ("stream", "version")),
    )
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for stream, version, part, body in rows:
        found.setdefault((stream, version), {})[part] = codec.load(body)
    return found
