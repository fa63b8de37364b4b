"""`dunlog import` on the terminal: the file opened, a bar meanwhile, a sum at the end."""

import json
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from service.api.fingerprints import Fingerprints
from service.importing import mapping, place, statement, tables
from service.importing import run as importing
from service.importing.mapping import MapMistake, TableMap
from service.importing.rejects import Rejects
from service.runtime import derived, look_for_cycles_seldom, opened
from service.settings import Settings

MOST_CODES_TOLD = 10


class Asked(NamedTuple):
    """What the command line said."""

    file: Path
    tenant: str
    map: str | None
    dry_run: bool
    rejected: Path | None
    anew: bool
    user: str
    language: str
    as_json: bool


def shipped(name: str) -> str:
    """The text of a shipped map. Raises MapMistake."""
    folder = files("service.importing") / "maps"
    known = sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))
    if name not in known:
        raise MapMistake(f"There is no file {name}, and no shipped map of that name. Shipped are {', '.join(known)}.")
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


def run(settings: Settings, asked: Asked) -> int:
    """Take the file in, or rehearse it; the exit code: 1 when rows were rejected."""
    if not asked.file.is_file():
        raise MapMistake(f"There is no file {asked.file}.")
    if asked.file.suffix.lower() in statement.ENDINGS:
        return _bank(settings, asked)
    table, text = _map(asked.map)
    with closing(tables.opened(asked.file, table)) as source:
        return _run(settings, asked, source, table, text)


def _run(settings: Settings, asked: Asked, source: tables.Source, table: TableMap | None, text: str) -> int:
    rejected = asked.rejected or asked.file.with_name(f"{asked.file.stem}.rejected{asked.file.suffix}")
    if rejected.suffix.lower() in tables.SHEETS:
        rejected = rejected.with_suffix(".csv")
    here = place.found(asked.file, asked.tenant, text, asked.anew or asked.dry_run)
    rejects = Rejects(rejected, source.columns, anew=here.rows == 0)
    with _bar(asked.as_json) as bar:
        task = bar.add_task("reading" if asked.dry_run else "importing", total=source.total)
        if asked.dry_run:
            total = importing.rehearse(source, table, rejects, lambda done: bar.update(task, completed=done), asked.language)
        else:
            total = _import(settings, asked, source, table, here, rejects, lambda done: bar.update(task, completed=done))
    _sum_up(asked, total, rejected)
    return int(total.counts["rejected"] > 0)


def _bank(settings: Settings, asked: Asked) -> int:
    """A bank's message: matched, not mapped."""
    told = statement.opened(asked.file, asked.language)
    left = asked.rejected or asked.file.with_name(f"{asked.file.stem}.rejected.csv")
    with _bar(asked.as_json) as bar, opened(settings) as runtime:
        task = bar.add_task("reading" if asked.dry_run else "importing", total=len(told.credits))
        prints = Fingerprints(derived(runtime.key, "fingerprints"))
        total = statement.run(
            *(runtime.desk, asked.tenant, prints, asked.user, told, asked.dry_run),
            *(lambda done: bar.update(task, completed=done), asked.language),
        )
    statement.keep(total.left, left)
    if asked.as_json:
        typer.echo(json.dumps(total.told() | {"rejected_file": str(left) if total.left else None}))
    else:
        counts = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in total.counts.items() if count)
        passed = f"; {total.passed_over:,} entries are no credits that were booked" if total.passed_over else ""
        ended = " Nothing was changed." if asked.dry_run else ""
        typer.echo(f"{total.counts.total():,} credits: {counts or 'none'}{passed}.{ended}")
        if total.left:
            typer.echo(f"Those for which nobody has a task stand in {left}, each with its reason.")
    return int(total.counts["rejected"] > 0)


def _map(named: str | None) -> tuple[TableMap | None, str]:
    if named is None:
        return None, ""
    path = Path(named)
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else shipped(named)
    return mapping.read(text, path.name), text


def _import(
    settings: Settings,
    asked: Asked,
    source: tables.Source,
    table: TableMap | None,
    here: place.Place,
    rejects: Rejects,
    report: importing.Report,
) -> importing.Sum:
    if here.rows:
        typer.echo(f"Going on behind row {here.rows:,}, where an earlier run stopped; --anew begins at the first.", err=True)
    with opened(settings) as runtime:
        look_for_cycles_seldom()
        prints = Fingerprints(derived(runtime.key, "fingerprints"))
        try:
            return importing.run(
                runtime.desk, asked.tenant, prints, asked.user, source, table, here, rejects, report, asked.language
            )
        except KeyboardInterrupt:
            typer.echo(f"Stopped behind row {here.rows:,}. The same command goes on from there.", err=True)
            raise typer.Exit(130) from None


def _bar(as_json: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=as_json or not Console(stderr=True).is_terminal,
    )


def _sum_up(asked: Asked, total: importing.Sum, rejected: Path) -> None:
    if asked.as_json:
        typer.echo(json.dumps(total.told() | {"rejected_file": str(rejected) if total.counts["rejected"] else None}))
        return
    counts = total.counts
    kinds = ", ".join(f"{count:,} {type}" for type, count in sorted(total.types.items())) or "no events"
    if asked.dry_run:
        typer.echo(f"{total.rows:,} rows read: {kinds}; {counts['rejected']:,} cannot be. Nothing was changed.")
    else:
        typer.echo(
            f"{total.rows:,} rows: {counts['accepted']:,} events taken in, {counts['duplicate']:,} were there already, "
            f"{counts['rejected']:,} rejected ({kinds})."
        )
    for code, count in total.codes.most_common(MOST_CODES_TOLD):
        typer.echo(f"  {count:,} x {code}")
    if counts["rejected"]:
        typer.echo(f"The rejected rows stand in {rejected}, each with its reason.")
