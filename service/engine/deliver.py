"""Sending what waits: claimed under a lease, sent outside any transaction, recorded only while the claim is still ours."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Condition

import msgspec
import structlog
from sqlalchemy import Engine

from service.channels.outcome import Failed, Sent
from service.channels.retries import SCHEDULE
from service.channels.sealing import unseal
from service.channels.webhook import Delivery, Sender
from service.engine.handle import AWAY
from service.engine.insist import insist
from service.engine.meter import Meter
from service.engine.recording import Records
from service.store import outbox, tenants
from service.store.database import SENDER, transaction

LEASE = timedelta(seconds=30)
HANDS = 32
"""So many sends at once; no more is claimed, so that nothing waits while its lease runs."""

PER_ENDPOINT = 8
"""So many at once to one endpoint, so that a hanging one leaves hands for the others."""

LOOKED_AT = 8 * HANDS
FREE_WITHIN = 0.2
RECORDED_WITHIN = 12.0  # what a send of 15 s leaves of the lease

_log = structlog.get_logger()

Reveal = Callable[[bytes, str], str]
"""A sealed secret and its context to the secret."""


def reveal_with(key: bytes) -> Reveal:
    """Secrets are sealed with the tenant and endpoint as context."""
    return lambda sealed, context: unseal(key, sealed, context).decode()


class _Traced(msgspec.Struct):
    traceparent: str | None = None


class Courier:
    """Delivers webhooks with a pool of hands; one claim a round, many sends at once."""

    def __init__(self, engine: Engine, sender: Sender, reveal: Reveal, meter: Meter | None = None) -> None:
        self._engine = engine
        self._meter = meter or Meter()
        self._sender = sender
        self._reveal = reveal
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="courier")
        self._busy: Counter[tuple[str, str]] = Counter()
        self._freed = Condition()
        self._ended = 0
        self._records = Records(engine)

    def round(self) -> bool:
        """Claim what is due and hand it to the pool; whether to look again at once. It waits for no send, but when hands
        are lacking a moment for one of them."""
        before = self._ended
        full = [place for place, count in self._counted().items() if count >= PER_ENDPOINT]
        with transaction(self._engine, "", SENDER) as tx:
            due = outbox.due(tx, tx.now, LOOKED_AT, full)
        claimed = 0
        for tenant, ids in self._chosen(due).items():
            with transaction(self._engine, tenant, asking=tenants.CLOCK) as tx:
                if tenants.clock(tx) is None:
                    outbox.hold(tx, ids)
                    continue
                taken = outbox.claim(tx, ids, tx.now, tx.now + LEASE)
            for one in taken:
                with self._freed:
                    self._busy[tenant, one.endpoint] += 1
                self._hands.submit(self._send, one)
            claimed += len(taken)
        if claimed or not (full or due):
            return claimed > 0
        with self._freed:
            return self._freed.wait_for(lambda: self._ended != before, FREE_WITHIN)

    def _chosen(self, due: Sequence[tuple[str, str, str]]) -> dict[str, list[str]]:
        """What there are hands for, by tenant: no endpoint may take more than its share."""
        busy = self._counted()
        chosen: dict[str, list[str]] = {}
        for tenant, id, endpoint in due:
            if busy[tenant, endpoint] < PER_ENDPOINT and busy.total() < HANDS:
                busy[tenant, endpoint] += 1
                chosen.setdefault(tenant, []).append(id)
        return chosen

    def _counted(self) -> Counter[tuple[str, str]]:
        with self._freed:
            self._busy = +self._busy
            return self._busy.copy()

    def _send(self, one: outbox.Claimed) -> None:
        try:
            outcome = self._attempt(one)
            if insist(lambda: self._records.keep(one, outcome), RECORDED_WITHIN) == "exhausted":
                self._meter.parked("delivery")
            self._meter.attempted(outcome.code if isinstance(outcome, Failed) else "delivered")
        except AWAY:  # for longer than the lease: it goes again, under the same id
            _log.warning("delivery_goes_again", delivery=one.id, endpoint=one.endpoint, why="database_away")
        except Exception:
            _log.exception("delivery_not_recorded", delivery=one.id, endpoint=one.endpoint)
        finally:
            with self._freed:
                self._busy[one.tenant, one.endpoint] -= 1
                self._ended += 1
                self._freed.notify_all()

    def _attempt(self, one: outbox.Claimed) -> Sent | Failed:
        if one.attempt > len(SCHEDULE):
            # Its senders died, every one of them: it may be what kills them (I36).
            return Failed(code="given_up", detail="No attempt told how it ended.", duration_ms=0, permanent=True)
        context = f"{one.tenant}/{one.endpoint}"
        sealed = [one.secret, *([one.old_secret] if one.old_secret else [])]
        return self._sender.send(
            Delivery(
                url=one.url,
                id=one.webhook,
                at=one.at,
                body=one.body.encode(),
                traceparent=msgspec.json.decode(one.body, type=_Traced).traceparent,
                secrets=tuple(self._reveal(secret, context) for secret in sealed),
            )
        )

    def close(self) -> None:
        """Finish what is in flight, then stop."""
        self._hands.shutdown(wait=True)
        self._sender.close()
