"""One locked customer with the cases and payments a command concerns, kept up to date while a decision unfolds."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from msgspec import Struct

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events import CaseEvent, CustomerEvent, Event, PaymentEvent
from service.domain.events.customer import CustomerAssigned
from service.domain.evolve import evolve_case, evolve_customer, evolve_payment
from service.domain.payment import Payment
from service.domain.refusals import NotFound
from service.domain.reliability import Word

Private = dict[str, dict[str, Any]]
"""Personal data and free text beside an event, by part (a contact's id, or empty for the event itself)."""


class Happened(Struct, frozen=True):
    """An event on its stream, with what of it is private."""

    stream: str
    id: str
    event: Event
    private: Private | None = None


def on_case(case: str, event: CaseEvent, private: Private | None = None) -> Happened:
    """It happened to a bill."""
    return Happened("case", case, event, private)


def on_customer(customer: str, event: CustomerEvent, private: Private | None = None) -> Happened:
    """It happened to a customer."""
    return Happened("customer", customer, event, private)


def on_payment(payment: str, event: PaymentEvent, private: Private | None = None) -> Happened:
    """It happened to a payment."""
    return Happened("payment", payment, event, private)


class ApprovalRow(Struct, frozen=True):
    """What a grant must know of a request: every bill behind it."""

    id: str
    kind: str
    state: str
    role: str
    asked_by: str
    cases: tuple[str, ...]
    content_hash: str
    content: str = "[]"


State = Case | Customer | Payment

Gone = Callable[[str], frozenset[str]]
"""Of a customer, the messages of today and later that take no more: few decisions ask for them."""

Loads = Callable[[], dict[str, int]]
"""How many customers those have who take turns: asked for when it is somebody's turn, for all customers of a batch."""


class Kin(Struct):
    """The customers that are locked together, by id, as they are while their decisions unfold; `children` are those whose
    parent a customer was when they were locked, `writes_to_parents` whether the tenant wants parents to be written to."""

    accounts: dict[str, "Account"] = {}
    children: Callable[[str], frozenset[str]] = lambda _: frozenset()
    writes_to_parents: bool = False


class Account:
    """States change only by `apply`; `after` keeps what each event left, `undo_to` takes a refused command's back."""

    def __init__(
        self, customer: Customer, gone: Gone = lambda _: frozenset(), loads: Loads = dict, kin: Kin | None = None
    ) -> None:
        self.customer = customer
        self.kin = kin or Kin()
        self._gone = gone
        self._loads = loads
        self.cases: dict[str, Case] = {}
        self.payments: dict[str, Payment] = {}
        self.habits: dict[str, frozenset[str]] = {}
        self.approvals: dict[str, ApprovalRow] = {}
        self.tasks: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        self.task_owners: dict[str, str] = {}
        self.exposure: dict[str, int] = {}
        self.reconciled: dict[str, tuple[str, ...]] = {}
        self.oldest_overdue: int = 0
        self.ability: str | None = None
        self.budget_until: datetime | None = None
        self.reliability: Word = "unknown"
        self.happened: list[Happened] = []
        self.after: list[State] = []
        self._before: list[tuple[dict[str, Any] | None, str, Any]] = []

    @cached_property
    def gone(self) -> frozenset[str]:
        """The customer's messages that take no more."""
        return self._gone(self.customer.id)

    def gone_of(self, customer: str) -> frozenset[str]:
        """The messages of the customer, or of one locked beside, that take no more."""
        return self.gone if customer == self.customer.id else self.gone | self._gone(customer)

    @property
    def parent(self) -> Customer | None:
        """Who is written to in the customer's place: the parent, while the tenant wants that and somebody may be."""
        if self.customer.parent is None or not self.kin.writes_to_parents:
            return None
        head = self.kin.accounts.get(self.customer.parent)
        return head.customer if head and not head.customer.restrictions else None

    @cached_property
    def loads(self) -> dict[str, int]:
        """How many customers those have who take turns."""
        return self._loads()

    def case(self, id: str, pointer: str = "/data/invoice") -> Case:
        """The case, or a refusal that names where its id came from."""
        try:
            return self.cases[id]
        except KeyError:
            raise NotFound("unknown_invoice", pointer, invoice=id) from None

    def by_age(self) -> list[Case]:
        """The loaded bills, oldest due first: the order in which money goes to them (D7)."""
        cases = self.cases.values()
        return sorted(cases, key=lambda c: (c.due_on is None, c.due_on, c.issued_on is None, c.issued_on, c.id))

    def open_cases(self) -> list[Case]:
        """The loaded bills still owed, oldest due first."""
        return [case for case in self.by_age() if case.stage != "closed"]

    def apply(self, one: Happened) -> None:
        """The event's meaning, on the state it concerns."""
        self._before.append(self._remember(one))
        self.happened.append(one)
        if one.stream == "case":
            case = self.cases.get(one.id) or Case(id=one.id)
            self.cases[one.id] = evolve_case(case, one.event)  # type: ignore[arg-type]
            self.after.append(self.cases[one.id])
        elif one.stream == "customer":
            if isinstance(one.event, CustomerAssigned) and one.event.in_turn:
                self.loads[one.event.owner] = self.loads.get(one.event.owner, 0) + 1
            self.customer = evolve_customer(self.customer, one.event)  # type: ignore[arg-type]
            self.after.append(self.customer)
        else:
            payment = self.payments.get(one.id) or Payment(id=one.id)
            self.payments[one.id] = evolve_payment(payment, one.event)  # type: ignore[arg-type]
            self.after.append(self.payments[one.id])

    def before(self, count: int) -> dict[str, Case]:
        """The bills that have changed since `count` events had happened, as they were then."""
        found: dict[str, Case] = {}
        for states, id, state in self._before[count:]:
            if states is self.cases and isinstance(state, Case):
                found.setdefault(id, state)
        return found

    def since(self, count: int) -> list[tuple[Happened, State | None, State]]:
        """What happened after the first `count` events, each with the state before it and the one that it left."""
        befores = (before for _, _, before in self._before[count:])
        return list(zip(self.happened[count:], befores, self.after[count:], strict=True))

    def _remember(self, one: Happened) -> tuple[dict[str, Any] | None, str, Any]:
        if one.stream == "customer":
            return None, one.id, self.customer
        states: dict[str, Any] = self.cases if one.stream == "case" else self.payments
        return states, one.id, states.get(one.id)

    def undo_to(self, count: int) -> None:
        """Back to when `count` events had happened."""
        while len(self.happened) > count:
            self.happened.pop()
            self.after.pop()
            states, id, before = self._before.pop()
            if states is None:
                self.customer = before
            elif before is None:
                del states[id]
            else:
                states[id] = before
