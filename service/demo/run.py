"""`dunlog demo`: serve at once, load the history behind a progress bar, then say where to look."""

import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import SQLAlchemyError

from service.demo.client import Api, DemoFailed
from service.demo.history import MONTHS_SHOWN
from service.demo.load import load
from service.demo.people import HELD
from service.domain.refusals import Conflict
from service.engine.desk import UnknownTenant
from service.provision import create_key, create_tenant
from service.runtime import Runtime
from service.serve import serve
from service.settings import Settings

TENANT = "demo"
ZONE = "Asia/Shanghai"
ROLES = (
    "viewer collector supervisor manager general_manager boss finance legal erp admin"  # one key each, to try them all
).split()


class Memory:
    """What the demo must know when it is started again: its keys, its day, whether all was loaded. Only we may read it."""

    def __init__(self, settings: Settings) -> None:
        self._path = Path(settings.data_dir) / "demo.json"

    def read(self) -> dict[str, Any] | None:
        """What was kept, or None the first time."""
        if not self._path.exists():
            return None
        kept: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return kept

    def keep(self, kept: dict[str, Any]) -> None:
        """Whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        fresh.replace(self._path)


def demo(runtime: Runtime, console: Console) -> None:
    """Until told to stop."""
    memory = Memory(runtime.settings)
    kept = _prepare(runtime, memory)
    url = f"http://{runtime.settings.host}:{runtime.settings.port}"

    def started() -> None:
        threading.Thread(target=_behind, args=(runtime, memory, kept, url, console), daemon=True).start()

    serve(runtime, True, started)


def _prepare(runtime: Runtime, memory: Memory) -> dict[str, Any]:
    """The tenant and its keys; made once."""
    kept = memory.read()
    if kept is not None and _is_there(runtime):
        return kept
    zone = ZoneInfo(ZONE)
    today = datetime.now(zone).date()
    begins = datetime.combine(today - MONTHS_SHOWN, time(0), zone)
    with suppress(Conflict):  # stopped between making the tenant and keeping its keys: new ones do
        create_tenant(runtime, TENANT, sandbox=True, now=begins, time_zone=ZONE, language="en")
    keys = {role: create_key(runtime, TENANT, role, _user(role)) for role in ROLES}
    kept = {"keys": keys, "today": str(today), "loaded": False}
    memory.keep(kept)
    return kept


def _user(role: str) -> str | None:
    return "li.na" if role == "collector" else None


def _is_there(runtime: Runtime) -> bool:
    try:
        with runtime.desk.open(TENANT):
            return True
    except UnknownTenant:
        return False


def _behind(runtime: Runtime, memory: Memory, kept: dict[str, Any], url: str, console: Console) -> None:
    console.print(f"Dunlog answers at {url}")
    try:
        if not kept["loaded"]:
            with Api(url, kept["keys"]) as api:
                _load(api, date.fromisoformat(kept["today"]), console)
            memory.keep(kept | {"loaded": True})
        _welcome(url, kept["keys"], console)
    except (DemoFailed, OSError, SQLAlchemyError) as error:
        console.print(
            f"The demo could not be loaded: {error}\nStart it again: it goes on where it stopped.", style="red"
        )


def _load(api: Api, today: date, console: Console) -> None:
    columns = (
        TextColumn("Loading a year of invoices"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[what]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("load", total=None, what="")
        load(api, today, ZoneInfo(ZONE), _reporting(bar, task))


def _reporting(bar: Progress, task: Any) -> Callable[[int, int, str], None]:
    return lambda done, total, what: bar.update(task, completed=done, total=total, what=what)


def _welcome(url: str, keys: dict[str, str], console: Console) -> None:
    lines = [
        "",
        f"API      {url}/v1        documentation {url}/docs",
        "",
        "A key per role (sandbox tenant `demo`, its clock follows the real one):",
        *(f"  {role:16} {key}" for role, key in keys.items()),
        "",
        "Worth a look:",
        f'  curl -s -H "Authorization: Bearer {keys["collector"]}" "{url}/v1/cases?overdue_min=1&sort=due_on&limit=5"',
        f'  curl -s -H "Authorization: Bearer {keys["boss"]}" "{url}/v1/approvals?state=open"',
        f'  curl -s -H "Authorization: Bearer {keys["erp"]}" "{url}/v1/customers/{HELD}/credit"',
        "",
        "Stop with Ctrl-C; started again it goes on from here.",
    ]
    console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)
