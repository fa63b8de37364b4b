"""What `dunlog tenant delete` does and prints: how the tenant stands, and a bar while its rows go."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service.domain.refusals import Refused
from service.engine import disposal
from service.engine.desk import Desk
from service.provision import OPERATOR


def run(desk: Desk, name: str, yes: bool, undo: bool, as_json: bool) -> None:
    """Close, open again or delete, as the tenant stands. Raises UnknownTenant, and Refused for what cannot be."""
    if undo:
        disposal.reopen(desk, name, OPERATOR)
        _say(as_json, {"tenant": name, "state": "open"}, f"Tenant {name} is open again.")
        return
    tenant, _ = disposal.look(desk, name)
    if tenant.delete_after is None and tenant.kind == "live" and not yes:
        raise Refused("tenant_is_live", None, tenant=name, days=disposal.KEPT.days)
    disposal.close(desk, name, OPERATOR)
    tenant, now = disposal.look(desk, name)
    assert tenant.delete_after is not None
    if tenant.delete_after > now:
        _closed(name, tenant.delete_after, as_json)
    else:
        _deleted(name, _delete(desk, name, as_json), as_json)


def _delete(desk: Desk, name: str, as_json: bool) -> Counter[str]:
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=as_json or not Console(stderr=True).is_terminal,
    )
    gone: Counter[str] = Counter()
    with bar:
        expected = disposal.estimate(desk, name)
        task = bar.add_task(name, total=expected)
        for table, rows in disposal.delete(desk, name):
            gone[table] += rows
            bar.update(task, completed=gone.total(), total=max(expected, gone.total()), description=f"{name}: {table}")
    return gone


def _closed(name: str, until: datetime, as_json: bool) -> None:
    text = f"Tenant {name} is closed and will be deleted after {until:%Y-%m-%d %H:%M} UTC. Until then --undo opens it again."
    _say(as_json, {"tenant": name, "state": "closed", "delete_after": until.isoformat()}, text)


def _deleted(name: str, gone: Counter[str], as_json: bool) -> None:
    data = {"tenant": name, "state": "deleted", "deleted": dict(sorted(gone.items()))}
    _say(as_json, data, f"Tenant {name} is deleted: {gone.total()} rows.")


def _say(as_json: bool, data: dict[str, Any], text: str) -> None:
    typer.echo(json.dumps(data) if as_json else text)
