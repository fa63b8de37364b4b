"""The week that managers hear of (K): the seven days up to Thursday's end, told on Friday.

A report of days that are over does not change while it is read, and weeks lie end to end: what came in is counted once. When
Friday is closed it is told on the next open day (T2), of the same days.
"""

import re
from datetime import date, datetime, timedelta

from service.domain.directory import Directory
from service.domain.events.customer import NoticeRaised
from service.domain.workdays import Workdays

TOLD = "weekly_report"
"""The code of the notice."""

AUDIENCE = ("manager", "general_manager")

_THURSDAY = 4
_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def last_day(week: str) -> date | None:
    """The last day of `2026-W47`, a week of ISO 8601: its Thursday. None for what is no week."""
    found = _WEEK.fullmatch(week)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), _THURSDAY) if found else None
    except ValueError:
        return None


def week_of(day: date) -> str:
    """The week of ISO 8601 that a day lies in."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def ended(day: date) -> date:
    """The last day of the week that was over when the day began."""
    return day - timedelta((day.isoweekday() - _THURSDAY - 1) % 7 + 1)


def told_at(last: date, workdays: Workdays) -> datetime:
    """When managers are told of the week that ended with that day."""
    return workdays.moment(last + timedelta(1))


def has_readers(people: Directory) -> bool:
    """Whether the directory names anybody whom it is for."""
    return any(user.role in AUDIENCE for user in people.users.values())


def notice(today: date) -> NoticeRaised:
    """The week's report is there; `about` names its week."""
    about = week_of(ended(today))
    return NoticeRaised(rule="K", audience=list(AUDIENCE), text=TOLD, customers=[], about=about, on=today)


def is_due(told_on: date | None, since: datetime, now: datetime, workdays: Workdays) -> bool:
    """Whether a week that ended is still to be told: its moment came since then, and none was told since it ended. Of several
    that were missed the last one is (F1)."""
    last = ended(workdays.today(now))
    return since <= told_at(last, workdays) <= now and (told_on is None or told_on <= last)
