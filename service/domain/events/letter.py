"""What becomes of letters once they have been issued."""

from datetime import date
from typing import ClassVar

from service.domain.events.shape import Shape


class LetterPrinted(Shape, frozen=True, kw_only=True):
    """The letter was made as a document: `sha256` is of its bytes, which are kept as long as the person it is addressed to.
    When what it says had changed before it left, it is printed anew, and the last one counts. `template_version` is that of
    the company's own template, 0 where ours was used.
    """

    type: ClassVar[str] = "letter.printed"
    letter: str
    kind: str
    cases: list[str]
    sha256: str
    template_version: int = 0


class LetterReceived(Shape, frozen=True, kw_only=True):
    """A letter reached the customer, or came back signed (I1); who took it and the proof of it are private."""

    type: ClassVar[str] = "letter.received"
    letter: str
    kind: str
    cases: list[str]
    on: date
    signed: bool = False
