"""What readiness asks of: the database, its migrations, the clock's last tick, and what should be known beside them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import psycopg
from prometheus_client import generate_latest
from sqlalchemy.exc import SQLAlchemyError

from service import migrate
from service.api.context import Readiness
from service.runtime import Runtime
from service.store import gauges

TICK_TOO_OLD = timedelta(seconds=30)
CALENDARS_KEPT_SECONDS = 600.0
FRESH_SECONDS = 1.0
"""Anybody may ask, without a key and as often as they like: the database is asked once a second."""


class Health:
    """Asked by whoever routes requests to this process. `last_tick` is its own clock's; None when it has none."""

    def __init__(self, runtime: Runtime, last_tick: Callable[[], datetime | None] | None) -> None:
        self._runtime = runtime
        self._last_tick = last_tick
        self._started = datetime.now(UTC)
        self._calendars: dict[str, int] = {}
        self._calendars_at = float("-inf")
        self._migrations = migrate.head()
        self._looking = Lock()
        self._seen: gauges.Gauges | None = None
        self._seen_at = float("-inf")
        runtime.metrics.watch(runtime.engine, self.calendars)

    def readiness(self) -> Readiness:
        """Whether requests can be served. A database that comes back makes the next answer another one."""
        try:
            found = self._gauges()
            calendars = self.calendars()
        except (SQLAlchemyError, psycopg.Error):
            return Readiness(False, {"database": "away", "migrations": self._migrations})
        ticked, ready = found.last_tick, True
        if self._last_tick is not None:
            ticked = self._last_tick()
            ready = datetime.now(UTC) - (ticked or self._started) < TICK_TOO_OLD
        checks: dict[str, Any] = {
            "database": "ok",
            "migrations": self._migrations,
            "clock": {"here": self._last_tick is not None, "last_tick": ticked.isoformat() if ticked else None},
            "calendars": {country: _calendar(year, found.now.year) for country, year in sorted(calendars.items())},
        }
        if self._runtime.settings.smtp_url is None and found.live_tenants:
            checks["email"] = {"status": "no mail channel: steps are skipped", "live_tenants": found.live_tenants}
        return Readiness(ready, checks)

    def _gauges(self) -> gauges.Gauges:
        with self._looking:
            if self._seen is None or time.monotonic() - self._seen_at > FRESH_SECONDS:
                self._seen = None  # a database that is away is asked again by the next one
                self._seen = gauges.read(self._runtime.engine)
                self._seen_at = time.monotonic()
            return self._seen

    def calendars(self) -> dict[str, int]:
        """The last published year by country; asked anew every few minutes, for it changes once a year."""
        if not self._calendars or time.monotonic() - self._calendars_at > CALENDARS_KEPT_SECONDS:
            self._calendars = gauges.calendars(self._runtime.engine)
            self._calendars_at = time.monotonic()
        return self._calendars

    def metrics(self) -> bytes:
        """Text exposition format."""
        return generate_latest(self._runtime.metrics.registry)


def _calendar(year: int, this_year: int) -> dict[str, Any]:
    """Days of later years go by the weekday alone until an authority publishes them (T7)."""
    provisional = {} if year > this_year else {"provisional_from": year + 1}
    return {"published_until": year, **provisional}
