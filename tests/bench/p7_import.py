"""P7: `dunlog import` of lines and of a table, from its start to its end, beside hand-written SQL that writes the same rows;
and its memory."""

import csv
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.p1_ingest import BATCH, EVENTS_A_CASE, SOURCE, Batch, beside_sql, events
from tests.bench.processes import most_resident
from tests.bench.rewriting import RENAMED
from tests.bench.world import TENANT, World

FULL = 100
"""Batches of one repeat in a world of a million cases, fewer in smaller ones: so many that the start counts for little."""

COLUMNS = ("No", "Customer", "Issued", "Due", "Amount", "Paid")
MAP = f"""import: 1
source: {SOURCE}
events:
  - type: invoice.issued
    id: "i-{{No}}"
    data: {{invoice: "{{No}}", customer: "{{Customer}}", currency: CNY, amount: {{$amount: Amount}},
           issued_on: {{$date: Issued}}, due_on: {{$date: Due}}}}
  - type: payment.received
    id: "p-{{No}}"
    when: Paid
    data: {{payment: "{{No}}-0", customer: "{{Customer}}", currency: CNY, amount: {{$amount: Amount}},
           received_on: {{$date: Paid}}, allocations: [{{invoice: "{{No}}", amount: {{$amount: Amount}}}}]}}
"""


def measure(bench: Bench) -> Iterator[Line]:
    """Lines, then a table; each file is written before the time begins."""
    batches = max(5, FULL * bench.cases // 1_000_000)
    resident: list[float] = []
    with tempfile.TemporaryDirectory(prefix="dunlog-bench-import-") as name:
        folder = Path(name)
        (folder / "map.yaml").write_text(MAP)

        def taken_in(write: Callable[[Path, list[Batch]], Path]) -> Callable[[list[Batch]], float]:
            def run(told: list[Batch]) -> float:
                file = write(folder, told)
                command = ["import", str(file), "--tenant", TENANT, "--map", str(folder / "map.yaml"), "--json"]
                began = time.perf_counter()
                resident.append(most_resident(command, bench.world.environment))
                return len(told) * BATCH / (time.perf_counter() - began)

            return run

        for what, write, made, a_case in (
            ("lines", _lines, _events, EVENTS_A_CASE),
            ("a table", _table, _rows, 2),
        ):
            bench.tell.step(f"import {what}, {batches * BATCH:,} events", bench.repeats + 1)
            mine, its = beside_sql(bench, batches, a_case, made, taken_in(write))
            yield Line(
                figure="P7", what=f"import of {what}", cases=bench.cases, ours=mine, unit="events/s", better="more",
                against="set-based SQL, same rows", theirs=its, goal=Goal(">=", 0.3),
            )  # fmt: skip
    yield Line(
        figure="P7", what="resident memory of `dunlog import`", cases=bench.cases, ours=Sample.of(resident), unit="MB",
        better="less", goal=Goal("<=", 250, "ours"),
    )  # fmt: skip


def _events(world: World, number: int, cases: int) -> Batch:
    """Others than those that P1 posted."""
    return events(world, 50_000 + number, cases)


def _lines(folder: Path, told: list[Batch]) -> Path:
    file = folder / "events.ndjson"
    file.write_text("".join(json.dumps(event, separators=(",", ":")) + "\n" for batch in told for event in batch))
    return file


def _table(folder: Path, told: list[Batch]) -> Path:
    file = folder / "bills.csv"
    with file.open("w", newline="") as opened:
        rows = csv.DictWriter(opened, COLUMNS)
        rows.writeheader()
        rows.writerows(event["row"] for batch in told for event in batch if "row" in event)
    return file


def _rows(world: World, number: int, cases: int) -> list[dict[str, Any]]:
    """Bills paid in full, as rows of a table; each with the ids of the events that the map makes of it."""
    chosen = random.Random(number)
    today = datetime.now(UTC).date()
    stamp = f"{world.owner.info.backend_pid:x}"
    found: list[dict[str, Any]] = []
    for n in range(cases):
        bill = f"{RENAMED[0]}{stamp}t{number:05}-{n:03}"
        days = {"Issued": str(today), "Due": str(today + timedelta(30)), "Paid": str(today)}
        row = {"No": bill, "Customer": f"C{chosen.randint(1, world.customers):08}", "Amount": "1,200.00", **days}
        found += [{"id": f"i-{bill}", "row": row}, {"id": f"p-{bill}"}]
    return found
