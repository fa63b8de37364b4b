"""How much is taken on: so many requests a second of one key, and so many at once in one process."""

import time
from math import ceil

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.failures import answer
from service.api.problems import Problem, overloaded

WAITING_PER_CONNECTION = 4
"""More waiting or running requests than this for each database connection would only wait in vain."""

OPEN_DOORS = frozenset({"/healthz", "/readyz", "/metrics"})
BURST_SECONDS = 2.0
MOST_KEYS = 10_000


class Overload:
    """ASGI middleware: at most so many requests inside, whoever asks."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self._most = most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_DOORS:
            await self.app(scope, receive, send)
            return
        if self._inside >= self._most:
            await _refuse(overloaded(), scope, receive, send)
            return
        self._inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._inside -= 1


class RateLimit:
    """ASGI middleware: a token bucket a key, filled at `rate` a second; 0 is no limit. The key's whole text names the
    bucket, so that nobody empties another's with a secret made up."""

    def __init__(self, app: ASGIApp, rate: float) -> None:
        self.app = app
        self._rate = rate
        self._most = max(1.0, rate * BURST_SECONDS)
        self._buckets: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get("authorization") if scope["type"] == "http" and self._rate else None
        wait = self._take(key, time.monotonic()) if key else 0.0
        if wait > 0:
            await _refuse(Problem(429, "rate_limited", retry_after=ceil(wait)), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _take(self, key: str, now: float) -> float:
        """One token, or how many seconds until there is one."""
        tokens, at = self._buckets.get(key, (self._most, now))
        tokens = min(self._most, tokens + (now - at) * self._rate)
        if tokens < 1:
            self._buckets[key] = tokens, now
            return (1 - tokens) / self._rate
        if len(self._buckets) >= MOST_KEYS and key not in self._buckets:
            self._forget(now)
        self._buckets[key] = tokens - 1, now
        return 0.0

    def _forget(self, now: float) -> None:
        """Buckets that are full again are as good as none; when all are in use they begin anew."""
        self._buckets = {key: (tokens, at) for key, (tokens, at) in self._buckets.items() if now - at < BURST_SECONDS}
        if len(self._buckets) >= MOST_KEYS:
            self._buckets = {}


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    await answer(problem, Request(scope))(scope, receive, send)
