"""What becomes of letters once they have been issued."""

from datetime import date
from typing import ClassVar

from service.domain.events.shape import Shape


class LetterReceived(Shape, frozen=True, kw_only=True):
    """A letter reached the customer, or came back signed (I1); who took it and the proof of it are private."""

    type: ClassVar[str] = "letter.received"
    letter: str
    kind: str
    cases: list[str]
    on: date
    signed: bool = False
