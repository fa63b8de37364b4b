"""What a webhook carries to a real receiver, and what counts as success."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from service.channels.outcome import Sent
from service.channels.webhook import retry_after
from tests.channels.receivers import (
    BODY,
    NEW,
    OLD,
    TRACE,
    answering,
    delivery,
    failed,
    url_of,
)

# What is sent


def test_a_webhook_arrives_signed_over_its_exact_bytes(sender, receive) -> None:
    receiver = receive()
    result = sender.send(delivery(receiver.url(path="/hook?tenant=a"), traceparent=TRACE))
    assert isinstance(result, Sent) and result.status == 204 and result.duration_ms >= 0
    (got,) = receiver.requests
    assert got.path == "/hook?tenant=a" and got.body == BODY
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert got.headers["user-agent"] == "Dunlog/1.2.3" and got.headers["traceparent"] == TRACE
    assert got.headers["webhook-id"] == "msg_2Abc" and got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 5
    assert Webhook(NEW).verify(got.body, got.headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(got.body.replace(b"12", b"13"), got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(got.body, got.headers)


def test_while_a_secret_rotates_both_verify(sender, receive) -> None:
    receiver = receive()
    sender.send(delivery(receiver.url(), secrets=(NEW, OLD)))
    (got,) = receiver.requests
    assert re.fullmatch(r"v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=", got.headers["webhook-signature"])
    for secret in (NEW, OLD):
        Webhook(secret).verify(got.body, got.headers)


@pytest.mark.parametrize("trace", [None, "", "x", TRACE + "\r\nx-evil: 1", TRACE.upper()])
def test_only_a_well_formed_traceparent_travels(sender, receive, trace) -> None:
    receiver = receive()
    assert isinstance(sender.send(delivery(receiver.url(), traceparent=trace)), Sent)
    assert "traceparent" not in receiver.requests[0].headers and "x-evil" not in receiver.requests[0].headers


def test_a_delivery_is_never_unsigned_and_hides_its_secrets() -> None:
    for bad in ({"secrets": ()}, {"id": "a.b"}, {"id": ""}, {"id": "a\r\nb"}):
        with pytest.raises(ValueError, match="webhook"):
            delivery("https://hooks.example.com/", **bad)
    assert NEW not in repr(delivery("https://e.example/")) and "amount" not in repr(delivery("https://e.example/"))


def test_a_body_over_20_kb_does_not_leave(sender, receive) -> None:
    receiver = receive()
    assert isinstance(sender.send(delivery(receiver.url(), body=b"x" * 20 * 1024)), Sent)
    result = failed(sender.send(delivery(receiver.url(), body=b"x" * (20 * 1024 + 1))))
    assert (result.code, result.permanent, len(receiver.requests)) == ("too_large", True, 1)


# What counts as success


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_success(sender, receive, status) -> None:
    receiver = receive()
    receiver.answer = (status, {}, b"" if status == 204 else b"thanks")
    result = sender.send(delivery(receiver.url()))
    assert isinstance(result, Sent) and result.status == status
    assert result.head == ("" if status == 204 else "thanks")


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 400, 401, 404, 410, 429, 500, 503, 599])
def test_anything_else_is_failure_and_410_is_gone(sender, receive, status) -> None:
    receiver, elsewhere = receive(), receive()
    receiver.answer = (status, {"Location": elsewhere.url(), "Retry-After": "120"}, b"" if status == 304 else b"no\n")
    result = failed(sender.send(delivery(receiver.url())))
    assert (result.code, result.status, result.gone) == ("http_status", status, status == 410)
    assert result.retry_after == timedelta(seconds=120) and result.head in ("no\n", "")
    assert elsewhere.connections == 0 and len(receiver.requests) == 1


def test_a_protocol_switch_is_no_answer(sender, scripted) -> None:
    server = scripted(answering(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nraw"))
    assert failed(sender.send(delivery(url_of(server)))).code == "protocol_error"


NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0), (" 30 ", 30), ("999999999", 7 * 86400),
        (format_datetime(NOW + timedelta(hours=1), usegmt=True), 3600),
        ("Sun, 01 Nov 2026 08:00:00 GMT", 0), ("Monday, 02-Nov-26 09:00:00 GMT", 3600), ("", None), ("soon", None),
        ("-5", None), ("1.5", None), ("٣", None), ("9" * 40, None), ("Fri, 99 Nov 2026 08:00:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_date(header: str, seconds: int | None) -> None:
    assert retry_after(header, NOW) == (None if seconds is None else timedelta(seconds=seconds))


def test_the_head_of_the_answer_is_one_safe_kilobyte(sender, receive) -> None:
    receiver = receive()
    receiver.answer = (500, {}, "err\0or \x1b[31m\u202e逾期\r\n".encode() + b"\xff" + b"x" * 3000)
    result = failed(sender.send(delivery(receiver.url())))
    assert result.head.startswith("err�or �[31m�逾期\n�xxx") and 900 < len(result.head) <= 1024
