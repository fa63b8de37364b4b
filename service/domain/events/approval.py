"""The events of a request for consent: asked, joined, answered, or over without an answer."""

from datetime import date
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


class ApprovalRequested(Shape, frozen=True, kw_only=True):
    """A person must agree before `content` is done; `content_hash` binds the answer to exactly that.

    A `bound` request is about these bills and no others: further ones of its kind may wait beside it.
    """

    type: ClassVar[str] = "approval.requested"
    approval: str
    kind: str
    role: str
    customer: str
    cases: list[str]
    bills: int
    rule: str
    asked_by: str
    asked_on: date
    content: str
    content_hash: str
    expires_on: date | None = None
    remind_open_days: int = 3
    previous: str | None = None
    bound: bool = False


class ApprovalJoined(Shape, frozen=True, kw_only=True):
    """More bills stand behind an open request, or some no longer do."""

    type: ClassVar[str] = "approval.joined"
    approval: str
    kind: str
    cases: list[str] = []
    removed: list[str] = []
    bills: int


class ApprovalGranted(Shape, frozen=True, kw_only=True):
    """Agreed; what was asked for happens with this event. `in_place_of` is whose word `by` gave (cover, delegation)."""

    type: ClassVar[str] = "approval.granted"
    approval: str
    kind: str
    cases: list[str]
    on: date
    by: str
    content_hash: str
    in_place_of: str | None = None


class ApprovalPassed(Shape, frozen=True, kw_only=True):
    """One role has agreed; the same request now waits for the next."""

    type: ClassVar[str] = "approval.passed"
    approval: str
    kind: str
    role: str
    previous: str
    cases: list[str]
    on: date
    by: str


class ApprovalRejected(Shape, frozen=True, kw_only=True):
    """Not agreed; the reason is private text."""

    type: ClassVar[str] = "approval.rejected"
    approval: str
    kind: str
    cases: list[str]
    on: date
    by: str
    in_place_of: str | None = None


class ApprovalCancelled(Shape, frozen=True, kw_only=True):
    """The request lost its object (B10)."""

    type: ClassVar[str] = "approval.cancelled"
    approval: str
    kind: str
    cases: list[str]
    why: str


class ApprovalExpired(Shape, frozen=True, kw_only=True):
    """Nobody answered a person's request in time."""

    type: ClassVar[str] = "approval.expired"
    approval: str
    kind: str
    cases: list[str]


ApprovalEvent: TypeAlias = (
    ApprovalRequested
    | ApprovalJoined
    | ApprovalPassed
    | ApprovalGranted
    | ApprovalRejected
    | ApprovalCancelled
    | ApprovalExpired
)
