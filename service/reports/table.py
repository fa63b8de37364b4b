"""A report's rows with what stands in each column, whatever form they leave in."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from service.reports.asked import GROUPS, Asked
from service.store.database import Tx

TEXT, MONEY, NUMBER, COUNT, RATIO, DAY = "text", "money", "number", "count", "ratio", "day"
"""Money is in minor units of the row's `currency`; numbers and ratios are floats, None where they are not defined."""

Rows = Sequence[Sequence[Any]]


class Report(Struct, frozen=True):
    """One of the reports: its columns by name with their kind, and how its rows are read. `group` and `currency` come first.

    One over a period has a usual length of it in `days`; `groups` are what rows may be grouped by, the usual one
    first. `within`: it can be asked how many days after a contact count.
    """

    summary: str
    text: str
    columns: dict[str, str]
    read: Callable[[Tx, Asked], Rows]
    days: int | None = None
    groups: tuple[str, ...] = GROUPS
    within: bool = False
