"""What our people's decisions about a customer mean for them: total, for any state."""

from datetime import date
from typing import assert_never

from msgspec.structs import replace

from service.domain.credit import Measure
from service.domain.customer import Customer, Refusal
from service.domain.events import standing as e


def evolve_standing(customer: Customer, event: e.StandingEvent) -> Customer:
    """The customer after the event."""
    match event:
        case e.CreditRestricted():
            measure = Measure(event.on, event.approval, event.terms, event.percent)
            return replace(customer, credit={**customer.credit, event.measure: measure})
        case e.CreditRestored():
            return _restored(customer, event)
        case e.CustomerReviewed():
            said = customer.segment_said or customer.segment
            return replace(
                customer, segment=event.segment, segment_said=said, reviewed_on=event.on, review_on=event.next_on
            )
        case e.CustomerRestricted():
            return _restricted(customer, event)
        case _:
            assert_never(event)


def _restored(customer: Customer, event: e.CreditRestored) -> Customer:
    refusals = customer.refusals
    if event.refuses and event.approval:
        refusals = {**refusals, event.refuses: Refusal(event.approval, event.on)}
    credit = {name: one for name, one in customer.credit.items() if name != event.measure}
    return replace(customer, credit=credit, refusals=refusals)


def _restricted(customer: Customer, event: e.CustomerRestricted) -> Customer:
    said = customer.restrictions if customer.restrictions_said is None else customer.restrictions_said
    barred = {name: on for name, on in customer.barred.items() if name != event.restriction}
    if not event.lifted:
        barred[event.restriction] = event.on
    return replace(customer, restrictions_said=said, barred=barred, restrictions=both(said, barred))


def both(said: tuple[str, ...], barred: dict[str, date]) -> tuple[str, ...]:
    """The ERP's restrictions and those that people of ours have put beside them."""
    return tuple(sorted({*said, *barred}))
