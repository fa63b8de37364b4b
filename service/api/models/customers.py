"""Customers as they are answered: who they are, what they owe, whether goods may leave; their payments."""

from typing import Literal

from pydantic import Field

from service.api.models.fields import Answer, Currency, Cursor, Day, Id, Instant, Language, Money, Segment, Version


class Owed(Answer):
    """Amounts of one currency; currencies are never added."""

    currency: Currency
    exposure: Money = Field(description="All that is open.")
    overdue: Money
    bills: int = Field(description="Open bills.", examples=[4])
    bills_overdue: int = Field(examples=[2])
    credit: Money = Field(description="Payments not applied to any bill.")


class HoldAnswer(Answer):
    """No shipments."""

    id: str = Field(examples=["C-1.21"])
    on: Day
    acknowledged_on: Day | None = Field(description="When the ERP said that it stopped.")


class ContactAnswer(Answer):
    """A person on the customer's side."""

    id: str = Field(examples=["zhang"])
    name: str | None = None
    title: str | None = None
    salutation: str | None = None
    phone: str | None = None
    email: str | None = None
    mobile: str | None = None
    role: Literal["accounts_payable", "decision_maker", "other"]
    may_receive_details: bool
    mark: Literal["wrong_number", "left", "moved"] | None = None


class Commitment(Answer):
    """An open promise."""

    kind: Literal["promise"]
    id: str
    case: Id
    amount: Money
    currency: Currency
    due_on: Day


class Habits(Answer):
    """How the customer pays, over their last bills."""

    late_confirmer: bool
    late_payer: bool
    bills_settled: int
    average_days_late: float | None


class CustomerAnswer(Answer):
    """Who owes."""

    id: Id = Field(examples=["C-1"])
    name: str
    segment: Segment
    language: Language | None
    time_zone: str | None
    playbook: str | None
    owner: str = Field(examples=["li.na"])
    sales: str | None
    key_account: bool
    billing_cycle: Literal["none", "monthly"]
    settles_by_pod: bool
    confirmation_required: bool | None
    restrictions: list[Literal["do_not_contact", "lawyer_represented", "insolvent"]]
    credit_limit: Money | None
    currency: Currency | None
    owed: list[Owed] = Field(description="One entry a currency.")
    hold: HoldAnswer | None
    contacts: list[ContactAnswer]
    commitments: list[Commitment]
    habits: Habits
    flags: dict[str, Day] = Field(
        description="Danger signals and their days.", examples=[{"payment_reversed": "2026-03-20"}]
    )
    version: Version


class CustomerRow(Answer):
    """A customer in a list."""

    id: Id = Field(examples=["C-1"])
    name: str
    segment: Segment
    owner: str
    hold: str | None = Field(description="The hold's id.")
    owed: list[Owed]


class CustomerList(Answer):
    """A page of customers."""

    data: list[CustomerRow]
    next_cursor: Cursor


class CurrencyCredit(Answer):
    """Exposure in another currency, never converted."""

    currency: Currency
    exposure: Money


class CreditAnswer(Answer):
    """Whether goods may leave."""

    may_ship: bool = Field(description="false only under a hold.")
    hold: HoldAnswer | None
    currency: Currency | None
    exposure: Money | None
    limit: Money | None
    available: Money | None
    others: list[CurrencyCredit] = []


class Application(Answer):
    """Money of a payment on a bill."""

    case: Id
    amount: Money


class PaymentAnswer(Answer):
    """A payment: what it was applied to, and its rest."""

    id: Id = Field(examples=["P-1"])
    customer: Id = Field(examples=["C-1"])
    amount: Money
    currency: Currency
    received_on: Day
    method: Literal["transfer", "cash", "card", "cheque", "acceptance_draft", "offset", "other"]
    state: Literal["received", "maturing", "honoured", "reversed"]
    matures_on: Day | None
    reference: str | None
    applications: list[Application]
    planned: list[Application] = Field([], description="What a draft covers until it matures.")
    rest: Money = Field(description="Not applied: the customer's credit.")
    reversed_on: Day | None
    version: Version


class PaymentList(Answer):
    """A page of payments."""

    data: list[PaymentAnswer]
    next_cursor: Cursor


class CommandAnswer(Answer):
    """What a command on a customer did: the case or request ids it concerns."""

    cases: list[Id] = []
    position: int | None = None
    at: Instant | None = None
