"""The figures of one process for Prometheus: counters kept where things happen, gauges read from the database on demand.

No label names a tenant, a customer or a key.
"""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import psycopg
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.domain.events.case import Escalated, StepSkipped
from service.domain.events.shape import Occurrence
from service.engine.asks import Done
from service.engine.meter import Meter
from service.store import gauges

FRESH_SECONDS = 5.0
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_DELAYS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400)
_LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics(Meter):
    """One a process, with a registry of its own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter that nobody asks for
        self.registry = CollectorRegistry()
        made: dict[str, Any] = {"registry": self.registry}
        self._commands = Counter("dunlog_commands", "Commands carried out, by what came of them", ["status"], **made)
        self._events = Counter("dunlog_events_appended", "Events appended to the log, by type", ["type"], **made)
        self._replays = Counter("dunlog_replays", "Requests seen before, answered and not carried out again", **made)
        self._fired = Counter("dunlog_fired", "Occurrences of playbook steps, by what came of them", ["result"], **made)
        self._delay = Histogram(
            "dunlog_fire_delay_seconds", "From the moment a step was due to its event", buckets=_DELAYS, **made
        )
        self._violations = Counter(
            "dunlog_invariant_violations",
            "Commands undone because a rule of the code or a constraint was broken",
            **made,
        )
        self._parked = Counter("dunlog_parked", "Rows put aside because they make no progress", ["kind"], **made)
        self._attempts = Counter("dunlog_delivery_attempts", "Webhook attempts, by outcome", ["outcome"], **made)
        self._requests = Histogram(
            "dunlog_http_request_seconds",
            "Requests by route template, method and status",
            ["route", "method", "status"],
            buckets=_LATENCIES,
            **made,
        )

    def watch(self, engine: Engine, calendars: Callable[[], dict[str, int]]) -> None:
        """Show what stands in the database too, and until which year each country's calendar is published."""
        self.registry.register(Gauges(engine, calendars))

    def handled(self, done: Sequence[Done], walking: bool) -> None:
        for status, count in Tally(one.status for one in done).items():
            self._commands.labels(status).inc(count)
        self._replays.inc(sum(one.repeated and one.status == "duplicate" for one in done))
        self._violations.inc(sum(one.refused is not None and one.refused.code == "internal_error" for one in done))
        events = [fact.event for one in done for fact in one.happened]
        for type, count in Tally(event.type for event in events).items():
            self._events.labels(type).inc(count)
        self._fire([event for event in events if isinstance(event, Occurrence)], walking)

    def _fire(self, fired: Sequence[Occurrence], walking: bool) -> None:
        for result, count in Tally(event.type.partition(".")[2] for event in fired).items():
            self._fired.labels(result).inc(count)
        now = datetime.now(UTC)
        for event in fired:
            late_on_purpose = isinstance(event, StepSkipped) or (isinstance(event, Escalated) and event.backfill)
            if not walking and not late_on_purpose:
                self._delay.observe(max(0.0, (now - event.due_at).total_seconds()))

    def parked(self, kind: str) -> None:
        self._parked.labels(kind).inc()

    def attempted(self, outcome: str) -> None:
        self._attempts.labels(outcome).inc()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is the template, never the path."""
        known = method if method in METHODS else "other"
        self._requests.labels(route, known, str(status)).observe(seconds)


class Measured:
    """ASGI middleware that tells how long each answer took to begin."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, took = time.perf_counter(), 500, None

        async def answered(message: Message) -> None:
            nonlocal status, took
            if message["type"] == "http.response.start":
                status, took = message["status"], time.perf_counter() - began
            await send(message)

        try:
            await self.app(scope, receive, answered)
        finally:
            route = getattr(scope.get("route"), "path", None) or "unmatched"
            if took is None:
                took = time.perf_counter() - began
            self._metrics.answered(route, scope["method"], status, took)


class Gauges(Collector):
    """What the tables show across tenants. Read at most every few seconds, however many ask; when the database is away
    only that is said."""

    def __init__(self, engine: Engine, calendars: Callable[[], dict[str, int]]) -> None:
        self._engine = engine
        self._calendars = calendars
        self._looking = Lock()
        self._read_at = float("-inf")
        self._found: list[Metric] = []

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry must not ask the database when the process starts."""
        return []

    def collect(self) -> Iterable[Metric]:
        with self._looking:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                self._found = list(self._read())
                self._read_at = time.monotonic()
            return self._found

    def _read(self) -> Iterator[Metric]:
        try:
            found = gauges.read(self._engine)
            calendars = self._calendars()
        except (SQLAlchemyError, psycopg.Error):
            yield GaugeMetricFamily("dunlog_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("dunlog_database_up", "Whether the database answers", value=1)
        for name, (text, value) in gauges.shown(found).items():
            yield GaugeMetricFamily(f"dunlog_{name}", text, value=value)
        years = GaugeMetricFamily(
            "dunlog_calendar_published_until_year", "Last year an authority has published", labels=["country"]
        )
        for country, year in calendars.items():
            years.add_metric([country], year)
        yield years
