"""The days on which a step comes on one clock, before any move: its distances, its repetitions, the calendar's days."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from service.domain.case import Case
from service.domain.clocks import reached_on
from service.domain.offsets import Offset, add
from service.domain.playbook import At, Start, Step
from service.domain.workdays import Workdays

_DAY = timedelta(1)
_FARTHEST = 4000


def occurrences(case: Case, step: Step, anchor: date, after: date | None, workdays: Workdays) -> Iterator[date]:
    """The occurrences' own days after `after`, ascending, to the repetition's end."""
    if step.start.fact == "calendar":
        yield from _calendar_days(case, step, anchor, after)
        return
    for at in step.at:
        on = day_of(case, at, anchor, workdays)
        if (after is None or on > after) and _goes_on(case, step, anchor, on, 0):
            yield on
    if step.every is None:
        return
    first = day_of(case, step.at[-1], anchor, workdays)
    n = _skip(first, step.every, after) if after and after > first else 1
    while n <= _FARTHEST:
        on = add(first, Offset(months=step.every.months * n, days=step.every.days * n))
        if not _goes_on(case, step, anchor, on, n):
            return
        if after is None or on > after:
            yield on
        n += 1


def _calendar_days(case: Case, step: Step, anchor: date, after: date | None) -> Iterator[date]:
    """The calendar's days on which the bill is found, from the day it counts from; an overdue one after its D."""
    first = after + _DAY if after else anchor
    if step.select.get("having") == "overdue_bills":
        if case.due_on is None:
            return
        first = max(first, case.due_on + _DAY)
    for n in range(_FARTHEST):
        on = first + timedelta(n)
        if falls_on(step.start, on):
            if not _goes_on(case, step, anchor, on, 0):
                return
            yield on


def falls_on(start: Start, day: date) -> bool:
    """Whether a calendar start's clock is set going on that day; the 31st is the last of a shorter month."""
    if start.weekday is not None:
        return day.isoweekday() == start.weekday
    if start.day_of_month is not None:
        return day.day == min(start.day_of_month, monthrange(day.year, day.month)[1])
    return True


def _skip(first: date, every: Offset, after: date) -> int:
    """How many repetitions certainly lie behind, so that a long ladder costs no loop."""
    return max(1, (after - first).days // (every.months * 31 + every.days))


def day_of(case: Case, at: At, anchor: date, workdays: Workdays) -> date:
    """The day at which a step stands for this case, before any move; raises OffsetError beyond the calendar."""
    day = workdays.add_open(anchor, at.open_days) if at.open_days is not None else at.on(anchor)
    return day + timedelta(case.grace_days) if at.parameter else day


def _goes_on(case: Case, step: Step, anchor: date, on: date, n: int) -> bool:
    if step.times is not None and n >= step.times:
        return False
    if step.until_level and _is_over(case, step.until_level, on):
        return False
    if step.until == "due" and case.due_on and on > case.due_on:
        return False
    if step.until == "confirmed" and case.confirmed_on and on > case.confirmed_on:
        return False
    return step.until_offset is None or on <= add(anchor, step.until_offset)


def _is_over(case: Case, level: str, on: date) -> bool:
    """Whether the level ends the repetition. A bill recorded late, or owed again, takes its level at once: what was due
    before still makes its one message (F2)."""
    reached = reached_on(case, level)
    return reached is not None and (on >= reached or reached != case.since)
