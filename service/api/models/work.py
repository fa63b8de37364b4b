"""What people must do and agree to, and what was said to customers."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from service.api.models.callsheets import CallSheet
from service.api.models.fields import Answer, Channel, Cursor, Day, Id, Instant, Total, UserId
from service.api.models.queries import Chosen

TaskKind: TypeAlias = Literal[
    "call",
    "visit",
    "review",
    "pod",
    "find_contact",
    "assist",
    "finance",
    "legal",
    "reconcile",
    "deduct",
    "dispute",
    "credit",
    "follow_up",
    "lost_contact",
    "reply",
    "confirm_call",
    "advise",
    "restriction",
    "whose_payment",
    "documents",
    "reconciliation",
    "difference",
]
ApprovalKind: TypeAlias = Literal[
    "hold",
    "release",
    "letter",
    "lawyer_letter",
    "plan",
    "extension",
    "discount",
    "write_off",
    "credit_stop",
    "hand_over",
    "playbook",
    "template",
    "webhook_secret",
    "settings",
    "reassignment",
    "credit_terms",
    "credit_restore",
]
ApprovalState: TypeAlias = Literal["open", "granted", "rejected", "expired", "cancelled"]

RoleName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class TasksAsked(Chosen):
    """Which tasks."""

    owner: UserId | None = None
    worker: UserId | None = Field(
        None,
        description="What this user works today: their own, what belongs to their role as a whole, and what is theirs "
        "whom they stand in for.",
    )
    role: RoleName | None = Field(None, description="Whose work it is.", examples=["supervisor"])
    kind: TaskKind | None = None
    state: Literal["open", "completed", "cancelled"] | None = Field(None, description="All when left out.")
    customer: Id | None = None
    due_before: Day | None = Field(None, description="Due before this day.")
    sort: Literal["value", "-value", "due_on", "-due_on"] = Field("-value", description="By default the most valuable first.")


class ApprovalsAsked(Chosen):
    """Which requests for consent."""

    state: ApprovalState | None = Field(None, description="All when left out.")
    kind: ApprovalKind | None = None
    role: RoleName | None = Field(None, description="Who may answer.", examples=["boss"])
    customer: Id | None = None


class OpenAmount(Answer):
    """What is open, in one currency."""

    currency: str = Field(examples=["CNY"])
    amount: str = Field(examples=["1200.00"])


class TaskReason(Answer):
    """Something that makes a task worth more or less."""

    why: str = Field(examples=["CNY 12000.00 open on 3 bills."])
    why_code: str = Field(examples=["worth.amount"])


class TaskAnswer(Answer):
    """Something a person must do."""

    id: str = Field(examples=["C-1.14"])
    kind: str = Field(examples=["call"])
    state: Literal["open", "completed", "cancelled"]
    role: str = Field(examples=["collector"])
    owner: UserId
    customer: Id = Field(examples=["C-1"])
    cases: list[Id] = Field(description="The bills it is about, at most 500.")
    bills: int = Field(description="How many bills it is about.", examples=[1])
    contact: str | None
    created_at: Instant
    due_on: Day | None
    best_from: Instant | None = Field(description="When to call, from ... (C2)")
    best_until: Instant | None
    rule: str = Field(examples=["B3"])
    why: str
    why_code: str = Field(examples=["task.overdue"])
    worker: UserId = Field(description="Who works it today: the owner, or who stands in for them.")
    reasons: list[TaskReason] = Field([], description="Why it stands where it stands; of open tasks.")
    sheet: CallSheet | None = Field(None, description="The call sheet (C5), of one task that is a conversation to come.")
    amounts: list[OpenAmount] | None = Field(
        None, description="What is open on its bills now, by currency; null in the work list."
    )


class TaskList(Answer):
    """A page of the work list."""

    data: list[TaskAnswer]
    next_cursor: Cursor
    total: Total | None = None


class PreviousAnswer(Answer):
    """An earlier request of the kind, and why it was rejected."""

    id: str = Field(examples=["hold~C-1.12"])
    reason: str | None = Field(examples=["The customer pays on the 25th; wait."])
    answered_by: str | None
    answered_at: Instant | None


class ApprovalAnswer(Answer):
    """Something a person must agree to before it happens."""

    id: str = Field(examples=["C-1.20"])
    kind: ApprovalKind
    state: ApprovalState
    role: str = Field(description="Who may answer.", examples=["boss"])
    customer: Id | None = Field(examples=["C-1"], description="null when it is about the company itself.")
    cases: list[Id]
    bills: int = Field(examples=[2])
    rule: str = Field(examples=["B8"])
    asked_by: str = Field(examples=["clock"])
    asked_at: Instant
    expires_on: Day | None = Field(description="Only requests of people expire.")
    reason: str | None = Field(description="Why it was asked or, once rejected, why not.")
    content_hash: str = Field(description="SHA-256 of exactly what a grant does, in hexadecimal.")
    content: dict[str, Any] = Field(
        description="What a grant does. `content_hash` is taken of it as JSON without spaces, keys in the order given.",
        examples=[{"kind": "hold", "customer": "C-1", "step": "hold", "rule": "B8", "granted": [{"deed": "hold"}]}],
    )
    previous: PreviousAnswer | None = Field(description="The request of its kind that was rejected before.")
    answered_by: str | None = None
    answered_at: Instant | None = None


class ApprovalList(Answer):
    """A page of requests."""

    data: list[ApprovalAnswer]
    next_cursor: Cursor
    total: Total | None = None


class StruckBill(Answer):
    """A bill that was taken out before the message left."""

    case: Id
    why_code: str = Field(examples=["struck.closed"])


class WithheldAnswer(Answer):
    """A message that waits for a superior's answer (C14)."""

    question: str
    text: str | None = Field(description="The words with which it should open.")
    until: Day = Field(description="Unanswered, it goes as it always does when this day is over.")


class MessageAnswer(Answer):
    """What was said to whom."""

    id: str
    customer: Id = Field(examples=["C-1"])
    contact: str = Field(examples=["zhang"])
    channel: Channel
    cases: list[Id] = Field(description="The bills it speaks of.")
    struck: list[StruckBill] = []
    subject: str | None = Field(description="null until it is composed, and for viewers and the ERP.")
    text: str | None = Field(description="null until it is composed, and for viewers and the ERP.")
    state: Literal["queued", "captured", "handed_over", "bounced", "replied", "struck"]
    at: Instant = Field(description="When it is to leave or, once it has left, when it did.")
    withheld: WithheldAnswer | None = Field(None, description="Of one message, while it waits for an answer.")


class LetterAnswer(MessageAnswer):
    """A letter as it went out."""

    kind: str = Field(examples=["formal_dunning"])
    issued_on: Day


class MessageList(Answer):
    """A page of messages."""

    data: list[MessageAnswer]
    next_cursor: Cursor
    total: Total | None = None


class Logged(Answer):
    """The command was carried out."""

    id: str | None = Field(None, description="What it made or changed.")
    position: int | None = Field(None, description="Its first event; null when there was nothing to do.")
