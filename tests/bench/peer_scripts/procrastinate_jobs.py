"""Jobs a second that one procrastinate worker takes from PostgreSQL: one a case, all due at once, each one UPDATE."""

import asyncio
import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta

import procrastinate
import psycopg_pool

NEEDS = "procrastinate, psycopg_pool"
CONCURRENCY = 10
AT_ONCE = 500
PATIENCE = 120.0
ASKED = json.loads(sys.argv[1])
DSN = "dbname={dbname} host={host} port={port} user={user}".format(**ASKED)

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=DSN, min_size=2, max_size=CONCURRENCY + 2))
pool = psycopg_pool.AsyncConnectionPool(DSN, max_size=CONCURRENCY, kwargs={"autocommit": True}, open=False)


@app.task(name="fire")
async def fire(case: int) -> None:
    """The job: the least that firing a step could be."""
    async with pool.connection() as connection:
        await connection.execute("UPDATE cases SET fired = fired + 1 WHERE id = %s", (case,))


async def _rate(jobs: int) -> float:
    deferred = fire.configure(schedule_at=datetime.now(UTC) - timedelta(hours=1))
    for start in range(0, jobs, AT_ONCE):
        await deferred.batch_defer_async(*({"case": n} for n in range(start, min(jobs, start + AT_ONCE))))
    began = time.perf_counter()
    worker = app.run_worker_async(
        wait=False, concurrency=CONCURRENCY, install_signal_handlers=False, listen_notify=False
    )
    await asyncio.wait_for(worker, PATIENCE)
    seconds = time.perf_counter() - began
    async with pool.connection() as connection:
        return (await connection.execute("UPDATE cases SET fired = 0 WHERE fired = 1")).rowcount / seconds


async def main() -> None:
    logging.basicConfig(level=logging.CRITICAL)
    await pool.open()
    async with pool.connection() as connection:
        await connection.execute("CREATE TABLE cases (id int PRIMARY KEY, fired int NOT NULL DEFAULT 0)")
        await connection.execute("INSERT INTO cases SELECT generate_series(0, %s)", (ASKED["jobs"],))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        print(json.dumps([await _rate(ASKED["jobs"]) for _ in range(ASKED["repeats"])]))
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main())
