"""What was said to a customer and by them: conversations recorded, and how messages fared."""

from datetime import date, datetime
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


class ContactLogged(Shape, frozen=True, kw_only=True):
    """A conversation or an attempt (C4); notes, what was verified and what comes next are private.

    `missed` counts how often in a row this contact (or, unnamed, the customer) could not be spoken to by now (C9).
    """

    type: ClassVar[str] = "contact.logged"
    cases: list[str]
    channel: str
    on: date
    outcome: str
    contact: str | None = None
    willingness: str | None = None
    ability: str | None = None
    cause: str | None = None
    next_on: date | None = None
    task: str | None = None
    point: str | None = None
    point_is: str | None = None
    missed: int = 0


class MessageHandedOver(Shape, frozen=True, kw_only=True):
    """The mail server took the message. `seal` binds its words, whose key is erased with them."""

    type: ClassVar[str] = "message.handed_over"
    message: str
    cases: list[str]
    channel: str
    seal: str | None = None


class MessageBounced(Shape, frozen=True, kw_only=True):
    """The message did not reach anybody; `missed` counts on for its contact (C9). `returned`: it had been taken before."""

    type: ClassVar[str] = "message.bounced"
    message: str
    cases: list[str]
    channel: str
    contact: str
    code: str
    missed: int = 0
    returned: bool = False


class MessageReplied(Shape, frozen=True, kw_only=True):
    """The customer answered a message; their words are private. Nothing goes out by itself until a person has looked, the
    opening of the day `waits_until` at the latest (C12).
    """

    type: ClassVar[str] = "message.replied"
    message: str
    cases: list[str]
    channel: str
    contact: str
    on: date
    waits_until: date


class VisitArranged(Shape, frozen=True, kw_only=True):
    """Somebody who can decide will be met (C13)."""

    type: ClassVar[str] = "visit.arranged"
    task: str
    contact: str
    at: datetime


class MessageWithheld(Shape, frozen=True, kw_only=True):
    """Somebody asks their superior before it leaves (C14); what they ask, and the words they propose, are private."""

    type: ClassVar[str] = "message.withheld"
    message: str
    cases: list[str]
    channel: str
    contact: str
    on: date
    until: date


class MessageAdvised(Shape, frozen=True, kw_only=True):
    """It may leave, as the message `leaves_as` at `slot`: `own_words` are private; without them, or unanswered in time, it
    goes as it always does (C14).
    """

    type: ClassVar[str] = "message.advised"
    message: str
    cases: list[str]
    why: str
    leaves_as: str
    day: date
    slot: datetime
    own_words: bool = False


ConversationEvent: TypeAlias = (
    ContactLogged
    | MessageHandedOver
    | MessageBounced
    | MessageReplied
    | MessageWithheld
    | MessageAdvised
    | VisitArranged
)
