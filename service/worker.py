"""The loops of a process: the clock, the couriers, the post, the housekeeping. APScheduler only beats time for them."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import psycopg
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from psycopg import errors
from sqlalchemy.exc import SQLAlchemyError

from service.domain.refusals import Conflict
from service.engine import calendar_steps, compose, digests, disposal, keeping, post, renewal
from service.engine.administer import refresh_calendar
from service.engine.desk import Closing, UnknownTenant
from service.engine.tick import CLOCKWORK, running, tick
from service.engine.verify import all_tenants
from service.mailing import poster
from service.runtime import Runtime
from service.store import alarms, gauges
from service.store.database import CLOCK, connect, transaction
from service.words.compose import compose as render

_log = structlog.get_logger()

HOUSEKEEPING_SECONDS = 60
CALENDAR_SECONDS = 6 * 3600
NOTED_SECONDS = 5.0
"""Between two notes that the clock is alive: they are for people and other replicas, and a commit each."""

RENEWED_AT_ONCE = 10
LOOPS = 7

_HELD_UP = (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected)
"""One tenant's trouble, for which the others do not wait."""


class Loops:
    """Starts and stops the loops; `last_tick` tells when the clock was last looked at."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._courier = runtime.courier()
        self._watch = connect(runtime.url, 1, role=CLOCK)
        self._post = poster(runtime)
        self._lock = Lock()
        self._stopping = False
        self.last_tick: datetime | None = None
        self._noted = float("-inf")
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(LOOPS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )

    def start(self) -> None:
        """Every loop at its own beat."""
        beat = self._runtime.settings.tick_seconds
        for loop, seconds in (
            (self.look, beat),
            (self._deliver, beat / 2),
            (self._letters, beat),
            (self._mail, beat),
            (self._tidy, HOUSEKEEPING_SECONDS),
            (self._calendars, CALENDAR_SECONDS),
            (self._delete, HOUSEKEEPING_SECONDS),
        ):
            self._scheduler.add_job(self._guarded(loop), "interval", seconds=seconds, id=loop.__name__)
        self._scheduler.add_job(self._guarded(self._calendars), id="calendars_at_start")
        self._scheduler.start()

    def retire(self) -> None:
        """Claim nothing more; what is in hand goes on."""
        self._stopping = True
        self._runtime.desk.close()

    def stop(self) -> None:
        """Stop claiming, finish what is in hand, then end."""
        self.retire()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._courier.close()
        self._watch.dispose()

    def _guarded(self, loop: Callable[[], Any]) -> Callable[[], None]:
        def once() -> None:
            if self._stopping:
                return
            try:
                loop()
            except Closing:
                return
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                _log.warning("loop_waits", loop=loop.__name__, error=type(error).__name__)

        return once

    def _each(self, tenants: Iterable[str], work: Callable[[str], Any]) -> bool:
        """Tenant by tenant; one that is gone meanwhile or held up delays no other. Whether all had their turn."""
        for tenant in tenants:
            if self._stopping:
                return False
            try:
                work(tenant)
            except UnknownTenant:
                continue
            except _HELD_UP as error:
                _log.warning("tenant_waits", tenant=tenant, error=type(error).__name__)
        return True

    def look(self) -> None:
        """The clock: what has rung is decided. With nothing due it is one statement, whatever is open."""
        desk = self._runtime.desk
        due = {one.tenant: one for one in alarms.ringing(self._watch)}

        def decide(tenant: str) -> None:
            if due[tenant].rings:
                calendar_steps.fire(desk, tenant, None)
                tick(desk, tenant)
            if due[tenant].renews:
                self._renew(tenant)
            if due[tenant].tells:
                digests.tell(desk, tenant)

        if not self._each(due, decide):
            return
        self.last_tick = datetime.now(UTC)
        if time.monotonic() - self._noted > NOTED_SECONDS:
            with transaction(self._runtime.engine, "") as tx:
                gauges.note(tx, "tick")
            self._noted = time.monotonic()

    def _renew(self, tenant: str) -> None:
        """Some slices, then what is due comes first again."""
        for _ in range(RENEWED_AT_ONCE):
            if self._stopping or not renewal.renew(self._runtime.desk, tenant):
                return

    def _deliver(self) -> None:
        while not self._stopping and self._courier.round():
            pass

    def _letters(self) -> None:
        desk = self._runtime.desk

        def write(tenant: str) -> None:
            while not self._stopping and compose.compose_ready(desk, tenant, render):
                pass

        self._each(alarms.queued(self._watch), write)

    def _mail(self) -> None:
        handing = self._post
        if handing is None:
            return

        def hand_over(tenant: str) -> None:
            while not self._stopping and post.post_ready(self._runtime.desk, tenant, render, handing):
                pass

        self._each(alarms.ready(self._watch), hand_over)

    def _tidy(self) -> None:
        """Of every tenant, standing sandboxes too: their webhooks go out in real time."""
        kept = timedelta(days=self._runtime.settings.webhook_kept_days)
        self._each(all_tenants(self._runtime.desk), lambda tenant: keeping.tidy(self._runtime.desk, tenant, kept))

    def _calendars(self) -> None:
        """A newer version of the service may know of years that were provisional."""
        self._each(
            running(self._runtime.desk), lambda tenant: refresh_calendar(self._runtime.engine, tenant, CLOCKWORK)
        )

    def _delete(self) -> None:
        """Closed tenants whose time is over."""
        desk = self._runtime.desk
        for tenant in disposal.over(desk):
            try:
                for _ in disposal.delete(desk, tenant, patience=0):
                    desk.go_on()
                _log.info("tenant_deleted", tenant=tenant)
            except Conflict as waits:  # somebody else is at it, or somebody still writes: later
                _log.info("tenant_waits", tenant=tenant, error=waits.code)
