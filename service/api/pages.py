"""A page of a list: from which row it goes on, and the cursor behind its last one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from service.api.cursors import Cursors, Position
from service.api.models.queries import Listed

Row = TypeVar("Row")


class Listing(NamedTuple):
    """One list of one tenant as it was asked for; its cursors fit no other."""

    cursors: Cursors
    tenant: str
    kind: str
    asked: Listed

    def after(self) -> Position | None:
        """Behind which row to go on; None from the start."""
        if self.asked.cursor is None:
            return None
        return self.cursors.read(self.asked.cursor, self.tenant, self.kind, self.asked.filters())

    def next_cursor(self, rows: Sequence[Row], position: Callable[[Row], Position]) -> str | None:
        """The cursor behind a full page; a short one is the last."""
        if len(rows) < self.asked.limit:
            return None
        return self.cursors.write(self.tenant, self.kind, self.asked.filters(), position(rows[-1]))
