"""The loops of a process: the clock, the couriers, the post, the housekeeping; a thread each, that waits between two looks."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import psycopg
import structlog
from psycopg import errors
from sqlalchemy.exc import SQLAlchemyError

from service.channels.outcome import Failed, Sent
from service.domain.refusals import Conflict
from service.domain.scene import CLOCKWORK
from service.engine import (
    calendar_steps,
    compose,
    consents,
    digests,
    disposal,
    keeping,
    notices,
    post,
    reassigning,
    renewal,
    turning,
)
from service.engine.administer import refresh_calendar
from service.engine.desk import Closing, UnknownTenant
from service.engine.tick import running, tick
from service.engine.verify import all_tenants
from service.mailing import notices_poster, poster
from service.runtime import Runtime
from service.store import alarms, gauges
from service.store.database import CLOCK, connect, transaction
from service.words.compose import compose as render
from service.words.compose import compose_mail as render_mail
from service.words.notices import compose_notices

_log = structlog.get_logger()

HOUSEKEEPING_SECONDS = 60
CALENDAR_SECONDS = 6 * 3600
NOTED_SECONDS = 5.0
"""Between two notes that the clock is alive: they are for people and other replicas, and a commit each."""

SLICES = RENEWED_AT_ONCE = 10
"""Of one tenant in a turn."""

_HELD_UP = (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected)
"""One tenant's trouble, for which the others do not wait."""


class Loops:
    """Starts and stops the loops; `last_tick` tells when the clock was last looked at."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._courier = runtime.courier()
        self._watch = connect(runtime.url, 1, role=CLOCK)
        self._by_mail = poster(runtime.settings)
        self._to_us = notices_poster(runtime.settings, runtime.desk)
        self._texter = runtime.texter()
        self._over = Event()
        self._threads: list[Thread] = []
        self.last_tick: datetime | None = None
        self._noted = float("-inf")

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
            # daemons, lest a failure elsewhere leaves a process that does not end
            thread = Thread(target=self._run, args=(loop, seconds), name=loop.__name__, daemon=True)
            self._threads.append(thread)
            thread.start()

    def retire(self) -> None:
        """Claim nothing more; what is in hand goes on."""
        self._over.set()
        self._runtime.desk.close()

    def stop(self) -> None:
        """Stop claiming, finish what is in hand, then end."""
        self.retire()
        for thread in self._threads:
            thread.join()
        self._courier.close()
        self._texter.close()
        self._watch.dispose()

    def _run(self, loop: Callable[[], Any], seconds: float) -> None:
        """Again at once while there is more to do, else after a wait, which goes by no clock that somebody could set."""
        while not self._over.is_set():
            again = False
            try:
                again = bool(loop())
            except Closing:
                return
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                _log.warning("loop_waits", loop=loop.__name__, error=type(error).__name__)
            except Exception:
                _log.exception("loop_failed", loop=loop.__name__)
            if not again:
                self._over.wait(seconds)

    def _each(self, tenants: Iterable[str], work: Callable[[str], object]) -> bool:
        """A batch of every tenant's, whether any had one: who has much to do does not hold the others up."""
        return sum(self._did(tenant, work) for tenant in tenants) > 0

    def _did(self, tenant: str, work: Callable[[str], object]) -> bool:
        try:
            return not self._over.is_set() and bool(work(tenant))
        except UnknownTenant:
            return False
        except _HELD_UP as error:
            _log.warning("tenant_waits", tenant=tenant, error=type(error).__name__)
            return False

    def look(self) -> bool:
        """The clock: what has rung is decided. With nothing due it is one statement, whatever is open."""
        ringing = {one.tenant: one for one in alarms.ringing(self._watch)}
        again = self._each(ringing, lambda tenant: self._decide(ringing[tenant]))
        self.last_tick = datetime.now(UTC)
        if time.monotonic() - self._noted > NOTED_SECONDS:
            with transaction(self._runtime.engine, "") as tx:
                gauges.note(tx, "tick")
            self._noted = time.monotonic()
        return again

    def _decide(self, due: alarms.Ringing) -> bool:
        """A tenant's turn; whether there is more to do than one turn's worth."""
        desk, tenant, more = self._runtime.desk, due.tenant, False
        if due.rings:
            calendar_steps.fire(desk, tenant, None)
            more = tick(desk, tenant, slices=SLICES)
        if due.renews:
            more = self._renew(tenant) or more
        if due.tells:
            digests.tell(desk, tenant)
        self.last_tick = datetime.now(UTC)
        return more

    def _renew(self, tenant: str) -> bool:
        """Some slices, then what is due comes first again; whether there may be more."""
        desk = self._runtime.desk
        return all(not self._over.is_set() and renewal.renew(desk, tenant) for _ in range(RENEWED_AT_ONCE))

    def _deliver(self) -> bool:
        return self._courier.round()

    def _letters(self) -> bool:
        desk = self._runtime.desk
        return self._each(alarms.queued(self._watch), lambda tenant: compose.compose_ready(desk, tenant, render))

    def _mail(self) -> bool:
        desk, by_mail = self._runtime.desk, self._by_mail
        channels = post.CHANNELS if by_mail else post.CHANNELS - post.MAILED

        def hand(tenant: str, one: post.Outgoing) -> Sent | Failed:
            return by_mail(tenant, one) if by_mail and one.row["channel"] in post.MAILED else self._texter.post(tenant, one)

        def work(tenant: str) -> int:
            return post.post_ready(desk, tenant, render_mail, hand, channels)

        again = self._each(alarms.ready(self._watch), work)
        tells = self._to_us
        if tells is None:
            return again
        return self._each(alarms.telling(self._watch), lambda tenant: notices.post(desk, tenant, tells)) or again

    def _tidy(self) -> None:
        """Of every tenant, standing sandboxes too: their webhooks go out in real time."""
        kept = timedelta(days=self._runtime.settings.webhook_kept_days)
        desk = self._runtime.desk
        everybody = all_tenants(desk)
        self._each(everybody, lambda tenant: keeping.tidy(desk, tenant, kept))
        self._each(everybody, lambda tenant: turning.turn(desk, tenant))
        self._each(running(desk), lambda tenant: consents.expire(desk, tenant, None))
        self._each(running(desk), lambda tenant: reassigning.carry_on(desk, tenant))
        self._each(running(desk), lambda tenant: notices.tell(desk, tenant, compose_notices))

    def _calendars(self) -> None:
        """A newer version of the service may know of years that were provisional."""
        engine = self._runtime.engine
        self._each(running(self._runtime.desk), lambda tenant: refresh_calendar(engine, tenant, CLOCKWORK))

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
