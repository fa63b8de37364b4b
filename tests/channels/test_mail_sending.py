"""What each refusal of an SMTP server means, and that no server can hold us up."""

import socket
import ssl
import threading
import time
from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from service.channels.email import Mailer, check_smtp_url
from service.channels.mail import Mailbox
from service.channels.outcome import Failed, Sent
from tests.channels.posts import MAIL, send, talking

# What a refusal means


@pytest.mark.parametrize(
    ("stage", "answer", "code", "permanent"),
    [
        ("bob@buyer.example", "550 5.1.1 <bob@buyer.example> unknown", "recipient_refused", True),
        ("bob@buyer.example", "451 4.7.1 greylisted", "recipient_refused", False),
        ("bob@buyer.example", "452 4.2.2 mailbox full", "recipient_refused", False),
        ("bob@buyer.example", "530 5.7.0 authentication required", "recipient_refused", False),
        ("MAIL", "553 5.1.8 sender unknown", "sender_refused", True),
        ("MAIL", "421 4.3.2 going down", "sender_refused", False),
        ("DATA", "554 5.6.0 spam", "message_refused", True),
        ("DATA", "451 4.3.0 try later", "message_refused", False),
    ],
)
def test_5xx_is_permanent_and_4xx_comes_again(serve, stage: str, answer: str, code: str, permanent: bool) -> None:
    post, port = serve()
    post.refuse[stage] = answer
    result = send(port)
    assert isinstance(result, Failed)
    assert (result.code, result.status, result.permanent) == (code, int(answer[:3]), permanent)
    assert answer[4:].replace("bob@buyer.example", "…@…") in result.head and post.letters == []
    assert "buyer.example" not in result.head + result.detail


def test_one_refused_recipient_of_two_sends_nothing(serve) -> None:
    post, port = serve()
    post.refuse["eve@buyer.example"] = "550 unknown"
    assert isinstance(send(port, replace(MAIL, to=(*MAIL.to, Mailbox("eve@buyer.example")))), Failed)
    assert post.letters == []


def test_a_refused_copy_is_told_and_the_mail_goes(serve) -> None:
    post, port = serve()
    post.refuse["desk@buyer.example"] = "550 unknown"
    result = send(port)
    assert isinstance(result, Sent) and "copy refused: 550 unknown" in result.head
    assert post.letters[0][1] == ["bob@buyer.example"]


def test_a_server_that_refuses_everyone_is_no_fault_of_the_mail(scripted) -> None:
    for lines in ((b"554 no service\r\n",), (b"220 hi\r\n", b"550 no\r\n", b"550 no\r\n")):
        result = send(scripted(talking(*lines)).port)
        assert isinstance(result, Failed) and (result.code, result.permanent) == ("greeting_refused", False)


def test_a_goodbye_that_fails_does_not_send_the_mail_again(scripted) -> None:
    said = [b"220 hi\r\n", b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]

    def hang_up_after_data(conn: socket.socket, over: threading.Event) -> None:
        talking(*said)(conn, over)
        conn.sendall(b"250 taken\r\n")

    result = send(scripted(hang_up_after_data).port)
    assert isinstance(result, Sent) and result.head == "taken"


# Deadline and connection

LONG = 15.0
"""Seconds, thirty times the deadline of these tests: no machine is so slow that it takes them for it."""


@pytest.mark.parametrize(
    "script",
    [
        talking(b"", drip=b""),
        talking(drip=b"2"),
        talking(drip=b"220-wait\r\n"),
        talking(b"220 hi\r\n", drip=b"250-more\r\n"),
        talking(b"220 hi\r\n", b"250 hello\r\n", drip=b"2"),
    ],
)
def test_a_slow_server_ends_at_the_deadline(scripted, script) -> None:
    began = time.monotonic()
    result = send(scripted(script).port, deadline=0.5)
    assert isinstance(result, Failed) and (result.code, result.permanent) == ("timeout", False)
    assert 0.45 < time.monotonic() - began < LONG


def test_a_dripping_tls_handshake_ends_at_the_deadline(scripted) -> None:
    hello = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
    starttls = (b"220 hi\r\n", b"250-hello\r\n250 STARTTLS\r\n", b"220 go\r\n", hello)
    for scheme, lines in (("smtps", (hello,)), ("smtp+starttls", starttls)):
        began = time.monotonic()
        result = send(scripted(talking(*lines, drip=b"\0")).port, scheme=scheme, deadline=0.5)
        assert isinstance(result, Failed) and result.code == "timeout"
        assert time.monotonic() - began < LONG


def test_failures_to_connect_come_again(scripted) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    cases = [
        (send(port), "connection_refused"),
        (send(port, lookup=unknown), "dns_failed"),
        (send(scripted(talking(b"220 hi\r\n")).port), "connection_lost"),
        (send(scripted(talking(b"SSH-2.0-x\r\n")).port), "greeting_refused"),
    ]
    for result, code in cases:
        assert isinstance(result, Failed) and (result.code, result.permanent) == (code, False)


# TLS and login


def authenticator(server, session, envelope, mechanism, data) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"dunlog@seller", b"p@ss/word%")
    return AuthResult(success=good, handled=False)


LOGIN = "dunlog%40seller:p%40ss%2Fword%25"


def mailer(scheme: str, login: str, port: int, tls: ssl.SSLContext | None) -> Mailer:
    return Mailer(
        f"{scheme}://{login}@mail.example:{port}",
        deadline=60.0,
        lookup=lambda host, port: ["127.0.0.1"],
        ssl_context=tls,
    )


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_mail_travels_encrypted_and_logged_in(serve, authority, scheme: str) -> None:
    context = authority.server("mail.example")
    options = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    post, port = serve(authenticator=authenticator, auth_required=True, auth_require_tls=scheme != "smtps", **options)
    assert isinstance(mailer(scheme, LOGIN, port, authority.trusting()).send(MAIL), Sent)
    assert len(post.letters) == 1 and post.sessions[0].authenticated
    wrong = mailer(scheme, "dunlog:wrong", port, authority.trusting()).send(MAIL)
    assert isinstance(wrong, Failed) and (wrong.code, wrong.status, wrong.permanent) == ("auth_failed", 535, False)
    untrusted = mailer(scheme, LOGIN, port, None).send(MAIL)
    assert isinstance(untrusted, Failed) and untrusted.code == "tls_failed" and len(post.letters) == 1


def test_a_login_challenge_that_is_none_is_a_failure(scripted, authority) -> None:
    def script(conn: socket.socket, over: threading.Event) -> None:
        with authority.server("mail.example").wrap_socket(conn, server_side=True) as secure:
            talking(b"220 hi\r\n", b"250-hello\r\n250 AUTH CRAM-MD5\r\n", b"334 abc\xff\r\n", b"535 no\r\n")(
                secure, over
            )

    result = mailer("smtps", LOGIN, scripted(script).port, authority.trusting()).send(MAIL)
    assert isinstance(result, Failed) and result.code == "protocol_error"


def test_another_hosts_certificate_is_refused(serve, authority) -> None:
    post, port = serve(ssl_context=authority.server("other.example"))
    result = mailer("smtps", LOGIN, port, authority.trusting()).send(MAIL)
    assert isinstance(result, Failed) and result.code == "tls_failed" and post.letters == []


def test_starttls_that_is_not_offered_is_never_done_without(serve) -> None:
    post, port = serve()
    result = send(port, scheme="smtp+starttls")
    assert isinstance(result, Failed) and result.code == "not_supported" and post.letters == []


# The setting


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password"),
    [
        ("smtp://mail.example", "mail.example", 25, None, ""),
        ("smtps://mail.example/", "mail.example", 465, None, ""),
        ("smtp+starttls://a%40b:p%3Aw@mail.example", "mail.example", 587, "a@b", "p:w"),
        ("smtps://a:b@[::1]:2525", "::1", 2525, "a", "b"),
    ],
)
def test_smtp_urls_are_read(url: str, host: str, port: int, user: str | None, password: str) -> None:
    server = check_smtp_url(url)
    assert (server.host, server.port, server.user, server.password) == (host, port, user, password)
    assert not password or password not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://:25", "smtp://mail.example:x", "smtp://[::1",
        "smtp://mail.example:70000", "smtp://mail.example:0", "smtp://mail.example/x", "smtp://mail.example?tls=1",
        "smtp://mail.example#x", "smtps://:hunter2@mail.example", "smtp://bob:hunter2@mail.example",
        "smtps://bob:hunter2%0d%0a@mail.example", "smtps://bob:hunter2é@mail.example", "smtps://bob:hunter2/@mail.example",
    ],
)  # fmt: skip
def test_bad_smtp_urls_get_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP URL.*\.$") as caught:
        check_smtp_url(url)
    assert "hunter2" not in str(caught.value)
