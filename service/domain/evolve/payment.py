"""What each event of a payment means for it: total, for any state."""

from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from service.domain.events import payment as e
from service.domain.events.shape import Applied
from service.domain.payment import Payment


def evolve_payment(payment: Payment, event: e.PaymentEvent) -> Payment:
    """The payment after the event."""
    payment = replace(payment, version=payment.version + 1)
    match event:
        case e.PaymentReceived():
            return replace(
                payment,
                customer=event.customer,
                amount=event.amount,
                currency=event.currency,
                received_on=event.received_on,
                method=event.method,
                matures_on=event.matures_on,
                reference=event.reference,
                draft=event.draft,
                planned=_plus({}, event.allocations) if event.draft else {},
                applied=_plus({}, event.applied),
                recovered=_recovered({}, event.applied),
            )
        case e.PaymentHonoured():
            return replace(_applied(payment, event.applied), draft=False, planned={})
        case e.PaymentReversed():
            return replace(payment, reversed_on=event.on, planned={}, applied={}, recovered={})
        case e.PaymentAllocated():
            return _applied(payment, event.applied)
        case e.PaymentFreed():
            return _applied(payment, event.freed, sign=-1)
        case _:
            assert_never(event)


def _applied(payment: Payment, moved: list[Applied], sign: int = 1) -> Payment:
    return replace(
        payment,
        applied=_plus(payment.applied, moved, sign),
        recovered=_recovered(payment.recovered, moved, sign),
    )


def _recovered(recovered: dict[str, int], moved: list[Applied], sign: int = 1) -> dict[str, int]:
    return _plus(recovered, [Applied(one.case, one.recovered) for one in moved if one.recovered], sign)


def _plus(applied: dict[str, int], more: Iterable[Applied], sign: int = 1) -> dict[str, int]:
    total = dict(applied)
    for one in more:
        total[one.case] = total.get(one.case, 0) + sign * one.amount
    return {case: amount for case, amount in total.items() if amount}
