"""`dunlog simulate` on the terminal: a bar meanwhile, at the end what the other playbook would have changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import typer
from msgspec.structs import replace
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from service.api.models import simulations as m
from service.api.problems import Problem
from service.api.simulated import simulation
from service.api.simulations import framed, planned
from service.engine.desk import Desk
from service.engine.whatif import Found, Wanted, tell
from service.settings import Settings, SettingsError
from service.telling import together
from service.words.sentences import say

MOST_SHIFTS = 12
WORTH_SHARING = 5_000
"""Bills from which on another process is worth its start."""

WORK = ("messages", "calls", "visits", "letters", "escalations", "approvals", "tasks", "notices")


class Asked(NamedTuple):
    """What the command line said; `file` holds a draft, else a published version or a shipped playbook is named."""

    tenant: str
    file: Path | None
    name: str | None
    shipped: bool
    since: str | None
    to: str | None
    replaces: Sequence[str]
    segment: str | None
    customers: Sequence[str]
    at_most: int | None
    samples: int
    jobs: int
    language: str
    as_json: bool


def run(settings: Settings, desk: Desk, asked: Asked) -> None:
    """Tell the history and print what came of it. Raises SettingsError for what cannot be understood."""
    name, body = _body(asked)
    with desk.open(asked.tenant, snapshot=True) as session:
        try:
            wanted = planned(session, name, body)
        except Problem as problem:
            raise SettingsError(_mistakes(asked, problem)) from None
        frame = framed(session, body, wanted)
    wanted = replace(wanted, most=asked.at_most)
    found = _told(settings, desk, asked, wanted)
    answer = simulation(wanted, found, frame, None if found.is_whole else "cases", asked.language)
    if asked.as_json:
        typer.echo(answer.model_dump_json(by_alias=True))
    else:
        show(Console(), answer)


def _body(asked: Asked) -> tuple[str, m.SimulationBody]:
    name, _, version = (asked.name or "").partition("@")
    text = None
    if asked.file is not None:
        if not asked.file.is_file():
            raise SettingsError(f"There is no file {asked.file}.")
        text = asked.file.read_text(encoding="utf-8")
        name = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("name:")), "draft")
    given: dict[str, Any] = {
        "text": text,
        "version": int(version) if version.isdigit() else None,
        "shipped": True if asked.shipped else None,
        "from": asked.since,
        "to": asked.to,
        "replaces": list(asked.replaces) or None,
        "segment": asked.segment,
        "customers": list(asked.customers) or None,
        "samples": asked.samples,
    }
    try:
        return name, m.SimulationBody.model_validate({key: one for key, one in given.items() if one is not None})
    except ValidationError as error:
        first = error.errors()[0]
        where = " ".join(str(part) for part in first["loc"])
        raise SettingsError(f"{where}: {say(first['type'], asked.language)}".removeprefix(": ")) from None


def _mistakes(asked: Asked, problem: Problem) -> str:
    """A playbook's, each in the form that editors jump to."""
    lines = [
        f"{asked.file}:{one.beside['line']}:{one.beside['column']}: {say(f'playbook.{one.code}', asked.language, **one.params)}"
        for one in problem.errors
        if "line" in one.beside
    ]
    return "\n".join(lines) or say(problem.code, asked.language, **problem.params)


def _told(settings: Settings, desk: Desk, asked: Asked, wanted: Wanted) -> Found:
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Telling {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=asked.as_json or not console.is_terminal,
    )
    with bar:
        telling = tell(desk, asked.tenant, wanted)
        found = next(telling)
        task = bar.add_task(asked.tenant, total=found.total)
        if asked.jobs > 1 and asked.at_most is None and found.total > WORTH_SHARING:
            return together(settings, asked.tenant, wanted, asked.jobs, lambda passed: bar.update(task, completed=passed))
        for so_far in telling:
            found = so_far
            bar.update(task, completed=found.passed)
    return found


def show(console: Console, one: m.Simulation) -> None:
    """All of it, as tables."""
    version = f"version {one.version}" if one.version else "as drafted"
    console.print(
        f"{one.playbook} {version} in place of {', '.join(one.replaces)}, {one.period.from_} to {one.period.to}: "
        f"{one.cases} cases of {one.customers} customers, {one.differing} of them told differently."
    )
    if one.truncated:
        console.print(f"Not all were told. Go on after {one.truncated.after}.")
    console.print(_table("Steps", ("step", "rule", "fired now", "then", "left out now", "then"), _steps(one)))
    console.print(_table("Work", ("", "now", "then", "difference"), _work(one)))
    console.print(_table("Work by role", ("role", "", "now", "then", "difference"), _roles(one)))
    columns = ("cases reach", "same day", "sooner", "later", "only now", "only then", "days in all")
    console.print(_table("How far it goes", columns, _milestones(one)))
    if one.shifts:
        shifts = [_shift(shift) for shift in one.shifts[:MOST_SHIFTS]]
        console.print(_table("Moved most", ("case", "customer", "reaches", "now", "then", "days"), shifts))
    for sample in one.samples:
        rows = [(day.on, _lines(day.now), _lines(day.then)) for day in sample.days if _tells(day)]
        console.print(_table(f"{sample.case} of {sample.customer}", ("", "now", "then"), rows))
    kept = one.fidelity
    console.print(
        f"Told again by the playbooks that ran, {kept.reproduced} of {kept.recorded} recorded steps came again as they were"
        f"{f', and {kept.extra} others' if kept.extra else ''}."
    )
    for assumption in one.assumptions:
        console.print(f"- {assumption.text}", highlight=False)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for n, name in enumerate(columns):
        table.add_column(name, justify="left" if n < 1 or not _counts(rows, n) else "right")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    return table


def _counts(rows: Sequence[Sequence[Any]], n: int) -> bool:
    return all(isinstance(row[n], int) or str(row[n]).lstrip("+-").isdigit() for row in rows)


def _steps(one: m.Simulation) -> list[Sequence[Any]]:
    return [
        (s.step, s.rule, s.now.fired, s.then.fired, sum(s.now.skipped.values()), sum(s.then.skipped.values()))
        for s in one.steps
    ]


def _work(one: m.Simulation) -> list[Sequence[Any]]:
    rows = [(name, getattr(one.work.now, name), getattr(one.work.then, name)) for name in WORK]
    rows.append(("customers who heard of us", one.work.customers_touched_now, one.work.customers_touched_then))
    return [(*row, f"{row[2] - row[1]:+d}") for row in rows if row[1] or row[2]]


def _roles(one: m.Simulation) -> list[Sequence[Any]]:
    return [
        (role.role, name, now, then, f"{then - now:+d}")
        for role in one.roles
        for name in m.RoleWork.model_fields
        if (now := getattr(role.now, name)) | (then := getattr(role.then, name))
    ]


def _milestones(one: m.Simulation) -> list[Sequence[Any]]:
    return [
        (x.milestone, x.same, x.sooner, x.delayed, x.only_now, x.only_then, f"{x.days:+d}")
        for x in one.milestones
        if x.same + x.sooner + x.delayed + x.only_now + x.only_then
    ]


def _shift(one: m.Shifted) -> Sequence[Any]:
    days = "" if one.days is None else f"{one.days:+d}"
    return one.case, one.customer, one.milestone, one.now_on or "never", one.then_on or "never", days


def _tells(day: m.TimelineDay) -> bool:
    """Whether the day differs, or something else than a step happened."""
    return day.now != day.then or any(line.step is None for line in day.now)


def _lines(lines: Sequence[m.TimelineLine]) -> str:
    return "\n".join(f"{line.what} {line.step or ''}".strip() for line in lines)
