"""Plain-text mail by SMTP. What the server says decides: 5xx on this mail is permanent, everything else comes again."""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from service.channels.dialing import Lookup, cut_off, dial, failure_code, left, look_up, resolved, system_lookup
from service.channels.mail import Mail, MailInvalid, compose
from service.channels.outcome import HEAD_BYTES, Failed, Sent, safe

DEADLINE_SECONDS = 15.0
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
# The server wants another login or encryption: the operator's matter, not a fault of this mail.
OPERATORS_MATTER = frozenset({530, 534, 535, 538})

_ANY_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """What an SMTP URL says."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str = field(default="", repr=False)


class _Refused(Exception):
    """The server's no, with the command it answered."""

    def __init__(self, code: str, status: int, reply: bytes, *, about_this_mail: bool) -> None:
        super().__init__(code)
        self.code, self.status, self.reply = code, status, reply
        self.permanent = about_this_mail and 500 <= status < 600 and status not in OPERATORS_MATTER


class Mailer:
    """Sends mail to one server, a connection a mail; safe to use from several threads."""

    def __init__(
        self, smtp_url: str, *, deadline: float = DEADLINE_SECONDS, lookup: Lookup = system_lookup,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._server, self._deadline, self._lookup = check_smtp_url(smtp_url), deadline, lookup
        self._tls = ssl_context or ssl.create_default_context()

    def send(self, mail: Mail) -> Sent | Failed:
        """One attempt, over within the deadline. A refused copy (Cc) is named in `head`, a refused recipient fails."""
        began = time.monotonic()
        until = began + self._deadline
        try:
            raw = compose(mail)
            with self._session(mail, until) as session:
                reply = _hand_over(session, mail, raw)
            return Sent(status=250, duration_ms=_since(began), head=_reply_head(reply))
        except MailInvalid as invalid:
            return Failed(code="message_invalid", detail=str(invalid), duration_ms=_since(began), permanent=True)
        except (OSError, _Refused) as error:
            # At the deadline the connection is cut, and half an answer may look like any other error.
            late = TimeoutError("the deadline has passed") if time.monotonic() >= until else error
            return _failed(late, _since(began))

    @contextmanager
    def _session(self, mail: Mail, until: float) -> Iterator[smtplib.SMTP]:
        server = self._server
        answers = look_up(self._lookup, server.host, server.port, until)
        sock = dial(resolved(answers), server.port, until)
        with sock, cut_off(sock, until), _Session(server, sock, self._tls, until, mail.sender.domain) as session:
            session.prepare()
            yield session


class _Session(smtplib.SMTP):
    """smtplib's conversation over a socket that we dialled; closing it never asks the server for a goodbye."""

    def __init__(
        self, server: MailServer, dialled: socket.socket, tls: ssl.SSLContext, until: float, own_name: str
    ) -> None:
        self._server, self._dialled, self._tls, self._until = server, dialled, tls, until
        try:
            super().__init__(server.host, server.port, local_hostname=own_name)
        except smtplib.SMTPConnectError as error:
            raise _server_said("greeting_refused", error) from error

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._dialled.settimeout(left(self._until))
        if self._server.scheme == "smtps":
            return self._tls.wrap_socket(self._dialled, server_hostname=host)
        return self._dialled

    def prepare(self) -> None:
        """TLS and login as the URL asks; raises _Refused."""
        try:
            self.ehlo_or_helo_if_needed()
            if self._server.scheme == "smtp+starttls":
                self.starttls(context=self._tls)
                self.ehlo_or_helo_if_needed()
            if self._server.user is not None:
                self._log_in(self._server.user)
        except smtplib.SMTPAuthenticationError as error:
            raise _server_said("auth_failed", error) from error
        except smtplib.SMTPResponseException as error:
            raise _server_said("greeting_refused", error) from error

    def _log_in(self, user: str) -> None:
        try:
            self.login(user, self._server.password)
        except ValueError as error:  # binascii's and codecs', which smtplib lets through
            raise smtplib.SMTPException("the server's login challenge cannot be read") from error

    def __exit__(self, *_: object) -> None:
        self.close()


def check_smtp_url(url: str) -> MailServer:
    """The server the URL names; raises ValueError with a sentence for the operator that never repeats the password."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise ValueError("The SMTP URL is not a URL: its port or its host cannot be read.") from None
    if parts.scheme not in PORTS:
        raise ValueError(f"The SMTP URL must begin with one of {', '.join(f'{name}://' for name in PORTS)}.")
    if not parts.hostname or not re.fullmatch(r"[A-Za-z0-9_.:-]+", parts.hostname):
        raise ValueError("The SMTP URL names no host; write smtps://user:password@mail.example.com.")
    if port == 0 or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("The SMTP URL ends after host and port; write special characters of the password as %XX.")
    user, password = _credentials(parts)
    return MailServer(
        scheme=parts.scheme, host=parts.hostname, port=port or PORTS[parts.scheme], user=user, password=password
    )


def _hand_over(session: smtplib.SMTP, mail: Mail, raw: bytes) -> bytes:
    _expect("sender_refused", *session.mail(mail.sender.address))
    for box in mail.to:
        _expect("recipient_refused", *session.rcpt(box.address))
    copies = [session.rcpt(box.address) for box in mail.cc]
    try:
        status, reply = session.data(raw)
    except smtplib.SMTPDataError as error:
        status, reply = error.smtp_code, _bytes(error.smtp_error)
    _expect("message_refused", status, reply)
    # The mail is theirs now: a goodbye that fails must not make it go again.
    with suppress(OSError):
        session.quit()
    return b"\n".join([reply, *(f"copy refused: {code} ".encode() + text for code, text in copies if code >= 300)])


def _expect(code: str, status: int, reply: bytes) -> None:
    if not 200 <= status < 300:
        raise _Refused(code, status, reply, about_this_mail=True)


def _server_said(code: str, error: smtplib.SMTPResponseException) -> _Refused:
    return _Refused(code, error.smtp_code, _bytes(error.smtp_error), about_this_mail=False)


def _credentials(parts: SplitResult) -> tuple[str | None, str]:
    if parts.username is None:
        return None, ""
    user, password = unquote(parts.username), unquote(parts.password or "")
    if parts.scheme == "smtp":
        raise ValueError("The SMTP URL has a password but no encryption; use smtps:// or smtp+starttls://.")
    if not user or not (user + password).isascii() or not (user + password).isprintable():
        raise ValueError("User and password of the SMTP URL must be printable ASCII, the user not empty.")
    return user, password


def _failed(error: OSError | _Refused, duration_ms: int) -> Failed:
    if isinstance(error, OSError):
        return Failed(code=_code(error), detail=_hidden(str(error)), duration_ms=duration_ms)
    return Failed(
        code=error.code, detail=f"{error.code} {error.status}", duration_ms=duration_ms, status=error.status,
        head=_reply_head(error.reply), permanent=error.permanent,
    )  # fmt: skip


def _code(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "not_supported"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "connection_lost"
    return "protocol_error" if isinstance(error, smtplib.SMTPException) else failure_code(error)


def _reply_head(reply: bytes) -> str:
    return _hidden(reply[:HEAD_BYTES].decode("utf-8", "replace"), HEAD_BYTES)


def _hidden(text: str, limit: int = 300) -> str:
    """Servers repeat addresses; what outlives an erasure must not hold them."""
    return safe(_ANY_ADDRESS.sub("…@…", text), limit)


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode("utf-8", "replace")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
