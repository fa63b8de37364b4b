"""Offsets of whole days and months as ISO 8601 writes them (`P7D`, `P1M`, `-P2W`): terms of payment and the distances
at which a playbook's steps stand from S or D (T1)."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct

# With T, fractions and mixed signs left out: nothing here counts in hours. Four digits reach any date there is.
_DURATION = re.compile(r"(-?)P(?=[0-9])(?:([0-9]{1,4})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})W)?(?:([0-9]{1,7})D)?")


class OffsetError(ValueError):
    """`code` is `offset_format` (text that is no such duration) or `offset_range` (a day no calendar has)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Offset(Struct, frozen=True, order=True):
    """A distance between days: months first, then days, both signed."""

    months: int = 0
    days: int = 0


@lru_cache(maxsize=1024)
def parse(text: str) -> Offset:
    """Read `P1Y`, `P2M`, `P3W`, `P4D`, any of them in that order, a leading minus for before; raises OffsetError."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise OffsetError("offset_format")
    years, months, weeks, days = (int(part or 0) for part in found.groups()[1:])
    sign = -1 if found[1] else 1
    return Offset(months=sign * (years * 12 + months), days=sign * (weeks * 7 + days))


def add(day: date, offset: Offset) -> date:
    """The day so far away: calendar months first, clipped to the month's end, then days; raises OffsetError.

    Count every occurrence from the original day: 31 January + 2 months is 31 March, though + 1 month is 28 February.
    """
    try:
        if offset.months:
            day = _add_months(day, offset.months)
        return day + timedelta(offset.days) if offset.days else day
    except (ValueError, OverflowError) as error:
        raise OffsetError("offset_range") from error


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= 28:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def text(offset: Offset) -> str:
    """The shortest ISO 8601 writing in months and days: `P14D`, `-P1M`, `P0D`. Months and days of opposite signs have
    none and raise OffsetError `offset_format`."""
    months, days = offset.months, offset.days
    if (months < 0 < days) or (days < 0 < months):
        raise OffsetError("offset_format")
    sign = "-" if months < 0 or days < 0 else ""
    parts = (f"{abs(months)}M" if months else "") + (f"{abs(days)}D" if days or not months else "")
    return f"{sign}P{parts}"
