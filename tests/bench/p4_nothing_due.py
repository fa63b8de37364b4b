"""P4: what the clock costs while nothing is due, beside the bare ordered probe of the index."""

import time
from collections.abc import Callable, Iterator

import psycopg

from service.worker import Loops
from tests.bench.arming import ASLEEP
from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, in_turns
from tests.bench.sampling import profiled
from tests.bench.wire import p50
from tests.bench.world import TENANT

LOOKS = 200
PROBE = "SELECT id FROM customers WHERE tenant = %s AND wake_at <= now() ORDER BY tenant, wake_at LIMIT 1"


def measure(bench: Bench) -> Iterator[Line]:
    """A tick of the worker's clock and the probe in turns, with the armed customers asleep."""
    world = bench.world
    world.owner.execute(ASLEEP)
    world.owner.execute("VACUUM (ANALYZE) customers")
    bench.tell.step("nothing due", bench.repeats + 1)
    with world.runtime() as runtime, psycopg.connect(world.url, autocommit=True) as connection:
        loops = Loops(runtime)

        def ours() -> float:
            with profiled(bench.profile("p4")):
                return _each(loops.look)

        def probe() -> float:
            bench.tell.advance()
            return _each(lambda: connection.execute(PROBE, (TENANT,)).fetchall())

        mine, its = in_turns(bench.repeats, (ours, probe), world.rest)
        loops.stop()
    world.rearm()
    yield Line(
        figure="P4", what="a tick with nothing due", cases=bench.cases, ours=mine, unit="ms", better="less",
        against="the ordered probe", theirs=its, goal=Goal("<=", 3.0),
    )  # fmt: skip


def _each(look: Callable[[], object]) -> float:
    """Milliseconds of one of many, one after the other."""
    seconds = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        look()
        seconds.append(time.perf_counter() - began)
    return p50(seconds)
