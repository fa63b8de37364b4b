"""What a mail that came in means for the message it speaks of: it did not arrive, it is late, it was answered (C9, C12)."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec import Struct

from service.channels.inbound import Inbound
from service.domain.commands import AddNote, Command, RecordReply, ReturnMessage
from service.domain.scene import Asker
from service.engine.asks import Ask
from service.engine.desk import Desk, Session
from service.engine.handle import handle
from service.store import inbox, mails, sayings
from service.store.inbox import Identity

SOURCE = "mail"
_OURS = re.compile(r"<([0-9a-f]{40})@")

Print = Callable[[bytes], bytes]


class Taken(Struct, frozen=True, kw_only=True):
    """What a mail was recognised as - `reply`, `bounce`, `delay`, `auto_reply`, `unknown` -, of which message, and whether that
    changed anything: `accepted`, `duplicate`, else `ignored`."""

    recognised: str
    status: str = "ignored"
    message: str | None = None
    customer: str | None = None
    contact: str | None = None
    position: int | None = None


class NotYet(Exception):
    """The message is being handed over this moment: what came of it is not known yet."""


def take_in(desk: Desk, tenant: str, asker: Asker, fingerprint: Print, mail: Inbound, raw: bytes) -> Taken:
    """Carry out what it means; the same mail again changes nothing. Raises NotYet, and Refused."""
    name = mail.id.encode() if mail.id else raw
    identity = Identity(SOURCE, sha256(name).hexdigest(), fingerprint(name))
    with desk.open(tenant) as session:
        row = _about(session, mail)
        if row is None:
            return Taken(recognised="unknown" if mail.kind == "mail" else mail.kind)
        who = {"message": row["id"], "customer": row["customer"], "contact": row["contact"]}
        known = inbox.look(session.tx, [(SOURCE, identity.id)])
        command = None if known else _command(session, mail, row)
    recognised = "reply" if mail.kind == "mail" else mail.kind
    if command is None:
        return Taken(recognised=recognised, status="duplicate" if known else "ignored", **who)
    (done,) = handle(desk, tenant, [Ask(command=command, asker=asker, identity=identity)])
    if done.refused:
        raise done.refused
    return Taken(recognised=recognised, status=done.status, position=done.position, **who)


def _about(session: Session, mail: Inbound) -> dict[str, Any] | None:
    """The message it speaks of: by the name under which that left, else the last one to whom it names, or to who wrote."""
    ours = [named[1] for id in mail.refers if (named := _OURS.match(id))]
    if ours and (row := mails.mailed(session.tx, ours)):
        return row
    if mail.kind == "auto_reply":
        return None
    addresses = [one.recipient for one in mail.failures] if mail.kind != "mail" else [mail.sender]
    found = (mails.mailed_to(session.tx, address) for address in addresses if address)
    return next((row for row in found if row), None)


def _command(session: Session, mail: Inbound, row: dict[str, Any]) -> Command | None:
    """None where nothing follows from it."""
    bills = sayings.bills(session.tx, [row["id"]])[row["id"]]
    about: dict[str, Any] = {
        "customer": row["customer"],
        "message": row["id"],
        "contact": row["contact"],
        "channel": row["channel"],
        "cases": tuple(sorted({bill["case_id"] for bill in bills if bill["struck"] is None})),
    }
    match mail.kind:
        case "mail":
            return RecordReply(**about, text=mail.text or None)
        case "bounce":
            if row["state"] == "ready":
                raise NotYet
            return ReturnMessage(**about, code=mail.failures[0].status or "bounced") if row["state"] == "handed_over" else None
        case "delay":
            told = f"{row['id']}: {mail.failures[0].status or 'delayed'}"
            return AddNote(customer=row["customer"], cases=(), text=told)
        case _:
            return None


