"""What reaches the server beside plain requests: nothing is read in two ways, nothing is held without end."""

import json
import select
import socket
from contextlib import suppress

import pytest

from service.api import bodies, connections
from service.api.connections import HEAD_BYTES
from tests.api.raw import answers, bearer, dial, request, talk
from tests.api.tenants import Service, Tenant

CLOSE = "Connection: close"
HIDDEN = request("GET /v1/me", "X-Request-Id: smuggled")


def posted(tenant: Tenant, *headers: str, body: bytes = b"", line: str = "POST /v1/events") -> bytes:
    return request(line, bearer(tenant.keys["erp"]), "Content-Type: application/json", *headers, body=body)


CHUNKED = "Transfer-Encoding: chunked"
TWO_WAYS = {
    "length and coding": (["Content-Length: 5", CHUNKED], b"0\r\n\r\n" + HIDDEN),
    "coding and length": ([CHUNKED, "Content-Length: 5"], b"0\r\n\r\n" + HIDDEN),
    "two lengths": (["Content-Length: 0", f"Content-Length: {len(HIDDEN)}"], HIDDEN),
    "the same length twice": (["Content-Length: 2", "Content-Length: 2"], b"{}"),
    "a list of lengths": (["Content-Length: 0, 0"], HIDDEN),
    "a signed length": (["Content-Length: +0"], HIDDEN),
    "a negative length": (["Content-Length: -1"], HIDDEN),
    "a hexadecimal length": (["Content-Length: 0x0"], HIDDEN),
    "a length beyond all numbers": (["Content-Length: 99999999999999999999999"], b"{}"),
    "a blank before the colon": (["Content-Length : 0"], HIDDEN),
    "an unknown coding": (["Transfer-Encoding: xchunked"], b"0\r\n\r\n" + HIDDEN),
    "chunked is not the last coding": (["Transfer-Encoding: chunked, identity"], b"0\r\n\r\n" + HIDDEN),
    "two codings": ([CHUNKED, "Transfer-Encoding: identity"], b"0\r\n\r\n" + HIDDEN),
    "chunked twice": ([CHUNKED, CHUNKED], b"0\r\n\r\n" + HIDDEN),
    "a tab in the coding's name": (["Transfer-Encoding\t: chunked"], b"0\r\n\r\n" + HIDDEN),
    "a folded header": (["X-A: b", " Content-Length: 0"], HIDDEN),
    "a bare line feed": (["X-A: b\nContent-Length: 0"], HIDDEN),
    "a bare carriage return": (["X-A: b\rContent-Length: 0"], HIDDEN),
    "a NUL": (["X-A: b\0c"], b""),
    "a chunk ended by a line feed": ([CHUNKED], b"2\n{}\n0\n\n" + HIDDEN),
    "a chunk size with a sign": ([CHUNKED], b"+2\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk size in C": ([CHUNKED], b"0x2\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk larger than any number": ([CHUNKED], b"FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "a chunk longer than it says": ([CHUNKED], b"1\r\n{}\r\n0\r\n\r\n" + HIDDEN),
    "two hosts": (["Host: other.example", "Content-Length: 0"], b""),
    "two keys": ([bearer("dl_other"), "Content-Length: 0"], b""),
    "two content types": (["Content-Type: text/plain", "Content-Length: 0"], b""),
    "two content encodings": (["Content-Encoding: identity", "Content-Encoding: gzip"], b""),
    "two idempotency keys": (["Idempotency-Key: a", "Idempotency-Key: b"], b""),
}


@pytest.mark.parametrize("what", TWO_WAYS)
def test_what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(tenant, what):
    headers, body = TWO_WAYS[what]
    whole = posted(tenant, *headers, body=body)
    head, _, rest = whole.partition(b"\r\n\r\n")
    for pieces in ([whole], [head + b"\r\n\r\n", rest]):
        heard = talk(tenant.service, *pieces)
        assert [(one.status, one.code) for one in heard] == [(400, "malformed_request")], heard
        assert heard[0].headers["connection"] == "close"
        assert heard[0].headers["x-request-id"] == heard[0].json()["request"] != "smuggled"


FIRST_LINES = {
    "HTTP/0.9": b"GET /v1/me\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another version": b"GET /v1/me HTTP/1.2\r\nHost: a\r\n\r\n",
    "no host": b"GET /v1/me HTTP/1.1\r\n\r\n",
    "line feeds alone": b"GET /v1/me HTTP/1.1\nHost: a\n\n",
    "a path that is not ASCII": b"GET /v1/cases/\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT internal.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an old version with a coding": b"POST /v1/events HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "nonsense": b"\x00\x01\x02\r\n\r\n",
}


@pytest.mark.parametrize("what", FIRST_LINES)
def test_what_is_no_request_of_http_1_1_is_refused(service, what):
    (heard,) = talk(service, FIRST_LINES[what])
    assert (heard.status, heard.code) == (400, "malformed_request")
    assert heard.headers["content-type"] == "application/problem+json"
    assert heard.headers["x-content-type-options"] == "nosniff"


def test_the_answers_before_a_broken_request_are_given_in_order(tenant):
    good = request("GET /v1/me", bearer(tenant.keys["viewer"]))
    heard = talk(tenant.service, good + good + b"nonsense\r\n\r\n")
    assert [one.status for one in heard][:2] == [200, 200] and len(heard) <= 3


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.0"])
def test_another_protocol_is_not_spoken_and_the_body_stays_a_body(tenant, protocol):
    """The parser would take the body for the next request: it is one that somebody else has written."""
    upgrade = ["Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}", "HTTP2-Settings: AAEAAEAAAAIAAAAB"]
    event = json.dumps(tenant.event("customer.updated", customer="C-1")).encode()
    head = posted(tenant, *upgrade, f"Content-Length: {len(event)}")
    last = request("GET /healthz", CLOSE)
    for pieces in ([head + event, last], [head, event, last]):
        heard = talk(tenant.service, *pieces)
        assert [one.status for one in heard] in ([201, 200], [200, 200]), heard
    smuggling = posted(tenant, *upgrade, f"Content-Length: {len(HIDDEN)}")
    heard = talk(tenant.service, smuggling, HIDDEN, last)
    assert [one.status for one in heard] == [400, 200] and heard[0].code == "invalid_json"
    # cut so that the header comes in two pieces it is refused, not half understood
    middle = head.index(b"Upgrade: ") + 3
    assert [one.status for one in talk(tenant.service, head[:middle], head[middle:], event)] == [400]


def test_chunks_and_their_extensions_are_read_as_they_should(tenant):
    event = json.dumps(tenant.event("customer.updated", customer="C-2")).encode()
    chunked = b"%x;name=value\r\n%b\r\n0\r\n\r\n" % (len(event), event)
    (heard,) = talk(tenant.service, posted(tenant, CHUNKED, CLOSE, body=chunked))
    assert heard.status == 201


def test_what_stands_behind_a_body_is_no_header(tenant):
    """Trailers with a key, an idempotency key and a fresh host change nothing."""
    note = b'{"text": "x"}'
    head = request("POST /v1/cases/INV-1/notes", "Content-Type: application/json", CHUNKED, CLOSE)
    body = b"%x\r\n%b\r\n0\r\n" % (len(note), note)
    trailers = f"{bearer(tenant.keys['admin'])}\r\nContent-Type: application/json\r\n\r\n".encode()
    (heard,) = talk(tenant.service, head, body + trailers)
    assert (heard.status, heard.code) == (401, "unauthorized")


HEAD = b"GET /v1/me HTTP/1.1\r\nHost: a\r\n"
ENDLESS = {
    "a header": HEAD + b"X-Long: " + b"a" * HEAD_BYTES,
    "headers together": HEAD + b"X-Many: a\r\n" * (HEAD_BYTES // 11 + 1),
    "the number of headers": HEAD + b"A:\r\n" * 101 + b"\r\n",
    "a query": b"GET /v1/me?" + b"a" * HEAD_BYTES,
    "a path": b"GET /v1/cases/" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("what", ENDLESS)
def test_a_head_without_end_is_not_kept(service, what):
    """Without a key, in memory of ours: 180 MB once came in through one connection."""
    (heard,) = talk(service, ENDLESS[what])
    assert (heard.status, heard.code, heard.headers["connection"]) == (431, "headers_too_large", "close")


@pytest.mark.parametrize("start", [b"0\r\nX-Trailer: ", b"1;"], ids=["a trailer", "a chunk's extension"])
def test_what_is_neither_head_nor_body_has_an_end_too(tenant, start):
    endless = start + b"a" * 20 * HEAD_BYTES
    (waiting,) = talk(tenant.service, posted(tenant, CHUNKED), endless)
    assert (waiting.status, waiting.code) == (431, "headers_too_large")
    # one that was answered before its end has no second answer
    (answered,) = talk(tenant.service, request("POST /v1/me", CHUNKED), endless)
    assert answered.status == 405


def test_no_more_is_read_than_a_head_may_have(service):
    pieces = [HEAD, *[b"X-Endless: " + b"a" * 60_000 + b"\r\n"] * 1000]
    with dial(service) as connection, pytest.raises(ConnectionError):
        connection.sendall(b"".join(pieces))


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(bodies, "PATIENCE_SECONDS", 0.3)


@pytest.mark.usefixtures("hurried")
class TestSlow:
    """Whoever dawdles is hung up on; each of these would once have been waited for until the client gave up."""

    @pytest.mark.parametrize("start", [b"", b"\r\n"])
    def test_a_silent_connection(self, service: Service, start: bytes) -> None:
        assert talk(service, start) == []

    def test_a_head_that_does_not_end(self, service: Service) -> None:
        (heard,) = talk(service, b"GET /v1/me HTTP/1.1\r\nHost: a\r\n")
        assert (heard.status, heard.code) == (408, "request_too_slow")

    def test_a_head_that_drips(self, service: Service) -> None:
        """Each drop comes long before the end of anybody's patience with a silent one."""
        with dial(service) as connection, suppress(ConnectionError):
            answered = select.poll()
            answered.register(connection, select.POLLIN)
            connection.sendall(b"GET /v1/me HTTP/1.1\r\nX-Drip: ")
            while not answered.poll(50):
                connection.sendall(b"a")
            assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")

    def test_a_next_head_that_does_not_end(self, service: Service) -> None:
        first, second = talk(service, request("GET /healthz"), b"GET /v1/me HT")
        assert (first.status, second.status) == (200, 408)

    def test_a_body_that_does_not_come(self, tenant: Tenant) -> None:
        (heard,) = talk(tenant.service, posted(tenant, "Content-Length: 100", body=b"{"))
        assert (heard.status, heard.code) == (408, "body_too_slow")
        note = request(
            "POST /v1/cases/INV-1/notes", bearer(tenant.keys["admin"]), "Content-Type: application/json",
            "Content-Length: 9",
        )  # fmt: skip
        assert [(one.status, one.code) for one in talk(tenant.service, note)] == [(408, "body_too_slow")]

    def test_a_stream_that_stops(self, tenant: Tenant) -> None:
        head = request("POST /v1/events", bearer(tenant.keys["erp"]), "Content-Type: application/x-ndjson", CHUNKED)
        (heard,) = talk(tenant.service, head, b"2\r\n{}\r\n")
        assert (heard.status, heard.code) == (408, "body_too_slow")


def test_a_body_is_not_waited_for_without_a_key(service):
    """The answer comes at once, though no byte of the body has."""
    head = request("POST /v1/cases/INV-1/notes", "Content-Type: application/json", "Content-Length: 100")
    with dial(service) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_slow_senders_take_nobodys_place(service, tenant):
    """More bodies that do not come than there are places, all with a key: others are served as ever."""
    head = posted(tenant, "Content-Length: 100", "Expect: 100-continue")
    waiting = [dial(service) for _ in range(4 * service.runtime.settings.pool_size + 8)]
    for connection in waiting:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 "), "its body is waited for"
    for _ in range(10):
        assert tenant.as_("viewer").get("/v1/me").status_code == 200
    for connection in waiting:
        connection.close()


def test_an_answer_that_nobody_reads_is_thrown_away(service, monkeypatch):
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.3)
    with dial(service) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(request("GET /docs") * 50)
        _wait_for_reset(connection)


def _wait_for_reset(connection: socket.socket) -> None:
    """Until the far side has given up on us: then what is sent is refused."""
    broken = select.poll()
    broken.register(connection, select.POLLERR)
    for _ in range(400):
        try:
            connection.send(b"\r\n")
        except ConnectionError:
            return
        broken.poll(50)
    raise AssertionError("the answers are still kept for us")


def test_there_are_only_so_many_connections(service, monkeypatch):
    monkeypatch.setattr(connections, "most_connections", lambda: 3)
    held = [dial(service) for _ in range(8)]
    ends = []
    for connection in held:
        connection.settimeout(0.5)
        try:
            ends.append(connection.recv(1))
        except TimeoutError:
            ends.append(b"open")
        except ConnectionError:
            ends.append(b"")
        connection.close()
    assert 0 < ends.count(b"open") <= 3, ends


def test_nothing_tells_of_the_server_and_nothing_is_sniffed(tenant):
    for path in ("/healthz", "/docs", "/v1/me", "/v1/nothing"):
        response = tenant.as_("viewer").get(path)
        assert "server" not in response.headers
        assert response.headers["x-content-type-options"] == "nosniff"


def test_a_connection_serves_many_requests(service):
    ask = request("GET /healthz")
    with dial(service) as connection:
        connection.sendall(ask * 20 + request("GET /healthz", CLOSE))
        assert [one.status for one in answers(connection)] == [200] * 21
