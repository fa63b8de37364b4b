"""Tenants as they are: the projection of their streams, their clocks, and the calendars and playbooks they published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from service.domain.tenant import Tenant
from service.store import codec
from service.store.database import Tx

_decoder = msgspec.json.Decoder(Tenant)


class Clock(Struct, frozen=True):
    """A tenant's clock: a live one is the database's, a sandbox's stands where it was put unless it follows."""

    kind: str
    at: datetime | None
    follows: bool
    version: int
    created_at: datetime
    renews: bool
    """Whether alarms of older settings are still to be computed anew."""

    def now(self, real: datetime) -> datetime:
        """The tenant's present."""
        return real if self.kind == "live" or self.follows or self.at is None else self.at


CLOCK = """SELECT kind, clock_at, follows, version, created_at, renew_from IS NOT NULL FROM tenants
            WHERE id = %(tenant)s AND delete_after IS NULL"""
"""What a transaction asks when it opens, for `clock`. A closed tenant is not there any more."""


def clock(tx: Tx) -> Clock | None:
    """The tenant's clock and version, of a transaction that asked for them; None when there is no such tenant, or none
    that is open."""
    return Clock(*tx.opening) if tx.opening else None


def load(tx: Tx, lock: bool = False) -> tuple[Tenant, bytes | None] | None:
    """The tenant's state and its stream's head."""
    rows = tx.rows(
        f"SELECT state::text, hash FROM tenants WHERE id = %(tenant)s {'FOR UPDATE' if lock else ''}",
    )
    return (_decoder.decode(rows[0][0]), rows[0][1]) if rows else None


def secret(tx: Tx) -> bytes:
    """What the tenant's fingerprints are keyed with, beside a key of the process."""
    ((value,),) = tx.rows("SELECT secret FROM tenants WHERE id = %(tenant)s")
    return bytes(value)


def insert(tx: Tx, tenant: Tenant, head: bytes, secret: bytes, clock_at: datetime | None) -> None:
    """A new tenant's row."""
    tx.run(
        """INSERT INTO tenants (id, kind, version, state, hash, secret, clock_at, created_at)
           VALUES (%(tenant)s, %(kind)s, %(version)s, %(state)s::json, %(hash)s, %(secret)s, %(clock_at)s, %(now)s)""",
        {
            "kind": tenant.kind,
            "version": tenant.version,
            "state": encode(tenant),
            "hash": head,
            "secret": secret,
            "clock_at": clock_at,
            "now": tx.now,
        },
    )


def save(tx: Tx, tenant: Tenant, head: bytes) -> None:
    """The state after more events; the row is locked."""
    tx.run(
        """UPDATE tenants SET version = %(version)s, state = %(state)s::json, hash = %(hash)s, delete_after = %(delete_after)s
            WHERE id = %(tenant)s""",
        {"version": tenant.version, "state": encode(tenant), "hash": head, "delete_after": tenant.delete_after},
    )


def encode(tenant: Tenant) -> str:
    """The state as JSON text, sets sorted."""
    return codec.encode_tenant(tenant)


def settings_version(tx: Tx) -> int:
    """Which event of the tenant's stream the settings stand since."""
    rows = tx.rows(
        """SELECT version FROM events WHERE tenant = %(tenant)s AND stream = 'tenant' AND type = 'settings.changed'
            ORDER BY version DESC LIMIT 1"""
    )
    return int(rows[0][0]) if rows else 0


def set_clock(tx: Tx, at: datetime | None, follows: bool) -> None:
    """Where a sandbox's clock stands, or that it runs with the real one; it never goes back."""
    tx.run(
        "UPDATE tenants SET clock_at = GREATEST(clock_at, %(at)s), follows = %(follows)s WHERE id = %(tenant)s",
        {"at": at, "follows": follows},
    )


def renew_from(tx: Tx, place: str | None) -> None:
    """Alarms of customers and bills after the place (`customer/bill`, "" for all) are to be computed anew; None: of nobody."""
    tx.run("UPDATE tenants SET renew_from = %(place)s WHERE id = %(tenant)s", {"place": place})


def lock_renewal(tx: Tx, version: int) -> str | None:
    """From where to go on, with the tenant locked; None when there is nothing to do or it is not that version any more."""
    rows = tx.rows("SELECT renew_from, version FROM tenants WHERE id = %(tenant)s FOR UPDATE")
    return rows[0][0] if rows and rows[0][1] == version else None


def set_wake(tx: Tx, at: datetime | None) -> None:
    """When the tenant's own steps are next due."""
    tx.run("UPDATE tenants SET wake_at = %(at)s WHERE id = %(tenant)s", {"at": at})


def look_anew(tx: Tx, now: datetime) -> None:
    """The tenant's own steps have changed: when they are next due is worked out anew, unless that moment has come."""
    tx.run("UPDATE tenants SET wake_at = NULL WHERE id = %(tenant)s AND wake_at > %(now)s", {"now": now})


def ticking(tx: Tx) -> list[tuple[str, str, datetime | None, bool]]:
    """(tenant, kind, clock, follows) of every tenant whose clock runs; a transaction of the clock's role."""
    return [
        (id, kind, at, follows)
        for id, kind, at, follows in tx.rows(
            """SELECT id, kind, clock_at, follows FROM tenants WHERE (kind = 'live' OR follows) AND delete_after IS NULL
                ORDER BY id"""
        )
    ]


def names(tx: Tx) -> list[str]:
    """Every open tenant's name; a transaction of the clock's role."""
    return [id for (id,) in tx.rows("SELECT id FROM tenants WHERE delete_after IS NULL ORDER BY id")]


def to_delete(tx: Tx) -> list[str]:
    """The closed tenants whose time is over; a transaction of the clock's role."""
    return [id for (id,) in tx.rows("SELECT id FROM tenants WHERE delete_after <= transaction_timestamp() ORDER BY id")]


def closed_until(tx: Tx) -> datetime | None:
    """When a closed tenant may be deleted."""
    rows = tx.rows("SELECT delete_after FROM tenants WHERE id = %(tenant)s")
    return rows[0][0] if rows else None


def forget(tx: Tx) -> None:
    """The last of a tenant: its own row."""
    tx.run("DELETE FROM tenants WHERE id = %(tenant)s")


def playbook_text(tx: Tx, name: str, version: int) -> str | None:
    """A published version."""
    row = tx.one(
        "SELECT text FROM playbooks WHERE tenant = %(tenant)s AND name = %(name)s AND version = %(version)s",
        {"name": name, "version": version},
    )
    return row["text"] if row else None


def publish(tx: Tx, name: str, version: int, text: str) -> None:
    """Keep a version for ever."""
    tx.run(
        """INSERT INTO playbooks (tenant, name, version, text, published_at)
           VALUES (%(tenant)s, %(name)s, %(version)s, %(text)s, %(now)s)""",
        {"name": name, "version": version, "text": text, "now": tx.now},
    )


def playbooks(tx: Tx) -> Sequence[dict[str, Any]]:
    """Every version of every playbook, without their texts."""
    return tx.dicts(
        "SELECT name, version, published_at FROM playbooks WHERE tenant = %(tenant)s ORDER BY name, version"
    )
