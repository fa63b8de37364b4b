"""What each event of a bill means to the ledger, and which invariants it may not break."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service.domain.workdays import Calendar
from tests.simulation.disk import Entry
from tests.simulation.rulebook import LEVELS, STAGES, ZONE, demand, may_go_out


@dataclass
class Bill:
    """What the log says of one bill."""

    id: str
    customer: str = ""
    currency: str = ""
    amount: int = 0
    credited: int = 0
    paid: dict[str, int] = field(default_factory=dict)
    opened: int = 0
    stage: str = ""
    level: str = "none"
    reopens_to: str = ""
    closed_as: str | None = None
    is_paused: bool = False
    pause_until: date | None = None
    promises: dict[str, tuple[int, date, str]] = field(default_factory=dict)
    pausing: int = 0
    is_covered: bool = False
    due_on: date | None = None
    taken_up: bool = True
    not_before: date | None = None
    ladder: int = 0
    asked: int = 0
    handled: dict[tuple[Any, ...], int] = field(default_factory=dict)
    marks: dict[str, tuple[date, date]] = field(default_factory=dict)

    @property
    def open(self) -> int:
        return self.amount - self.credited - sum(self.paid.values())

    @property
    def may_be_reminded(self) -> bool:
        return self.stage != "closed" and not self.is_paused


class Terms(NamedTuple):
    """What a bill's events are judged by beside the bill."""

    calendar: Calendar
    zone: ZoneInfo
    promises_that_pause: int


_FACTS = ("invoice.submitted", "invoice.issued")


def read_bill(bill: Bill, entry: Entry, terms: Terms) -> None:
    """One event of a bill; raises Violation."""
    event: Any = entry.event
    name = event.type
    if name in _FACTS:
        same = (bill.customer or event.customer, bill.currency or event.currency)
        demand(same == (event.customer, event.currency), "I6", f"{bill.id} is told of as {event}, was {same}")
        bill.customer, bill.currency, bill.amount = event.customer, event.currency, event.amount
        bill.due_on = getattr(event, "due_on", None)
        bill.credited = min(bill.credited, bill.amount)
    elif name.startswith(("payment.", "invoice.", "case.due_date")):
        _money(bill, event)
    elif name.startswith("promise."):
        _promise(bill, entry, terms)
    elif hasattr(event, "anchor"):
        _occurrence(bill, entry, terms)
    else:
        _course(bill, event)


def _money(bill: Bill, event: Any) -> None:
    match event.type:
        case "payment.applied":
            demand(event.currency == bill.currency, "I3", f"{event.payment} on {bill.id}")
            demand(0 < event.amount <= bill.open, "I2", f"{event.amount} of {event.payment} on {bill.id}, {bill.open} open")
            bill.paid[event.payment] = bill.paid.get(event.payment, 0) + event.amount
        case "payment.unapplied":
            left = bill.paid.get(event.payment, 0) - event.amount
            demand(left >= 0 and event.amount > 0, "I4", f"{event.amount} of {event.payment} taken off {bill.id}")
            bill.paid[event.payment] = left
        case "invoice.credited":
            demand(event.amount > 0, "I2", f"a credit of {event.amount} on {bill.id}")
            bill.credited = min(bill.amount, bill.credited + event.amount)
        case "invoice.voided":
            bill.credited = bill.amount - sum(bill.paid.values())
        case "invoice.amended":
            _amended(bill, event)
        case "invoice.due_date_changed":
            bill.due_on = event.due_on
            bill.ladder += 1
            bill.marks |= {step: (event.due_on, on) for step, on in event.carried.items()}
            if event.level is not None:
                bill.level = event.level
        case "case.due_date_set":
            demand(bill.due_on is None, "T1", f"{bill.id} falls due twice")
            bill.due_on = event.due_on


def _amended(bill: Bill, event: Any) -> None:
    bill.amount = bill.amount if event.amount is None else event.amount
    paid = sum(bill.paid.values())
    bill.credited = bill.amount - paid if bill.closed_as == "voided" else min(bill.credited, bill.amount)
    bill.due_on = event.due_on or bill.due_on
    bill.ladder += 1
    if event.resent_on:
        demand(bill.stage == "confirmation", "A12", f"{bill.id} is sent anew while {bill.stage}")
        bill.level = "none"


def _promise(bill: Bill, entry: Entry, terms: Terms) -> None:
    event: Any = entry.event
    match event.type:
        case "promise.made":
            demand(not any(s == "open" for _, _, s in bill.promises.values()), "D1", f"{bill.id} is promised twice")
            demand(0 < event.amount <= bill.open, "D1", f"{event.amount} promised on {bill.id}, {bill.open} open")
            covers = event.amount >= bill.open and bill.pausing < terms.promises_that_pause
            demand(event.pauses == covers, "I17", f"{event.promise} of {event.amount} on {bill.open} open")
            bill.promises[event.promise] = (event.amount, event.until, "open")
            bill.pausing += event.pauses
            bill.is_covered = event.pauses
        case "promise.kept" | "promise.broken" | "promise.cancelled":
            amount, until, state = bill.promises[event.promise]
            told = event.type.removeprefix("promise.")
            early = told == "broken" and state == "open" and entry.at.astimezone(ZONE).date() <= until
            demand(not early, "D1", f"{event.promise} is broken on {entry.at}, before {until} is over")
            demand(state != told, "D1", f"{event.promise} is {told} twice")
            bill.promises[event.promise] = (amount, until, told)


def _occurrence(bill: Bill, entry: Entry, terms: Terms) -> None:
    """What the playbook did or left: once an occurrence (I10), in the window (I15), to nobody who has paid (I12)."""
    event: Any = entry.event
    is_aside = event.type == "case.escalated" and (event.approval is not None or event.backfill)
    if not is_aside:
        turn = bill.asked if getattr(event, "kind", None) or event.step.startswith("ask-") else 0
        key = (event.step, event.anchor, event.on, bill.ladder, turn)
        earlier = bill.handled.setdefault(key, entry.tx)
        demand(earlier == entry.tx, "I10", f"{event.type} of {bill.id} {event.step} on {event.on} once more")
    if not (event.type == "case.escalated" and event.backfill):
        bill.marks[event.step] = (event.anchor, event.on)
    if event.type == "case.reminded":
        demand(bill.may_be_reminded, "I12", f"{event.channel} about {bill.id}, {bill.stage}, paused {bill.is_paused}")
        demand(bill.taken_up, "F2", f"{bill.id} before the tenant went live")
        if event.slot:
            allowed = may_go_out(event.slot, terms.calendar, terms.zone)
            demand(allowed, "I15", f"{event.message} is to leave at {event.slot}")
    if event.type == "case.escalated":
        rises = LEVELS.index(event.level) > LEVELS.index(bill.level)
        demand(event.previous == bill.level and rises, "I18", f"{bill.id} from {bill.level} by {event}")
        bill.level = event.level


def _course(bill: Bill, event: Any) -> None:
    match event.type:
        case "case.opened":
            bill.opened += 1
            bill.stage, bill.taken_up = event.stage, event.since <= event.recorded_on
        case "case.taken_up":
            bill.taken_up = True
        case "case.stage_changed":
            known = event.previous == bill.stage and event.stage in STAGES[bill.stage]
            demand(known, "I7", f"{bill.id} goes from {bill.stage} by {event}")
            bill.stage = event.stage
            if event.level is not None:
                bill.level, bill.ladder = event.level, bill.ladder + 1
        case "case.closed":
            voided = event.closed_as == "voided" != bill.closed_as  # also of one that had been paid
            demand(bill.stage != "closed" or voided, "I7", f"{bill.id} closes twice")
            demand(bill.open == 0, "I8", f"{bill.id} closes with {bill.open} open")
            if bill.stage != "closed":
                bill.reopens_to = bill.stage
            bill.stage, bill.closed_as = "closed", event.closed_as
            bill.is_paused, bill.asked = False, bill.asked + 1
        case "case.reopened":
            right = bill.stage == "closed" and bill.closed_as != "voided" and event.stage == bill.reopens_to
            demand(right and bill.open > 0, "I7", f"{bill.id}, {bill.closed_as} with {bill.open} open, by {event}")
            bill.stage, bill.closed_as = event.stage, None
        case "case.paused":
            demand(bill.stage != "closed", "I7", f"{bill.id} is paused after its end")
            bill.is_paused, bill.pause_until = True, event.until
        case "case.resumed":
            demand(bill.is_paused, "I7", f"{bill.id} resumes though it was not paused")
            bill.is_paused = False
            bill.not_before = event.not_before or bill.not_before
        case "case.decided":
            bill.asked += 1
