"""Jobs a second that APScheduler fires from its PostgreSQL job store: one a case, all due at once, each one UPDATE."""

import json
import logging
import pickle
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy import URL

NEEDS = "apscheduler.jobstores.sqlalchemy, psycopg, sqlalchemy"
THREADS = 10
PATIENCE = 120.0
ASKED = json.loads(sys.argv[1])
DSN = "dbname={dbname} host={host} port={port} user={user}".format(**ASKED)

_mine = threading.local()


def fire(case: int) -> None:
    """The job: the least that firing a step could be."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(DSN, autocommit=True)
    _mine.connection.execute("UPDATE cases SET fired = fired + 1 WHERE id = %s", (case,))


def _scheduler() -> BackgroundScheduler:
    url = URL.create("postgresql+psycopg", ASKED["user"], host=ASKED["host"], port=int(ASKED["port"]), database=ASKED["dbname"])
    return BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=url, engine_options={"pool_size": 5})},
        executors={"default": ThreadPoolExecutor(THREADS)},
        job_defaults={"misfire_grace_time": None},
        timezone=UTC,
    )


def _fill(connection: psycopg.Connection, jobs: int) -> None:
    """The store as `add_job` leaves it, written in one go: adding one at a time takes longer than firing."""
    when = datetime.now(UTC) + timedelta(seconds=1)
    scheduler = _scheduler()
    scheduler.start(paused=True)
    scheduler.add_job(fire, "date", run_date=when, args=[0], id="case-0")
    scheduler.shutdown()
    (kept,) = connection.execute("DELETE FROM apscheduler_jobs RETURNING job_state").fetchone()
    state = pickle.loads(kept)
    with connection.cursor().copy("COPY apscheduler_jobs (id, next_run_time, job_state) FROM STDIN") as copy:
        for n in range(jobs):
            one = state | {"id": f"case-{n}", "args": (n,), "trigger": DateTrigger(when), "next_run_time": when}
            copy.write_row((f"case-{n}", when.timestamp(), pickle.dumps(one, pickle.HIGHEST_PROTOCOL)))


def _rate(connection: psycopg.Connection, jobs: int) -> float:
    _fill(connection, jobs)
    fired, over = threading.Semaphore(0), EVENT_JOB_EXECUTED | EVENT_JOB_MISSED | EVENT_JOB_ERROR
    scheduler = _scheduler()
    scheduler.add_listener(lambda _: fired.release(), over)
    time.sleep(1.2)
    began = time.perf_counter()
    scheduler.start()
    for _ in range(jobs):
        if not fired.acquire(timeout=PATIENCE):
            break
    seconds = time.perf_counter() - began
    scheduler.shutdown()
    return connection.execute("UPDATE cases SET fired = 0 WHERE fired = 1").rowcount / seconds


def main() -> None:
    logging.basicConfig(level=logging.CRITICAL)
    with psycopg.connect(DSN, autocommit=True) as connection:
        connection.execute("CREATE TABLE cases (id int PRIMARY KEY, fired int NOT NULL DEFAULT 0)")
        connection.execute("INSERT INTO cases SELECT generate_series(0, %s)", (ASKED["jobs"],))
        print(json.dumps([_rate(connection, ASKED["jobs"]) for _ in range(ASKED["repeats"])]))


if __name__ == "__main__":
    main()
