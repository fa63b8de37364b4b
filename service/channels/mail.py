"""A mail as bytes, the same on every try: what may stand in its headers, and nothing that could become a header of its own."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

ATTACHED_BYTES = 10 * 1024 * 1024
"""Together, before they are encoded: many servers take mails of 20 MB and not more."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9_.+=-]{1,128}@[A-Za-z0-9.-]{1,128}>")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
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


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that goes with a mail; `type` is its media type."""

    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A letter by mail. The same `message_id` on every try lets the far side drop a repeat; `date` is aware. `html` says what
    `text` says; `follows` is the Message-ID of the mail before it to the same person."""

    message_id: str
    date: datetime
    sender: Mailbox
    to: tuple[Mailbox, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    language: str | None = None
    cc: tuple[Mailbox, ...] = field(default=(), repr=False)
    reply_to: Mailbox | None = None
    follows: str | None = None
    attachments: tuple[Attachment, ...] = ()


class MailInvalid(ValueError):
    """This mail cannot be written as mail; the sentence names the part, never its content."""


def compose(mail: Mail) -> bytes:
    """The mail as bytes with CRLF, the same for the same mail; raises MailInvalid."""
    message = EmailMessage(policy=_POLICY)
    _head(message, mail)
    message.set_content(_writable(mail.text), subtype="plain", charset="utf-8")
    if mail.html:
        message.add_alternative(_writable(mail.html), subtype="html", charset="utf-8")
    _attach(message, mail.attachments)
    _mark_parts(message, mail)
    if mail.language:  # last: what stands there before the parts moves into the first of them
        message["Content-Language"] = _one_line("Content-Language", mail.language)
    return message.as_bytes()


def is_address(text: str) -> bool:
    """Whether mail can be sent there."""
    return _ADDRESS.fullmatch(text) is not None and len(text) <= 254


def _head(message: EmailMessage, mail: Mail) -> None:
    if not all(_MESSAGE_ID.fullmatch(id) for id in (mail.message_id, mail.follows or mail.message_id)):
        raise MailInvalid("the Message-ID is not of the form <id@domain>")
    if not mail.to or mail.date.tzinfo is None:
        raise MailInvalid("a mail needs a recipient and a date with its offset")
    message["Message-ID"] = mail.message_id
    if mail.follows:
        message["In-Reply-To"] = message["References"] = mail.follows
    message["Date"] = mail.date
    message["From"] = _header_address("From", mail.sender)
    message["To"] = [_header_address("To", box) for box in mail.to]
    if mail.cc:
        message["Cc"] = [_header_address("Cc", box) for box in mail.cc]
    if mail.reply_to is not None:
        message["Reply-To"] = _header_address("Reply-To", mail.reply_to)
    message["Subject"] = _one_line("Subject", mail.subject)
    message["Auto-Submitted"] = "auto-generated"


def _attach(message: EmailMessage, attachments: tuple[Attachment, ...]) -> None:
    if sum(len(one.content) for one in attachments) > ATTACHED_BYTES:
        raise MailInvalid(f"the attachments have more than {ATTACHED_BYTES} bytes together")
    for one in attachments:
        if not _TYPE.fullmatch(one.type) or not one.name:
            raise MailInvalid("an attachment has no name or no media type")
        kind, _, subtype = one.type.partition("/")
        message.add_attachment(one.content, kind, subtype, filename=_one_line("a file's name", one.name))


def _mark_parts(message: EmailMessage, mail: Mail) -> None:
    """Boundaries that nobody can write into a text beforehand, and that are the same on every try. `=_` never comes out of
    either encoding (RFC 2045, 6.7)."""
    texts = [text.encode("utf-8", "replace") for text in (mail.message_id, mail.text, mail.html)]
    digest = sha256()
    for content in (*texts, *(one.content for one in mail.attachments)):
        digest.update(sha256(content).digest())
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest.hexdigest()[:40]}_{number}")
        if part is not message:
            del part["MIME-Version"]


def _writable(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _header_address(header: str, box: Mailbox) -> MailAddress:
    if not is_address(box.address):
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
