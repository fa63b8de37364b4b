"""The commands `dunlog tenant` and `dunlog key`, with what all commands share: settings, and speaking JSON when told."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:  # the libraries behind take a second to import, and --help needs none
    from service.settings import Settings

tenants = typer.Typer(help="Make and remove tenants.", no_args_is_help=True)
keys = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def given_settings(**given: Any) -> Settings:
    """The environment's settings, and those of the command line before them."""
    from service.settings import load

    return load(**{name: value for name, value in given.items() if value is not None})


def say(as_json: bool, data: Any, text: str) -> None:
    """The one or the other."""
    typer.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else text)


@tenants.command("create")
def tenant_create(
    name: Annotated[str, typer.Argument(help="A short name: a-z, 0-9 and -, at most 40 signs.")],
    sandbox: Annotated[bool, typer.Option("--sandbox", help="A tenant with a clock of its own, for tests.")] = False,
    now: Annotated[str | None, typer.Option(help="Where a sandbox's clock stands, RFC 3339 with offset.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="IANA zone, by default Asia/Shanghai.")] = None,
    country: Annotated[str | None, typer.Option(help="Whose holidays count, by default CN.")] = None,
    language: Annotated[str | None, typer.Option(help="zh or en, for customers without one of their own.")] = None,
    go_live: Annotated[str | None, typer.Option(help="Until this day (YYYY-MM-DD) nothing goes out.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="Make a key for this role; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a tenant, and keys for its roles; each key is shown once.

    Works beside a running `serve` as well as alone. Example:

      dunlog tenant create acme --sandbox --now 2026-01-05T09:00:00+08:00 --key admin --key erp
    """
    from service.provision import create_key, create_tenant
    from service.runtime import opened

    with opened(given_settings()) as runtime:
        create_tenant(
            runtime,
            name,
            sandbox=sandbox,
            now=datetime.fromisoformat(now) if now else None,
            time_zone=time_zone,
            country=country,
            go_live=date.fromisoformat(go_live) if go_live else None,
            language=language,
        )
        made = {role: create_key(runtime, name, role) for role in key or []}
    text = "\n".join([f"Tenant {name} is there.", *(f"{role}: {secret}" for role, secret in made.items())])
    say(as_json, {"tenant": name, "keys": made}, text)


@tenants.command("delete")
def tenant_delete(
    name: Annotated[str, typer.Argument(help="The tenant's name.")],
    yes: Annotated[bool, typer.Option("--yes", help="Close a live tenant now, to be deleted after 30 days.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Open a closed tenant again while its time is not over.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a tenant: a sandbox at once, a live one after --yes and 30 days in which it stands still.

    A closed tenant's keys are refused, its clocks and deliveries stop. When its time is over a worker deletes it, or
    this command called again. A run that was stopped goes on with the next one.
    """
    from service.deleting import run
    from service.runtime import opened

    with opened(given_settings()) as runtime:
        run(runtime.desk, name, yes, undo, as_json)


@keys.command("create")
def key_create(
    tenant: Annotated[str, typer.Option(help="The tenant's name.")],
    role: Annotated[
        str, typer.Option(help="What the key may: viewer, collector, supervisor, manager, ..., erp, admin.")
    ],
    user: Annotated[
        str | None, typer.Option(help="Who stands in the log behind it; by default the role's name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; it is shown once."""
    from service.provision import create_key
    from service.runtime import opened

    with opened(given_settings()) as runtime:
        secret = create_key(runtime, tenant, role, user)
    say(as_json, {"tenant": tenant, "role": role, "user": user or role, "key": secret}, secret)


@keys.command("list")
def key_list(tenant: Annotated[str, typer.Option(help="The tenant's name.")], as_json: AsJson = False) -> None:
    """List a tenant's keys: id, role, user, made, last used, revoked."""
    from service.provision import list_keys
    from service.runtime import opened

    with opened(given_settings()) as runtime:
        found = list_keys(runtime, tenant)
    lines = [f"{k['id']}  {k['role']:16} {k['user']:16} {'revoked' if k['revoked_at'] else 'valid'}" for k in found]
    say(as_json, found, "\n".join(lines) or "No keys.")


@keys.command("revoke")
def key_revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as `dunlog key list` shows it.")],
    tenant: Annotated[str, typer.Option(help="The tenant's name.")],
    as_json: AsJson = False,
) -> None:
    """Make a key worthless; replicas notice within five seconds."""
    from service.provision import revoke_key
    from service.runtime import opened

    with opened(given_settings()) as runtime:
        revoke_key(runtime, tenant, key)
    say(as_json, {"tenant": tenant, "revoked": key}, f"Key {key} is revoked.")
