"""What conversations and messages mean for a customer: who was spoken to, who is missed, and what waits for a look."""

from typing import assert_never

from msgspec.structs import replace

from service.domain.customer import Appointment, Customer, Withheld
from service.domain.events import conversation as e


def evolve_conversation(customer: Customer, event: e.ConversationEvent) -> Customer:
    """The customer after the event."""
    match event:
        case e.ContactLogged():
            return _logged(customer, event)
        case e.MessageBounced():
            return replace(customer, missed=_missed(customer, event.contact, event.missed or None))
        case e.MessageReplied():
            missed = _missed(customer, event.contact, 0)
            return replace(customer, waits_until=event.waits_until, missed=missed)
        case e.MessageWithheld():
            return replace(customer, withheld=Withheld(event.message, event.until, customer.version))
        case e.MessageAdvised():
            asked = customer.withheld.asked if customer.withheld else customer.version
            advised = Withheld(event.leaves_as, event.day, asked, customer.version)
            return replace(customer, withheld=advised if event.own_words else None)
        case e.VisitArranged():
            return _arranged(customer, event)
        case e.MessageHandedOver():
            return customer
        case _:
            assert_never(event)


def _logged(customer: Customer, event: e.ContactLogged) -> Customer:
    missed = _missed(customer, event.contact or "", event.missed)
    customer = replace(customer, last_contact_on=event.on, last_outcome=event.outcome, missed=missed)
    contact = customer.contacts.get(event.contact or "")
    if contact is None or not event.point or not event.point_is:
        return customer
    contact = replace(contact, points={**contact.points, event.point: event.point_is})
    return replace(customer, contacts={**customer.contacts, contact.id: contact})


def _arranged(customer: Customer, event: e.VisitArranged) -> Customer:
    appointment = Appointment(event.contact, event.at)
    tasks = {k: replace(one, appointment=appointment) if one.id == event.task else one for k, one in customer.tasks.items()}
    return replace(customer, tasks=tasks)


def _missed(customer: Customer, contact: str, count: int | None) -> dict[str, int]:
    """How often in a row each could not be spoken to; None leaves things as they are."""
    if count is None or (not count and contact not in customer.missed):
        return customer.missed
    others = {id: known for id, known in customer.missed.items() if id != contact}
    return {**others, contact: count} if count else others
