"""Mail that comes in, as far as it tells something of mail that went out: who wrote, to what, and whether a machine did.

Whoever wrote it may mean harm. Of a mail the first `READ` bytes are looked at, of a header and of a line so much as anybody
needs; what is nested deeper than people nest is refused. Texts are decoded with well-known character sets alone.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from typing import Any, Literal, NamedTuple

from service.channels.mail import is_address
from service.channels.outcome import safe
from service.channels.plain import plain

READ = 1024 * 1024
LINES = 50_000
HEADER = LINE = 4096
NESTED = 50
PARTS = 100
TEXT = 200_000
LONGEST = 4000
"""Characters of the words that are kept."""

Kind = Literal["bounce", "delay", "auto_reply", "mail"]

_ID = re.compile(r"<[^<>\s]{1,300}>")
_NESTS = re.compile(rb"boundary|message/", re.IGNORECASE)
_FAILED, _DELAYED = "failed", "delayed"
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_CHARSETS = re.compile(
    r"utf-8(-sig)?|utf-16|ascii|iso8859-\d+|cp\d+|gbk|gb2312|gb18030|big5|euc_\w+|shift_jis|iso2022_jp|koi8-\w"
)
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What the library raises for mails that are none."""


class MailMistake(Exception):
    """This is no mail that can be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Failure(NamedTuple):
    """Whom a mail did not reach, and the status (RFC 3463) with which it ended."""

    recipient: str
    status: str


class Inbound(NamedTuple):
    """`refers` are the Message-IDs to which it answers, or that of the mail that came back. `text` is what a person wrote."""

    kind: Kind
    id: str | None
    sender: str | None
    refers: tuple[str, ...]
    failures: tuple[Failure, ...] = ()
    text: str = ""


def read(raw: bytes) -> Inbound:
    """What the mail tells. Raises MailMistake."""
    read_of = bounded(raw)
    if len(_NESTS.findall(read_of)) > NESTED:
        raise MailMistake("mail_too_nested")
    try:
        message = message_from_bytes(read_of)
        if not message.keys():
            raise MailMistake("mail_unreadable")
        return _told(message)
    except _BROKEN:
        raise MailMistake("mail_unreadable") from None


def bounded(raw: bytes) -> bytes:
    """As much as is read: folded headers go on and on only in mails that mean harm, whose reading takes long."""
    kept: list[bytes] = []
    folded = 0
    for line in raw[:READ].splitlines(keepends=True)[:LINES]:
        folded = folded + len(line) if line[:1] in (b" ", b"\t") else 0
        if folded <= HEADER:
            kept.append(line if len(line) <= LINE else line[:LINE] + b"\r\n")
    return b"".join(kept)


def _told(message: Message) -> Inbound:
    id = next(iter(_ids(message, "Message-ID")), None)
    address = parseaddr(_header(message, "From"))[1]
    sender = address.lower() if is_address(address) else None
    reports = list(_reports(message))
    if reports:
        return _returned(message, id, sender, reports)
    refers = tuple(dict.fromkeys([*_ids(message, "In-Reply-To"), *reversed(list(_ids(message, "References")))]))
    if _is_automatic(message):
        return Inbound("auto_reply", id, sender, refers)
    return Inbound("mail", id, sender, refers, text=_unquoted(_text(message))[:LONGEST])


def _returned(message: Message, id: str | None, sender: str | None, reports: Sequence[Message]) -> Inbound:
    """A report of a mail server (RFC 3464): what it gave up is a bounce, what it still tries is a delay."""
    failures: dict[str, list[Failure]] = {_FAILED: [], _DELAYED: []}
    for block in reports:
        recipient = _header(block, "Final-Recipient") or _header(block, "Original-Recipient")
        address = recipient.rpartition(";")[2].strip().strip("<>").lower()
        action = _header(block, "Action").strip().lower()
        if action in failures:
            status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", _header(block, "Status"))
            failures[action].append(Failure(address if is_address(address) else "", status[1] if status else ""))
    kind: Kind = "bounce" if failures[_FAILED] else "delay" if failures[_DELAYED] else "auto_reply"
    refers = tuple(_ids(_original(message), "Message-ID")) if kind != "auto_reply" else ()
    return Inbound(kind, id, sender, refers, tuple(failures[_FAILED] or failures[_DELAYED]))


def _reports(message: Message) -> Iterator[Message]:
    """The blocks of a delivery report that speak of recipients."""
    if message.get_content_type() != "multipart/report":
        return
    for part in _parts(message):
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in _inner(part) if block["Action"])


def _original(report: Message) -> Message:
    """The mail that came back, or its headers."""
    for part in _parts(report):
        if part.get_content_type() == "message/rfc822" and (inner := _inner(part)):
            return inner[0]
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            return message_from_string(_decoded(part))
    return Message()


def _is_automatic(message: Message) -> bool:
    """Whether a machine wrote it (RFC 3834), or it is a receipt: nobody has read anything."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(message, "Precedence").strip().lower() in _BULK
        or any(message[name] for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or _header(message, "Return-Path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
    )


def _text(message: Message) -> str:
    """What was written, as plain text: as such, else made of HTML."""
    spoken = [part for part in _parts(message) if part.get_content_disposition() != "attachment"]
    for form in ("text/plain", "text/html"):
        for part in spoken:
            if part.get_content_type() == form and not part.is_multipart():
                text = _decoded(part)
                said = _clean(plain(text) if form == "text/html" else text)
                if said:
                    return said
    return ""


def _parts(message: Message) -> Iterable[Message]:
    """The message and its parts, not those of mails that are attached to it."""
    waiting, found = [message], 0
    while waiting and found < PARTS:
        part = waiting.pop(0)
        found += 1
        yield part
        if part.get_content_maintype() == "multipart":
            waiting = _inner(part) + waiting


def _inner(part: Message) -> list[Message]:
    inner: Any = part.get_payload()
    return [one for one in inner[:PARTS] if isinstance(one, Message)] if isinstance(inner, list) else []


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload[:TEXT] if isinstance(payload, bytes) else b""
    return content.decode(_charset(part), "replace")


def _charset(part: Message) -> str:
    """Others than these take long, or are no character sets at all."""
    try:
        name = codecs.lookup(str(part.get_content_charset() or "utf-8")).name
    except (LookupError, ValueError):
        return "utf-8"
    return name if _CHARSETS.fullmatch(name) else "utf-8"


def _clean(text: str) -> str:
    spaced = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u3000", " ").replace("\u00a0", " ")
    lines = (line.rstrip() for line in safe(spaced, TEXT).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_QUOTED = re.compile(
    r"^(?:>.*|-{2,} ?(?:Original Message|原始邮件|Forwarded message).*|On .{5,200} wrote:|在.{5,200}写道[:：]|"
    r"(?:From|发件人)[:：].{3,200})$",
    re.MULTILINE,
)


def _unquoted(text: str) -> str:
    """Without the mail that is answered, when something stands before it."""
    quoted = _QUOTED.search(text)
    return (text[: quoted.start()].strip() if quoted else "") or text


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(_header(message, name))


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))[:HEADER]
