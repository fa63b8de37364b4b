"""What is counted where it happens. This meter forgets; a process that shows figures puts one of its own in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # sessions carry a meter, and asks speak of sessions
    from service.engine.asks import Done


class Meter:
    """Called after the transaction: what was undone was not counted, save that a parked row may be told twice."""

    def handled(self, done: Sequence[Done], walking: bool) -> None:
        """Commands were carried out; `walking` when a sandbox's clock said what time it is."""

    def parked(self, kind: str) -> None:
        """A row was put aside because it makes no progress: a `case`, a `customer`, a `message` or a `delivery`."""

    def attempted(self, outcome: str) -> None:
        """A delivery was tried: `delivered`, or the code of what went wrong."""
