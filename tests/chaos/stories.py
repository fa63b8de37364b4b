"""An ERP's stories of bills, each whole within one request, and what must be left of them: worked out from what was posted
alone, by no code of the service."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SOURCE = "erp/chaos"

Event = dict[str, Any]

ENDINGS = ("open", "confirmed", "paid", "part", "credited", "reversed", "voided")


@dataclass
class Request:
    """Some events, how they are sent, and what came of it: the positions once acknowledged (a stream names none)."""

    kind: str
    events: list[Event]
    positions: dict[str, int] | None = None

    @property
    def is_acknowledged(self) -> bool:
        return self.positions is not None

    @property
    def content_type(self) -> str:
        kinds = {"single": "application/cloudevents+json", "batch": "application/cloudevents-batch+json"}
        return kinds.get(self.kind, "application/x-ndjson")

    def body(self) -> bytes:
        if self.kind == "stream":
            return b"".join(json.dumps(event).encode() + b"\n" for event in self.events)
        return json.dumps(self.events[0] if self.kind == "single" else self.events).encode()


@dataclass
class Erp:
    """Tells stories of its own customers, the same ones for the same seed."""

    name: str
    rng: random.Random
    customers: int = 20
    told: list[Request] = field(default_factory=list)
    _bills: int = 0

    def request(self) -> Request:
        """The next one: a bill alone, a batch of stories, or a stream of many."""
        kind = self.rng.choices(("single", "batch", "stream"), (5, 4, 1))[0]
        if kind == "single":
            events = [self._story()[0]]
        else:
            count = self.rng.randint(5, 30) if kind == "batch" else self.rng.randint(60, 120)
            events = [event for _ in range(count) for event in self._story()]
        self.told.append(Request(kind, events))
        return self.told[-1]

    def _story(self) -> list[Event]:
        self._bills += 1
        bill, cents = f"{self.name}-{self._bills}", self.rng.randint(100, 900_000)
        customer = f"{self.name}-c{self.rng.randint(1, self.customers)}"
        issued = {"customer": customer, "amount": money(cents), "currency": "CNY", "issued_on": "2026-01-05"}
        story = [_event(bill, "invoice.issued", {"invoice": bill, **issued, "due_on": "2026-03-06"})]
        match self.rng.choice(ENDINGS):
            case "confirmed":
                story.append(_event(bill, "invoice.confirmed", {"invoice": bill}))
            case "paid":
                story.append(_payment(bill, customer, cents))
            case "part":
                story.append(_payment(bill, customer, self.rng.randint(1, cents - 1)))
            case "credited":
                some = self.rng.randint(1, cents)
                story.append(_event(bill, "invoice.credited", {"invoice": bill, "amount": money(some)}))
            case "reversed":
                story.append(_payment(bill, customer, self.rng.choice((cents, cents // 2))))
                story.append(_event(bill, "payment.reversed", {"payment": f"p-{bill}"}))
            case "voided":
                story.append(_event(bill, "invoice.voided", {"invoice": bill}))
        return story


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _event(bill: str, type: str, data: dict[str, Any]) -> Event:
    return {"specversion": "1.0", "id": f"{type}/{bill}", "source": SOURCE, "type": type, "data": data}


def _payment(bill: str, customer: str, cents: int) -> Event:
    amount = {"amount": money(cents), "currency": "CNY", "received_on": "2026-01-05"}
    allocations = [{"invoice": bill, "amount": money(cents)}]
    return _event(
        bill,
        "payment.received",
        {"payment": f"p-{bill}", "customer": customer, **amount, "allocations": allocations},
    )


def left(events: Iterable[Event]) -> dict[str, tuple[str, int, int, str, str | None]]:
    """Per bill: customer, amount and open amount in cents, stage, and how it was closed."""
    bills: dict[str, tuple[str, int, int, str, str | None]] = {}
    payments: dict[str, tuple[str, int]] = {}
    for event in events:
        data = event["data"]
        match event["type"]:
            case "invoice.issued":
                cents = _cents(data["amount"])
                bills[data["invoice"]] = (data["customer"], cents, cents, "confirmation", None)
                continue
            case "payment.received":
                id = data["allocations"][0]["invoice"]
                payments[data["payment"]] = (id, _cents(data["amount"]))
            case "payment.reversed":
                id, _ = payments[data["payment"]]
            case _:
                id = data["invoice"]
        bills[id] = _after(bills[id], event, payments)
    return bills


def _after(
    bill: tuple[str, int, int, str, str | None], event: Event, payments: dict[str, tuple[str, int]]
) -> tuple[str, int, int, str, str | None]:
    customer, amount, still, stage, _ = bill
    match event["type"]:
        case "invoice.confirmed":
            return customer, amount, still, "collection", None
        case "payment.received":
            still, how = still - _cents(event["data"]["amount"]), "paid"
        case "payment.reversed":
            return customer, amount, still + payments[event["data"]["payment"]][1], stage_before(stage), None
        case "invoice.credited":
            still, how = still - _cents(event["data"]["amount"]), "credited"
        case _:
            still, how = 0, "voided"
    return (customer, amount, still, stage, None) if still else (customer, amount, 0, "closed", how)


def stage_before(stage: str) -> str:
    """Where a bill that is open again stands: none of these stories confirms a bill before it is paid."""
    return "confirmation" if stage == "closed" else stage


def _cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part)
