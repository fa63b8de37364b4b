"""One POST over a checked connection. All of httpcore is in this file: below httpx there are no redirects, proxies,
cookies or decompression to switch off, and the time-outs it hands to a stream are ours to read as one deadline."""

import select
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import httpcore

from service.channels.addresses import Reach, Target, check_answers, literal_of
from service.channels.dialing import Lookup, dial, left, look_up
from service.channels.outcome import HEAD_BYTES

ANSWER_BYTES = 20 * 1024
# Head, informational answers, chunk frames and body together: what one exchange may pour on us.
RAW_BYTES = 4 * ANSWER_BYTES
CHUNK_BYTES = 16 * 1024


class Stale(ConnectionError):
    """A kept connection turned out closed before it answered anything: the request may go out on another."""


class AnswerTooLarge(Exception):
    """The far side keeps pouring: endless headers, interim answers or chunk frames."""


class BadAnswer(Exception):
    """What came back is not HTTP, or broke off. `status` is known when its head had arrived."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, the Retry-After header and the first kilobyte. `broken` is the error that cut the body off, if any."""

    status: int
    retry_after: str
    head: bytes
    broken: Exception | None = None


class Poster:
    """A small pool of connections, safe to share between threads; `close` when done."""

    def __init__(self, reach: Reach, lookup: Lookup, ssl_context: ssl.SSLContext | None, kept: int) -> None:
        self._kept = kept
        trusted = ssl_context or httpcore.default_ssl_context()
        self._pools = {
            scheme: httpcore.ConnectionPool(
                ssl_context=trusted,
                max_connections=None,  # the callers' threads are the bound; a queue here would let one endpoint block
                max_keepalive_connections=kept,
                keepalive_expiry=15.0,
                network_backend=CheckedBackend(scheme, reach, lookup),
            )
            for scheme in ("https", "http")
        }

    def post(self, target: Target, headers: list[tuple[str, str]], body: bytes, until: float) -> Answer:
        """One exchange that ends before `until`. Raises UrlRefused, OSError, BadAnswer, AnswerTooLarge."""
        for _ in range(self._kept):
            try:
                return self._exchange(target, headers, body, until)
            except Stale:
                left(until)
        return self._exchange(target, headers, body, until)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _exchange(self, target: Target, headers: list[tuple[str, str]], body: bytes, until: float) -> Answer:
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        limits = {"timeout": dict.fromkeys(("connect", "read", "write"), until)}
        raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]
        try:
            with self._pools[target.scheme].stream("POST", url, headers=raw, content=body, extensions=limits) as got:
                return _read(got)
        except (httpcore.ProtocolError, httpcore.NetworkError) as error:
            raise BadAnswer(str(error)) from error


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves by itself, checks every answer at every connect, and connects to the checked address; httpcore keeps
    the name for SNI and the certificate."""

    def __init__(self, scheme: str, reach: Reach, lookup: Lookup) -> None:
        self._scheme, self._reach, self._lookup = scheme, reach, lookup

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        until = 0.0 if timeout is None else timeout
        answers = [host] if literal_of(host) else look_up(self._lookup, host, port, until)
        return DeadlineStream(dial(check_answers(self._scheme, host, port, answers, self._reach), port, until))


class DeadlineStream(httpcore.NetworkStream):
    """A socket whose every step ends at the exchange's deadline: httpcore's `timeout` carries a moment, not a span."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._allowance = RAW_BYTES
        self._answering = False
        self._reused = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._sock.settimeout(left(timeout))
        try:
            data = self._sock.recv(min(max_bytes, CHUNK_BYTES))
        except ConnectionError:
            if self._reused:
                raise Stale from None
            raise
        if self._reused and not data:
            raise Stale
        self._answering, self._reused = True, False
        self._allowance -= len(data)
        if self._allowance < 0:
            raise AnswerTooLarge(f"more than {RAW_BYTES} bytes")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._answering:
            self._answering, self._reused, self._allowance = False, True, RAW_BYTES
        while buffer:
            self._sock.settimeout(left(timeout))
            try:
                buffer = buffer[self._sock.send(buffer) :]
            except ConnectionError as error:
                # httpcore then still reads: a server may answer and close before it has read everything.
                raise httpcore.WriteError(str(error)) from error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Self:
        try:
            self._sock.settimeout(left(timeout))  # the handshake as a whole: OpenSSL's wrapper counts across its reads
            return type(self)(ssl_context.wrap_socket(self._sock, server_hostname=server_hostname))
        except (OSError, ValueError):
            self._sock.close()
            raise

    def close(self) -> None:
        self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        """What the pool asks: has a kept connection been closed, or spoken out of turn?"""
        if info == "is_readable":
            return self._sock.fileno() < 0 or _readable(self._sock)
        return None


def _readable(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _read(response: httpcore.Response) -> Answer:
    """The answer's head, reading on to 20 kB so that the connection can be kept; past that it is closed unread."""
    head, seen, broken = b"", 0, None
    try:
        for chunk in response.iter_stream():
            head = (head + chunk)[:HEAD_BYTES]
            seen += len(chunk)
            if seen > ANSWER_BYTES:
                break
    except (OSError, httpcore.ProtocolError, httpcore.NetworkError, AnswerTooLarge) as error:
        broken = error
    retry_after = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return Answer(response.status, retry_after.decode("ascii", "replace"), head, broken)
