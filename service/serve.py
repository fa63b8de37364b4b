"""The server process: the API, and unless told otherwise the loops beside it."""

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import psycopg
import uvicorn
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service import migrate
from service.api.context import Readiness
from service.app import create
from service.runtime import Runtime
from service.worker import Loops

TICK_TOO_OLD = timedelta(seconds=30)
GRACE_SECONDS = 15


class Health:
    """What readiness asks of: the database, its migrations, the clock's last tick, and what should be known beside."""

    def __init__(self, runtime: Runtime, loops: Loops | None) -> None:
        self._runtime = runtime
        self._loops = loops
        self._started = datetime.now(UTC)
        self.registry = CollectorRegistry()

    def readiness(self) -> Readiness:
        """Whether requests can be served."""
        checks: dict[str, Any] = {"database": "ok", "migrations": migrate.head(), "clock": "elsewhere"}
        try:
            with self._runtime.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, psycopg.Error):
            return Readiness(False, checks | {"database": "away"})
        ready = True
        if self._loops:
            last = self._loops.last_tick
            fresh = datetime.now(UTC) - (last or self._started) < TICK_TOO_OLD
            checks["clock"] = {"last_tick": last.isoformat() if last else None}
            ready = fresh
        if self._runtime.settings.smtp_url is None:
            checks["email"] = "not configured: live tenants' e-mail steps are skipped"
        return Readiness(ready, checks)

    def metrics(self) -> bytes:
        """Text exposition format."""
        return generate_latest(self.registry)


def serve(runtime: Runtime, with_clock: bool, started: Callable[[], None]) -> None:
    """Answer requests until told to stop; what is in flight is finished first."""
    loops = Loops(runtime) if with_clock else None
    health = Health(runtime, loops)
    app = create(runtime, health.readiness, health.metrics)
    config = uvicorn.Config(
        app,
        host=runtime.settings.host,
        port=runtime.settings.port,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=bool(runtime.settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in runtime.settings.trusted_proxies],
    )
    server = _Server(config, started, lambda: _retire(runtime, loops))
    if loops:
        loops.start()
    try:
        server.run()
    finally:
        if loops:
            loops.stop()


def _retire(runtime: Runtime, loops: Loops | None) -> None:
    runtime.desk.close()
    if loops:
        loops.retire()


class _Server(uvicorn.Server):
    """Tells when it listens and when it is to end."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = started
        self._ending = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As the parent does, but the signal is not raised anew at the end: the loops are still to finish then."""
        self._ending()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def work(runtime: Runtime) -> None:
    """The loops alone, until told to stop."""
    loops = Loops(runtime)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    loops.start()
    told.wait()
    loops.stop()
