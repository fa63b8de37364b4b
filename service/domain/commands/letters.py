"""What is asked about letters: that one be sent, and, by the clock, what became of its printing."""

from msgspec import Struct


class IssueLetter(Struct, frozen=True, kw_only=True):
    """Send the customer a letter of that kind about these bills (H1)."""

    customer: str
    cases: tuple[str, ...]
    kind: str


class KeepLetter(Struct, frozen=True, kw_only=True):
    """A letter was printed: what its bytes are known by."""

    customer: str
    letter: str
    kind: str
    cases: tuple[str, ...]
    sha256: str
    template_version: int = 0


class SetLetterAside(Struct, frozen=True, kw_only=True):
    """A letter waits, for no font shows all of what it says."""

    customer: str
    letter: str
    cases: tuple[str, ...]
