"""P9: the same ten thousand due bills worked by one, two and four `dunlog worker` processes: nothing twice, no deadlock."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench.arming import ASLEEP, AWAKE
from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.p3_fire import check
from tests.bench.patterns import BILLS
from tests.bench.processes import running
from tests.bench.world import World

WORKERS = (1, 2, 4)
WORKER = ("service", "worker")
PATIENCE = 300.0
LEFT = "SELECT count(*) FROM customers WHERE tenant = 'bench' AND id >= 'R' AND id < 'S' AND wake_at <= now()"


def measure(bench: Bench) -> Iterator[Line]:
    """Each number of workers in turns; deadlocks are PostgreSQL's own count."""
    world, due = bench.world, bench.world.armed * BILLS
    if not bench.full:
        return
    bench.tell.step("replicas", (bench.repeats + 1) * len(WORKERS))
    rates: dict[int, list[float]] = {count: [] for count in WORKERS}
    before = _deadlocks(world)
    for turn in range(bench.repeats + 1):
        for count in WORKERS:
            rate = due / _drained(bench, count)
            if turn:
                rates[count].append(rate)
            bench.tell.advance()
    one = Sample.of(rates[1])
    for count in WORKERS[1:]:
        yield Line(
            figure="P9", what=f"{count} workers, {due:,} due at once", cases=bench.cases, ours=Sample.of(rates[count]),
            unit="bills/s", better="more", against="one worker", theirs=one, goal=Goal(">=", 1.0) if count == 2 else None,
            grows=False,
        )  # fmt: skip
    deadlocks = float(_deadlocks(world) - before)
    yield Line(
        figure="P9", what="deadlocks, and bills fired twice", cases=bench.cases, ours=Sample.of([deadlocks]),
        unit="", better="less", goal=Goal("<=", 0, "ours"), grows=False,
    )  # fmt: skip


def _drained(bench: Bench, count: int) -> float:
    """Seconds that so many workers take, from the commit that wakes the customers."""
    world = bench.world
    world.rearm()
    world.owner.execute(ASLEEP)
    environment = world.environment | {"DUNLOG_TICK_SECONDS": "0.05"}
    with ExitStack() as stack:
        workers = [
            stack.enter_context(running(WORKER, environment, "/metrics", bench.profile("p9") if n == 0 else None))
            for n in range(count)
        ]
        time.sleep(1.0)  # their loops begin right after they answer
        world.rest()
        began = time.perf_counter()
        world.owner.execute(AWAKE)
        while world.owner.execute(LEFT).fetchone() != (0,):
            assert time.perf_counter() - began < PATIENCE
            assert all(worker.popen.poll() is None for worker in workers), workers[0].said.read_text()[-2000:]
            time.sleep(0.01)
        seconds = time.perf_counter() - began
    check(world)
    return seconds


def _deadlocks(world: World) -> int:
    row = world.owner.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])
