"""What holds a customer's messages back though their slot has come (C12, C14)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service.domain.customer import Customer
from service.domain.gates import Gate, closed
from service.domain.payment_feed import is_late, is_told, notice
from service.domain.tenant import Tenant
from service.engine.administer import Change, administer
from service.engine.desk import Desk, Session
from service.engine.tick import CLOCKWORK
from service.store import payments
from service.store.database import Tx


class Gates:
    """What holds in one session; the payment feed is asked for once, when a tenant set a limit and a message is ready."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.feed_is_late = session.scene.settings.payment_feed_days is not None and feed_is_late(session)

    def waits_until(self, row: Mapping[str, Any], customer: Customer) -> datetime | None:
        """When to look at the message again; None when it may leave."""
        return max((gate.opens for gate in self.closed(row, customer)), default=None)

    def closed(self, row: Mapping[str, Any], customer: Customer) -> list[Gate]:
        """Those before the message. What asks for nothing and what a person agreed to, letters, goes all the same."""
        if row["service"]:
            return []
        scene = self._session.scene
        return list(closed(customer, scene.now, scene.workdays, self.feed_is_late, row["id"]))


def feed_is_late(session: Session) -> bool:
    """Whether a payment might have come of which nothing is known."""
    scene = session.scene
    return is_late(_heard(session), scene.today, scene.settings.payment_feed_days, scene.workdays)


def _heard(session: Session) -> date | None:
    """The last day up to which payments are known: by what was said of it, or by the latest payment itself."""
    received = payments.last_received_on(session.tx, session.scene.today)
    return max((day for day in (received, session.tenancy.tenant.payments_known) if day), default=None)


def tell_of_feed(desk: Desk, tenant: str, now: datetime | None) -> None:
    """Messages wait for the payment feed: the supervisor is told, once for each time."""
    with desk.open(tenant, now) as session:
        scene = session.scene
        heard = _heard(session)
        if not feed_is_late(session) or is_told(session.tenancy.tenant.feed_told_on, heard):
            return

    def decide(_: Tx, locked: Tenant) -> Sequence[Change]:
        return [] if is_told(locked.feed_told_on, heard) else [Change(notice(scene.today))]

    administer(desk.engine, tenant, decide, CLOCKWORK, scene.now)
