"""P10: how soon `dunlog serve` is ready on a database that is there, beside what its libraries take to import; and its
resident memory, idle and after a load of batches."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.p1_ingest import BATCH, BATCH_TYPE, EVENTS_A_CASE, events
from tests.bench.processes import running
from tests.bench.wire import ask_all, request

IMPORTS = "import fastapi, uvicorn, sqlalchemy, psycopg, httpx"
ALLOWED = 1.0
"""Seconds beside the imports."""

IDLE_SECONDS = 5.0
BATCHES = 30


def measure(bench: Bench) -> Iterator[Line]:
    """Starts and imports in turns; memory of the last one started."""
    world = bench.world
    if not bench.full:
        return
    bench.tell.step("starting", bench.repeats + 1)
    starts, imports, idle, loaded = [], [], [], []
    for turn in range(bench.repeats + 1):
        seconds = _imported()
        began = time.perf_counter()
        with running(("service", "serve"), world.environment, "/readyz", bench.profile("p10")) as serving:
            if turn:
                starts.append(time.perf_counter() - began)
                imports.append(1.3 * seconds + ALLOWED)
            if turn == bench.repeats:
                time.sleep(IDLE_SECONDS)
                idle.append(serving.resident_mb)
                key = world.manifest.keys["erp"]
                for n in range(BATCHES):
                    body = json.dumps(events(world, 3_000_000 + n, BATCH // EVENTS_A_CASE)).encode()
                    ask_all(serving.url, [request("POST", f"{serving.url}/v1/events", key, body, BATCH_TYPE)])
                loaded.append(serving.resident_mb)
        bench.tell.advance()
    yield Line(
        figure="P10", what="start to the first 200 of /readyz", cases=bench.cases, ours=Sample.of(starts), unit="s",
        better="less", against="1.3 x importing its libraries + 1 s", theirs=Sample.of(imports), goal=Goal("<=", 1.0),
    )  # fmt: skip
    for what, values, bound in (("idle", idle, 150), ("after 30 batches", loaded, 250)):
        yield Line(
            figure="P10", what=f"resident memory, {what}", cases=bench.cases, ours=Sample.of(values), unit="MB", better="less",
            goal=Goal("<=", bound, "ours"),
        )  # fmt: skip


def _imported() -> float:
    """Seconds of a Python that imports them and ends."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, env=dict(os.environ))
    return time.perf_counter() - began
