"""Open days, contact windows and zones: from a day or an instant to the next allowed moment (T2, T4, T6, T7, C1, C2).
One Workdays is one calendar seen from one zone; it never changes, and remembers what it worked out per day."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, TypeVar

from msgspec import Struct

from service.domain.instants import Span, instant_of, without, zone_of

WEEKEND = frozenset({5, 6})
"""Saturday and Sunday as `date.weekday()` numbers them."""

_DAY = timedelta(1)
_HALF_HOUR = timedelta(minutes=30)
_NOON = time(12)
# Longer than any public closure there was; a calendar without an open day must not hang the clock.
_LONGEST_CLOSURE = 400
_FARTHEST_OPEN_DAY = 10_000
# Days asked for cluster around today; strange ones (an ERP's 2999) must not fill the memory.
_REMEMBERED = 20_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Window(Struct, frozen=True):
    """Local times of day between which people may be contacted: `opens` inside, `closes` outside."""

    opens: time
    closes: time


DEFAULT_WINDOWS = (Window(time(9), time(11, 30)), Window(time(13, 30), time(17)))


class Calendar(Struct, frozen=True, kw_only=True):
    """A country's days as published: weekdays that are `closed`, weekend days that are worked (`working`, make-up
    days), and the last year an authority has published. Later years go by the weekday alone (T7)."""

    version: int
    country: str
    closed: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    weekend: frozenset[int] = WEEKEND
    published_until: int
    source: str = ""

    def __post_init__(self) -> None:
        if not self.weekend < frozenset(range(7)):
            raise ValueError("weekend: weekday numbers 0-6, never all seven")
        if any(day.weekday() in self.weekend for day in self.closed):
            raise ValueError("closed: weekdays only, the weekend is closed anyway")
        if any(day.weekday() not in self.weekend for day in self.working):
            raise ValueError("working: weekend days only, weekdays are open anyway")


class Workdays:
    """The questions the process asks of days. Days are the calendar's; the zone says when a day begins and when its
    windows open. Instants come in as any aware datetime and go out in UTC. Safe to share between threads."""

    def __init__(self, calendar: Calendar, zone: str, windows: tuple[Window, ...] = DEFAULT_WINDOWS) -> None:
        """Raises ValueError for windows that are empty, overlap or are out of order, and for an unknown zone."""
        _check(windows)
        self.calendar: Final = calendar
        self.zone: Final = zone
        self.windows: Final = windows
        self._zone: Final = zone_of(zone)
        # So that counting open days over years is arithmetic: weekdays in the first n days of a week, and exceptions.
        self._weekdays: Final = tuple(sum(n not in calendar.weekend for n in range(rest)) for rest in range(8))
        self._working: Final = _ordinals(calendar, calendar.working)
        self._closed: Final = _ordinals(calendar, calendar.closed)
        self._zones: Final = _Memory[str, Workdays](lambda name: Workdays(calendar, name, windows))
        self._next: Final = _Memory[date, date](lambda day: self._seek(day, 1))
        self._previous: Final = _Memory[date, date](lambda day: self._seek(day, -1))
        self._added: Final = _Memory[tuple[date, int], date](self._walk)
        self._moments: Final = _Memory[date, datetime](lambda day: self.opening(self.next_open(day)))
        self._spans: Final = _Memory[date, tuple[Span, ...]](self._lay)
        self._allowed: Final = _Memory[date, tuple[Span, ...]](lambda day: self._lay(day) if self.is_open(day) else ())
        self._callable: Final = _Memory[date, tuple[Span, ...]](self._lay_callable)
        self._best: Final = _Memory[date, Span](lambda day: self._first(self._callable, self.midnight(day), day))

    def in_zone(self, zone: str) -> "Workdays":
        """The same days and windows on a customer's own clock (T4)."""
        return self if zone == self.zone else self._zones[zone]

    # Days

    def today(self, instant: datetime) -> date:
        """The local day at an aware instant."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return instant.astimezone(self._zone).date()

    def is_provisional(self, day: date) -> bool:
        """Whether no authority has published the day's year yet, so that only its weekday decides (T7)."""
        return day.year > self.calendar.published_until

    def is_open(self, day: date) -> bool:
        calendar = self.calendar
        if day.year > calendar.published_until:
            return day.weekday() not in calendar.weekend
        if day.weekday() in calendar.weekend:
            return day in calendar.working
        return day not in calendar.closed

    def next_open(self, day: date) -> date:
        """The first open day on or after the day (T2)."""
        return self._next[day]

    def previous_open(self, day: date) -> date:
        """The last open day on or before the day (B1)."""
        return self._previous[day]

    def deadline(self, day: date) -> date:
        """The last day on which money due on the day is in time (T6)."""
        return self.next_open(day)

    def in_time_on(self, day: date, received_on: date) -> bool:
        """Whether money due on the day and received on the other is in time (T6)."""
        return received_on <= day or received_on <= self.next_open(day)

    def add_open(self, day: date, n: int) -> date:
        """The n-th open day after the day, or before it when n < 0; the day itself is not counted, open or not. n = 0
        is the day itself. At most 10 000 open days; ValueError beyond."""
        return self._added[day, n]

    def open_days_between(self, start: date, end: date) -> int:
        """How many open days lie after the start up to and including the end; negative when the end comes first."""
        return self._count(end.toordinal()) - self._count(start.toordinal())

    # Moments

    def midnight(self, day: date) -> datetime:
        """The instant at which the local day begins."""
        return instant_of(day, time(0), self._zone)

    def opening(self, day: date) -> datetime:
        """When the first window of the local day opens, be the day open or closed."""
        spans = self.spans(day)
        return spans[0][0] if spans else instant_of(day, self.windows[0].opens, self._zone)

    def closing(self, day: date) -> datetime:
        """When the last window of the local day closes, be the day open or closed."""
        spans = self.spans(day)
        return spans[-1][1] if spans else instant_of(day, self.windows[-1].closes, self._zone)

    def moment(self, day: date) -> datetime:
        """When a step that falls on the day fires: the opening of the next open day (T2)."""
        return self._moments[day]

    def spans(self, day: date) -> tuple[Span, ...]:
        """The windows of the local day as instants, be the day open or closed. None is empty: one that a change of the
        clocks swallows whole is left out."""
        return self._spans[day]

    def in_window(self, instant: datetime) -> bool:
        """Whether something may go out at the instant (C1)."""
        return any(start <= instant < end for start, end in self._allowed[self.today(instant)])

    def next_moment(self, instant: datetime) -> datetime:
        """The instant itself when inside a window of an open day, else the next such window's opening (C1)."""
        return self._first(self._allowed, instant, self.today(instant))[0]

    def best_time(self, day: date, after: datetime | None = None) -> Span:
        """When to make a call that is due on the day (C2): its first callable window, so the morning where there is
        one, else the first of the next good open day. A window is callable but for the last half hour before it
        closes and before noon; a day is good when open, no weekend (worked or not) and not its month's last open day.

        A good day keeps its calls: they are not put off to a Monday or to the month's first days, which come by
        themselves, a Friday's or a month's last day being followed by one. `after` leaves out what has passed.
        """
        return self._best[day] if after is None else self._first(self._callable, after, day)

    # Within

    def _seek(self, day: date, step: int) -> date:
        for _ in range(_LONGEST_CLOSURE):
            if self.is_open(day):
                return day
            day += step * _DAY
        raise ValueError(f"no open day within {_LONGEST_CLOSURE} days of {day}")

    def _walk(self, wanted: tuple[date, int]) -> date:
        day, n = wanted
        if abs(n) > _FARTHEST_OPEN_DAY:
            raise ValueError(f"at most {_FARTHEST_OPEN_DAY} open days")
        step = 1 if n > 0 else -1
        for _ in range(abs(n)):
            day = self._seek(day + step * _DAY, step)
        return day

    def _count(self, ordinal: int) -> int:
        """Open days from day 1 of the calendar to this one."""
        weeks, rest = divmod(ordinal, 7)
        # Day 1, 1 January of year 1, is a Monday.
        weekdays = weeks * self._weekdays[7] + self._weekdays[rest]
        return weekdays + bisect_right(self._working, ordinal) - bisect_right(self._closed, ordinal)

    def _lay(self, day: date) -> tuple[Span, ...]:
        laid = ((instant_of(day, w.opens, self._zone), instant_of(day, w.closes, self._zone)) for w in self.windows)
        return tuple((start, end) for start, end in laid if start < end)

    def _lay_callable(self, day: date) -> tuple[Span, ...]:
        if not self._is_good(day):
            return ()
        noon = instant_of(day, _NOON, self._zone)
        early = ((start, end - _HALF_HOUR) for start, end in self.spans(day))
        kept = tuple(part for span in early for part in without(span, (noon - _HALF_HOUR, noon)))
        # Windows of half an hour are the tenant's own wish.
        return kept or self.spans(day)

    def _is_good(self, day: date) -> bool:
        worked_weekend = day.weekday() in self.calendar.weekend
        return self.is_open(day) and not worked_weekend and self.next_open(day + _DAY).month == day.month

    def _first(self, spans: Mapping[date, tuple[Span, ...]], instant: datetime, day: date) -> Span:
        """What is left of the first span that has not passed at the instant."""
        for _ in range(_LONGEST_CLOSURE):
            for start, end in spans[day]:
                if instant < end:
                    return max(start, instant.astimezone(UTC)), end
            day += _DAY
        raise ValueError(f"no window within {_LONGEST_CLOSURE} days before {day}")


class _Memory(dict[_Key, _Value]):
    """What was worked out before. Filled without a lock: two threads at worst work out the same value twice."""

    __slots__ = ("_work",)

    def __init__(self, work: Callable[[_Key], _Value]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, key: _Key) -> _Value:
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[key] = self._work(key)
        return value


def _check(windows: tuple[Window, ...]) -> None:
    times = [moment for window in windows for moment in (window.opens, window.closes)]
    if not times:
        raise ValueError("windows: at least one")
    if any(moment.tzinfo is not None for moment in times):
        raise ValueError("windows: local times, without a zone")
    if any(window.opens >= window.closes for window in windows):
        raise ValueError("windows: each opens before it closes")
    if any(earlier.closes > later.opens for earlier, later in pairwise(windows)):
        raise ValueError("windows: in order of the day, without overlap")


def _ordinals(calendar: Calendar, days: frozenset[date]) -> list[int]:
    return sorted(day.toordinal() for day in days if day.year <= calendar.published_until)
