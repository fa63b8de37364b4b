"""A customer with all that is theirs, as the log leaves it or a story has brought it so far."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from service.domain.account import Happened
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events.case import Reminded
from service.domain.events.conversation import ContactLogged
from service.domain.evolve import evolve_case, evolve_customer, evolve_payment
from service.domain.payment import Payment
from service.domain.whatif.approved import Approvals
from service.domain.whatif.deeds import Deed, Record


class Standing(Struct):
    """A customer and all that is theirs, as it stands."""

    customer: Customer
    cases: dict[str, Case]
    payments: dict[str, Payment]
    approvals: Approvals
    slots: dict[str, datetime]
    ability: str | None = None

    def take(self, at: datetime, one: Happened) -> None:
        """What is kept beside the states of something that happened."""
        match one.event:
            case Reminded(message=str(message), slot=datetime() as slot):
                self.slots[message] = slot
            case ContactLogged(ability=str(ability)):
                self.ability = ability
            case event:
                self.approvals.take(event)

    def copy(self) -> "Standing":
        """To be told on from, more than once."""
        return Standing(
            self.customer,
            dict(self.cases),
            dict(self.payments),
            self.approvals.copy(),
            dict(self.slots),
            self.ability,
        )


def standing_of(customer: str, before: Iterable[Deed]) -> Standing:
    """As the log leaves it."""
    here = Standing(Customer(id=customer), {}, {}, Approvals({}), {})
    for deed in before:
        for record in deed.records:
            _fold(here, record)
            here.take(record.at, Happened(record.stream, record.id, record.event))
    return here


def _fold(here: Standing, record: Record) -> None:
    event, id = record.event, record.id
    if record.stream == "case":
        here.cases[id] = evolve_case(here.cases.get(id) or Case(id=id), event)  # type: ignore[arg-type]
    elif record.stream == "customer":
        here.customer = evolve_customer(here.customer, event)  # type: ignore[arg-type]
    else:
        here.payments[id] = evolve_payment(here.payments.get(id) or Payment(id=id), event)  # type: ignore[arg-type]
