"""To whom a message goes, and in which message of which day (C3, C11)."""

from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.account import Account
from service.domain.case import RANK
from service.domain.customer import Contact, Customer
from service.domain.scene import Scene

_FARTHEST = 30


class Slot(Struct, frozen=True):
    """The message of a contact, a channel and a day: its id, and when it leaves."""

    message: str
    at: datetime


def recipients(customer: Customer, level: str, channel: str, roles: tuple[str, ...] = ()) -> list[Contact]:
    """Accounts-payable contacts, else decision makers; from level manager both; who may not know, never (C7, C11)."""
    able = [c for _, c in sorted(customer.contacts.items()) if c.takes(channel)]
    if roles:
        return [c for c in able if c.role in roles]
    payable = [c for c in able if c.role == "accounts_payable"]
    deciders = [c for c in able if c.role == "decision_maker"]
    others = [c for c in able if c.role == "other"]
    if RANK[level] >= RANK["manager"]:
        return payable + deciders or others
    return payable or deciders or others


def slot(account: Account, scene: Scene, contact: Contact, channel: str, service: bool) -> Slot:
    """Today's message while it has not gone, else the next open day's; in the customer's own window (T4)."""
    customer = account.customer
    days = scene.workdays.in_zone(customer.time_zone) if customer.time_zone else scene.workdays
    at = days.next_moment(scene.now)
    for _ in range(_FARTHEST):
        day = scene.workdays.today(at)
        message = f"{customer.id}~{contact.id}~{channel}~{day}{'~service' if service else ''}"
        if message not in account.gone:
            return Slot(message, at)
        at = days.opening(days.next_open(days.today(at) + timedelta(1)))
    return Slot(message, at)
