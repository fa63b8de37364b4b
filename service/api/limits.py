"""How much is taken on: so many requests a second of one asker, and so many at once in one process."""

import time
from collections.abc import Callable
from math import ceil
from threading import Lock

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.failures import answer
from service.api.problems import Problem, overloaded

WAITING_PER_CONNECTION = 4
"""More waiting or running requests than this for each database connection would only wait in vain."""

ALWAYS_OPEN = "/healthz"
DOORS = frozenset({"/readyz", "/metrics"})
"""What those who watch the service ask, without a key: so many at once, beside everybody else."""

MOST_AT_DOORS = 8
BURST_SECONDS = 2.0
MOST_NAMES = 10_000


class Overload:
    """ASGI middleware: at most so many requests at work, whoever asks. One that waits for its own client's next bytes is
    not at work: slow senders take nobody's place."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self._rooms, self._doors = _Places(most), _Places(MOST_AT_DOORS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == ALWAYS_OPEN:
            await self.app(scope, receive, send)
            return
        places = self._doors if scope["path"] in DOORS else self._rooms
        if places.taken >= places.most:
            await _refuse(overloaded(), scope, receive, send)
            return

        async def received() -> Message:
            places.taken -= 1
            try:
                return await receive()
            finally:
                places.taken += 1

        places.taken += 1
        try:
            await self.app(scope, received, send)
        finally:
            places.taken -= 1


class _Places:
    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0


class Buckets:
    """A token bucket a name, filled at `rate` a second and full with two seconds' worth; 0 is no limit."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST_SECONDS)
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, name: str) -> float:
        """One token, or how many seconds until there is one."""
        if not self._rate:
            return 0.0
        now = time.monotonic()
        with self._lock:
            tokens = self._tokens(name, now)
            if tokens < 1:
                self._buckets[name] = tokens, now
                return (1 - tokens) / self._rate
            if len(self._buckets) >= MOST_NAMES and name not in self._buckets:
                self._forget(now)
            self._buckets[name] = tokens - 1, now
            return 0.0

    def lacks(self, name: str) -> float:
        """How many seconds until there is a token; none is taken."""
        if not self._rate:
            return 0.0
        with self._lock:
            return max(0.0, 1 - self._tokens(name, time.monotonic())) / self._rate

    def _tokens(self, name: str, now: float) -> float:
        tokens, at = self._buckets.get(name, (self._most, now))
        return min(self._most, tokens + (now - at) * self._rate)

    def _forget(self, now: float) -> None:
        """Buckets that are full again are as good as none; when all are in use they begin anew."""
        self._buckets = {name: (tokens, at) for name, (tokens, at) in self._buckets.items() if now - at < BURST_SECONDS}
        if len(self._buckets) >= MOST_NAMES:
            self._buckets = {}


class RateLimit:
    """ASGI middleware: refuses before anything is read. `spend` takes what a request with this Authorization header costs
    and tells how many seconds it would have to wait."""

    def __init__(self, app: ASGIApp, spend: Callable[[str | None], float]) -> None:
        self.app = app
        self._spend = spend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._spend(Headers(scope=scope).get("authorization")) if scope["type"] == "http" else 0.0
        if wait > 0:
            await _refuse(rate_limited(wait), scope, receive, send)
        else:
            await self.app(scope, receive, send)


def rate_limited(wait: float) -> Problem:
    """Too many requests; in so many seconds there may be another one."""
    return Problem(429, "rate_limited", retry_after=ceil(wait))


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    await answer(problem, Request(scope))(scope, receive, send)
