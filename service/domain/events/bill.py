"""What the ERP says of a bill, and the money and drafts that stand on it."""

from datetime import date
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


class InvoiceSubmitted(Shape, frozen=True, kw_only=True):
    """A bill was put up for internal review (A1)."""

    type: ClassVar[str] = "invoice.submitted"
    customer: str
    amount: int
    currency: str
    period: str
    submitted_on: date


class InvoiceIssued(Shape, frozen=True, kw_only=True):
    """The bill went to the customer; its terms say when it falls due (T1)."""

    type: ClassVar[str] = "invoice.issued"
    customer: str
    amount: int
    currency: str
    issued_on: date
    due_on: date | None = None
    terms: str | None = None
    terms_from: str = "issued"
    period: str | None = None
    reference: str | None = None
    contract: str | None = None
    document_url: str | None = None
    confirmation_required: bool = True


class InvoiceAmended(Shape, frozen=True, kw_only=True):
    """A bill was corrected; absent fields stay. `resent_on` says that it went out anew: a new S at level none (A12)."""

    type: ClassVar[str] = "invoice.amended"
    amount: int | None = None
    due_on: date | None = None
    resent_on: date | None = None


class InvoiceConfirmed(Shape, frozen=True, kw_only=True):
    """The customer agreed to the bill (A3); the tax-invoice details are private."""

    type: ClassVar[str] = "invoice.confirmed"
    confirmed_on: date
    has_tax_details: bool = False


class PodCompleted(Shape, frozen=True, kw_only=True):
    """The proof of delivery is complete: the clock of A9 starts."""

    type: ClassVar[str] = "pod.completed"
    completed_on: date


class TaxInvoiceRequested(Shape, frozen=True, kw_only=True):
    """The customer asked for the tax invoice (A4)."""

    type: ClassVar[str] = "tax_invoice.requested"
    on: date
    number: str | None = None


class TaxInvoiceIssued(Shape, frozen=True, kw_only=True):
    """Finance issued the tax invoice (A4)."""

    type: ClassVar[str] = "tax_invoice.issued"
    on: date
    number: str | None = None


class TaxInvoiceDispatched(Shape, frozen=True, kw_only=True):
    """The tax invoice is on its way (A5)."""

    type: ClassVar[str] = "tax_invoice.dispatched"
    on: date
    number: str | None = None
    courier: str | None = None
    tracking: str | None = None


class InvoiceCredited(Shape, frozen=True, kw_only=True):
    """A credit note; it reduces the open amount, at most to nothing (I2). What of it is `booked` was taken off here before,
    as a discount, and reduces nothing any more."""

    type: ClassVar[str] = "invoice.credited"
    amount: int
    on: date
    booked: int = 0


class DueDateChanged(Shape, frozen=True, kw_only=True):
    """Another due date was agreed (D4); the earlier one stays in the log.

    In the future it brings the level back to none; still past, `carried` are the steps that have fired, on their new
    days. Of an extension that people granted `first` is the day from which all of them together count.
    """

    type: ClassVar[str] = "invoice.due_date_changed"
    due_on: date
    previous: date | None = None
    level: str | None = None
    carried: dict[str, date] = {}
    first: date | None = None
    approval: str | None = None


class InvoiceVoided(Shape, frozen=True, kw_only=True):
    """The bill never was."""

    type: ClassVar[str] = "invoice.voided"


class DueDateSet(Shape, frozen=True, kw_only=True):
    """Terms became a date, by the fact that completes them (T1)."""

    type: ClassVar[str] = "case.due_date_set"
    due_on: date
    terms: str
    terms_from: str


class PaymentApplied(Shape, frozen=True, kw_only=True):
    """Money reduced the bill's open amount; `received_on` is its business day. What of it `recovered` a write-off did not."""

    type: ClassVar[str] = "payment.applied"
    payment: str
    amount: int
    currency: str
    received_on: date
    recovered: int = 0


class PaymentUnapplied(Shape, frozen=True, kw_only=True):
    """An application was taken back."""

    type: ClassVar[str] = "payment.unapplied"
    payment: str
    amount: int
    currency: str
    received_on: date
    why: str
    recovered: int = 0


class DraftReceived(Shape, frozen=True, kw_only=True):
    """A cheque or acceptance draft covers part of the bill until it matures (D7)."""

    type: ClassVar[str] = "draft.received"
    payment: str
    amount: int
    received_on: date
    matures_on: date


class DraftEnded(Shape, frozen=True, kw_only=True):
    """It covers nothing any more: honoured, returned, or past its day."""

    type: ClassVar[str] = "draft.ended"
    payment: str
    why: str


BillFact: TypeAlias = (
    InvoiceSubmitted
    | InvoiceIssued
    | InvoiceAmended
    | InvoiceConfirmed
    | PodCompleted
    | TaxInvoiceRequested
    | TaxInvoiceIssued
    | TaxInvoiceDispatched
    | InvoiceCredited
    | DueDateChanged
    | InvoiceVoided
    | DueDateSet
    | PaymentApplied
    | PaymentUnapplied
    | DraftReceived
    | DraftEnded
)
