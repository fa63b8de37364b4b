"""P5: `rebuild` of so many events into empty projections, beside reading the same rows and doing nothing; its memory; and a
writer of another tenant meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator

from service.engine.asks import Ask
from service.engine.handle import handle
from service.engine.rebuild import rebuild
from service.engine.verify import Place
from service.runtime import Runtime
from service.store.database import transaction
from service.store.inbox import Identity
from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample, in_turns
from tests.bench.p1_ingest import SOURCE, events
from tests.bench.patterns import ERP, understood
from tests.bench.processes import most_resident
from tests.bench.sampling import profiled
from tests.bench.world import REPLAYED, TENANT, World

PROJECTIONS = ("cases", "customers", "payments", "tasks", "approvals", "mentions", "movements", "arrears")

READ = """SELECT stream, version, type, schema, data::text, meta::text, occurred_at, recorded_at, hash, customer, day
            FROM events WHERE tenant = %(tenant)s ORDER BY stream, version"""


def measure(bench: Bench) -> Iterator[Line]:
    """Ours and reading in turns; then once as the command, for its memory."""
    world = bench.world
    count = world.owner.execute("SELECT count(*) FROM events WHERE tenant = %s", (REPLAYED,)).fetchone()
    assert count is not None
    number: int = count[0]
    bench.tell.step(f"replay {number:,} events", bench.repeats + 1)
    with world.runtime() as runtime:

        def ours() -> float:
            _empty(world)
            began = time.perf_counter()
            with profiled(bench.profile("p5")):
                for checked in rebuild(runtime.desk, Place(REPLAYED)):
                    assert not checked.broken, checked.differences[:3]
            seconds = time.perf_counter() - began
            _check(world)
            bench.tell.advance()
            return number / seconds

        def reading() -> float:
            began = time.perf_counter()
            with transaction(runtime.engine, REPLAYED, snapshot=True) as tx:
                read = sum(1 for _ in tx.stream(READ))
            assert read == number
            return number / (time.perf_counter() - began)

        mine, its = in_turns(bench.repeats, (ours, reading), world.rest)
        alone = _writing(runtime, world, 0, lambda: time.sleep(2))
        _empty(world)
        resident: list[float] = []
        beside = _writing(runtime, world, 1, lambda: resident.append(_command(world)))
        _check(world)
    yield Line(
        figure="P5", what="rebuild into empty projections", cases=bench.cases, ours=mine, unit="events/s", better="more",
        against="reading the same rows", theirs=its, goal=Goal(">=", 0.5),
    )  # fmt: skip
    yield Line(
        figure="P5", what="resident memory of `dunlog rebuild`", cases=bench.cases, ours=Sample.of(resident), unit="MB",
        better="less", goal=Goal("<=", 250, "ours"),
    )  # fmt: skip
    yield Line(
        figure="P5", what="a writer of another tenant meanwhile", cases=bench.cases, ours=beside, unit="events/s",
        better="more", against="the same writer alone", theirs=alone, grows=False,
    )  # fmt: skip


def _empty(world: World) -> None:
    for table in PROJECTIONS:
        world.owner.execute(f"DELETE FROM {table} WHERE tenant = '{REPLAYED}'".encode())
    world.owner.execute(f"VACUUM {', '.join(PROJECTIONS)}".encode())
    world.rest()


def _check(world: World) -> None:
    """As many rows as there are streams."""
    row = world.owner.execute(
        """SELECT (SELECT count(*) FROM cases WHERE tenant = %(t)s) + (SELECT count(*) FROM payments WHERE tenant = %(t)s)
                + (SELECT count(*) FROM customers WHERE tenant = %(t)s),
                  (SELECT count(*) FROM events WHERE tenant = %(t)s AND version = 1 AND stream <> 'tenant')""",
        {"t": REPLAYED},
    ).fetchone()
    assert row is not None and row[0] == row[1], row


def _command(world: World) -> float:
    """The command as an operator calls it; its resident memory at most, in MB."""
    return most_resident(["rebuild", "--tenant", REPLAYED, "--json"], world.environment)


def _writing(runtime: Runtime, world: World, run: int, meanwhile: Callable[[], object]) -> Sample:
    """Events a second that one writer gets in while something else happens."""
    over, written = threading.Event(), [0]
    told = events(world, 2_000_000 + run, 2_000)

    def write() -> None:
        for event in told:
            if over.is_set():
                return
            command = understood(event["type"], event["data"])
            identity = Identity(SOURCE, event["id"], bytes(32))
            handle(runtime.desk, TENANT, [Ask(command=command, asker=ERP, identity=identity)])
            written[0] += 1

    thread = threading.Thread(target=write)
    began = time.perf_counter()
    thread.start()
    meanwhile()
    over.set()
    thread.join()
    return Sample.of([written[0] / (time.perf_counter() - began)])
