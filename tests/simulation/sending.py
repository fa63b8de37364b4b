"""Handing over, in memory: mail under a lease and a fence, reported back as a command; webhooks under theirs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from service.channels.retries import SCHEDULE, next_attempt
from service.domain.commands import ReportMessage
from tests.simulation.disk import Busy, Tx
from tests.simulation.house import Ask, House, Pause, Work, lock
from tests.simulation.loops import CLOCKWORK, compose
from tests.simulation.road import handle
from tests.simulation.rows import DeliveryRow, MessageRow

MESSAGE_LEASE = timedelta(seconds=60)
DELIVERY_LEASE = timedelta(seconds=30)
DEADLINE = timedelta(seconds=15)
PATIENT_TRIES = 10
BATCH = 4
ATTEMPTS = len(SCHEDULE)
"""No delivery is tried more often, whatever became of its attempts."""


class Outside(Protocol):
    """The far side: takes what is sent, and says how long that took and whether it said yes."""

    def mail(self, message: MessageRow) -> tuple[timedelta, bool]: ...

    def webhook(self, delivery: DeliveryRow) -> tuple[timedelta, bool]: ...


def post_ready(house: House, outside: Outside) -> Work:
    """Hand over the messages that are ready, one after the other."""
    with house.disk.begin(house.now) as tx:
        due = [row.id for row in tx.all("messages") if row.state == "ready" and _is_due(row.next_at, house.now)]
    for message in due[:BATCH]:
        yield Pause("looked")
        claimed: MessageRow | None = yield from _claim_message(house, message)
        if claimed is None:
            continue
        yield Pause("claimed")
        takes, is_taken = outside.mail(claimed)
        yield Pause("sending", takes, wakes=house.now + takes)
        yield from _record_message(house, claimed, is_taken)


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is None or at <= now


def _claim_message(house: House, id: str) -> Work:
    """Asked and composed once more under the customer's lock: a bill may have been paid since (I13)."""
    guards = house.guards
    with house.disk.begin(house.now) as tx:
        row: MessageRow = tx.get("messages", id)
        if guards.customer_locked:
            yield from lock(house, tx, row.customer)
        row = tx.get("messages", id)
        if row.state != "ready" or (guards.message_leased and not _is_due(row.next_at, house.now)):
            return None
        if guards.asked_once_more_when_claimed and not compose(house, tx, id):
            tx.commit()
            return None
        row = tx.get("messages", id)
        claimed = replace(
            row, attempts=row.attempts + 1, fence=row.fence + 1, next_at=house.now + MESSAGE_LEASE
        )
        tx.put("messages", id, claimed)
        yield Pause("claiming")
        tx.commit()
        return claimed


def _record_message(house: House, claimed: MessageRow, is_taken: bool) -> Work:
    again = None if is_taken else next_attempt(claimed.attempts, jitter=0.0)
    with house.disk.begin(house.now) as tx:
        yield from lock(house, tx, ("message", claimed.id))
        row: MessageRow = tx.get("messages", claimed.id)
        if house.guards.message_fenced and (row.fence != claimed.fence or row.state != "ready"):
            return
        if again is not None:
            tx.put("messages", row.id, replace(row, next_at=house.now + again))
            yield Pause("recording")
            tx.commit()
            return
    yield Pause("reporting")
    yield from _report(house, claimed, is_taken)


def _report(house: House, claimed: MessageRow, is_taken: bool) -> Work:
    report = ReportMessage(
        customer=claimed.customer,
        message=claimed.id,
        contact=claimed.contact,
        channel=claimed.channel,
        cases=claimed.cases,
        outcome="handed_over" if is_taken else "bounced",
        code="" if is_taken else "refused",
    )
    for _ in range(PATIENT_TRIES):
        try:
            yield from handle(house, [Ask(report, CLOCKWORK)])
            return
        except Busy:
            continue


Spawn = Callable[[str, Work], None]


def courier(house: House, outside: Outside, spawn: Spawn) -> Work:
    """Claim the webhooks that are due; each is sent by a hand of its own."""
    with house.disk.begin(house.now) as tx:
        due = [row.id for row in tx.all("deliveries") if row.state == "pending" and row.next_at <= house.now]
    yield Pause("looked")
    lease = DELIVERY_LEASE if house.guards.lease_outlasts_deadline else DEADLINE / 3
    with house.disk.begin(house.now) as tx:
        claimed = [taken for id in due[:BATCH] if (taken := _claim(house, tx, id, lease)) is not None]
        yield Pause("claiming")
        tx.commit()
    yield Pause("claimed")
    for one in claimed:
        spawn("send", _send(house, outside, one))


def _claim(house: House, tx: Tx, id: str, lease: timedelta) -> DeliveryRow | None:
    """Still due, and its endpoint still enabled; the attempt counts from now on. Rows that others hold are left."""
    if not tx.take(("delivery", id)):
        return None
    row: DeliveryRow = tx.get("deliveries", id)
    if row.state != "pending" or row.next_at is None or row.next_at > house.now:
        return None
    if house.guards.endpoint_asked_when_claimed and not tx.get("endpoints", row.endpoint).enabled:
        tx.put("deliveries", id, replace(row, state="cancelled", next_at=None))
        return None
    if row.attempts >= ATTEMPTS:
        tx.put("deliveries", id, replace(row, state="exhausted", next_at=None))
        return None
    counted = row.attempts + house.guards.attempts_counted_when_claimed
    again = house.now + (lease if house.guards.lease_expires else timedelta(10_000))
    taken = replace(row, attempts=counted, fence=row.fence + 1, next_at=again)
    tx.put("deliveries", id, taken)
    return taken


def _send(house: House, outside: Outside, one: DeliveryRow) -> Work:
    yield Pause("starting")
    webhook = one if house.guards.webhook_id_stays else replace(one, webhook=f"{one.webhook}#{one.attempts}")
    takes, is_taken = outside.webhook(webhook)
    yield Pause("sending", takes, wakes=house.now + takes)
    with house.disk.begin(house.now) as tx:
        yield from lock(house, tx, ("delivery", one.id))
        row: DeliveryRow = tx.get("deliveries", one.id)
        attempts = one.attempts if house.guards.attempts_counted_when_claimed else one.attempts + 1
        again = None if is_taken else next_attempt(attempts, jitter=0.0)
        if house.guards.delivery_fenced and (row.fence != one.fence or row.state != "pending"):
            return
        state = "delivered" if is_taken else "pending" if again is not None else "exhausted"
        at = house.now + again if again is not None else None
        tx.put("deliveries", one.id, replace(row, state=state, attempts=attempts, next_at=at))
        yield Pause("recording")
        tx.commit()
