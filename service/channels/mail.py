"""A plain-text mail as bytes: what may stand in its headers, and nothing that could become a header of its own."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9_.+=-]{1,128}@[A-Za-z0-9.-]{1,128}>")
# 7bit makes the library choose quoted-printable or base64 by length, so no server needs 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name shown beside it."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A letter by mail. The same `message_id` on every try lets the far side drop a repeat; `date` is aware."""

    message_id: str
    date: datetime
    sender: Mailbox
    to: tuple[Mailbox, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    cc: tuple[Mailbox, ...] = field(default=(), repr=False)
    reply_to: Mailbox | None = None


class MailInvalid(ValueError):
    """This mail cannot be written as mail; the sentence names the part, never its content."""


def compose(mail: Mail) -> bytes:
    """The mail as bytes with CRLF; raises MailInvalid."""
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise MailInvalid("the Message-ID is not of the form <id@domain>")
    if not mail.to or mail.date.tzinfo is None:
        raise MailInvalid("a mail needs a recipient and a date with its offset")
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = mail.message_id
    message["Date"] = mail.date
    message["From"] = _header_address("From", mail.sender)
    message["To"] = [_header_address("To", box) for box in mail.to]
    if mail.cc:
        message["Cc"] = [_header_address("Cc", box) for box in mail.cc]
    if mail.reply_to is not None:
        message["Reply-To"] = _header_address("Reply-To", mail.reply_to)
    message["Subject"] = _one_line("Subject", mail.subject)
    message["Auto-Submitted"] = "auto-generated"
    text = mail.text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    message.set_content(text, subtype="plain", charset="utf-8")
    return message.as_bytes()


def _header_address(header: str, box: Mailbox) -> MailAddress:
    if not _ADDRESS.fullmatch(box.address) or len(box.address) > 254:
        raise MailInvalid(f"an address in {header} is not of the form name@domain")
    user, _, domain = box.address.rpartition("@")
    try:
        return MailAddress(_one_line(header, box.name), user, domain)
    except (ValueError, IndexError) as error:
        raise MailInvalid(f"an address in {header} cannot be written as a header") from error


def _one_line(header: str, text: str) -> str:
    if not all(char.isprintable() or char in "\u3000\u00a0" for char in text):
        raise MailInvalid(f"{header} has a line break or a control character")
    return text
