"""Handing messages over: composed and claimed under the customer's lock just before, reported back as a command."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from secrets import token_bytes
from typing import Any

import structlog
from psycopg import errors

from service.channels.outcome import Failed, Sent
from service.channels.retries import next_attempt
from service.domain.commands import ReportMessage
from service.engine import compose
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.handle import InternalError, handle, isolated
from service.engine.tick import CLOCKWORK
from service.store import customers, messages
from service.store.chain import seal

LEASE = timedelta(seconds=60)
BATCH = 50
PATIENT_TRIES = 10  # of 2 s each: less than the lease

Post = Callable[[str, Mapping[str, Any], datetime], Sent | Failed]
"""(tenant, message row, instant) to what came of handing it over."""

_log = structlog.get_logger()


def post_ready(desk: Desk, tenant: str, render: compose.Render, post: Post) -> int:
    """Hand over what is ready, at most a batch; how many were tried. Raises Closing between two of them."""
    with desk.open(tenant) as session:
        due = messages.to_post(session.tx, session.tx.now, BATCH)
    for message, customer in due:
        desk.go_on()
        claimed = isolated(partial(_claim, desk, tenant, message, customer, render), message=message)
        if isinstance(claimed, InternalError):
            compose.park(desk, tenant, None, message)
        elif claimed:
            _record(desk, tenant, claimed, post(tenant, claimed, claimed["at"]))
    return len(due)


def _claim(desk: Desk, tenant: str, message: str, customer: str, render: compose.Render) -> dict[str, Any] | None:
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
        if not compose.compose(session, [message], locked, render):
            return None
        claim = {"attempts": row["attempts"] + 1, "fence": row["fence"] + 1, "next_at": session.tx.now + LEASE}
        claim["salt"] = token_bytes(16)
        messages.set_state(session.tx, message, **claim)
        return messages.get(session.tx, message)


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
    for _ in range(PATIENT_TRIES):
        with suppress(errors.LockNotAvailable):  # somebody is busy with the customer; untold, the mail would go again
            handle(desk, tenant, [Ask(command=report, asker=CLOCKWORK)])
            return


def _again(attempts: int) -> timedelta | None:
    return next_attempt(attempts, jitter=0.0)
