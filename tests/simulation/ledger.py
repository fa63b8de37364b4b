"""The log read by somebody who knows the rules but none of the service's code: each bill, payment and customer folded anew,
and every event that breaks an invariant named (ids as in the list of promises)."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.workdays import Calendar
from tests.simulation.bills import Bill, Terms, read_bill
from tests.simulation.disk import Entry
from tests.simulation.rulebook import ZONE, demand


@dataclass
class Money:
    """What the log says of one payment."""

    id: str
    customer: str = ""
    currency: str = ""
    amount: int = 0
    is_draft: bool = False
    is_reversed: bool = False
    applied: dict[str, int] = field(default_factory=dict)


@dataclass
class Party:
    """What the log says of one customer."""

    id: str
    tasks: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    hold: str | None = None
    messages: set[str] = field(default_factory=set)
    zone: ZoneInfo = ZONE


class Ledger:
    """All of them, kept up with the log as it grows."""

    def __init__(self, calendar: Calendar, promises_that_pause: int) -> None:
        self.calendar = calendar
        self.promises_that_pause = promises_that_pause
        self.bills: dict[str, Bill] = {}
        self.payments: dict[str, Money] = {}
        self.parties: dict[str, Party] = {}
        self.versions: dict[str, int] = {}

    def read(self, entries: list[Entry]) -> None:
        """One transaction's events, in order, then what must hold after it."""
        bills: dict[str, Bill] = {}
        for entry in entries:
            kind, _, id = entry.stream.partition("/")
            version = self.versions.get(entry.stream, 0) + 1
            demand(entry.version == version, "I9", f"{entry.stream} goes on with {entry.version}, not {version}")
            self.versions[entry.stream] = version
            if kind == "case":
                bill = bills[id] = self.bills.setdefault(id, Bill(id))
                zone = self.parties.get(bill.customer, _NOBODY).zone
                read_bill(bill, entry, Terms(self.calendar, zone, self.promises_that_pause))
            elif kind == "payment":
                self._payment(self.payments.setdefault(id, Money(id)), entry.event)
            else:
                self._party(self.parties.setdefault(id, Party(id)), entry.event)
        for bill in bills.values():
            self._after(bill)
        self._money_agrees(entries)

    def _after(self, bill: Bill) -> None:
        demand(bill.opened == 1, "I6", f"{bill.id} has {bill.opened} cases")
        demand(bill.open >= 0, "I2", f"{bill.id}: {bill.open} open, {bill.paid} paid of {bill.amount}")
        demand((bill.stage == "closed") == (bill.open == 0), "I7", f"{bill.id} is {bill.stage} with {bill.open} open")
        demand(not bill.is_covered or not bill.may_be_reminded, "I17", f"{bill.id} is covered and not suspended")
        bill.is_covered = False
        for promise, (_, _, state) in bill.promises.items():
            owing = state == "open" and bill.stage == "closed"
            demand(not owing, "D1", f"{promise} of the closed {bill.id} is still open")

    def _money_agrees(self, entries: list[Entry]) -> None:
        """Both sides of every application, and what a reversal gave back."""
        touched = {e.stream.partition("/")[2] for e in entries if e.stream.startswith("payment/")}
        touched |= {e.event.payment for e in entries if e.event.type in ("payment.applied", "payment.unapplied")}
        for id in touched:
            payment = self.payments[id]
            there = {bill.id: bill.paid[id] for bill in self.bills.values() if bill.paid.get(id)}
            demand(there == payment.applied, "I1", f"{id} says {payment.applied}, its bills say {there}")
            rest = payment.amount - sum(payment.applied.values())
            demand(rest >= 0 and all(n > 0 for n in there.values()), "I1", f"{id}: {there}, {rest} left")
            for case in payment.applied:
                demand(self.bills[case].currency == payment.currency, "I3", f"{id} on {case}")
                demand(self.bills[case].customer == payment.customer, "I1", f"{id} pays another customer's {case}")
        for entry in entries:
            if entry.event.type == "payment.reversed":
                id = entry.stream.partition("/")[2]
                back = [bill.id for bill in self.bills.values() if bill.paid.get(id)]
                demand(not back, "I4", f"{id} went back and still stands on {back}")
        if len({entry.token for entry in entries}) == 1 and entries[0].event.type == "payment.received":
            self._all_spent(self.payments[entries[0].stream.partition("/")[2]])

    def _all_spent(self, payment: Money) -> None:
        """D7: what stays credit is what no open bill can take."""
        rest = payment.amount - sum(payment.applied.values())
        hungry = [
            bill.id
            for bill in self.bills.values()
            if (bill.customer, bill.currency) == (payment.customer, payment.currency)
            and bill.stage not in ("review", "closed")
        ]
        demand(payment.is_draft or not rest or not hungry, "I2", f"{rest} of {payment.id} idle while {hungry} are open")

    # Payments

    def _payment(self, payment: Money, event: Any) -> None:
        match event.type:
            case "payment.received":
                demand(not payment.amount, "I20", f"{payment.id} came twice")
                demand(_whole(event.amount), "I5", event.amount)
                payment.customer, payment.currency, payment.amount = event.customer, event.currency, event.amount
                payment.is_draft = event.draft
                self._add(payment, event.applied)
            case "payment.honoured":
                demand(payment.is_draft and not payment.is_reversed, "I1", f"{payment.id} was no draft")
                payment.is_draft = False
                self._add(payment, event.applied)
            case "payment.allocated":
                demand(not payment.is_draft and not payment.is_reversed, "I1", f"{payment.id} is no credit")
                self._add(payment, event.applied)
            case "payment.freed":
                self._add(payment, event.freed, -1)
            case "payment.reversed":
                demand(not payment.is_reversed, "I4", f"{payment.id} went back twice")
                payment.is_reversed, payment.is_draft, payment.applied = True, False, {}

    def _add(self, payment: Money, moved: list[Any], sign: int = 1) -> None:
        for one in moved:
            demand(_whole(one.amount) and one.amount > 0, "I5", one)
            left = payment.applied.get(one.case, 0) + sign * one.amount
            payment.applied[one.case] = left
            if not left:
                del payment.applied[one.case]

    # Customers

    def _party(self, party: Party, event: Any) -> None:
        match event.type:
            case "task.created" if event.kind in ("call", "visit", "find_contact"):
                demand(event.kind not in party.tasks, "C10", f"{party.id} has a second {event.kind}")
                party.tasks[event.kind] = event.task
            case "task.completed" | "task.cancelled" if party.tasks.get(event.kind) == event.task:
                del party.tasks[event.kind]
            case "approval.requested":
                demand(event.kind not in party.requests, "B8", f"{party.id} is asked twice for {event.kind}")
                party.requests[event.kind] = event.approval
            case "approval.granted" | "approval.rejected" | "approval.cancelled" | "approval.expired":
                demand(party.requests.pop(event.kind, None) == event.approval, "I32", f"{event.approval} was not open")
            case "hold.applied":
                demand(party.hold is None, "B8", f"{party.id} is held twice")
                party.hold = event.hold
            case "hold.released":
                demand(party.hold == event.hold, "B10", f"{event.hold} did not stand")
                party.hold = None
            case "message.handed_over" | "message.bounced":
                demand(event.message not in party.messages, "I20", f"{event.message} ended twice")
                party.messages.add(event.message)
            case "customer.updated" if isinstance(event.time_zone, str):
                party.zone = ZoneInfo(event.time_zone)


def _whole(amount: object) -> bool:
    return type(amount) is int


_NOBODY = Party("")
