"""Receivers that drip, pour or break off hold nobody up."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from service.channels.outcome import Sent
from service.channels.posting import DeadlineStream
from service.channels.webhook import Sender
from tests.channels.receivers import LOOPBACK, answering, delivery, dripping, failed, pouring, request_of, to, url_of

LONG = 15.0
"""Seconds, thirty times the deadline of these tests: no machine is so slow that it takes them for it."""

SLOW = {
    "nothing at all": (dripping(b"", b""), None),
    "the status line": (dripping(b"HTTP/1.1 200 O", b"K"), None),
    "one header": (dripping(b"HTTP/1.1 200 OK\r\nx: ", b"y"), None),
    "many headers": (dripping(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"), None),
    "interim answers": (dripping(b"", b"HTTP/1.1 103 Early\r\n\r\n"), None),
    "the body": (dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"."), 200),
    "chunks": (dripping(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n.\r\n"), 200),
}


@pytest.mark.parametrize("what", SLOW)
def test_a_slow_drip_ends_at_the_deadline(scripted, what: str) -> None:
    script, status = SLOW[what]
    with Sender(LOOPBACK, version="1", deadline=2.0 if status else 0.5) as sender:  # what comes first must come in time
        result = failed(sender.send(delivery(url_of(scripted(script)))))
    assert (result.code, result.status) == ("timeout", status)
    assert 0.45 < result.duration_ms / 1000 < LONG


def test_a_dripping_tls_handshake_ends_at_the_deadline(hurried, scripted) -> None:
    server = scripted(dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00", asked=False))
    result = failed(hurried.send(delivery(url_of(server, "https"))))
    assert result.code == "timeout" and result.duration_ms / 1000 < LONG


def test_a_hanging_lookup_ends_at_the_deadline() -> None:
    release = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        release.wait(60)
        return ["127.0.0.1"]

    with Sender(LOOPBACK, version="1", deadline=0.3, lookup=hang) as sender:
        result = failed(sender.send(delivery("http://hooks.example/")))
        release.set()
    assert result.code == "timeout" and result.duration_ms / 1000 < LONG


def test_addresses_that_do_not_answer_share_the_deadline() -> None:
    """A full backlog makes a connect hang without a firewall. Had the first address had all of the deadline, the second
    would not have had a turn in which to refuse."""
    with socket.socket() as full, socket.socket() as filler:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        filler.connect(full.getsockname())
        more = [socket.socket() for _ in range(3)]
        for sock in more:
            sock.setblocking(False)
            with suppress(BlockingIOError):
                sock.connect(full.getsockname())
        port = full.getsockname()[1]
        with Sender(LOOPBACK, version="1", deadline=4.0, lookup=to("127.0.0.1", "::1")) as sender:
            result = failed(sender.send(delivery(f"http://hooks.example:{port}/")))
        assert result.code == "connection_refused" and result.duration_ms >= 1900
        for sock in more:
            sock.close()


def test_a_receiver_that_reads_slowly_ends_at_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    stop = threading.Event()

    def sip() -> None:
        while not stop.wait(0.05):
            theirs.recv(512)

    sipping = threading.Thread(target=sip)
    sipping.start()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        DeadlineStream(ours).write(b"x" * 2_000_000, timeout=began + 0.5)
    assert 0.45 < time.monotonic() - began < LONG
    stop.set()
    sipping.join()
    ours.close()
    theirs.close()


def test_no_limit_means_no_time() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        DeadlineStream(ours).read(1, timeout=None)


def test_an_endless_answer_is_read_to_20_kb_and_still_a_success(sender, scripted) -> None:
    server = scripted(pouring(b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 65536))
    result = sender.send(delivery(url_of(server)))
    assert isinstance(result, Sent) and result.head == "y" * 1024


ENDLESS = {
    "headers": (pouring(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 100), None),
    "interim answers": (pouring(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 100), None),
    "chunk frames": (
        pouring(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1;xxxxxxxx\r\n.\r\n" * 99),
        200,
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_endless_frames_are_cut_off(sender, scripted, what: str) -> None:
    script, status = ENDLESS[what]
    result = failed(sender.send(delivery(url_of(scripted(script)))))
    assert (result.code, result.status) == ("too_large", status)


BROKEN = {
    "no http": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", None),
    "nothing": (b"", None),
    "a status out of range": (b"HTTP/1.1 2000 OK\r\n\r\n", None),
    "two lengths": (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx", None),
    "a body cut short": (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", 200),
    "a bad chunk": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 200),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_answers_are_failures(sender, scripted, what: str) -> None:
    answer, status = BROKEN[what]
    result = failed(sender.send(delivery(url_of(scripted(answering(answer))))))
    assert (result.code, result.status) == ("protocol_error", status)


def test_a_reset_is_a_lost_connection(sender, scripted) -> None:
    def reset(conn: socket.socket, over: threading.Event) -> None:
        request_of(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    assert failed(sender.send(delivery(url_of(scripted(reset))))).code == "connection_lost"


def test_an_early_answer_to_an_unread_request_is_heard(sender, scripted) -> None:
    def hasty(conn: socket.socket, over: threading.Event) -> None:
        conn.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        request_of(conn)

    assert failed(sender.send(delivery(url_of(scripted(hasty))))).status == 413
