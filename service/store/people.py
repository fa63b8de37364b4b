"""Our own people: the directory of users, their keys, and what is private of both."""

from collections.abc import Sequence
from typing import Any

from service.domain.directory import Directory, User
from service.domain.tenant import Tenant
from service.store import log
from service.store.database import Tx

_SHOWN = ("name", "title", "phone", "email", "language")


def users_details(tx: Tx, users: Sequence[str]) -> dict[str, dict[str, str]]:
    """Name, title, phone, e-mail and language of those users whom the directory knows."""
    rows = tx.rows(
        "SELECT id, details_version FROM users WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
        {"ids": list(users)},
    )
    private = log.private_of(tx, [("tenant", version) for _, version in rows])
    found: dict[str, dict[str, str]] = {}
    for id, version in rows:
        details: dict[str, Any] = private.get(("tenant", version), {}).get(id, {})
        found[id] = {name: str(details[name]) for name in _SHOWN if details.get(name)}
    return found


def put_user(tx: Tx, id: str, role: str, reports_to: str | None, away: dict[str, Any], details_version: int) -> None:
    """The directory's row; the details lie with the event of that version."""
    tx.run(
        """INSERT INTO users (tenant, id, role, reports_to, away_from, away_until, cover, details_version)
           VALUES (%(tenant)s, %(id)s, %(role)s, %(reports_to)s, %(from)s, %(until)s, %(cover)s, %(version)s)
           ON CONFLICT (tenant, id) DO UPDATE SET role = EXCLUDED.role, reports_to = EXCLUDED.reports_to,
             away_from = EXCLUDED.away_from, away_until = EXCLUDED.away_until, cover = EXCLUDED.cover,
             details_version = EXCLUDED.details_version""",
        {
            "id": id,
            "role": role,
            "reports_to": reports_to,
            "from": away.get("from"),
            "until": away.get("until"),
            "cover": away.get("cover"),
            "version": details_version,
        },
    )


def users(tx: Tx) -> list[dict[str, Any]]:
    """The directory."""
    return tx.dicts("SELECT * FROM users WHERE tenant = %(tenant)s ORDER BY id")


def known(tx: Tx, tenant: Tenant) -> Directory:
    """The directory as decisions know it, with what its people have delegated."""
    names = User.__struct_fields__
    found = {row["id"]: User(**{name: row[name] for name in names}) for row in users(tx)}
    return Directory(found, tuple(tenant.delegations.values()))


def directory(tx: Tx) -> list[dict[str, Any]]:
    """The directory with what is private of each."""
    rows = users(tx)
    private = log.private_of(tx, [("tenant", row["details_version"]) for row in rows])
    return [{**row, **private.get(("tenant", row["details_version"]), {}).get(row["id"], {})} for row in rows]


def put_key(tx: Tx, id: str, role: str, user: str, digest: bytes) -> None:
    """A new key; only its digest is kept."""
    tx.run(
        """INSERT INTO keys (tenant, id, role, "user", digest, created_at)
           VALUES (%(tenant)s, %(id)s, %(role)s, %(user)s, %(digest)s, %(now)s)""",
        {"id": id, "role": role, "user": user, "digest": digest, "now": tx.now},
    )


def key(tx: Tx, id: str) -> dict[str, Any] | None:
    """A key's row, revoked or not, with the `secret` of its tenant's fingerprints; those of a closed tenant are not there."""
    return tx.one(
        """SELECT k.*, t.secret FROM keys k JOIN tenants t ON t.id = k.tenant AND t.delete_after IS NULL
            WHERE k.tenant = %(tenant)s AND k.id = %(id)s""",
        {"id": id},
    )


def secret(tx: Tx) -> bytes | None:
    """What the tenant's fingerprints are keyed with; None for a tenant that is closed or is none."""
    rows = tx.rows("SELECT secret FROM tenants WHERE id = %(tenant)s AND delete_after IS NULL")
    return bytes(rows[0][0]) if rows else None


def keys(tx: Tx) -> list[dict[str, Any]]:
    """Every key of the tenant, without digests."""
    return tx.dicts(
        """SELECT id, role, "user", created_at, revoked_at, last_used_at FROM keys
            WHERE tenant = %(tenant)s ORDER BY created_at, id"""
    )


def revoke_key(tx: Tx, id: str) -> bool:
    """The key is worth nothing from now on; whether it was worth something."""
    return (
        tx.run(
            "UPDATE keys SET revoked_at = %(now)s WHERE tenant = %(tenant)s AND id = %(id)s AND revoked_at IS NULL",
            {"id": id, "now": tx.now},
        )
        == 1
    )


def touch_key(tx: Tx, id: str) -> None:
    """When it was last used, to the minute."""
    tx.run(
        """UPDATE keys SET last_used_at = %(now)s WHERE tenant = %(tenant)s AND id = %(id)s
            AND (last_used_at IS NULL OR last_used_at < %(now)s - interval '1 minute')""",
        {"id": id, "now": tx.now},
    )
