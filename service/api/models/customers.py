"""Customers as they are answered: who they are, what they owe, whether goods may leave; their payments."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from service.api.models.fields import (
    Answer,
    Currency,
    Cursor,
    Day,
    Id,
    Instant,
    Language,
    Money,
    PersonRole,
    Segment,
    Total,
    Version,
)
from service.api.models.interest import InterestTermsAnswer

Sums: TypeAlias = Annotated[
    dict[str, Money],
    Field(description="By currency; currencies are never added.", examples=[{"CNY": "1200.00"}]),
]


class HoldAnswer(Answer):
    """No shipments."""

    id: str = Field(examples=["C-1.21"])
    since: Day
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
    role: PersonRole
    may_receive_details: bool
    mark: Literal["wrong_number", "left", "moved"] | None = None
    points: dict[str, Literal["verified", "invalid"]] = Field(
        {}, description="Where they were called, and what came of it.", examples=[{"workplace": "verified"}]
    )


class ErasedAnswer(Answer):
    """Nothing is kept of the person but the id."""

    customer: Id = Field(examples=["C-1"])
    contact: str = Field(examples=["zhang"])
    position: int
    at: Instant


class Commitment(Answer):
    """Money that is to come: a promise, a part of a plan, a draft until it matures."""

    kind: Literal["promise", "plan", "draft"]
    id: str = Field(description="The promise's, the plan's or the payment's.", examples=["INV-1.9"])
    case: Id
    amount: Money
    currency: Currency
    due_on: Day
    contact: str | None = Field(None, description="Who promised, where that is known.", examples=["zhang"])


class Receipts(Answer):
    """What the commitments let expect of a day."""

    on: Day
    currency: Currency
    amount: Money = Field(description="What has not come yet.")


class StandingDispute(Answer):
    """What the customer contests, or is to be credited."""

    case: Id
    dispute: int = Field(examples=[1])
    reason: str = Field(examples=["price"])
    amount: Money
    currency: Currency
    owner: str = Field(examples=["sales"])
    opened_on: Day
    credit_expected: bool = Field(description="Resolved for the customer: the credit has not come yet.")


class PromisesKept(Answer):
    """Of the last ten promises that were judged, a plan as one."""

    kept: int = Field(examples=[3])
    partially_kept: int = Field(examples=[1])
    broken: int = Field(examples=[1])
    reliability: Literal["reliable", "mixed", "unreliable", "unknown"] = Field(
        description="Kept from 80 of a hundred on, and below 50; unknown of fewer than two.", examples=["mixed"]
    )


class Habits(Answer):
    """How the customer pays, over their last bills."""

    late_confirmer: bool
    late_confirmations: int = Field(description="Of the last bills that are confirmed or already late.", examples=[2])
    confirmations: int = Field(description="How many those are; three unless the tenant chose otherwise.", examples=[3])
    late_payer: bool
    late_payments: int = Field(description="Of the last bills that are settled or already late.", examples=[0])
    payments: int = Field(description="How many those are.", examples=[3])
    bills_settled: int = Field(description="Over how many bills, 50 at most, days late are averaged.", examples=[12])
    average_days_late: float | None = Field(examples=[4.5])
    promises: PromisesKept
    promises_by_contact: dict[str, PromisesKept] = Field(
        description="By the contact who promised, where that is known.",
        examples=[{"zhang": {"kept": 2, "partially_kept": 0, "broken": 0, "reliability": "reliable"}}],
    )


class PaymentRunAnswer(Answer):
    """One of the two."""

    weekday: int | None = Field(None, description="1 is Monday.", examples=[4])
    day_of_month: int | None = Field(None, description="The 31st is the last day of a shorter month.", examples=[25])


class Child(Answer):
    """A customer with a parent."""

    id: Id = Field(examples=["C-2"])
    name: str | None


class Family(Answer):
    """A parent and its children. Limits, holds and stops of credit are each one's own."""

    parent: Id = Field(examples=["H-1"])
    children: list[Child]
    complete: bool = Field(description="false when there are more children than are listed; the sums are of these.")
    exposure: Sums = Field(description="What all of them owe, by currency.")
    overdue: Sums = Field(description="What of it is overdue.")


class CustomerAnswer(Answer):
    """Who owes."""

    id: Id = Field(examples=["C-1"])
    name: str | None
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
    payment_run: PaymentRunAnswer | None = Field(description="The day on which the customer pays its bills together (E7).")
    parent: Id | None = Field(None, description="The company at the head of the family.", examples=["H-1"])
    family: Family | None = Field(None, description="Parent and children together; null for who stands alone.")
    credit_limit: Money | None
    late_interest: InterestTermsAnswer | None = Field(None, description="Their own terms (D8); null: the tenant's.")
    currency: Currency | None
    exposure: Sums = Field(description="All that is open, by currency; currencies are never added.")
    overdue: Sums = Field(description="What of it is overdue.")
    credit: Sums = Field(description="Payments that are not applied to any bill.")
    bills: dict[str, int] = Field(description="Open bills, by currency.", examples=[{"CNY": 4}])
    bills_overdue: dict[str, int] = Field(examples=[{"CNY": 2}])
    hold: HoldAnswer | None
    contacts: list[ContactAnswer]
    commitments: list[Commitment]
    expected_receipts: list[Receipts] = Field(description="Day by day, as the commitments say.")
    disputes: list[StandingDispute]
    habits: Habits
    flags: dict[str, Day] = Field(
        description="Danger signals and their days.", examples=[{"payment_reversed": "2026-03-20"}]
    )
    version: Version


class CustomerRow(Answer):
    """A customer in a list."""

    id: Id = Field(examples=["C-1"])
    name: str | None
    segment: Segment
    owner: str
    hold: HoldAnswer | None
    exposure: Sums
    overdue: Sums


class CustomerList(Answer):
    """A page of customers."""

    data: list[CustomerRow]
    next_cursor: Cursor
    total: Total | None = None


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
    total: Total | None = None


class CommandAnswer(Answer):
    """What a command on a customer did: the case or request ids it concerns."""

    cases: list[Id] = []
    position: int | None = None
    at: Instant | None = None
