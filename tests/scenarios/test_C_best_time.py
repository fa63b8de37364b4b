"""Rule C2: when a phone task is best made."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.workdays import Calendar, Window, Workdays

PLAIN = Calendar(version=1, country="XX", published_until=2100)
FRIDAYS_OFF = Calendar(version=1, country="SA", weekend=frozenset({4, 5}), published_until=2100)
# The Spring Festival and the National Day of 2026, with the weekend days worked for them.
HOLIDAYS = Calendar(
    version=1,
    country="CN",
    closed=frozenset(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23))
    | frozenset(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    working=frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)}),
    published_until=2026,
)
SHANGHAI = Workdays(HOLIDAYS, "Asia/Shanghai")


def at(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(instant: datetime) -> str:
    return instant.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%m-%d %H:%M")


def best(day: date, after: datetime | None = None) -> tuple[str, str]:
    start, end = SHANGHAI.best_time(day, after)
    return local(start), local(end)


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2026, 11, 20), "11-20 09:00"),  # a Friday keeps its calls
        (date(2026, 11, 21), "11-23 09:00"),  # a Saturday gives them to Monday
        (date(2026, 11, 30), "12-01 09:00"),  # the month's last open day, a Monday
        (date(2026, 1, 30), "02-02 09:00"),  # the last open day though not the last day
        (date(2026, 10, 10), "10-12 09:00"),  # worked, but a Saturday
        (date(2026, 2, 28), "03-02 09:00"),  # worked, a Saturday and the month's last open day
        (date(2026, 2, 27), "02-27 09:00"),  # the day before it is an ordinary one
        (date(2026, 9, 30), "10-08 09:00"),  # the last before the National Day
        (date(2026, 2, 14), "02-24 09:00"),
    ],
)
def test_C2_calls_go_on_good_days_in_the_morning(day: date, start: str) -> None:
    assert best(day) == (start, start.replace("09:00", "11:00"))


def test_C2_a_day_whose_morning_has_passed_keeps_its_afternoon() -> None:
    day = date(2026, 11, 20)
    assert best(day, at("Asia/Shanghai", "2026-11-20 10:15")) == ("11-20 10:15", "11-20 11:00")
    assert best(day, at("Asia/Shanghai", "2026-11-20 11:00")) == ("11-20 13:30", "11-20 16:30")
    assert best(day, at("Asia/Shanghai", "2026-11-20 16:30")) == ("11-23 09:00", "11-23 11:00")


def test_C2_one_long_window_ends_before_noon_and_before_closing() -> None:
    long = Workdays(PLAIN, "UTC", (Window(time(8), time(18)),))
    assert long.best_time(date(2026, 11, 20)) == (at("UTC", "2026-11-20 08:00"), at("UTC", "2026-11-20 11:30"))
    after = at("UTC", "2026-11-20 11:40")
    assert long.best_time(date(2026, 11, 20), after) == (at("UTC", "2026-11-20 12:00"), at("UTC", "2026-11-20 17:30"))


def test_C2_a_window_of_half_an_hour_is_used_whole() -> None:
    short = Workdays(PLAIN, "UTC", (Window(time(9), time(9, 30)),))
    assert short.best_time(date(2026, 11, 20)) == (at("UTC", "2026-11-20 09:00"), at("UTC", "2026-11-20 09:30"))


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.sampled_from([PLAIN, FRIDAYS_OFF, HOLIDAYS]),
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
)
def test_C2_the_best_time_is_never_a_forbidden_one(day: date, calendar: Calendar, zone: str) -> None:
    workdays = Workdays(calendar, zone)
    start, end = workdays.best_time(day)
    there = workdays.today(start)
    assert there >= day
    assert workdays.is_open(there)
    assert there.weekday() not in calendar.weekend
    assert workdays.next_open(there + timedelta(1)).month == there.month
    assert workdays.opening(there) <= start < end <= workdays.closing(there) - timedelta(minutes=30)
    assert end.astimezone(ZoneInfo(zone)).time() <= time(11, 30)
