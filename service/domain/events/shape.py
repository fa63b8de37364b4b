"""The shape that all events share: immutable, keyword-only, and silent about what was left out."""

from datetime import date, datetime
from typing import ClassVar

import msgspec


class Shape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money is an int of minor units; a day is a `date` of the tenant; an instant is an aware UTC `datetime`."""

    type: ClassVar[str]


class Occurrence(Shape, frozen=True, kw_only=True, omit_defaults=True):
    """What the firing of a playbook step has in common: which line, for which clock (T1), due when (T5).

    `anchor` is the day the clock started and `on` the occurrence's own day: together they name the occurrence, so a
    changed anchor (D4, A12) makes a new ladder whose steps may fire again. `missed_on` is the day on which an
    escalation fired that was due on an earlier one: such go one per case and day (F1). `provisional` steps stand on a
    day whose year no authority has published yet (T7).
    """

    step: str
    rule: str
    anchor: date
    on: date
    due_at: datetime
    missed_on: date | None = None
    provisional: bool = False


class Applied(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money of one payment on one bill, and what of it is for what had been written off (J2)."""

    case: str
    amount: int
    recovered: int = 0
