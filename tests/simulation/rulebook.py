"""What everybody may know of the rules: levels, stages, windows; and the word for an invariant that is broken."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.domain.workdays import Calendar

LEVELS = ["none", "supervisor", "manager", "general_manager", "hold", "formal", "legal"]
STAGES = {
    "review": {"confirmation", "collection"},
    "confirmation": {"collection"},
    "collection": {"legal"},
    "legal": set(),
    "closed": set(),
}
ZONE = ZoneInfo("Asia/Shanghai")


class Violation(AssertionError):
    """An invariant is broken."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant
        self.what = what


def demand(holds: bool, invariant: str, what: object) -> None:
    if not holds:
        raise Violation(invariant, str(what))


def may_go_out(at: datetime, calendar: Calendar, zone: ZoneInfo = ZONE) -> bool:
    """C1, by the wall clock there: an open day between 9:00 and 11:30 or 13:30 and 17:00."""
    local = at.astimezone(zone)
    clock = local.timetz().replace(tzinfo=None)
    in_hours = time(9) <= clock < time(11, 30) or time(13, 30) <= clock < time(17)
    return in_hours and is_open(local.date(), calendar)


def is_open(day: date, calendar: Calendar) -> bool:
    weekend = day.weekday() >= 5
    if day.year > calendar.published_until:
        return not weekend
    return day in calendar.working if weekend else day not in calendar.closed


def next_open(day: date, calendar: Calendar) -> date:
    while not is_open(day, calendar):
        day += timedelta(1)
    return day
