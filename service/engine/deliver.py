"""Sending what waits: claimed under a lease, sent outside any transaction, recorded only while the claim is still ours."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy import Engine

from service.channels.outcome import Failed, Sent
from service.channels.retries import Streak, failed_at, next_attempt, should_disable
from service.channels.sealing import unseal
from service.channels.webhook import Delivery, Sender
from service.domain.events.tenant import EndpointDisabled
from service.engine.administer import Change, administer
from service.engine.tick import CLOCKWORK
from service.store import endpoints, outbox
from service.store.database import SENDER, Tx, transaction

LEASE = timedelta(seconds=30)
BATCH = 64
PER_ENDPOINT = 8
"""So many at once to one endpoint, so that a hanging one leaves hands for the others."""

_log = structlog.get_logger()

Reveal = Callable[[bytes, str], str]
"""A sealed secret and its context to the secret."""


def reveal_with(key: bytes) -> Reveal:
    """Secrets are sealed with the tenant and endpoint as context."""
    return lambda sealed, context: unseal(key, sealed, context).decode()


class Courier:
    """Delivers webhooks with a pool of hands; one claim a round, many sends at once."""

    def __init__(self, engine: Engine, sender: Sender, reveal: Reveal, hands: int = 32) -> None:
        self._engine = engine
        self._sender = sender
        self._reveal = reveal
        self._hands = ThreadPoolExecutor(hands, thread_name_prefix="courier")
        self._busy: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def round(self) -> int:
        """Claim what is due and hand it to the pool; how many were claimed. Does not wait for the sends."""
        with transaction(self._engine, "", SENDER) as tx:
            due = outbox.due(tx, tx.now, BATCH * 8)
        claimed = 0
        for tenant, ids in self._chosen(due).items():
            with transaction(self._engine, tenant) as tx:
                taken = outbox.claim(tx, ids, tx.now, tx.now + LEASE)
            for one in taken:
                with self._lock:
                    self._busy[tenant, one.endpoint] += 1
                self._hands.submit(self._send, one)
            claimed += len(taken)
        return claimed

    def _chosen(self, due: Sequence[tuple[str, str, str]]) -> dict[str, list[str]]:
        """What there are hands for, by tenant: no endpoint may take more than its share."""
        busy = Counter(self._busy)
        chosen: dict[str, list[str]] = {}
        for tenant, id, endpoint in due:
            if busy[tenant, endpoint] < PER_ENDPOINT and busy.total() < BATCH:
                busy[tenant, endpoint] += 1
                chosen.setdefault(tenant, []).append(id)
        return chosen

    def _send(self, one: outbox.Claimed) -> None:
        try:
            outcome = self._attempt(one)
            record(self._engine, one, outcome)
        except Exception:
            _log.exception("delivery_not_recorded", delivery=one.id, endpoint=one.endpoint)
        finally:
            with self._lock:
                self._busy[one.tenant, one.endpoint] -= 1

    def _attempt(self, one: outbox.Claimed) -> Sent | Failed:
        context = f"{one.tenant}/{one.endpoint}"
        sealed = [one.secret, *([one.old_secret] if one.old_secret else [])]
        return self._sender.send(
            Delivery(
                url=one.url,
                id=one.webhook,
                body=one.body.encode(),
                secrets=tuple(self._reveal(secret, context) for secret in sealed),
            )
        )

    def close(self) -> None:
        """Finish what is in flight, then stop."""
        self._hands.shutdown(wait=True)
        self._sender.close()


def record(engine: Engine, one: outbox.Claimed, outcome: Sent | Failed) -> None:
    """The attempt's outcome, when to try again, and whether the endpoint has failed long enough to be disabled."""
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
        ours = outbox.finish(tx, one, told, state, now + again if again is not None else None, now)
        why = _streak(tx, one, outcome, now) if ours else None
    if why:
        disable(engine, one.tenant, one.endpoint, why)


def _again(outcome: Sent | Failed, attempts: int) -> timedelta | None:
    if isinstance(outcome, Sent) or outcome.gone or outcome.permanent:
        return None
    return next_attempt(attempts, jitter=random.uniform(-1, 1), retry_after=outcome.retry_after)


def _streak(tx: Tx, one: outbox.Claimed, outcome: Sent | Failed, now: datetime) -> str | None:
    row = endpoints.get(tx, one.endpoint, lock=True)
    if row is None or row["state"] != "enabled":
        return None
    if isinstance(outcome, Sent):
        if row["failing_since"]:
            endpoints.streak(tx, one.endpoint, None, 0, 0)
        return None
    if outcome.gone:
        return "gone"
    since = row["failing_since"]
    streak = failed_at(Streak(since, row["failing_windows"], row["failing_last"]) if since else None, now)
    endpoints.streak(tx, one.endpoint, streak.since, streak.windows, streak.last_window)
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
