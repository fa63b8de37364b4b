"""Clocks as processes of their own, forked from one that has imported everything, so that many can be killed quickly."""

import multiprocessing
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerProcess

from psycopg import errors

from service.engine import calendar_steps, digests
from service.engine.compose import compose_ready
from service.engine.tick import wake
from service.runtime import opened
from service.settings import load
from service.words.compose import compose
from tests.chaos.processes import rows
from tests.patience import PATIENCE

SECRET_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.chaos.clocks", "alembic.command"])


def clock(url: str, tenant: str, now: datetime) -> None:
    """Ticks at one moment until there is nothing left to decide and to compose, like the loops of a worker."""
    with opened(load(database_url=url, secret_key=SECRET_KEY, pool_size=2)) as runtime:
        busy = True
        while busy:
            with suppress(errors.LockNotAvailable):
                calendar_steps.fire(runtime.desk, tenant, now)
                busy = bool(wake(runtime.desk, tenant, now))
                digests.tell(runtime.desk, tenant, now)
                busy = bool(compose_ready(runtime.desk, tenant, compose, now)) or busy


@dataclass
class Struck:
    """How often a clock was killed while it ran, and how often one came to its end."""

    killed: int = 0
    ended: int = 0


def run(url: str, tenant: str, now: datetime, clocks: int, kills: int, rng: random.Random, struck: Struck) -> None:
    """So many clocks at once at the moment `now`; some are killed at random and replaced; until all have come to their end."""
    kills += struck.killed
    running = [_started(url, tenant, now) for _ in range(clocks)]
    until = time.monotonic() + PATIENCE
    while running:
        assert time.monotonic() < until, f"the clocks do not come to an end at {now}"
        time.sleep(rng.uniform(0.0, 0.05))
        victim = rng.choice(running)
        if struck.killed < kills and victim.is_alive():
            victim.kill()
            victim.join()
            struck.killed += victim.exitcode != 0
            running.append(_started(url, tenant, now))
        for one in [one for one in running if not one.is_alive()]:
            running.remove(one)
            struck.ended += one.exitcode == 0
            assert one.exitcode in (0, -9), f"a clock ended with {one.exitcode}"
            one.close()


def _started(url: str, tenant: str, now: datetime) -> ForkServerProcess:
    process = _context.Process(target=clock, args=(url, tenant, now))
    process.start()
    return process


def next_instant(url: str, tenant: str) -> datetime | None:
    """When something is next due."""
    ((at,),) = rows(
        url,
        """SELECT LEAST((SELECT min(wake_at) FROM customers WHERE tenant = %s),
                        (SELECT min(slot_at) FROM messages WHERE tenant = %s AND state = 'queued'))""",
        tenant,
        tenant,
    )
    found: datetime | None = at
    return found
