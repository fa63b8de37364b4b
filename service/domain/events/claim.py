"""What becomes of a claim that is not simply paid: written off, and money that comes all the same (J2)."""

from datetime import date
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


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


ClaimEvent: TypeAlias = WrittenOff | Recovered
