"""What came of attempts, written down: successes that end at once together, in one commit; failures each for itself, with when
to try again and whether the endpoint has failed long enough to be disabled."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import psycopg
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.channels.outcome import Failed, Sent
from service.channels.retries import Streak, failed_at, next_attempt, should_disable
from service.domain.events.tenant import EndpointDisabled
from service.domain.scene import CLOCKWORK
from service.engine.administer import Change, administer
from service.store import endpoints, outbox
from service.store.database import Tx, transaction


class _Success(Struct, eq=False):
    claimed: outbox.Claimed
    sent: Sent
    left: bool = False
    is_kept: bool = False


class Records:
    """One a courier. Whoever comes while nobody writes, writes at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[_Success] = []
        self._pen = Lock()

    def keep(self, one: outbox.Claimed, outcome: Sent | Failed) -> str:
        """The delivery's state afterwards."""
        if isinstance(outcome, Sent):
            success = _Success(one, outcome)
            self._waiting.append(success)
            with self._pen:
                if not success.left:
                    self._write()
            if success.is_kept:
                return "delivered"
        return record(self._engine, one, outcome)

    def _write(self) -> None:
        """What is not kept so - another holds the row, the claim was lost, the endpoint had been failing - is kept alone."""
        writing = self._waiting[:]
        del self._waiting[: len(writing)]
        by_tenant: defaultdict[str, list[_Success]] = defaultdict(list)
        for one in writing:
            one.left = True
            by_tenant[one.claimed.tenant].append(one)
        for tenant, those in by_tenant.items():
            kept: set[str] = set()
            with suppress(psycopg.Error, SQLAlchemyError):
                kept = self._keep_all(tenant, those)
            for one in those:
                one.is_kept = one.claimed.id in kept

    def _keep_all(self, tenant: str, those: Sequence[_Success]) -> set[str]:
        with transaction(self._engine, tenant) as tx:
            ended = [(one.claimed, one.sent.status, one.sent.duration_ms, one.sent.head) for one in those]
            return outbox.delivered(tx, ended, tx.now)


def record(engine: Engine, one: outbox.Claimed, outcome: Sent | Failed) -> str:
    """The attempt's outcome, when to try again, and whether the endpoint has failed long enough to be disabled; the
    delivery's state."""
    with transaction(engine, one.tenant) as tx:
        now = tx.now
        again = _again(outcome, one.attempt)
        state = "delivered" if isinstance(outcome, Sent) else "pending" if again is not None else "exhausted"
        told = {
            "outcome": "delivered" if isinstance(outcome, Sent) else outcome.code,
            "status": outcome.status,
            "duration_ms": outcome.duration_ms,
            "detail": None if isinstance(outcome, Sent) else outcome.detail,
            "head": outcome.head,
        }
        row = endpoints.get(tx, one.endpoint)
        if row and (isinstance(outcome, Failed) or row["failing_since"]):
            row = endpoints.get(tx, one.endpoint, lock=True)  # before its deliveries, as whoever disables it does
        ours = outbox.finish(tx, one, told, state, now + again if again is not None else None, now)
        why = _streak(tx, row, outcome, now) if row and ours else None
    if why:
        disable(engine, one.tenant, one.endpoint, why)
    return state


def _again(outcome: Sent | Failed, attempts: int) -> timedelta | None:
    if isinstance(outcome, Sent) or outcome.gone or outcome.permanent:
        return None
    return next_attempt(attempts, jitter=random.uniform(-1, 1), retry_after=outcome.retry_after)


def _streak(tx: Tx, row: Mapping[str, Any], outcome: Sent | Failed, now: datetime) -> str | None:
    if row["state"] != "enabled":
        return None
    if isinstance(outcome, Sent):
        if row["failing_since"]:
            endpoints.streak(tx, row["id"], None, 0, 0)
        return None
    if outcome.gone:
        return "gone"
    since = row["failing_since"]
    streak = failed_at(Streak(since, row["failing_windows"], row["failing_last"]) if since else None, now)
    endpoints.streak(tx, row["id"], streak.since, streak.windows, streak.last_window)
    return "failing" if should_disable(streak, now) else None


def disable(engine: Engine, tenant: str, endpoint: str, why: str) -> None:
    """Nothing more goes there until somebody enables it; said by an event."""

    def decide(tx: Tx, _: object) -> Sequence[Change]:
        row = endpoints.get(tx, endpoint, lock=True)
        if row is None or row["state"] != "enabled":
            return []
        endpoints.update(tx, endpoint, state="disabled")
        endpoints.cancel_pending(tx, endpoint)
        return [Change(EndpointDisabled(endpoint=endpoint, why=why))]

    administer(engine, tenant, decide, CLOCKWORK)
