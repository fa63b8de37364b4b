"""A mail, a real SMTP server that records it, and scripts for servers that misbehave."""

import email
import email.policy
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage

from service.channels.email import Mailer
from service.channels.mail import Mail, Mailbox
from service.channels.outcome import Failed, Sent

BEIJING = timezone(timedelta(hours=8))
MAIL = Mail(
    message_id="<m_7f3a.2@dunlog.example>",
    date=datetime(2026, 3, 2, 9, 30, tzinfo=BEIJING),
    sender=Mailbox("billing@seller.example", "应收, 部门"),
    to=(Mailbox("bob@buyer.example", 'Bob "the" Buyer, Ltd'),),
    cc=(Mailbox("desk@buyer.example"),),
    reply_to=Mailbox("clerk@seller.example"),
    subject="付款提醒：INV-1 is due",
    text="您好\n.\nFrom us: pay é 12.00\n" + "x" * 1200,
)


@dataclass
class Post:
    """What the server does with each part, and what reached it."""

    refuse: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    sessions: list[object] = field(default_factory=list)

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        envelope.mail_from = address
        return self.refuse.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        answer = self.refuse.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self.refuse.get("DATA", "250 2.0.0 queued as 4711 for bob@buyer.example")
        if answer.startswith("2"):
            self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
            self.sessions.append(session)
        return answer


def send(port: int, mail: Mail = MAIL, scheme: str = "smtp", **options: object) -> Sent | Failed:
    return Mailer(f"{scheme}://127.0.0.1:{port}", **{"deadline": 3.0, **options}).send(mail)  # type: ignore[arg-type]


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def said(mail: EmailMessage, form: str = "plain") -> str:
    """What a mail says in that form, its lines ended by line feeds."""
    body = mail.get_body((form,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


def talking(*lines: bytes, drip: bytes = b"") -> Callable[[socket.socket, threading.Event], None]:
    """A server that says its lines one by one, whatever it hears, then drips."""

    def script(conn: socket.socket, over: threading.Event) -> None:
        for line in lines:
            conn.sendall(line)
            conn.recv(4096)
        while drip and not over.wait(0.05):
            conn.sendall(drip)

    return script
