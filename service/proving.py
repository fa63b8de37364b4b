"""What `dunlog verify` and `dunlog rebuild` print: each difference as it is found, a bar meanwhile, a sum at the end."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from service.engine.desk import Desk
from service.engine.folding import Difference
from service.engine.rebuild import rebuild
from service.engine.roots import Root, root
from service.engine.verify import Checked, Place, all_tenants, count_customers, verify
from service.settings import SettingsError

SHOWN = 160
"""Letters of a value that a line of text shows; --json shows all of it."""

Pass = Callable[[Desk, Place], Iterator[Checked]]

_JSON = msgspec.json.Encoder()


def run(desk: Desk, tenant: str | None, after: str | None, as_json: bool, mend: bool) -> int:
    """Verify or rebuild one tenant or all; the exit code: 1 when something differs (and could not be mended)."""
    sums = {"tenants": 0, "customers": 0, "events": 0, "differences": 0, "broken": 0, "mended": 0}
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=as_json or not Console(stderr=True).is_terminal,
    )
    place, ended = None, False
    with bar:
        try:
            for start in _starts(desk, tenant, after):
                sums["tenants"] += 1
                task = bar.add_task(start.tenant, total=count_customers(desk, start.tenant))
                for checked in (rebuild if mend else verify)(desk, start):
                    place = checked.place
                    bar.advance(task, checked.checked)
                    _add(sums, checked)
                    _tell(checked.differences, as_json)
            ended = True
        finally:
            if place is not None and not ended:
                typer.echo(f"Stopped. To go on from here: --after {place}", err=True)
    _sum_up(sums, as_json, mend)
    return int(sums["broken" if mend else "differences"] > 0)


def _starts(desk: Desk, tenant: str | None, after: str | None) -> Iterator[Place]:
    try:
        start = Place.read(after) if after else None
    except ValueError:
        raise SettingsError(f"--after {after} is no place that an earlier run printed.") from None
    if start and tenant not in (None, start.tenant):
        raise SettingsError(f"--after {after} belongs to another tenant than {tenant}.")
    for name in [tenant] if tenant else all_tenants(desk):
        if start is None or name > start.tenant:
            yield Place(name)
        elif name == start.tenant:
            yield start


def _add(sums: dict[str, int], checked: Checked) -> None:
    sums["customers"] += checked.checked
    sums["events"] += checked.events
    sums["differences"] += checked.count
    sums["broken"] += checked.broken
    sums["mended"] += checked.mended


def _tell(differences: Iterable[Difference], as_json: bool) -> None:
    for one in differences:
        if as_json:
            typer.echo(_JSON.encode(one))
        else:
            expected, found = _around(one.expected, one.found)
            typer.echo(f"{one.what}: {one.where}\n    expected {expected}\n    found    {found}")


def _around(expected: str | None, found: str | None) -> tuple[str, str]:
    """Both, cut to where they begin to differ."""
    if expected is None or found is None:
        return _cut(expected, 0), _cut(found, 0)
    same = next((n for n, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), 0)
    start = max(0, same - SHOWN // 3)
    return _cut(expected, start), _cut(found, start)


def _cut(text: str | None, start: int) -> str:
    if text is None:
        return "nothing"
    end = start + SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def _sum_up(sums: dict[str, int], as_json: bool, mend: bool) -> None:
    if as_json:
        typer.echo(_JSON.encode(sums))
        return
    seen = f"{sums['events']} events of {sums['customers']} customers in {sums['tenants']} tenants"
    if mend:
        broken = (
            f" The log itself is broken in {sums['broken']} places, which nothing here mends." if sums["broken"] else ""
        )
        typer.echo(f"{seen}: {sums['mended']} rows mended.{broken}")
    else:
        typer.echo(f"{seen}: {sums['differences'] or 'no'} differences.")


def print_roots(desk: Desk, tenant: str | None) -> None:
    """One line of JSON a tenant, to be kept where the database cannot reach it."""
    for name in [tenant] if tenant else all_tenants(desk):
        typer.echo(_JSON.encode(root(desk, name)))


def check_roots(desk: Desk, file: Path, as_json: bool) -> int:
    """Whether the log still holds what it held when the roots in the file were printed; the exit code."""
    found: list[Difference] = []
    for earlier in _read_roots(file):
        now = root(desk, earlier.tenant, earlier)
        if now != earlier:
            found.append(Difference("root", earlier.tenant, _covered(earlier), _covered(now)))
    _tell(found, as_json)
    text: Any = {"differences": len(found)}
    typer.echo(
        _JSON.encode(text) if as_json else "The log has lost or changed events." if found else "The log is whole."
    )
    return int(bool(found))


def _covered(one: Root) -> str:
    return f"{one.events} events in {one.streams} streams, {one.root}"


def _read_roots(file: Path) -> list[Root]:
    try:
        return [msgspec.json.decode(line, type=Root) for line in file.read_bytes().splitlines() if line.strip()]
    except (OSError, msgspec.MsgspecError) as error:
        raise SettingsError(f"{file} holds no roots as `dunlog verify --root` prints them: {error}.") from None
