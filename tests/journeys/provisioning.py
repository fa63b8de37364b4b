"""Tenants and keys as `dunlog tenant create` makes them, without a process for each."""

from datetime import date, datetime

from service.provision import create_key, create_tenant
from service.runtime import Runtime

ROLES = "viewer collector supervisor manager general_manager boss finance legal erp admin".split()


def found(
    runtime: Runtime, name: str, now: str | None, go_live: str | None = None, language: str = "en"
) -> dict[str, str]:
    """A sandbox tenant, or without `now` a live one; a key for every role."""
    create_tenant(
        runtime,
        name,
        sandbox=now is not None,
        now=datetime.fromisoformat(now) if now else None,
        go_live=date.fromisoformat(go_live) if go_live else None,
        language=language,
    )
    return {role: create_key(runtime, name, role) for role in ROLES}
