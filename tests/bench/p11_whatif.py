"""P11: a what-if over a whole tenant's history, told twice, as the command an operator calls; its memory."""

import time
from collections.abc import Iterator

from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.processes import most_resident
from tests.bench.world import REPLAYED

SECONDS_FOR_100_000 = 240


def measure(bench: Bench) -> Iterator[Line]:
    """Of two versions that say the same: every case is decided anew all the same."""
    world = bench.world
    row = world.owner.execute("SELECT count(*) FROM cases WHERE tenant = %s", (REPLAYED,)).fetchone()
    assert row is not None
    bills: int = row[0]
    bench.tell.step(f"tell {bills:,} cases twice", 1)
    asked = ["simulate", "--tenant", REPLAYED, "--published", "standard@1", "--json"]
    began = time.perf_counter()
    resident = most_resident(asked, world.environment)
    rate = bills / (time.perf_counter() - began)
    bench.tell.advance()
    yield Line(
        figure="P11", what="a what-if over all history, `dunlog simulate`", cases=bench.cases, ours=Sample.of([rate]),
        unit="cases/s", better="more", goal=Goal(">=", 100_000 / SECONDS_FOR_100_000, "ours"),
    )  # fmt: skip
    yield Line(
        figure="P11", what="resident memory of `dunlog simulate`, of the process that shares out", cases=bench.cases,
        ours=Sample.of([resident]), unit="MB", better="less", goal=Goal("<=", 250, "ours"),
    )  # fmt: skip
