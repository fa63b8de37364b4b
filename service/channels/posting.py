"""One POST over a checked connection. All of httpcore is in this file: below httpx there are no redirects, proxies,
cookies or decompression to switch off, and the time-outs it hands to a stream are ours to read as one deadline."""

import select
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

import httpcore

from service.channels.addresses import Reach, Target, check_answers, literal_of
from service.channels.dialing import Lookup, dial, left, look_up
from service.channels.outcome import HEAD_BYTES

ANSWER_BYTES = 20 * 1024
# Head, informational answers, chunk frames and body together: what one exchange may pour on us.
RAW_BYTES = 4 * ANSWER_BYTES
CHUNK_BYTES = 16 * 1024
KEPT_SECONDS = 15.0


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
    """Keeps a few connections between exchanges, safe to share between threads; `close` when done.

    Not httpcore's own pool: that looks at all of its connections for each of them, whenever one comes or goes.
    """

    def __init__(self, reach: Reach, lookup: Lookup, ssl_context: ssl.SSLContext | None, kept: int) -> None:
        self._ssl_context = ssl_context or httpcore.default_ssl_context()
        self._backends = {scheme: CheckedBackend(scheme, reach, lookup) for scheme in ("https", "http")}
        self._most = kept
        self._kept: list[tuple[httpcore.Origin, httpcore.HTTPConnection]] = []
        self._lock = Lock()

    def post(self, target: Target, headers: list[tuple[str, str]], body: bytes, until: float) -> Answer:
        """One exchange that ends before `until`. Raises UrlRefused, OSError, BadAnswer, AnswerTooLarge."""
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]
        while (kept := self._taken(url.origin)) is not None:
            try:
                return self._exchange(kept, url, raw, body, until)
            except Stale:
                left(until)
        backend = self._backends[target.scheme]
        fresh = httpcore.HTTPConnection(url.origin, self._ssl_context, KEPT_SECONDS, network_backend=backend)
        return self._exchange(fresh, url, raw, body, until)

    def close(self) -> None:
        with self._lock:
            kept, self._kept = self._kept, []
        for _, connection in kept:
            connection.close()

    def _taken(self, origin: httpcore.Origin) -> httpcore.HTTPConnection | None:
        """The connection to there that was used last, while it is fit for use."""
        while True:
            with self._lock:
                found = next((n for n, (to, _) in reversed(list(enumerate(self._kept))) if to == origin), None)
                if found is None:
                    return None
                _, connection = self._kept.pop(found)
            if not connection.has_expired():
                return connection
            connection.close()

    def _put_back(self, origin: httpcore.Origin, connection: httpcore.HTTPConnection) -> None:
        """Kept for the next one when the exchange ended well; the one used longest ago makes room."""
        if not connection.is_available():
            connection.close()
            return
        with self._lock:
            self._kept.append((origin, connection))
            _, oldest = self._kept.pop(0) if len(self._kept) > self._most else (origin, None)
        if oldest is not None:
            oldest.close()

    def _exchange(
        self, connection: httpcore.HTTPConnection, url: httpcore.URL, headers: list[tuple[bytes, bytes]], body: bytes,
        until: float,
    ) -> Answer:  # fmt: skip
        limits = {"timeout": dict.fromkeys(("connect", "read", "write"), until)}
        try:
            with connection.stream("POST", url, headers=headers, content=body, extensions=limits) as got:
                return _read(got)
        except (httpcore.ProtocolError, httpcore.NetworkError) as error:
            raise BadAnswer(str(error)) from error
        finally:
            self._put_back(url.origin, connection)


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
