"""Requests byte by byte, for what no client library would send."""

import json
import socket
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from tests.patience import PATIENCE


class Somewhere(Protocol):
    """What can be dialled."""

    @property
    def url(self) -> str: ...


class Answer(NamedTuple):
    """One answer as it came; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """A problem's."""
        return str(self.json()["code"])


def dial(service: Somewhere) -> socket.socket:
    """A connection to the service."""
    place = urlsplit(service.url)
    return socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=PATIENCE)


def request(line: str, *headers: str, body: bytes = b"", host: bool = True) -> bytes:
    """A request as bytes; its length is for the caller to tell."""
    given = ["Host: dunlog.example", *headers] if host else list(headers)
    return "\r\n".join([f"{line} HTTP/1.1", *given, "", ""]).encode("latin-1") + body


def bearer(key: str) -> str:
    return f"Authorization: Bearer {key}"


def talk(service: Somewhere, *pieces: bytes) -> list[Answer]:
    """Everything the server answers to the pieces, each of which it has taken before the next is sent, until it hangs up:
    the last request must make it."""
    with dial(service) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for index, piece in enumerate(pieces):
                if index:
                    _wait_until_taken(connection)
                connection.sendall(piece)
        except ConnectionError:  # it answered before it had heard all
            pass
        return answers(connection)


def answers(connection: socket.socket) -> list[Answer]:
    """All of them, to the end of the connection."""
    heard = b""
    try:
        while piece := connection.recv(65536):
            heard += piece
    except ConnectionError:
        pass
    found = []
    while heard:
        answer, heard = _parted(heard)
        found.append(answer)
    return found


def first(connection: socket.socket) -> Answer:
    """The next answer, of a connection that stays open."""
    heard = b""
    while b"\r\n\r\n" not in heard or len(_parted(heard)[0].body) < int(_parted(heard)[0].headers["content-length"]):
        piece = connection.recv(65536)
        assert piece, heard
        heard += piece
    return _parted(heard)[0]


def _wait_until_taken(connection: socket.socket) -> None:
    """Until the server has had time to read what was sent: a piece of its own, not the end of one before."""
    connection.settimeout(0.1)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except TimeoutError:
        pass
    finally:
        connection.settimeout(PATIENCE)


def _parted(heard: bytes) -> tuple[Answer, bytes]:
    head, _, rest = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    assert first.startswith("HTTP/1.1 "), first
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    return Answer(int(first.split()[1]), headers, rest[:length]), rest[length:]
