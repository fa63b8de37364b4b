"""What becomes of a claim that is not simply paid: its limitation period begins anew (I1), it is handed over and pursued (J1),
it is written off, and money comes all the same (J2)."""

from datetime import date
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


class Interrupted(Shape, frozen=True, kw_only=True):
    """What happened elsewhere begins the limitation period anew where the law counts its `cause`: a demand that reached the
    customer, an acknowledgement that came back. `by` is that event's type, `stream` and `version` its place.
    """

    type: ClassVar[str] = "limitation.interrupted"
    cause: str
    on: date
    by: str
    stream: str
    version: int


class WrittenOff(Shape, frozen=True, kw_only=True):
    """The rest of the bill is given up in the books; it is owed all the same. Why is private, beside the request."""

    type: ClassVar[str] = "case.written_off"
    amount: int
    currency: str
    on: date
    approval: str | None = None


class Recovered(Shape, frozen=True, kw_only=True):
    """Money came for what had been written off; `rest` is what still has not."""

    type: ClassVar[str] = "case.recovered"
    payment: str
    amount: int
    currency: str
    received_on: date
    rest: int


class HandedOver(Shape, frozen=True, kw_only=True):
    """An agency, a law firm or our own legal department has the bill from now on; `amount` is what was open. Dunning by the
    playbook stops."""

    type: ClassVar[str] = "case.handed_over"
    to: str
    on: date
    amount: int
    currency: str
    name: str | None = None
    reference: str | None = None
    approval: str | None = None


class TakenBack(Shape, frozen=True, kw_only=True):
    """The bill is ours to collect again; what the playbook would have done meanwhile is only logged (F2). Why is private."""

    type: ClassVar[str] = "case.taken_back"
    on: date


class MilestoneReached(Shape, frozen=True, kw_only=True):
    """How far they have come with it, by the day it was reached; a deadline for it has been met. What there is to say of it is
    private."""

    type: ClassVar[str] = "milestone.reached"
    milestone: str
    on: date


class DeadlineSet(Shape, frozen=True, kw_only=True):
    """A day that must not be missed: a milestone that is expected then, or something `other`, which is private text."""

    type: ClassVar[str] = "deadline.set"
    deadline: int
    what: str
    on: date
    set_on: date


class DeadlineEnded(Shape, frozen=True, kw_only=True):
    """It was met, or lost its object (`dropped`)."""

    type: ClassVar[str] = "deadline.ended"
    deadline: int
    outcome: str
    on: date


class CostIncurred(Shape, frozen=True, kw_only=True):
    """What pursuing the bill costs; a `refund` takes off again. It is shown, and never added to what is owed."""

    type: ClassVar[str] = "cost.incurred"
    kind: str
    amount: int
    currency: str
    on: date


PursuitEvent: TypeAlias = HandedOver | TakenBack | MilestoneReached | DeadlineSet | DeadlineEnded | CostIncurred

ClaimEvent: TypeAlias = Interrupted | WrittenOff | Recovered | PursuitEvent
