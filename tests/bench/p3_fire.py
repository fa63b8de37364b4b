"""P3: ten thousand bills of 2 500 customers due at once among all the others, decided in full, beside a hand-written loop
that writes the same rows, and what one would pick instead: a job a case."""

import time
from collections.abc import Iterator
from functools import partial

import psycopg

from service.engine.tick import tick
from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, in_turns
from tests.bench.patterns import BILLS
from tests.bench.rewriting import Client, Rows, Written, columns, moment, written_by
from tests.bench.sampling import profiled
from tests.bench.world import TENANT, World

CUSTOMERS_AT_ONCE = 500 // BILLS
PEER_JOBS = 3_000

NAMED = {
    "customers": "id", "cases": "customer", "events": "customer", "mentions": "case_id", "private": "subject",
    "tasks": "customer", "messages": "customer", "message_items": "message",
}  # fmt: skip
"""By which column the rows of a customer are told."""


def measure(bench: Bench) -> Iterator[Line]:
    """Ours and the limit in turns; the peers with jobs of their own."""
    world, due = bench.world, bench.world.armed * BILLS
    what = f"{due:,} due at once"
    bench.tell.step(what, bench.repeats + 1)
    by_customer: dict[str, Written] = {}
    with world.runtime() as runtime, psycopg.connect(world.url) as connection:
        client = Client(connection, {"customers", "cases"})

        def ours() -> float:
            world.rearm()
            since = moment(world.owner)
            began = time.perf_counter()
            with profiled(bench.profile("p3")):
                while tick(runtime.desk, TENANT):
                    pass
            seconds = time.perf_counter() - began
            check(world)
            if not by_customer:
                by_customer.update(_by_customer(written_by(world.owner, TENANT, since, "", ())))
            return due / seconds

        def limit() -> float:
            world.rearm()
            began = time.perf_counter()
            while _fire(client, by_customer):
                pass
            seconds = time.perf_counter() - began
            check(world)
            bench.tell.advance()
            return due / seconds

        mine, its = in_turns(bench.repeats, (ours, limit), world.rest)
        world.rearm()
    line = partial(Line, figure="P3", what=what, cases=bench.cases, unit="bills/s", better="more", ours=mine)
    yield line(against="hand-written loop, same rows", theirs=its, goal=Goal(">=", 0.4))
    if bench.full:
        jobs = min(PEER_JOBS, due)
        for script, name, bound, options in (
            ("apscheduler_jobs", "APScheduler, a job a case", 5.0, {"jobs": jobs}),
            ("procrastinate_jobs", "procrastinate, a job a case", None, {"jobs": jobs}),
            ("tryton_dunning", "Tryton dunning, create and process", 10.0, {"lines": min(due, 2_000)}),
        ):
            told = bench.peers.run(script, world.url, repeats=bench.repeats, **options)
            goal = Goal(">=", bound) if bound else None
            yield line(against=name, theirs=told.sample, goal=goal, note=told.note, grows=False)


def check(world: World) -> None:
    """Every one of them has fired exactly once."""
    row = world.owner.execute(
        """SELECT (SELECT count(*) FROM cases WHERE tenant = 'bench' AND id >= 'R' AND id < 'S' AND next_at <= now()),
                  (SELECT count(*) FROM events WHERE tenant = 'bench' AND stream >= 'case/R' AND stream < 'case/S'
                      AND position > (SELECT max(position) FROM bench.events) AND type = 'case.reminded'
                      AND data->>'channel' = 'email')"""
    ).fetchone()
    assert row == (0, world.armed * BILLS), f"still due and fired: {row}"


def _by_customer(transactions: Iterator[Written]) -> dict[str, Written]:
    """What was written for each customer."""
    found: dict[str, Written] = {}
    for written in transactions:
        for table, rows in written.items():
            for row in rows:
                customer = str(row[columns(table).index(NAMED[table])])[:9]
                found.setdefault(customer, {name: [] for name in NAMED})[table].append(row)
    return found


def _fire(client: Client, by_customer: dict[str, Written]) -> int:
    """One batch by hand: claim, read what a decision would be made of, write what it came to."""
    connection = client.connection
    with client.transaction(TENANT):
        claimed = connection.execute(
            """SELECT id, version, state::text FROM customers WHERE tenant = %s AND wake_at <= now()
                ORDER BY tenant, wake_at LIMIT %s FOR UPDATE SKIP LOCKED""",
            (TENANT, CUSTOMERS_AT_ONCE),
        ).fetchall()
        if not claimed:
            return 0
        connection.execute(
            """SELECT id, version, state::text, hash FROM cases
                WHERE tenant = %s AND customer = ANY(%s) AND next_at <= now()""",
            (TENANT, [id for id, *_ in claimed]),
        ).fetchall()
        merged: dict[str, Rows] = {table: [] for table in NAMED}
        for id, *_ in claimed:
            for table, rows in by_customer[id].items():
                merged[table] += rows
        client.write(merged)
        return len(claimed)
