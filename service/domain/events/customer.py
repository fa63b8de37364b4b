"""The events of one customer: who they are, and what is asked, agreed or said for several bills at once."""

from datetime import date, datetime
from typing import ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from service.domain.events.approval import ApprovalEvent
from service.domain.events.conversation import ConversationEvent
from service.domain.events.letter import LetterPrinted, LetterReceived
from service.domain.events.reconciliation import ReconciliationEvent
from service.domain.events.shape import Shape
from service.domain.events.standing import StandingEvent
from service.domain.events.task import TaskEvent
from service.domain.interest import InterestTerms
from service.domain.payment_run import PaymentRun


class ContactFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person on the customer's side; name, title, salutation, numbers and addresses are private (part = `id`)."""

    id: str
    role: str | UnsetType = UNSET
    may_receive_details: bool | UnsetType = UNSET
    reachable_by: list[str] | UnsetType = UNSET
    has_details: bool = False
    mark: str | None = None
    removed: bool = False


class CustomerUpdated(Shape, frozen=True, kw_only=True):
    """What the ERP (or a person) says of a customer; absent fields stay, contacts merge by id."""

    type: ClassVar[str] = "customer.updated"
    name: str | UnsetType = UNSET
    segment: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    time_zone: str | None | UnsetType = UNSET
    playbook: str | None | UnsetType = UNSET
    billing_cycle: str | UnsetType = UNSET
    settles_by_pod: bool | UnsetType = UNSET
    confirmation_required: bool | UnsetType = UNSET
    key_account: bool | UnsetType = UNSET
    credit_limit: int | None | UnsetType = UNSET
    late_interest: InterestTerms | None | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    collector: str | None | UnsetType = UNSET
    sales: str | None | UnsetType = UNSET
    restrictions: list[str] | UnsetType = UNSET
    contacts: list[ContactFacts] = []
    payment_run: PaymentRun | None | UnsetType = UNSET
    review_on: date | UnsetType = UNSET
    parent: str | None | UnsetType = UNSET


class ContactChanged(Shape, frozen=True, kw_only=True):
    """A person was found, corrected or marked (wrong number, left, moved)."""

    type: ClassVar[str] = "contact.changed"
    contact: ContactFacts


class ContactErased(Shape, frozen=True, kw_only=True):
    """Nothing that was known of a person is kept any more; why is private. Whoever got copies erases theirs."""

    type: ClassVar[str] = "contact.erased"
    contact: str


class CustomerFlagged(Shape, frozen=True, kw_only=True):
    """A danger signal, or a person's mark: what should be looked at (D7, E2); or its end."""

    type: ClassVar[str] = "customer.flagged"
    flag: str
    on: date
    payment: str | None = None
    cleared: bool = False
    review_on: date | None = None


class NoticeRaised(Shape, frozen=True, kw_only=True):
    """Somebody on our side has to know (A1 ...); `text` is a code of the catalogue, `about` what a reminder is of.

    A notice about the whole tenant names as many customers and bills as a webhook can carry, and counts them all.
    `users` are the very people of the audience who are meant, where it is not the whole.
    """

    type: ClassVar[str] = "notice.raised"
    rule: str
    audience: list[str]
    text: str
    customers: list[str]
    cases: list[str] = []
    customer_count: int | None = None
    bills: int | None = None
    about: str | None = None
    users: list[str] = []
    on: date


class HoldApplied(Shape, frozen=True, kw_only=True):
    """Stop outbound deliveries to this customer (B8, E4)."""

    type: ClassVar[str] = "hold.applied"
    hold: str
    customer: str
    cases: list[str]
    on: date
    approval: str | None = None


class HoldAcknowledged(Shape, frozen=True, kw_only=True):
    """The ERP has stopped deliveries."""

    type: ClassVar[str] = "hold.acknowledged"
    hold: str
    on: date


class HoldReleased(Shape, frozen=True, kw_only=True):
    """Deliveries may go on."""

    type: ClassVar[str] = "hold.released"
    hold: str
    customer: str
    cases: list[str]
    on: date
    why: str
    approval: str | None = None


class HoldReleaseAcknowledged(Shape, frozen=True, kw_only=True):
    """The ERP has resumed deliveries."""

    type: ClassVar[str] = "hold.release_acknowledged"
    hold: str
    on: date


class LetterIssued(Shape, frozen=True, kw_only=True):
    """A document of weight goes to the customer (B9)."""

    type: ClassVar[str] = "letter.issued"
    letter: str
    kind: str
    rule: str
    cases: list[str]
    on: date
    message: str | None = None
    slot: datetime | None = None
    contact: str | None = None
    approval: str | None = None


class CustomerNoted(Shape, frozen=True, kw_only=True):
    """Somebody wrote something down about the customer; the text is private."""

    type: ClassVar[str] = "customer.noted"
    cases: list[str] = []


class CustomerAssigned(Shape, frozen=True, kw_only=True):
    """Whose the customer is from now on (E6): a person said so, or it was somebody's turn."""

    type: ClassVar[str] = "customer.assigned"
    owner: str
    previous: str
    in_turn: bool = False


CustomerEvent: TypeAlias = (
    CustomerUpdated
    | CustomerAssigned
    | ContactChanged
    | ContactErased
    | CustomerFlagged
    | NoticeRaised
    | ApprovalEvent
    | HoldApplied
    | HoldAcknowledged
    | HoldReleased
    | HoldReleaseAcknowledged
    | LetterIssued
    | LetterPrinted
    | LetterReceived
    | ReconciliationEvent
    | CustomerNoted
    | ConversationEvent
    | StandingEvent
    | TaskEvent
)
