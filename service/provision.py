"""Making tenants and keys: what `dunlog tenant create` and `dunlog key create` do."""

import secrets
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from service.api.keys import mint
from service.api.roles import ROLES
from service.domain.events.tenant import KeyCreated, KeyRevoked
from service.domain.refusals import NotFound, Refused
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.domain.tenant import Tenant
from service.engine.administer import Change, administer, create
from service.runtime import Runtime
from service.store import people
from service.store.database import Tx
from service.store.shipped import shipped_playbooks

OPERATOR = Asker(actor="operator", role="admin", source="cli")


def create_tenant(
    runtime: Runtime,
    name: str,
    *,
    sandbox: bool = False,
    now: datetime | None = None,
    time_zone: str | None = None,
    country: str | None = None,
    go_live: date | None = None,
    language: str | None = None,
) -> Tenant:
    """A new tenant with the shipped playbooks. Raises Refused for a name taken, an unknown zone or country."""
    settings = Settings()
    given = {"time_zone": time_zone, "country": country, "go_live_on": go_live, "language": language}
    settings = replace(settings, **{field: value for field, value in given.items() if value is not None})
    kind = "sandbox" if sandbox else "live"
    if now is None and sandbox:
        with runtime.engine.connect() as connection:
            now = connection.exec_driver_sql("SELECT now()").scalar_one()
    return create(runtime.engine, name, kind, settings, shipped_playbooks(), OPERATOR, now if sandbox else None)


def create_key(runtime: Runtime, tenant: str, role: str, user: str | None = None) -> str:
    """A key's text, shown once. Without a user of its own the key's user is its role's name."""
    if role not in ROLES:
        raise Refused("role_unknown", "/role", role=role, roles=", ".join(sorted(ROLES)))
    id = secrets.token_hex(6)
    text, digest = mint(tenant, id)

    def decide(tx: Tx, _: Tenant) -> list[Change]:
        people.put_key(tx, id, role, user or role, digest)
        return [Change(KeyCreated(key=id, role=role, user=user or role))]

    administer(runtime.engine, tenant, decide, OPERATOR)
    return text


def revoke_key(runtime: Runtime, tenant: str, id: str) -> None:
    """Worth nothing from now on. Raises NotFound."""

    def decide(tx: Tx, _: Tenant) -> list[Change]:
        if not people.revoke_key(tx, id):
            raise NotFound("unknown_key", None, key=id)
        return [Change(KeyRevoked(key=id))]

    administer(runtime.engine, tenant, decide, OPERATOR)


def list_keys(runtime: Runtime, tenant: str) -> list[dict[str, Any]]:
    """Every key of the tenant, without secrets."""
    with runtime.desk.open(tenant) as session:
        return people.keys(session.tx)
