"""The events of one payment: its applications are needed to take it back (D7)."""

from datetime import date
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Applied, Shape


class PaymentReceived(Shape, frozen=True, kw_only=True):
    """Money came in. `allocations` is what the remittance said, `applied` what it became; a maturing draft applies
    nothing yet.
    """

    type: ClassVar[str] = "payment.received"
    customer: str
    amount: int
    currency: str
    received_on: date
    method: str = "transfer"
    matures_on: date | None = None
    reference: str | None = None
    allocations: list[Applied] = []
    applied: list[Applied] = []
    draft: bool = False
    cases: list[str] = []


class PaymentHonoured(Shape, frozen=True, kw_only=True):
    """A cheque or draft turned into money."""

    type: ClassVar[str] = "payment.honoured"
    on: date
    applied: list[Applied] = []


class PaymentReversed(Shape, frozen=True, kw_only=True):
    """The money went back: every application is taken back with it."""

    type: ClassVar[str] = "payment.reversed"
    on: date
    cases: list[str] = []


class PaymentAllocated(Shape, frozen=True, kw_only=True):
    """Cash that stood on account was applied."""

    type: ClassVar[str] = "payment.allocated"
    applied: list[Applied]


class PaymentFreed(Shape, frozen=True, kw_only=True):
    """A bill it was applied to needs it no longer (voided, amended to less): the money is credit again."""

    type: ClassVar[str] = "payment.freed"
    freed: list[Applied]
    why: str


PaymentEvent: TypeAlias = PaymentReceived | PaymentHonoured | PaymentReversed | PaymentAllocated | PaymentFreed
