"""Connections are shared, checked at every connect, and certificates name the host, not the address."""

import socket
import threading
import time

import httpcore
import pytest
from standardwebhooks import Webhook

from service.channels.addresses import Reach
from service.channels.outcome import Failed, Sent
from service.channels.posting import DeadlineStream, Stale
from service.channels.webhook import Sender
from tests.channels.receivers import LOOPBACK, NEW, delivery, failed, request_of, to, url_of

# Connections


def test_connections_are_kept_and_a_close_ends_them(receive) -> None:
    receiver = receive()
    receiver.answer = (200, {}, b"x" * 15_000)
    with Sender(LOOPBACK, version="1") as sender:
        for _ in range(10):
            assert isinstance(sender.send(delivery(receiver.url())), Sent)
        assert (len(receiver.requests), receiver.connections) == (10, 1)


def test_a_kept_connection_found_dead_is_replaced_within_the_attempt(sender, scripted) -> None:
    """The server takes a second request on the connection and hangs up: the client cannot have known."""

    def one_answer_a_connection(conn: socket.socket, over: threading.Event) -> None:
        request_of(conn)
        conn.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        request_of(conn)

    server = scripted(one_answer_a_connection)
    for _ in range(3):
        assert isinstance(sender.send(delivery(url_of(server))), Sent)
    assert server.connections == 3


def test_a_kept_connection_that_breaks_while_writing_is_stale_too() -> None:
    ours, theirs = socket.socketpair()
    stream, soon = DeadlineStream(ours), time.monotonic() + 2
    with ours:
        theirs.sendall(b"x")
        assert stream.read(1, timeout=soon) == b"x"
        theirs.close()
        with pytest.raises(httpcore.WriteError):
            stream.write(b"y", timeout=soon)
        with pytest.raises(Stale):
            stream.read(1, timeout=soon)


def test_a_fresh_connection_that_hangs_up_is_a_failure_at_once(sender, scripted) -> None:
    server = scripted(lambda conn, over: request_of(conn) and None)
    assert failed(sender.send(delivery(url_of(server)))).code == "protocol_error"
    assert server.connections == 1


def test_threads_share_a_sender(sender, receive) -> None:
    receiver = receive()
    results: list[Sent | Failed] = []

    def work() -> None:
        results.extend(sender.send(delivery(receiver.url())) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 60 and all(isinstance(result, Sent) for result in results)
    assert receiver.connections <= 6


def test_one_hanging_endpoint_delays_no_other(receive, scripted) -> None:
    sender = Sender(LOOPBACK, version="1", deadline=10.0)
    hung_up = threading.Event()
    hanging, receiver = scripted(lambda conn, over: hung_up.wait(60) and None), receive()
    threads = [threading.Thread(target=sender.send, args=(delivery(url_of(hanging)),)) for _ in range(12)]
    for thread in threads:
        thread.start()
    while hanging.connections < 12:
        time.sleep(0.01)
    assert isinstance(sender.send(delivery(receiver.url())), Sent)
    assert all(thread.is_alive() for thread in threads)
    hung_up.set()
    for thread in threads:
        thread.join()
    sender.close()


def test_the_environments_proxies_are_not_asked(receive, monkeypatch) -> None:
    proxy, receiver = receive(), receive()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url())
    with Sender(LOOPBACK, version="1") as sender:
        assert isinstance(sender.send(delivery(receiver.url())), Sent)
    assert (proxy.connections, receiver.connections) == (0, 1)


def test_ipv6_receivers_get_a_bracketed_host(sender, receive) -> None:
    receiver = receive(host="::1")
    assert isinstance(sender.send(delivery(receiver.url("[::1]"))), Sent)
    assert receiver.requests[0].headers["host"] == f"[::1]:{receiver.port}"


def test_the_systems_resolver_is_asked_by_default(sender, receive) -> None:
    receiver = receive()
    assert isinstance(sender.send(delivery(receiver.url("localhost"))), Sent)
    assert failed(sender.send(delivery("http://no-such-host.invalid/"))).code in ("dns_failed", "timeout")


def test_failures_to_connect_have_their_codes(receive) -> None:
    receiver = receive()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with Sender(LOOPBACK, version="1") as sender:
        assert failed(sender.send(delivery(f"http://127.0.0.1:{port}/"))).code == "connection_refused"

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Sender(LOOPBACK, version="1", lookup=unknown) as sender:
        assert failed(sender.send(delivery(receiver.url("nowhere.example")))).code == "dns_failed"
    with Sender(LOOPBACK, version="1", lookup=to()) as sender:
        assert failed(sender.send(delivery(receiver.url("nowhere.example")))).code == "dns_failed"


# The checked address


def test_the_name_is_asked_once_and_the_checked_address_called(receive) -> None:
    receiver, asked = receive(), []

    def lookup(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    with Sender(LOOPBACK, version="1", lookup=lookup) as sender:
        assert isinstance(sender.send(delivery(receiver.url("hooks.example"))), Sent)
    assert asked == [("hooks.example", receiver.port)]
    assert receiver.requests[0].headers["host"] == f"hooks.example:{receiver.port}"


@pytest.mark.parametrize("answers", [("10.0.0.1",), ("127.0.0.1", "10.0.0.1"), ("10.0.0.1", "127.0.0.1"), ("::",)])
def test_one_bad_answer_denies_the_host(receive, answers) -> None:
    receiver = receive()
    with Sender(LOOPBACK, version="1", lookup=to(*answers)) as sender:
        result = failed(sender.send(delivery(receiver.url("hooks.example"))))
    assert result.code == "address_denied" and "10.0.0.1" not in result.detail
    assert receiver.connections == 0


def test_a_name_that_changes_its_answer_is_checked_at_every_connect(receive) -> None:
    first = receive()
    second = receive(host="127.0.0.2", port=first.port)
    first.answer = (200, {"Connection": "close"}, b"")
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "127.0.0.2"]])
    reach = Reach.read("127.0.0.1/32")
    with Sender(reach, version="1", lookup=lambda host, port: next(answers)) as sender:
        url = first.url("hooks.example")
        assert isinstance(sender.send(delivery(url)), Sent)
        assert failed(sender.send(delivery(url))).code == "address_denied"
        assert failed(sender.send(delivery(url))).code == "address_denied"
    assert (first.connections, second.connections) == (1, 0)


def test_http_to_a_public_answer_is_refused_though_the_url_passed(receive) -> None:
    with Sender(LOOPBACK, version="1", lookup=to("8.8.8.8")) as sender:
        assert failed(sender.send(delivery("http://hooks.example/"))).code == "https_required"
        assert failed(sender.send(delivery("https://hooks.example:9/"))).code == "port_not_allowed"


def test_the_next_address_is_tried_when_one_does_not_answer(receive) -> None:
    receiver = receive()
    with Sender(LOOPBACK, version="1", lookup=to("127.0.0.9", "127.0.0.1")) as sender:
        assert isinstance(sender.send(delivery(receiver.url("hooks.example"))), Sent)


# TLS


def test_tls_names_the_host_though_the_checked_address_is_called(receive, authority) -> None:
    seen: list[str | None] = []
    receiver = receive(tls=authority.server("hooks.example", seen=seen))
    lookup = to("127.0.0.1")
    with Sender(LOOPBACK, version="1", lookup=lookup, ssl_context=authority.trusting()) as sender:
        for _ in range(2):
            assert isinstance(sender.send(delivery(receiver.url("hooks.example", "https"))), Sent)
    assert seen == ["hooks.example"] and receiver.connections == 1
    Webhook(NEW).verify(receiver.requests[0].body, receiver.requests[0].headers)


def test_another_hosts_certificate_is_refused(receive, authority) -> None:
    receiver = receive(tls=authority.server("other.example"))
    with Sender(LOOPBACK, version="1", lookup=to("127.0.0.1"), ssl_context=authority.trusting()) as sender:
        result = failed(sender.send(delivery(receiver.url("hooks.example", "https"))))
    assert result.code == "tls_failed" and "hooks.example" in result.detail and receiver.requests == []


def test_an_unknown_authority_is_refused(receive, authority) -> None:
    receiver = receive(tls=authority.server("hooks.example"))
    with Sender(LOOPBACK, version="1", lookup=to("127.0.0.1")) as sender:
        assert failed(sender.send(delivery(receiver.url("hooks.example", "https")))).code == "tls_failed"
    assert receiver.requests == []


def test_an_address_in_the_url_is_checked_against_the_certificate(receive, authority) -> None:
    good, bad = receive(tls=authority.server("127.0.0.1")), receive(tls=authority.server("127.0.0.2"))
    with Sender(LOOPBACK, version="1", ssl_context=authority.trusting()) as sender:
        assert isinstance(sender.send(delivery(good.url(scheme="https"))), Sent)
        assert failed(sender.send(delivery(bad.url(scheme="https")))).code == "tls_failed"


def test_https_to_a_plain_server_fails(sender, receive) -> None:
    assert failed(sender.send(delivery(receive().url(scheme="https")))).code == "tls_failed"
