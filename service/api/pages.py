"""Pages of a list: how many rows, from where on, and the cursor behind the last one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Query

from service.api.context import Context
from service.api.cursors import LONGEST, Position

MOST, USUAL = 200, 50

Row = TypeVar("Row")


class Page(NamedTuple):
    """What part of a list is asked for."""

    limit: int
    cursor: str | None


def _page(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows of a page, at most.")] = USUAL,
    cursor: Annotated[
        str | None, Query(max_length=LONGEST, description="`next_cursor` of the page before, with the same filters.")
    ] = None,
) -> Page:
    return Page(limit, cursor)


Paged = Annotated[Page, Depends(_page)]


class Listing(NamedTuple):
    """One list of one tenant under its filters; its cursors fit no other."""

    house: Context
    tenant: str
    kind: str
    filters: Mapping[str, Any]
    page: Page

    def after(self) -> Position | None:
        """Behind which row to go on; None from the start."""
        if self.page.cursor is None:
            return None
        return self.house.cursors.read(self.page.cursor, self.tenant, self.kind, self.filters)

    def next_cursor(self, rows: Sequence[Row], position: Callable[[Row], Position]) -> str | None:
        """The cursor behind a full page; a short one is the last."""
        if len(rows) < self.page.limit:
            return None
        return self.house.cursors.write(self.tenant, self.kind, self.filters, position(rows[-1]))
