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


def markdown(lines: Sequence[Line]) -> str:
    """The same for the README."""
    rows = [[name for name, _ in _COLUMNS], ["---" if way == "left" else "---:" for _, way in _COLUMNS]]
    rows += [_cells(line) for line in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def kept(lines: Sequence[Line], machine: dict[str, Any], asked: dict[str, Any]) -> Path:
    """Written to a file of the day and minute."""
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{now:%Y-%m-%d-%H%M}.json"
    content = {
        "at": now.isoformat(timespec="seconds"),
        "machine": machine,
        "asked": asked,
        "lines": [msgspec.to_builtins(line) | {"ratio": line.ratio, "reached": line.is_reached} for line in lines],
    }
    file.write_text(json.dumps(content, indent=1) + "\n")
    return file
