"""One client's connection, bounded in every direction before a request is one: its head in size and time, what is neither
head nor body, an answer nobody reads. What two readers could read in two ways is refused and the connection closed."""

import re
import resource
from asyncio import AbstractEventLoop, BaseTransport, TimerHandle
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import httptools
import msgspec
import uvicorn
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.api.problems import MEDIA_TYPE, Problem, rendered
from service.api.request_ids import HEADER, fresh

HEAD_BYTES = 32 * 1024
"""Of a request's line and headers together; also of anything else that is no body, such as trailers."""

HEAD_SECONDS = 10.0
"""From the first byte of a head, or from a silent connection, to its end."""

ANSWER_SECONDS = 30.0
"""So long an answer may wait for a client that does not read it."""

KEEP_ALIVE_SECONDS = 5
MOST_HEADERS = 100

_ONCE = (b"host", b"authorization", b"content-type", b"content-encoding", b"idempotency-key", b"transfer-encoding")
"""Headers of which a proxy might read the first and we the second."""

_VERSIONS = ("1.0", "1.1")
_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*(?=\r\n)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


def config(app: Any, **given: Any) -> uvicorn.Config:
    """How the application is served: on such connections, without anything that tells of the server."""
    return uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        headers=[("X-Content-Type-Options", "nosniff")],
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        **given,
    )


@cache
def most_connections() -> int:
    """Half the files this process may open: the rest is for the database and for webhooks."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 10_000 if soft == resource.RLIM_INFINITY else min(10_000, max(16, soft // 2))


def anybody_speaking(connections: Iterable[object]) -> bool:
    """Whether a request is on its way on one of them: its head has begun to come, or the connection has just been made."""
    return any(isinstance(one, Connection) and one.is_speaking for one in connections)


class Connection(HttpToolsProtocol):
    """uvicorn's own, with the limits that it leaves to a proxy in front, which not everybody has."""

    _over = False
    _at_work: RequestResponseCycle | None = None
    _in_head = False
    _in_body = False
    _unread = 0  # bytes since a head was complete or a piece of body came

    @property
    def is_speaking(self) -> bool:
        """Whether something was not heard to its end yet that should be."""
        return self._in_head or self.cycle is None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._head_due, self._answer_due = _Alarm(self.loop), _Alarm(self.loop)
        if len(self.connections) > most_connections():
            self._over = True
            self._abort()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        self._head_due.clear()
        self._answer_due.clear()
        self._forget_answers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._unset_keepalive_if_required()
        self._unread += len(data)
        try:
            self.parser.feed_data(self._without_upgrade(data))
        except httptools.HttpParserUpgrade:
            self._refuse(Problem(400, "malformed_request"))
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, Problem) else Problem(400, "malformed_request"))
        else:
            if self._unread > HEAD_BYTES:
                self._refuse(_too_large())
            elif self._in_head or self._idle():
                self._await_head()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # what comes behind a body is no header
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._unread = 0
        self._head_due.clear()
        self._check_head()
        self._in_body = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def pause_writing(self) -> None:
        self._answer_due.set(ANSWER_SECONDS, self._abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._answer_due.clear()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked. What has not been read by now is not waited for."""
        if self.transport.get_write_buffer_size():
            self._abort()
        else:
            super().timeout_keep_alive_handler()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._at_work = cycle
        super()._start_asgi_task(cycle, app)

    def _abort(self) -> None:
        self._forget_answers()
        self.transport.abort()

    def _forget_answers(self) -> None:
        """Nobody hears them any more: neither that of the request at work nor those of the ones behind it."""
        for cycle in (self._at_work, *(waiting for waiting, _ in self.pipeline)):
            if cycle is not None:
                cycle.disconnected = True
        self.pipeline.clear()

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        self._head_due.set(HEAD_SECONDS, self._head_never_came)

    def _head_never_came(self) -> None:
        if self._in_head:
            self._refuse(Problem(408, "request_too_slow"))
        else:
            self._over = True
            self.transport.close()

    def _without_upgrade(self, data: bytes) -> bytes:
        """No other protocol is spoken here. The parser would take a body behind such a header for the next request."""
        if not self._in_head and not self._idle():
            return data
        end = data.find(_HEAD_END)
        found = _UPGRADE.search(data, 0, len(data) if end < 0 else end + 2)
        return data[: found.start()] + data[found.end() :] if found else data

    def _check_head(self) -> None:
        """Raises Problem for a head that is too large, or that somebody before us may have read otherwise."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEAD_BYTES or len(self.headers) > MOST_HEADERS:
            raise _too_large()
        version = self.parser.get_http_version()
        names = Counter(name for name, _ in self.headers)
        coded_before_its_time = version == "1.0" and names[b"transfer-encoding"]
        without_host = version == "1.1" and not names[b"host"]
        if (
            version not in _VERSIONS
            or self.parser.should_upgrade()
            or coded_before_its_time
            or without_host
            or any(names[name] > 1 for name in _ONCE)
        ):
            raise Problem(400, "malformed_request")

    def _refuse(self, problem: Problem) -> None:
        """Nothing more is read. Each request has one answer, in their order: those that came whole are let finish."""
        self._over = True
        self._head_due.clear()
        if not self._in_body and not self._idle():
            self.cycle.keep_alive = False
            return
        if not self._in_body or not (self.pipeline or self.cycle.response_started):
            self._answer(problem)
        self.transport.close()

    def _answer(self, problem: Problem) -> None:
        request = fresh()
        body = msgspec.json.encode(rendered(problem, "en", request=request))
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Connection": "close",
            HEADER: request,
        }
        lines = [name + b": " + value for name, value in self.server_state.default_headers]
        lines += [f"{name}: {value}".encode("ascii") for name, value in headers.items()]
        self.transport.write(STATUS_LINE[problem.status] + b"\r\n".join(lines) + _HEAD_END + body)


def _too_large() -> Problem:
    return Problem(431, "headers_too_large", {"limit": HEAD_BYTES})



class _Alarm:
    """A timer; setting it once more does not put it off."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: TimerHandle | None = None

    def set(self, seconds: float, ring: Callable[[], None]) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(seconds, ring)

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
