"""Handing messages over: composed and claimed under the customer's lock just before, reported back as a command."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import structlog
from msgspec import Struct

from service.channels.outcome import Failed, Sent
from service.channels.retries import next_attempt
from service.domain.commands import ReportMessage
from service.domain.scene import CLOCKWORK
from service.engine import compose
from service.engine.asks import Ask
from service.engine.desk import Desk, Session
from service.engine.handle import InternalError, handle, isolated
from service.engine.insist import insist
from service.engine.papers import Papers
from service.store import customers, documents, mails, messages
from service.store.chain import seal
from service.store.people import users_details

LEASE = timedelta(seconds=60)
BATCH = 50
RECORDED_WITHIN = 20.0  # with a send of 15 s: less than the lease

FINANCE = "finance"
MAILED = frozenset({"email", "letter"})
CHANNELS = MAILED | {"sms"}


class Outgoing(Struct, frozen=True):
    """A claimed message: its row, what it says, the addresses of those in copy, the mail before it to the same person, and
    the document that goes with it."""

    row: Mapping[str, Any]
    said: compose.Said
    copies: tuple[str, ...] = ()
    follows: str | None = None
    document: documents.Document | None = None


Post = Callable[[str, Outgoing], Sent | Failed]
"""(tenant, message) to what came of handing it over."""

_log = structlog.get_logger()


def post_ready(
    desk: Desk, tenant: str, render: compose.Render, post: Post, channels: Collection[str] = CHANNELS
) -> int:
    """Hand over what is ready for these channels, at most a batch; how many were tried. Raises Closing between two of them."""
    with desk.open(tenant) as session:
        due = messages.to_post(session.tx, session.tx.now, channels, BATCH)
    for message, customer in due:
        desk.go_on()
        claimed = isolated(partial(_claim, desk, tenant, message, customer, render), message=message)
        if isinstance(claimed, InternalError):
            compose.park(desk, tenant, None, message)
        elif claimed:
            outcome = post(tenant, claimed)
            insist(partial(_record, desk, tenant, claimed.row, outcome), RECORDED_WITHIN)
    return len(due)


def _claim(desk: Desk, tenant: str, message: str, customer: str, render: compose.Render) -> Outgoing | None:
    """The message to be sent now. A letter that no longer says what was printed is printed anew first, unlocked."""
    papers = Papers()
    claimed = _try_to_claim(desk, tenant, message, customer, render, papers)
    if papers.print_wanted():
        claimed = _try_to_claim(desk, tenant, message, customer, render, papers)
    compose.set_aside(desk, tenant, None, papers)
    return claimed


def _try_to_claim(
    desk: Desk, tenant: str, message: str, customer: str, render: compose.Render, papers: Papers
) -> Outgoing | None:
    """The message is asked and written once more: a bill may have been paid since (I13). One of a sandbox whose clock
    stands is asked as of the moment it was composed at, for business time may have moved on."""
    with desk.open(tenant) as session:
        stands = session.clock.kind == "sandbox" and not session.clock.follows
        row = messages.get(session.tx, message)
    if row is None:
        return None
    with desk.open(tenant, row["at"] if stands else None) as session:
        locked = {id: one.state for id, one in customers.lock(session.tx, [customer]).items()}
        row = messages.get(session.tx, message, lock=True)
        if row is None or row["state"] != "ready" or (row["next_at"] and row["next_at"] > session.tx.now):
            return None
        said = compose.compose(session, [message], locked, render, papers).get(message)
        if said is None:
            return None
        claim = {"attempts": row["attempts"] + 1, "fence": row["fence"] + 1, "next_at": session.tx.now + LEASE}
        claim["salt"] = token_bytes(16)
        if row["channel"] in MAILED:
            to = (said.recipient or "").lower()
            claim |= {"mail": mail_name(tenant, message), "mailed_to": to or None}
        messages.set_state(session.tx, message, **claim)
        claimed = messages.get(session.tx, message)
        assert claimed is not None
        follows = mails.before(session.tx, customer, row["contact"], row["day"]) if row["channel"] == "email" else None
        document = documents.of(session.tx, message) if papers.encloses(message) else None
        return Outgoing(claimed, said, _copies(session, row), follows, document)


def mail_name(tenant: str, message: str) -> str:
    """Under which a message travels: the same on every try, and nothing of the customer shows in it."""
    return sha256(f"{tenant}/{message}".encode()).hexdigest()[:40]


def _copies(session: Session, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Finance, whose notice a mail forwards (B2)."""
    if row["channel"] != "email" or row["copy"] != FINANCE:
        return ()
    finance = session.scene.people.working_as(FINANCE, session.scene.today)
    known = users_details(session.tx, finance) if finance else {}
    return tuple(known[id]["email"] for id in finance if known.get(id, {}).get("email"))


def _record(desk: Desk, tenant: str, claimed: Mapping[str, Any], outcome: Sent | Failed) -> None:
    """What came of it, while the claim is still ours: when to try again, or how it ended, which stands in the log."""
    again = None if isinstance(outcome, Sent) or outcome.permanent else _again(claimed["attempts"])
    with desk.open(tenant) as session:
        row = messages.get(session.tx, claimed["id"], lock=True)
        if row is None or row["fence"] != claimed["fence"] or row["state"] != "ready":
            return
        if isinstance(outcome, Failed) and again is not None:
            _log.warning("message_delayed", message=claimed["id"], code=outcome.code)
            messages.set_state(session.tx, claimed["id"], next_at=session.tx.now + again)
            return
    report = ReportMessage(
        customer=claimed["customer"],
        message=claimed["id"],
        contact=claimed["contact"],
        channel=claimed["channel"],
        cases=tuple(claimed["cases"]),
        outcome="handed_over" if isinstance(outcome, Sent) else "bounced",
        code="" if isinstance(outcome, Sent) else outcome.code,
        seal=seal(claimed["salt"], claimed["subject"], claimed["text"]),
    )
    handle(desk, tenant, [Ask(command=report, asker=CLOCKWORK)])


def _again(attempts: int) -> timedelta | None:
    return next_attempt(attempts, jitter=0.0)
