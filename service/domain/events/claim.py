"""What becomes of a claim that is not simply paid: its limitation period begins anew (I1), it is written off, and money
comes all the same (J2)."""

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


ClaimEvent: TypeAlias = Interrupted | WrittenOff | Recovered
