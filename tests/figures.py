"""The table of reliability figures: what is asked, what a run reached, in how many seconds, from which seed.

A test that stands for a row is marked `@pytest.mark.figure("R1")` and tells what it reached with the fixture `figure`; a row
that no test told of, or whose test failed, says so. `make chaos` prints the table and keeps it as JSON.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ASKED = {
    "R1": "0 acknowledged events lost in >= 100 SIGKILLs of the service and >= 20 of PostgreSQL, >= 50 000 acknowledgements",
    "R2": "0 double, 0 missing fires in 100 000 steps, 4 clocks, >= 200 SIGKILLs, every named point",
    "R3": "0 reminders after payment in 100 000 races",
    "R4": "simulation with crash points: >= 1 000 000 steps; >= 15 mutants, all caught",
    "R5": "tables = fold of the events in one snapshot, at 20 random moments under traffic, 1 000 000 events",
    "R6": "30 days down: at most one message per customer contact and channel",
    "R7": "due-to-fire p99 <= 2 s at 50 a second; 100 000 overdue rows drained within 60 s of a restart",
    "R8": ">= 60 hostile URLs, 0 connections; a slow drip ends within 15.5 s",
    "R9": "schemathesis, all checks, >= 10 000 cases, 0 server errors; wrong tenant 404, wrong role 403 on every route",
    "R10": "SIGTERM: <= 20 s, nothing lost or doubled, no error to an accepted request; two versions side by side: 0 errors",
    "R11": "database away 60 s: alive, not ready, 503 with Retry-After, drained within 2 min; disk full: no partial stream",
    "R12": "any one-byte change of any covered column of any event found; backup restored and replayed equals live",
}
RESULTS = Path(__file__).resolve().parent / "chaos" / "results"
WIDTH = 92


@dataclass
class Told:
    """What one test reached for a row."""

    row: str
    test: str
    reached: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    seed: object = None
    outcome: str = "passed"


def lines(told: Iterable[Told], much: str) -> list[str]:
    """The table, a row a figure, in the order of their numbers: what is asked, the verdict, what was reached."""
    by_row: dict[str, list[Told]] = {row: [] for row in ASKED}
    for one in told:
        by_row.setdefault(one.row, []).append(one)
    written = []
    for row, asked in ASKED.items():
        written += [f"{row:4}{asked}", f"    {_verdict(by_row[row], float(much))}"]
        for one in by_row[row]:
            figures = ", ".join(f"{name} {_short(value)}" for name, value in one.reached.items())
            seed = f", seed {one.seed}" if one.seed is not None else ""
            outcome = "" if one.outcome == "passed" else f"{one.outcome.upper()} "
            written += [f"    = {outcome}{figures or one.test} ({one.seconds:.0f} s{seed})"]
    return ["-" * WIDTH, *written, "-" * WIDTH]


def _verdict(told: list[Told], much: float) -> str:
    if not told:
        return "NOT RUN"
    if failing := sorted({one.test for one in told if one.outcome != "passed"}):
        return f"MISSED by {', '.join(failing)}"
    return "REACHED" if much >= 1 else f"held, with {much:g} of what is asked"


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}".replace(",", " ") if isinstance(value, int) else str(value)


def keep(told: Iterable[Told], much: str) -> Path:
    """The table as JSON beside the tests."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    file = RESULTS / f"{now:%Y-%m-%d-%H%M}.json"
    content = {
        "at": now.isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "much": much,
        "asked": ASKED,
        "told": [asdict(one) for one in told],
    }
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return file


def _commit() -> str | None:
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or None
