"""Names looked up and sockets opened before a moment: `until` is always an instant of `time.monotonic`, because a
time-out per step lets a slow peer hold a thread for ever."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from queue import Empty, SimpleQueue

from service.channels.addresses import Address

Lookup = Callable[[str, int], Sequence[str]]
MAX_TRIED = 4

# In order: the first class that fits names the failure.
_FAILURES: tuple[tuple[type[OSError], str], ...] = (
    (TimeoutError, "timeout"),
    (socket.gaierror, "dns_failed"),
    (ssl.SSLError, "tls_failed"),
    (ConnectionRefusedError, "connection_refused"),
    (ConnectionError, "connection_lost"),
)


def left(until: float | None) -> float:
    """Seconds that remain; raises TimeoutError when none do, or when nobody set a limit."""
    seconds = 0.0 if until is None else until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds


def system_lookup(host: str, port: int) -> list[str]:
    """Every address the system's resolver gives; raises socket.gaierror."""
    return [str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def look_up(lookup: Lookup, host: str, port: int, until: float) -> Sequence[str]:
    """The lookup's answer in time, or TimeoutError. The system's resolver takes no time-out, so it runs on a thread of
    its own; it gives up by itself, and each sender leaves at most a few behind."""
    answer: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put(lookup(host, port))
        except OSError as error:
            answer.put(error)

    threading.Thread(target=ask, name="dunlog-lookup", daemon=True).start()
    try:
        found = answer.get(timeout=left(until))
    except Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(found, OSError):
        raise found
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
    return found


def resolved(answers: Sequence[str]) -> list[Address]:
    """The resolver's answers as addresses, for servers the operator chose and no rule restricts."""
    return [ip_address(answer) for answer in answers]


def dial(addresses: Sequence[Address], port: int, until: float) -> socket.socket:
    """A connected socket to the first address that answers; none may use up the time of those after it."""
    tried = addresses[:MAX_TRIED]
    for index, address in enumerate(tried):
        try:
            return _connect(address, port, left(until) / (len(tried) - index))
        except OSError:
            if index == len(tried) - 1:
                raise
    raise OSError("no address to connect to")


@contextmanager
def cut_off(sock: socket.socket, until: float) -> Iterator[None]:
    """Shuts the connection down at the moment, under whatever reads from it: for libraries that only know time-outs
    per read. It works on a twin of the socket, because wrapping in TLS takes the original away."""
    twin = sock.dup()
    timer = threading.Timer(left(until), _shut, [twin])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        twin.close()


def failure_code(error: OSError) -> str:
    """The stable code of a failure of name, connection or TLS."""
    return next((code for kind, code in _FAILURES if isinstance(error, kind)), "unreachable")


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _connect(address: Address, port: int, seconds: float) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect((str(address), port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        sock.close()
        raise
    return sock
