"""What each index costs those who write, and how often it has been asked: `python -m tests.bench.indexes DIR CASES`, on a
world that `--keep DIR` has left.

A batch of P1's and one of P3's bills are written by hand, with every index and with all but one; what is compared is the time
that the server's process was on a core, whatever else the machine does."""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import psycopg

from service import postgres
from service.engine.asks import Ask
from service.engine.handle import handle
from service.engine.tick import tick
from service.runtime import Runtime
from service.store.inbox import Identity
from tests.bench import world
from tests.bench.p1_ingest import SOURCE, events
from tests.bench.patterns import ERP, understood
from tests.bench.rewriting import LEAVING, TABLES, Client, Written, moment, written_by
from tests.bench.world import TENANT, World

REPEATS = 9

_INDEXES = """
SELECT s.relname, s.indexrelname, s.idx_scan, pg_relation_size(s.indexrelid) / 1e6
  FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)
 WHERE s.schemaname = 'public' AND s.relname = ANY(%s) AND NOT i.indisprimary ORDER BY 1, 2
"""


def main(folder: Path, cases: int) -> None:
    """Print a row an index."""
    with postgres.start(folder) as server:
        found = world.found(server.url, cases)
        assert found is not None, "make a world first: --only P1,P3,P6 --keep"
        indexes = found.owner.execute(_INDEXES, ([*TABLES, *LEAVING, "arrears"],)).fetchall()
        with found.runtime() as runtime:
            batches = {"P1": _ingested(runtime, found), "P3": _fired(runtime, found)}
        found.rearm()
        print("| table | index | scans | MB | P1 | P3 |\n| --- | --- | ---: | ---: | ---: | ---: |")
        for table, index, scans, size in indexes:
            costs = [_cost(found, index, written) if written.get(table) else None for written in batches.values()]
            told = " | ".join("" if cost is None else f"{cost:.3f}" for cost in costs)
            print(f"| {table} | {index} | {scans} | {size:.0f} | {told} |", flush=True)


def _ingested(runtime: Runtime, found: World) -> Written:
    since, told = moment(found.owner), events(found, random.randint(10_000_000, 99_999_999), 100)
    asks = [
        Ask(
            command=understood(event["type"], event["data"]),
            asker=ERP,
            identity=Identity(SOURCE, event["id"], bytes(32)),
        )
        for event in told
    ]
    handle(runtime.desk, TENANT, asks)
    (written,) = written_by(found.owner, TENANT, since, SOURCE, [event["id"] for event in told])
    return written


def _fired(runtime: Runtime, found: World) -> Written:
    """All that one slice of the armed customers writes."""
    found.rearm()
    since = moment(found.owner)
    tick(runtime.desk, TENANT, slices=1)
    return next(iter(written_by(found.owner, TENANT, since, "", ())))


def _cost(found: World, index: str, written: Written) -> float:
    """Time with all indexes by time with all but this one, in turns."""
    kept: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(REPEATS + 1):
        for without in (turn % 2 == 0, turn % 2 == 1):
            with psycopg.connect(found.url) as connection:
                seconds = _written(connection, index if without else None, written)
            if turn:
                kept[without].append(seconds)
    return median(kept[False]) / median(kept[True])


def _written(connection: psycopg.Connection, index: str | None, written: Written) -> float:
    """The nanoseconds that it takes, undone at the end."""
    client = Client(connection, {"customers", "cases"} if not written["inbox"] else {"customers"})
    with connection.transaction(force_rollback=True):
        if index is not None:
            connection.execute(f"RESET ROLE; DROP INDEX {index}; SET ROLE dunlog_app".encode())
        return min(_once(client, written) for _ in range(2))


def _once(client: Client, written: Written) -> float:
    with client.connection.transaction(force_rollback=True), client.transaction(TENANT):
        began = _on_core(client.connection)
        client.write(written)
        return _on_core(client.connection) - began


def _on_core(connection: psycopg.Connection) -> float:
    """Of the process at the other end."""
    return float(Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text().split()[0])


def run(arguments: Sequence[str]) -> None:
    """DIR CASES."""
    main(Path(arguments[0]).resolve(), int(arguments[1]))


if __name__ == "__main__":
    run(sys.argv[1:])
