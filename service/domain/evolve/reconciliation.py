"""What each event of a reconciliation means for its customer: total, for any state."""

from typing import assert_never

from msgspec.structs import replace

from service.domain.customer import Customer
from service.domain.events import reconciliation as e
from service.domain.reconciliation import KEPT, Reconciliation


def evolve_reconciliation(customer: Customer, event: e.ReconciliationEvent) -> Customer:
    """The customer after the event, its version counted already."""
    others = {id: one for id, one in customer.reconciliations.items() if id != event.reconciliation}
    match event:
        case e.ReconciliationSent():
            balances = {stated.currency: stated.amount for stated in event.balances}
            one = Reconciliation(event.on, event.until, balances, "sent")
            kept = list({**others, event.reconciliation: one}.items())[-KEPT:]
            return replace(customer, reconciliations=dict(kept))
        case e.ReconciliationConfirmed():
            return replace(customer, reconciliations=others)
        case e.ReconciliationDiffered():
            return _stands(customer, event, "differs")
        case e.ReconciliationSilent():
            return _stands(customer, event, "silent")
        case _:
            assert_never(event)


def _stands(customer: Customer, event: e.ReconciliationDiffered | e.ReconciliationSilent, state: str) -> Customer:
    known = customer.reconciliations.get(event.reconciliation)
    if known is None:
        return customer
    return replace(
        customer, reconciliations={**customer.reconciliations, event.reconciliation: replace(known, state=state)}
    )
