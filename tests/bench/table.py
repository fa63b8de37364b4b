"""The figures as people read them, and as a file that keeps them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from tests.bench.lines import Line, Sample

RESULTS = Path(__file__).parent / "results"


def shown(lines: Sequence[Line], console: Console) -> None:
    """One row a line; what is not reached stands out."""
    table = Table(title=None, header_style="bold")
    for name, justify in _COLUMNS:
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for line in lines:
        cells = _cells(line)
        style = "red" if line.is_reached is False else None
        table.add_row(*cells, style=style)
    console.print(table)


_COLUMNS = (
    ("figure", "left"),
    ("what", "left"),
    ("cases", "right"),
    ("ours", "right"),
    ("beside it", "left"),
    ("its", "right"),
    ("ratio", "right"),
    ("goal", "right"),
    ("reached", "left"),
)


def _cells(line: Line) -> list[str]:
    ratio = line.ratio
    reached = {True: "yes", False: "no", None: ""}[line.is_reached]
    goal = ""
    if line.goal:
        goal = f"{line.goal.relation} {line.goal.bound:g}{'' if line.goal.of == 'ratio' else ' ' + line.unit}"
    return [
        line.figure,
        line.what,
        f"{line.cases:,}",
        _sample(line.ours, line.unit),
        line.against,
        _sample(line.theirs, "") if line.theirs else line.note,
        "" if ratio is None else f"{ratio:.2f}",
        goal,
        reached,
    ]


def _sample(sample: Sample | None, unit: str) -> str:
    if sample is None:
        return ""
    spread = "" if sample.repeats == 1 else f" ({_number(sample.least)}-{_number(sample.most)})"
    return f"{_number(sample.median)}{spread} {unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


class Kept(msgspec.Struct):
    """A run's figures in a file."""

    at: datetime
    machine: dict[str, Any]
    asked: dict[str, Any]
    lines: list[Line]


def kept(lines: Sequence[Line], machine: dict[str, Any], asked: dict[str, Any]) -> Path:
    """Written to a file of the day and minute, for people with the ratio of each line and whether it reaches its goal."""
    now = datetime.now(UTC).replace(microsecond=0)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{now:%Y-%m-%d-%H%M}.json"
    content = msgspec.to_builtins(Kept(now, machine, asked, list(lines)))
    for told, line in zip(content["lines"], lines, strict=True):
        told |= {"ratio": line.ratio, "reached": line.is_reached}
    file.write_text(json.dumps(content, indent=1) + "\n")
    return file


def quote(file: Path, readme: Path) -> None:
    """Put the table of a file in the README's place for it."""
    found = msgspec.json.decode(file.read_bytes(), type=Kept)
    text = readme.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    assert after, f"{readme} has no place for the table"
    readme.write_text(f"{before}{BEGIN}\n{_where(found)}\n\n{_markdown(found.lines)}\n{END}{after}")


BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def _where(found: Kept) -> str:
    m = found.machine
    sizes = " and ".join(f"{cases:,}" for cases in found.asked["sizes"])
    return (
        f"On {found.at:%d %B %Y}: {m['cpus']} x {m['cpu']}, {m['memory_gib']} GiB, Python {m['python']}, PostgreSQL "
        f"{m['postgresql']}, commit {m['commit']}, {sizes} cases, {found.asked['repeats']} repeats; median (least-most)."
    )


def _markdown(lines: Sequence[Line]) -> str:
    rows = [[name for name, _ in _COLUMNS], ["---" if way == "left" else "---:" for _, way in _COLUMNS]]
    rows += [_cells(line) for line in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
