"""What holds a customer's messages back though their slot has come (C12, C14)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service.domain.contact_budget import waits_until, week_of
from service.domain.customer import Customer
from service.domain.gates import Gate, closed
from service.domain.payment_feed import is_late, is_told, notice
from service.domain.scene import CLOCKWORK
from service.domain.tenant import Tenant
from service.domain.workdays import Workdays
from service.engine.administer import Change, administer
from service.engine.desk import Desk, Session
from service.store import conversations, payments
from service.store.database import Tx


class Gates:
    """What holds in one session; the payment feed is asked for once, when a tenant set a limit and a message is ready."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.feed_is_late = session.scene.settings.payment_feed_days is not None and feed_is_late(session)
        self._budget = session.scene.settings.contact_budget
        self._made: dict[str, int] = {}

    def expect(self, ids: Sequence[str], customers: Iterable[Customer]) -> None:
        """These messages ask to leave: what has been said to their customers this week is counted, in one statement."""
        if self._budget is not None:
            now = self._session.scene.now
            since = [(one.id, week_of(days_of(self._session, one), now)) for one in customers]
            self._made = conversations.made(self._session.tx, since, ids)

    def leaves(self, row: Mapping[str, Any]) -> None:
        """The message leaves: another one of this week's."""
        if not row["service"]:
            self._made[row["customer"]] = self._made.get(row["customer"], 0) + 1

    def waits_until(self, row: Mapping[str, Any], customer: Customer) -> datetime | None:
        """When to look at the message again; None when it may leave."""
        return max((gate.opens for gate in self.closed(row, customer)), default=None)

    def closed(self, row: Mapping[str, Any], customer: Customer) -> list[Gate]:
        """Those before the message. What asks for nothing and what a person agreed to, letters, goes all the same."""
        if row["service"]:
            return []
        scene = self._session.scene
        return list(closed(customer, scene.now, scene.workdays, self.feed_is_late, row["id"], self._spent(customer)))

    def _spent(self, customer: Customer) -> datetime | None:
        if self._budget is None:
            return None
        made, now = self._made.get(customer.id, 0), self._session.scene.now
        return waits_until(self._budget, made, days_of(self._session, customer), now)


def days_of(session: Session, customer: Customer) -> Workdays:
    """The days in the customer's own zone."""
    workdays = session.scene.workdays
    return workdays.in_zone(customer.time_zone) if customer.time_zone else workdays


def contacts_wait(session: Session, customer: Customer) -> datetime | None:
    """Until when messages to the customer wait because the week's contacts are used up; None while they do not."""
    budget, now, days = session.scene.settings.contact_budget, session.scene.now, days_of(session, customer)
    if budget is None:
        return None
    made = conversations.made(session.tx, [(customer.id, week_of(days, now))], ())
    return waits_until(budget, made.get(customer.id, 0), days, now)


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
