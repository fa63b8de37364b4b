"""The server process: the API, and unless told otherwise the loops beside it."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from prometheus_client import start_http_server

from service.api import connections
from service.app import create
from service.health import Health
from service.runtime import Runtime, look_for_cycles_seldom
from service.worker import Loops

GRACE_SECONDS = 15
SPEAKING_SECONDS = 2.0
"""At most, for those who came in just before the door closed: their request is on its way, and would be cut off unheard."""


def serve(runtime: Runtime, with_clock: bool, started: Callable[[], None]) -> None:
    """Answer requests until told to stop; what is in flight is finished first."""
    loops = Loops(runtime) if with_clock else None
    health = Health(runtime, (lambda: loops.last_tick) if loops else None)
    app = create(runtime, health.readiness, health.metrics)
    config = connections.config(
        app,
        host=runtime.settings.host,
        port=runtime.settings.port,
        loop="uvloop",
        timeout_graceful_shutdown=GRACE_SECONDS,
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
        self.force_exit = self.force_exit or (self.should_exit and sig == signal.SIGINT)
        self.should_exit = True

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            look_for_cycles_seldom()
            self._announce()

    async def shutdown(self, sockets: Any = None) -> None:
        """Nobody new comes in; then as the parent does, which shows out at once whoever has not spoken yet."""
        for listening in self.servers:
            listening.close()
        until = time.monotonic() + SPEAKING_SECONDS
        while time.monotonic() < until and connections.anybody_speaking(self.server_state.connections):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)


def work(runtime: Runtime) -> None:
    """The loops alone, until told to stop."""
    loops = Loops(runtime)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    if runtime.settings.metrics_port:
        Health(runtime, lambda: loops.last_tick)
        start_http_server(runtime.settings.metrics_port, runtime.settings.host, runtime.metrics.registry)
    look_for_cycles_seldom()
    loops.start()
    told.wait()
    loops.stop()
