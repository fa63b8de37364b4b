"""The facts that an ERP tells: each names its customer, or the bill or payment that leads to one."""

from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from service.domain.interest import DayCount
from service.domain.payment_run import PaymentRun

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z")]
Text = Annotated[str, Meta(max_length=2000)]
Line = Annotated[str, Meta(max_length=200)]
Money = Annotated[str, Meta(max_length=24)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
Period = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\Z")]
Duration = Annotated[str, Meta(pattern=r"^P[0-9YMWD]{2,12}\Z")]
Language = Literal["zh", "en"]
Segment = Literal["preferred", "standard", "risk"]
ContactRole = Literal["accounts_payable", "decision_maker", "other", "relative", "colleague"]
Mark = Literal["wrong_number", "left", "moved"]


class Fact(Struct, frozen=True, kw_only=True):
    """Something the ERP says has happened; unknown fields are kept aside by the edge."""

    type: ClassVar[str]


class ContactGiven(Struct, frozen=True, kw_only=True):
    """A person as the ERP knows them; absent fields stay."""

    id: Id
    name: Line | UnsetType = UNSET
    title: Line | UnsetType = UNSET
    salutation: Line | UnsetType = UNSET
    phone: Line | None | UnsetType = UNSET
    email: Line | None | UnsetType = UNSET
    mobile: Line | None | UnsetType = UNSET
    role: ContactRole | UnsetType = UNSET
    may_receive_details: bool | UnsetType = UNSET
    removed: bool = False


class InterestGiven(Struct, frozen=True, kw_only=True):
    """What contracts with the customer say of late payment: per cent a year, as decimal text; 0 means none."""

    annual_rate: Annotated[str, Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?\Z")]
    day_count: DayCount
    grace_days: Annotated[int, Meta(ge=0, le=366)] = 0


class UpdateCustomer(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "customer.updated"
    customer: Id
    name: Line | UnsetType = UNSET
    segment: Segment | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    time_zone: Line | None | UnsetType = UNSET
    playbook: Line | None | UnsetType = UNSET
    billing_cycle: Literal["none", "monthly"] | UnsetType = UNSET
    settles_by_pod: bool | UnsetType = UNSET
    confirmation_required: bool | UnsetType = UNSET
    key_account: bool | UnsetType = UNSET
    credit_limit: Money | None | UnsetType = UNSET
    late_interest: InterestGiven | None | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    collector: Id | None | UnsetType = UNSET
    sales: Id | None | UnsetType = UNSET
    payment_run: PaymentRun | None | UnsetType = UNSET
    parent: Id | None | UnsetType = UNSET
    restrictions: list[Literal["do_not_contact", "lawyer_represented", "insolvent"]] | UnsetType = UNSET
    contacts: Annotated[list[ContactGiven], Meta(max_length=100)] = []


class SubmitInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.submitted"
    invoice: Id
    customer: Id
    amount: Money
    currency: Currency
    period: Period
    submitted_on: date | None = None


class IssueInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.issued"
    invoice: Id
    customer: Id
    amount: Money
    currency: Currency
    issued_on: date
    due_on: date | None = None
    terms: Duration | None = None
    terms_from: Literal["issued", "month_end", "confirmed", "tax_invoice"] = "issued"
    period: Period | None = None
    reference: Line | None = None
    contract: Line | None = None
    document_url: Annotated[str, Meta(max_length=2000)] | None = None
    confirmation_required: bool | None = None


class AmendInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.amended"
    invoice: Id
    amount: Money | None = None
    due_on: date | None = None
    resent_on: date | None = None
    reason: Text | None = None


class TaxDetails(Struct, frozen=True, kw_only=True):
    """What a tax invoice is made out to (开票信息)."""

    title: Line | None = None
    tax_id: Line | None = None
    address: Line | None = None
    bank: Line | None = None


class ConfirmInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.confirmed"
    invoice: Id
    confirmed_on: date | None = None
    confirmed_by: Line | None = None
    tax_invoice: TaxDetails | None = None


class CompletePod(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "pod.completed"
    invoice: Id
    completed_on: date | None = None


class RequestTaxInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "tax_invoice.requested"
    invoice: Id
    number: Line | None = None
    on: date | None = None


class IssueTaxInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "tax_invoice.issued"
    invoice: Id
    number: Line | None = None
    on: date | None = None


class DispatchTaxInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "tax_invoice.dispatched"
    invoice: Id
    number: Line | None = None
    on: date | None = None
    courier: Line | None = None
    tracking: Line | None = None


class CreditInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.credited"
    invoice: Id
    amount: Money
    reason: Text | None = None
    on: date | None = None


class ChangeDueDate(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.due_date_changed"
    invoice: Id
    due_on: date
    reason: Text | None = None


class VoidInvoice(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "invoice.voided"
    invoice: Id
    reason: Text | None = None


class Allocation(Struct, frozen=True, kw_only=True):
    """What a remittance says of one bill."""

    invoice: Id
    amount: Money


class ReceivePayment(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "payment.received"
    payment: Id
    customer: Id
    amount: Money
    currency: Currency
    received_on: date | None = None
    method: Literal["transfer", "cash", "card", "cheque", "acceptance_draft", "offset", "other"] = "transfer"
    matures_on: date | None = None
    reference: Line | None = None
    allocations: Annotated[list[Allocation], Meta(max_length=500)] = []


class HonourPayment(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "payment.honoured"
    payment: Id
    reason: Text | None = None
    on: date | None = None


class ReversePayment(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "payment.reversed"
    payment: Id
    reason: Text | None = None
    on: date | None = None


class AllocatePayment(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "payment.allocated"
    payment: Id
    allocations: Annotated[list[Allocation], Meta(min_length=1, max_length=500)]


class AcknowledgeHold(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "hold.acknowledged"
    customer: Id
    hold: str
    on: date | None = None


class AcknowledgeRelease(Fact, frozen=True, kw_only=True):
    type: ClassVar[str] = "hold.release_acknowledged"
    customer: Id
    hold: str
    on: date | None = None


BillCommand: TypeAlias = (
    SubmitInvoice
    | IssueInvoice
    | AmendInvoice
    | ConfirmInvoice
    | CompletePod
    | RequestTaxInvoice
    | IssueTaxInvoice
    | DispatchTaxInvoice
    | CreditInvoice
    | ChangeDueDate
    | VoidInvoice
)
PaymentCommand: TypeAlias = ReceivePayment | HonourPayment | ReversePayment | AllocatePayment
ErpCommand: TypeAlias = UpdateCustomer | BillCommand | PaymentCommand | AcknowledgeHold | AcknowledgeRelease


FACTS: dict[str, type[Fact]] = {
    cls.type: cls
    for cls in (
        UpdateCustomer,
        SubmitInvoice,
        IssueInvoice,
        AmendInvoice,
        ConfirmInvoice,
        CompletePod,
        RequestTaxInvoice,
        IssueTaxInvoice,
        DispatchTaxInvoice,
        CreditInvoice,
        ChangeDueDate,
        VoidInvoice,
        ReceivePayment,
        HonourPayment,
        ReversePayment,
        AllocatePayment,
        AcknowledgeHold,
        AcknowledgeRelease,
    )
}
"""The ERP's facts by CloudEvents type."""
