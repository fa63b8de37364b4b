"""To whom a message goes, and in which message of which day (C3, C11)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from service.domain.account import Account
from service.domain.case import RANK
from service.domain.customer import Contact, Customer
from service.domain.scene import Scene

_FARTHEST = 30


class Addressed(NamedTuple):
    """Whose people are written to, and which of them."""

    whose: Customer
    people: list[Contact]


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


def addressed(
    account: Account, level: str, channel: str, roles: tuple[str, ...] = (), service: bool = False
) -> Addressed:
    """The parent's people, where the tenant wants that and somebody there may know; else the customer's own. What asks for
    nothing tells the customer of its own affairs."""
    head = None if service else account.parent
    people = recipients(head, level, channel, roles) if head else []
    if head and people:
        return Addressed(head, people)
    return Addressed(account.customer, recipients(account.customer, level, channel, roles))


def slot(
    account: Account, scene: Scene, contact: Contact, channel: str, service: bool, whose: Customer | None = None
) -> Slot:
    """Today's message while it has not gone, else the next open day's; in the window of the customer whose contact it is
    (T4)."""
    customer = whose or account.customer
    days = scene.workdays.in_zone(customer.time_zone) if customer.time_zone else scene.workdays
    at = days.next_moment(scene.now)
    for _ in range(_FARTHEST):
        day = scene.workdays.today(at)
        message = f"{customer.id}~{contact.id}~{channel}~{day}{'~service' if service else ''}"
        if message not in account.gone_of(customer.id):
            return Slot(message, at)
        at = days.opening(days.next_open(days.today(at) + timedelta(1)))
    return Slot(message, at)
