"""Webhook endpoints: where, what, with which sealed secrets, and how long they have been failing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from service.store.database import Tx

OLD_SECRET_FOR = timedelta(hours=24)


def insert(
    tx: Tx, id: str, url: str, types: Sequence[str], audience: str | None, description: str | None, secret: bytes
) -> None:
    """A new endpoint, enabled."""
    tx.run(
        """INSERT INTO endpoints (tenant, id, url, types, audience, description, state, secret, created_at)
           VALUES (%(tenant)s, %(id)s, %(url)s, %(types)s::text[], %(audience)s, %(description)s, 'enabled', %(secret)s,
             %(now)s)""",
        {
            "id": id,
            "url": url,
            "types": list(types),
            "audience": audience,
            "description": description,
            "secret": secret,
            "now": tx.now,
        },
    )


def get(tx: Tx, id: str, lock: bool = False) -> dict[str, Any] | None:
    """One that has not been removed."""
    return tx.one(
        f"""SELECT * FROM endpoints WHERE tenant = %(tenant)s AND id = %(id)s AND state <> 'removed'
            {"FOR UPDATE" if lock else ""}""",
        {"id": id},
    )


def listing(tx: Tx) -> list[dict[str, Any]]:
    """All that have not been removed, oldest first."""
    return tx.dicts("SELECT * FROM endpoints WHERE tenant = %(tenant)s AND state <> 'removed' ORDER BY created_at, id")


def update(tx: Tx, id: str, **values: Any) -> None:
    """Change an endpoint's columns."""
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    tx.run(f"UPDATE endpoints SET {sets} WHERE tenant = %(tenant)s AND id = %(id)s", {**values, "id": id})


def rotate(tx: Tx, id: str, secret: bytes) -> None:
    """A new secret; the old one signs beside it for a day."""
    tx.run(
        """UPDATE endpoints SET old_secret = secret, old_until = %(until)s, secret = %(secret)s, next_secret = NULL
            WHERE tenant = %(tenant)s AND id = %(id)s""",
        {"id": id, "secret": secret, "until": tx.now + OLD_SECRET_FOR},
    )


def streak(tx: Tx, id: str, since: datetime | None, windows: int, last: int) -> None:
    """How long and in how many windows it has been failing; None ends the streak."""
    update(tx, id, failing_since=since, failing_windows=windows, failing_last=last)


def cancel_pending(tx: Tx, id: str) -> int:
    """Nothing more goes to an endpoint that is disabled or gone; its deliveries end visibly."""
    return tx.run(
        """UPDATE deliveries SET state = 'cancelled', ended_at = %(now)s, next_at = NULL
            WHERE tenant = %(tenant)s AND endpoint = %(id)s AND state = 'pending'""",
        {"id": id, "now": tx.now},
    )


class Kept(Struct, frozen=True):
    """An event whose body is kept."""

    stream: str
    version: int
    type: str
    audience: list[str]
    recorded_at: datetime


def kept(tx: Tx, after: datetime, until: datetime, limit: int) -> list[Kept]:
    """Events with kept bodies, recorded from `after` (inclusive) to `until` (exclusive), in that order."""
    rows = tx.rows(
        """SELECT stream, version, type, audience, recorded_at FROM outbox
            WHERE tenant = %(tenant)s AND recorded_at >= %(after)s AND recorded_at < %(until)s
            ORDER BY recorded_at, stream, version LIMIT %(limit)s""",
        {"after": after, "until": until, "limit": limit},
    )
    return [Kept(*row) for row in rows]
