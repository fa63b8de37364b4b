"""Servers on the loopback that end with the test, and senders that reach nothing else."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from service.channels.webhook import Sender
from tests.channels.certificates import Authority, new_authority
from tests.channels.posts import Post
from tests.channels.receivers import LOOPBACK, Receiver, RecordingServer, Script, Scripted


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    """Starts recording receivers: receive(host=…, port=…, tls=…)."""
    servers: list[RecordingServer] = []

    def start(host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Receiver:
        receiver = Receiver(host=host, port=port)
        server = RecordingServer(host, receiver, tls)
        receiver.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return receiver

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    """Starts raw servers: each connection runs the script on a thread of its own until it returns or the test ends."""
    over = threading.Event()
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(script: Script, host: str = "127.0.0.1") -> Scripted:
        listener = socket.create_server((host, 0))
        listeners.append(listener)
        server = Scripted(listener.getsockname()[1])

        def run(conn: socket.socket) -> None:
            with conn, suppress(OSError):
                conn.settimeout(1)
                script(conn, over)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    conn, _ = listener.accept()
                    server.connections += 1
                    threads.append(threading.Thread(target=run, args=(conn,), daemon=True))
                    threads[-1].start()

        threading.Thread(target=accept, daemon=True).start()
        return server

    yield start
    over.set()
    for listener in listeners:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(5)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def sender() -> Iterator[Sender]:
    with Sender(LOOPBACK, version="1.2.3", deadline=60.0) as made:
        yield made


@pytest.fixture
def hurried() -> Iterator[Sender]:
    """A sender whose deadline is half a second instead of fifteen."""
    with Sender(LOOPBACK, version="1.2.3", deadline=0.5) as made:
        yield made


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Post, int]]]:
    controllers: list[Controller] = []

    def start(**options: Any) -> tuple[Post, int]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        post = Post()
        controllers.append(Controller(post, hostname="127.0.0.1", port=port, **options))
        controllers[-1].start()
        return post, port

    yield start
    for controller in controllers:
        controller.stop(no_assert=True)
