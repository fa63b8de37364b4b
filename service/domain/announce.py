"""The fourth verb: what leaves the house. Who is called upon by an event, and what receivers read of it."""

from datetime import date, datetime
from typing import Any

import msgspec

from service.domain.case import RANK, Case
from service.domain.customer import Customer
from service.domain.events import Event
from service.domain.events import approval as a
from service.domain.events import case as e
from service.domain.events import claim as k
from service.domain.events import customer as c
from service.domain.events import standing as r
from service.domain.events import task as t
from service.domain.events.bill import InvoiceIssued
from service.domain.limitation import Law
from service.domain.money import format
from service.domain.views import case_view, customer_view

MONEY = frozenset({"amount", "received", "already", "booked", "credit_limit", "rest", "recovered"})
"""Fields of events that hold minor units; what leaves the house holds decimal text instead."""


def role_of(level: str) -> str:
    """Who acts at the level."""
    if RANK[level] < RANK["hold"]:
        return level
    return "boss" if level == "hold" else "legal"


def audience(event: Event) -> list[str]:
    """The roles that must act on the event, or know of it."""
    match event:
        case c.NoticeRaised():
            return event.audience
        case e.Escalated():
            return [] if event.backfill else [role_of(event.level)]  # who is told of many at once is told in a digest
        case t.TaskCreated() | t.TaskChanged():
            return [event.role]
        case a.ApprovalRequested() | a.ApprovalPassed():
            return [event.role]
        case c.HoldApplied() | c.HoldReleased():
            return ["sales", "warehouse", "manager"]
        case r.CreditRestricted() | r.CreditRestored():
            return ["sales", "front_desk", "finance"]
        case c.LetterIssued():
            return ["legal", "supervisor"]
        case k.WrittenOff() | k.Recovered():
            return ["finance"]
        case k.HandedOver():
            return ["legal"]
        case InvoiceIssued():
            return []
        case _:
            return []


def data_of(event: Event, currency: str | None) -> dict[str, Any]:
    """The event's data as other programs see it: money as decimal text of its currency."""
    return _readable(msgspec.to_builtins(event), currency)


def _readable(data: dict[str, Any], currency: str | None) -> dict[str, Any]:
    currency = data.get("currency") or currency
    return {name: _value(name, value, currency) for name, value in data.items()}


def _value(name: str, value: Any, currency: str | None) -> Any:
    if name in MONEY and isinstance(value, int) and currency:
        return format(value, currency)
    if isinstance(value, list):
        return [_readable(one, currency) if isinstance(one, dict) else one for one in value]
    return value


def body(
    tenant: str,
    stream: str,
    version: int,
    event: Event,
    at: datetime,
    today: date,
    case: Case | None,
    customer: Customer | None,
    currency: str | None,
    law: Law,
) -> dict[str, Any]:
    """The CloudEvent that receivers get, with the case and the customer as of the event; `currency` is its stream's."""
    data = data_of(event, currency)
    if case and customer:
        data["case"] = case_view(case, customer, today, law)
    if customer:
        data["customer"] = customer_view(customer)
    data["audience"] = audience(event)
    return {
        "specversion": "1.0",
        "id": f"{stream}/{version}",
        "source": f"dunlog/{tenant}",
        "type": event.type,
        "time": at,
        "subject": stream,
        "datacontenttype": "application/json",
        "data": data,
    }
