"""A page of a list: from which row it goes on, and the cursor behind its last one."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from service.api.cursors import Cursors, Position
from service.api.models.queries import Chosen, Listed
from service.api.problems import Fault, invalid
from service.store.keyset import COUNTED_AT_MOST

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

    def chosen(self, row: type[BaseModel], data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with the fields that were asked for; raises Problem for one that no such `row` has."""
        if not isinstance(self.asked, Chosen) or self.asked.fields is None:
            return data
        names = self.asked.fields.split(",")
        if unknown := [name for name in names if name not in row.model_fields]:
            known = ", ".join(row.model_fields)
            raise invalid([Fault("/query/fields", "field_unknown", {"field": one, "known": known}) for one in unknown])
        return [{name: one[name] for name in names if name in one} for one in data]


def page(
    pages: Listing, row: type[BaseModel], data: list[dict[str, Any]], next_cursor: str | None, total: int | None
) -> dict[str, Any]:
    """The answer's body; `total` when it was asked for and counted."""
    body = {"data": pages.chosen(row, data), "next_cursor": next_cursor}
    if total is None:
        return body
    return body | {"total": {"count": min(total, COUNTED_AT_MOST), "more": total > COUNTED_AT_MOST}}
