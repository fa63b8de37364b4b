"""What people must do and agree to, and what was said to customers."""

from typing import Any, Literal

from pydantic import Field

from service.api.models.fields import Answer, Channel, Cursor, Day, Id, Instant, UserId


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
    sheet: dict[str, Any] | None = Field(None, description="The call sheet.")


class TaskList(Answer):
    """A page of the work list."""

    data: list[TaskAnswer]
    next_cursor: Cursor


class ApprovalAnswer(Answer):
    """Something a person must agree to before it happens."""

    id: str = Field(examples=["C-1.20"])
    kind: Literal[
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
    ]
    state: Literal["open", "granted", "rejected", "expired", "cancelled"]
    role: str = Field(description="Who may answer.", examples=["boss"])
    customer: Id = Field(examples=["C-1"])
    cases: list[Id]
    bills: int = Field(examples=[2])
    rule: str = Field(examples=["B8"])
    asked_by: str = Field(examples=["clock"])
    asked_at: Instant
    expires_on: Day | None = Field(description="Only requests of people expire.")
    reason: str | None = Field(description="Why it was asked or, once rejected, why not.")
    content_hash: str = Field(description="SHA-256 of exactly what a grant does, in hexadecimal.")
    previous: str | None = Field(description="The request of its kind that was rejected before.")
    answered_by: str | None = None
    answered_at: Instant | None = None


class ApprovalList(Answer):
    """A page of requests."""

    data: list[ApprovalAnswer]
    next_cursor: Cursor


class MessageAnswer(Answer):
    """What was said to whom."""

    id: str
    customer: Id = Field(examples=["C-1"])
    contact: str = Field(examples=["zhang"])
    channel: Channel
    cases: list[Id]
    subject: str | None
    text: str | None
    state: Literal["queued", "captured", "handed_over", "bounced", "replied", "struck"]
    at: Instant


class MessageList(Answer):
    """A page of messages."""

    data: list[MessageAnswer]
    next_cursor: Cursor


class Logged(Answer):
    """The command was carried out."""

    id: str | None = Field(None, description="What it made or changed.")
    position: int | None = Field(None, description="Its first event; null when there was nothing to do.")
