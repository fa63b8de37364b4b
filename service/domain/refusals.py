"""No, with a reason: a code that never changes and what it is about. The sentences are the edge's."""

from typing import Any


class Refused(Exception):
    """A command that will not be carried out; `pointer` is where in its data, `params` fill the sentence."""

    def __init__(self, code: str, pointer: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer
        self.params = params


class Forbidden(Refused):
    """The asker's role may not."""


class Conflict(Refused):
    """Not as things stand now."""


class NotFound(Refused):
    """There is no such thing in this tenant."""


class Gone(Refused):
    """It was there, and is no longer kept."""


class Stale(Refused):
    """Things have moved on since the asker looked."""
