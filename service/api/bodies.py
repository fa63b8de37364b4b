"""Reading what a request carries: bounded, decoded once, its texts checked, before anybody looks at its meaning."""

import json
import math
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, NoReturn

import msgspec
from anyio import fail_after
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from service.api.problems import Problem
from service.api.texts import DEEPEST, MOST_VALUES, SURROGATE, check_texts, suspicious, too_deep, too_many

LARGEST = 1024 * 1024
"""Bytes of a body that is not a stream."""

PATIENCE_SECONDS = 30
"""So long a body may take, and a stream between two of its pieces."""

_ENCODINGS = ("content-encoding", "transfer-encoding")
_LONGEST_NUMBER = 1000
_CHARSETS = ("utf-8", "utf8", "us-ascii")
_UTF8_MARK = b"\xef\xbb\xbf"
_NEVER_VALID = b"[]"  # no command is a list
_BYTE = re.compile(r"\(byte (\d+)\)")


def media_type(header: str | None) -> str:
    """The media type in lower case, empty without one. Any other charset than UTF-8 is a problem."""
    media, *parameters = (header or "").split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in _CHARSETS:
            raise Problem(415, "charset_unsupported")
    return media.strip().lower()


def is_json(media: str) -> bool:
    """Whether such a body is JSON."""
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


def check_encoding(request: Request) -> None:
    """Refuses compressed bodies: their size is not what it seems."""
    content, transfer = (request.headers.get(name, "").strip().lower() for name in _ENCODINGS)
    if content not in ("", "identity") or transfer not in ("", "chunked"):
        raise Problem(415, "encoding_unsupported", headers={"Accept-Encoding": "identity"})


async def read(request: Request, largest: int = LARGEST) -> bytes:
    """The whole body, when it has at most that many bytes; of a larger one no more is read."""
    check_encoding(request)
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > largest):
        _too_large(largest)
    body = bytearray()
    try:
        with fail_after(PATIENCE_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    _too_large(largest)
    except TimeoutError:
        raise too_slow() from None
    except ClientDisconnect:
        raise Problem(400, "body_incomplete") from None
    return bytes(body)


async def pieces(request: Request) -> AsyncIterator[bytes]:
    """A stream's bytes as they come; raises Problem when the next ones do not."""
    stream = aiter(request.stream())
    while True:
        try:
            with fail_after(PATIENCE_SECONDS):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise too_slow() from None
        yield chunk


def too_slow() -> Problem:
    """The client stopped sending; the rest of what it may send is not waited for."""
    return Problem(408, "body_too_slow", {"limit": PATIENCE_SECONDS}, headers={"Connection": "close"})


def _too_large(largest: int) -> NoReturn:
    raise Problem(413, "payload_too_large", {"limit": largest}, headers={"Connection": "close"})


def decode(body: bytes) -> tuple[Any, bool]:
    """The JSON value, and whether its texts and numbers need a look: they may be what no database takes."""
    raw = body.removeprefix(_UTF8_MARK)
    try:
        return msgspec.json.decode(raw), suspicious(raw)
    except RecursionError:
        raise _too_deep() from None
    except msgspec.ValidationError:  # a number that no number type holds
        return _decode_leniently(raw), True
    except msgspec.DecodeError as error:
        if SURROGATE.search(raw):
            return _decode_leniently(raw), True
        found = _BYTE.search(str(error))
        raise _malformed(int(found.group(1)) if found else len(raw)) from None
    except UnicodeDecodeError:
        return _decode_leniently(raw), True


def _decode_leniently(raw: bytes) -> Any:
    """Lone surrogates and endless numbers are let through."""
    text = ""
    try:
        text = raw.decode()
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise _malformed(error.start) from None
    except json.JSONDecodeError as error:
        raise _malformed(len(text[: error.pos].encode())) from None
    except RecursionError:
        raise _too_deep() from None


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(name, "", 0)


def _integer(digits: str) -> int | float:
    # Python refuses very long ones with an error of its own
    return int(digits) if len(digits) <= _LONGEST_NUMBER else math.inf


def _malformed(position: int) -> Problem:
    return Problem(400, "invalid_json", {"position": position})


def _too_deep() -> Problem:
    return Problem(400, "too_deep", {"limit": DEEPEST})


def checked(value: Any, look: bool) -> Any:
    """The value, when it is neither too deep nor too much nor holds, as far as it needs a look, what no database takes."""
    if too_deep(value):
        raise _too_deep()
    if too_many(value):
        raise Problem(400, "too_many_values", {"limit": MOST_VALUES})
    if look:
        check_texts(value)
    return value


class CommandRequest(Request):
    """A request whose JSON body has been read and checked. What was wrong with it is told after who asks is known."""

    problem: Problem | None = None
    _raw: bytes = b""
    _value: Any = None

    async def check(self) -> None:
        """Read the body; a problem is kept, not raised."""
        try:
            self._raw = await read(self)
            if self._raw and not is_json(media_type(self.headers.get("content-type"))):
                raise Problem(415, "unsupported_media_type")
            self._value = checked(*decode(self._raw)) if self._raw else None
        except Problem as problem:
            self.problem = problem
            self._raw, self._value = self._raw or _NEVER_VALID, []

    async def body(self) -> bytes:
        return self._raw

    async def json(self) -> Any:
        return self._value


class CommandRoute(APIRoute):
    """A route whose body is one JSON object, at most `LARGEST` bytes, declared as a pydantic model."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle
        guarded = _is_guarded(self.dependant)

        async def checking(request: Request) -> Response:
            if guarded:
                await request.app.state.keyring.arrive(request)
            command = CommandRequest(request.scope, request.receive)
            await command.check()
            try:
                return await handle(command)
            except RequestValidationError:
                if command.problem is not None:
                    raise command.problem from None
                raise

        return checking


def _is_guarded(dependant: Dependant) -> bool:
    return any(hasattr(one.call, "right") or _is_guarded(one) for one in dependant.dependencies)
