"""What tests send, and the far sides they send to: a receiver that records, and scripts for those that misbehave."""

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from service.channels.addresses import Reach
from service.channels.outcome import Failed, Sent
from service.channels.sealing import new_secret
from service.channels.webhook import Delivery

Script = Callable[[socket.socket, threading.Event], None]


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An HTTP/1.1 endpoint that keeps connections, records each POST and answers as told."""

    answer: tuple[int, dict[str, str], bytes] = (204, {}, b"")
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    server_names: list[str | None] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0

    def url(self, host: str = "127.0.0.1", scheme: str = "http", path: str = "/hook") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


class RecordingServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, receiver: Receiver, tls: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.receiver, self.tls = receiver, tls
        super().__init__((host, receiver.port), _Handler)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "receiver", self.server_address[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.receiver.connections += 1
        if self.tls is not None:
            with suppress(OSError), self.tls.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
            return
        super().finish_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RecordingServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver = self.server.receiver
        receiver.requests.append(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        status, headers, answer = receiver.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Scripted:
    port: int
    connections: int = 0


LOOPBACK = Reach.read("127.0.0.0/8,::1/128")
OLD, NEW = new_secret(), new_secret()
BODY = json.dumps({"说": "逾期", "amount": 12_00}, ensure_ascii=False, indent=1).encode()
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def delivery(url: str, **changes: object) -> Delivery:
    values: dict[str, object] = {"url": url, "id": "msg_2Abc", "at": datetime.now(UTC), "body": BODY, "secrets": (NEW,)}
    return Delivery(**values | changes)  # type: ignore[arg-type]


def to(*answers: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(answers)


def failed(result: Sent | Failed) -> Failed:
    assert isinstance(result, Failed), result
    return result


def request_of(conn: socket.socket) -> bytes:
    """One request with its body, as far as it comes."""
    data = b""
    while b"\r\n\r\n" not in data or len(data.partition(b"\r\n\r\n")[2]) < len(BODY):
        chunk = conn.recv(65536)
        if not chunk:
            break
        data += chunk
    return data


def url_of(server, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.port}/hook"


def answering(answer: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def script(conn: socket.socket, over: threading.Event) -> None:
        request_of(conn)
        conn.sendall(answer)

    return script


def dripping(start: bytes, drop: bytes, *, asked: bool = True) -> Callable[[socket.socket, threading.Event], None]:
    """Sends a little all the time, so that no single read ever times out."""

    def script(conn: socket.socket, over: threading.Event) -> None:
        if asked:
            request_of(conn)
        conn.sendall(start)
        for _ in range(400):  # 20 s
            if over.wait(0.05):
                return
            conn.sendall(drop)

    return script


def pouring(start: bytes, flood: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def script(conn: socket.socket, over: threading.Event) -> None:
        request_of(conn)
        conn.sendall(start)
        while not over.is_set():
            conn.sendall(flood)

    return script
