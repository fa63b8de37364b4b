"""Cases as they are answered, with their log, schedule and promises."""

from typing import Any, Literal

from pydantic import Field

from service.api.models.fields import (
    Answer,
    Currency,
    Cursor,
    Day,
    Id,
    Instant,
    Level,
    Money,
    Position,
    Stage,
    Total,
    UserId,
    Version,
)
from service.api.models.interest import LateInterest
from service.api.models.pursuit import HandedOverAnswer


class PlaybookVersion(Answer):
    """The plan a case keeps."""

    name: str = Field(examples=["standard"])
    version: Version


class PausedAnswer(Answer):
    """Why nobody is contacted, to the end of which day."""

    reason: Literal["promise", "plan", "dispute", "draft", "manual"]
    until: Day | None


class TaxInvoiceAnswer(Answer):
    """Where the tax invoice is."""

    state: Literal["requested", "issued", "dispatched"]
    number: str | None = None
    courier: str | None = None
    tracking: str | None = None


class NextAction(Answer):
    """What happens next as things stand."""

    step: str = Field(examples=["overdue-daily"])
    rule: str = Field(examples=["B3"])
    at: Instant
    why: str = Field(description="A sentence in the reader's language.")
    why_code: str = Field(examples=["schedule.after"])


class Limitation(Answer):
    """When the right to sue lapses, and the event that set it (I1). It is no advice."""

    expires_on: Day
    set_by: str | None = Field(
        description="The event's type; null in webhooks where the case alone cannot tell.", examples=["payment.applied"]
    )
    position: Position | None = Field(description="The event's, in the case's log; null in webhooks.", examples=[812])
    law: str = Field(description="The law it was counted by.", examples=["CN"])


class WrittenOff(Answer):
    """What was given up in the books (J2)."""

    amount: Money
    recovered: Money = Field(description="What has come since.")


class CaseAnswer(Answer):
    """One bill being collected; its id is the invoice's."""

    id: Id
    customer: Id = Field(examples=["C-1"])
    customer_name: str | None = Field(examples=["Hong Star Trading"])
    stage: Stage
    level: Level
    amount: Money
    open_amount: Money
    disputed_amount: Money
    currency: Currency
    issued_on: Day | None
    confirmed_on: Day | None
    due_on: Day | None
    days_overdue: int = Field(ge=0, description="0 until the due date has passed.", examples=[15])
    owner: UserId
    playbook: PlaybookVersion
    paused: PausedAnswer | None
    tax_invoice: TaxInvoiceAnswer | None
    next_action: NextAction | None
    progress_on: Day | None
    closed_as: Literal["paid", "credited", "voided", "written_off", "recovered"] | None
    closed_on: Day | None
    limitation: Limitation | None
    version: Version
    written_off: WrittenOff | None = None
    handed_over: HandedOverAnswer | None = None
    late_interest: LateInterest | None = None
    flags: dict[str, Day] = Field({}, description="Marks and their days.", examples=[{"wilful_default": "2026-03-20"}])
    period: str | None = Field(None, examples=["2026-01"])
    reference: str | None = None


class CaseList(Answer):
    """A page of cases."""

    data: list[CaseAnswer]
    next_cursor: Cursor
    total: Total | None = None


class EventAnswer(Answer):
    """What happened: an entry of the log."""

    position: Position
    stream: str = Field(examples=["case/INV-1"])
    version: Version
    type: str = Field(examples=["case.escalated"])
    occurred_at: Instant
    recorded_at: Instant
    actor: str = Field(examples=["clock"])
    source: str
    data: dict[str, Any]
    private: dict[str, Any] | None = Field(
        None, description="What people wrote, and details of persons; null for viewers and the ERP."
    )
    hash: str = Field(description="SHA-256 over the entry and the one before it in its stream, in hexadecimal.")


class EventList(Answer):
    """A page of a log."""

    data: list[EventAnswer]
    next_cursor: Cursor


class FeedPage(Answer):
    """A page of the feed in commit order; a feed has no end, `next_cursor` is always there."""

    data: list[EventAnswer]
    next_cursor: str


class CaseChange(Answer):
    """That something happened to one or several cases."""

    position: Position
    type: str = Field(examples=["case.escalated"])
    customer: str | None
    cases: list[str] = Field(description="The cases that the event is about.")
    version: int | None = Field(
        description="Of the case after the event, as in its `ETag`; null for events that name several."
    )
    occurred_at: Instant


class ScheduledAction(Answer):
    """One thing a step does."""

    code: str = Field(examples=["message:email", "task:call", "escalate:manager"])
    text: str = Field(description="In the reader's language.")
    rule: str = Field(examples=["B3"])
    applies: bool = Field(
        description="Whether its own conditions (a habit, an amount) hold on that day as things stand."
    )
    why: str | None = Field(None, description="What stands in its way besides, in the reader's language.")
    why_code: str | None = Field(None, examples=["schedule.no_contact"])


class ScheduledStep(Answer):
    """A step still to come as things stand, or held back, with why."""

    step: str
    rule: str
    at: Instant | None = Field(description="null while its moment cannot be known.")
    action: str = Field(description="What it does, in the reader's language.", examples=["E-mail to the customer"])
    actions: list[ScheduledAction]
    held_back: bool = Field(description="Whether something stands in its way; `why` says what.")
    why: str = Field(description="Sentences in the reader's language.")
    why_code: str = Field(description="The first reason's code.", examples=["schedule.after"])
    why_codes: list[str] = Field(examples=[["schedule.waits_for_progress", "schedule.after"]])
    message: str | None = Field(None, description="The message that waits to leave; of what has not fired, null.")


class Bounds(Answer):
    """How far a schedule reaches."""

    occurrences: int = Field(description="Of one step at most.", examples=[10])
    days: int = Field(description="From today on.", examples=[365])


class Schedule(Answer):
    """What comes, in order of time; then what is held back without a day."""

    data: list[ScheduledStep]
    bounds: Bounds


class PromiseAnswer(Answer):
    """Money promised (D1)."""

    id: str = Field(examples=["INV-1.9"])
    case: Id
    amount: Money
    received: Money | None = Field(None, description="What came in time, once the promise has been judged.")
    currency: Currency
    due_on: Day
    until: Day = Field(description="The last day on which the money is in time.")
    made_on: Day
    promised_by: str | None = None
    state: Literal["open", "kept", "partially_kept", "broken", "cancelled"]


class PromiseList(Answer):
    """The promises of a case, oldest first."""

    data: list[PromiseAnswer]
    next_cursor: Cursor = None
