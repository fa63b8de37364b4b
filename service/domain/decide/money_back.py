"""Money that a bill needs no longer: taken off it, newest first, and back to the customer's credit (D7, I2)."""

from collections.abc import Iterator
from datetime import date

from service.domain.account import Account, Happened, on_case, on_payment
from service.domain.events.bill import PaymentUnapplied
from service.domain.events.payment import PaymentFreed
from service.domain.events.shape import Applied
from service.domain.payment import Payment


def free_excess(account: Account, id: str, why: str) -> Iterator[Happened]:
    """What exceeds the bill after its amount fell."""
    yield from _free(account, id, -account.cases[id].open, why)


def free_all(account: Account, id: str, why: str) -> Iterator[Happened]:
    """Everything that was paid on it."""
    yield from _free(account, id, account.cases[id].paid, why)


def _free(account: Account, id: str, excess: int, why: str) -> Iterator[Happened]:
    standing = [payment for payment in account.payments.values() if payment.applied.get(id)]
    for payment in sorted(standing, key=_recency, reverse=True):
        amount = min(excess, payment.applied[id])
        if amount <= 0:
            return
        excess -= amount
        one = Applied(id, amount, min(amount, payment.recovered.get(id, 0)))
        yield take_off(account, payment, one, why)
        yield on_payment(payment.id, PaymentFreed(freed=[one], why=why))


def _recency(payment: Payment) -> tuple[date, str]:
    return payment.received_on or date.min, payment.id


def take_off(account: Account, payment: Payment, one: Applied, why: str) -> Happened:
    """The bill's side of an application taken back."""
    # A draft's money is of the day it was honoured, not of the day it came in.
    days = [receipt.on for receipt in account.cases[one.case].receipts if receipt.payment == payment.id]
    event = PaymentUnapplied(
        payment=payment.id,
        amount=one.amount,
        currency=payment.currency,
        received_on=days[-1] if days else payment.received_on or date.min,
        why=why,
        recovered=one.recovered,
    )
    return on_case(one.case, event)
