"""Which figures there are, in which order they are taken, and what of an earlier run need not be taken again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tests.bench import (
    p1_ingest,
    p2_single,
    p3_fire,
    p4_nothing_due,
    p5_replay,
    p6_ask,
    p7_import,
    p8_deliver,
    p9_replicas,
    p10_start,
    p11_whatif,
)
from tests.bench.bench import Bench
from tests.bench.lines import Line

Measure = Callable[[Bench], Iterator[Line]]

FIGURES: dict[str, tuple[str, Measure]] = {
    "P6": ("ask", p6_ask.measure),
    "P4": ("nothing due", p4_nothing_due.measure),
    "P5": ("replay", p5_replay.measure),
    "P11": ("what if", p11_whatif.measure),
    "P3": ("fire what is due", p3_fire.measure),
    "P9": ("several replicas", p9_replicas.measure),
    "P8": ("deliver", p8_deliver.measure),
    "P2": ("single event", p2_single.measure),
    "P1": ("ingest in batches", p1_ingest.measure),
    "P7": ("import", p7_import.measure),
    "P10": ("start and memory", p10_start.measure),
}
"""By name: what, and how. They are taken in this order: what fires or adds comes after what only reads."""


class Done(msgspec.Struct):
    """A stage of an interrupted run: a figure at a size."""

    figure: str
    cases: int
    lines: list[Line]


class Ledger:
    """The stages done so far, kept in a file so that an interrupted run goes on where it stopped."""

    def __init__(self, file: Path | None, resume: bool) -> None:
        self._file = file
        self.done: dict[tuple[str, int], list[Line]] = {}
        if file and resume and file.exists():
            stages = [msgspec.json.decode(line, type=Done) for line in file.read_bytes().splitlines()]
            self.done = {(one.figure, one.cases): one.lines for one in stages}
        elif file:
            file.unlink(missing_ok=True)

    def keep(self, figure: str, cases: int, lines: list[Line]) -> None:
        """The stage is done."""
        self.done[figure, cases] = lines
        if self._file:
            with self._file.open("ab") as file:
                file.write(msgspec.json.encode(Done(figure, cases, lines)) + b"\n")
