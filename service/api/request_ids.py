"""Every request has an id: the caller's own or one of ours, in the answer, in every problem and in every log line."""

import re
import secrets

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[!-~]{1,128}")
_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class RequestIds:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = _accepted(Headers(scope=scope).get(HEADER)) or fresh()
        scope.setdefault("state", {})["request_id"] = id

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = id
            await send(message)

        with structlog.contextvars.bound_contextvars(request=id):
            await self.app(scope, receive, answered)


def request_id(request: Request) -> str:
    """The id of the request; of one that the middleware has not seen it is made now."""
    state = request.scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = fresh()
    id: str = state["request_id"]
    return id


def trace(given: object) -> str | None:
    """A W3C traceparent; a broken one is as good as none."""
    return given if isinstance(given, str) and _TRACE.fullmatch(given) else None


def _accepted(given: str | None) -> str | None:
    return given if given is not None and _GIVEN.fullmatch(given) else None


def fresh() -> str:
    """An id for a request that came without one."""
    return f"req_{secrets.token_hex(12)}"
