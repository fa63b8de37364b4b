"""Local times on awkward clocks, calendars that contradict themselves, and one Workdays shared by many threads."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.workdays import Calendar, Window, Workdays

PLAIN = Calendar(version=1, country="XX", published_until=2100)
ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia"]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def at(zone: str, text: str) -> datetime:
    """The first instant at which clocks of the zone show the text."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# Zones: gaps move forward, folds take the first


def test_a_window_that_opens_in_a_gap_opens_when_the_clocks_jump() -> None:
    night = Workdays(PLAIN, "America/New_York", (Window(time(2, 30), time(4)),))
    jump = date(2026, 3, 8)  # 02:00 EST is 03:00 EDT
    assert night.opening(jump) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert night.closing(jump) == datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert night.opening(date(2026, 3, 7)) == datetime(2026, 3, 7, 7, 30, tzinfo=UTC)


def test_a_window_swallowed_by_a_gap_is_left_out_that_day() -> None:
    daily = Calendar(version=1, country="XX", weekend=frozenset(), published_until=2100)
    night = Workdays(daily, "America/New_York", (Window(time(2, 15), time(2, 45)), Window(time(2, 50), time(4))))
    assert len(night.spans(date(2026, 3, 7))) == 2
    assert night.spans(date(2026, 3, 8)) == ((at("UTC", "2026-03-08 07:00"), at("UTC", "2026-03-08 08:00")),)
    swallowed = Workdays(daily, "America/New_York", (Window(time(2, 15), time(2, 45)),))
    assert swallowed.opening(date(2026, 3, 8)) == at("UTC", "2026-03-08 07:00")
    assert swallowed.next_moment(at("UTC", "2026-03-08 06:59")) == at("UTC", "2026-03-09 06:15")


def test_a_window_in_a_fold_takes_the_first_of_the_two_hours() -> None:
    night = Workdays(PLAIN, "America/New_York", (Window(time(1, 30), time(3)),))
    fold = date(2026, 11, 1)  # 02:00 EDT is 01:00 EST again
    assert night.opening(fold) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert night.closing(fold) == datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_nine_oclock_stays_nine_oclock_over_a_change_of_the_clocks() -> None:
    new_york = Workdays(PLAIN, "America/New_York")
    assert new_york.moment(date(2026, 3, 6)) == datetime(2026, 3, 6, 14, tzinfo=UTC)
    assert new_york.moment(date(2026, 3, 8)) == datetime(2026, 3, 9, 13, tzinfo=UTC)
    assert new_york.moment(date(2026, 10, 30)) == datetime(2026, 10, 30, 13, tzinfo=UTC)
    assert new_york.moment(date(2026, 11, 1)) == datetime(2026, 11, 2, 14, tzinfo=UTC)


def test_lord_howe_moves_its_clocks_by_half_an_hour() -> None:
    island = Workdays(PLAIN, "Australia/Lord_Howe", (Window(time(2, 10), time(11)),))
    assert island.opening(date(2026, 10, 4)) == at("UTC", "2026-10-03 15:30")  # 02:00 +10:30 is 02:30 +11
    assert island.opening(date(2026, 10, 5)) == at("UTC", "2026-10-04 15:10")
    ordinary = Workdays(PLAIN, "Australia/Lord_Howe")
    assert ordinary.opening(date(2026, 4, 2)) == at("UTC", "2026-04-01 22:00")
    assert ordinary.opening(date(2026, 4, 6)) == at("UTC", "2026-04-05 22:30")


def test_kathmandu_is_five_hours_and_three_quarters_ahead() -> None:
    nepal = Workdays(PLAIN, "Asia/Kathmandu")
    assert nepal.moment(date(2026, 11, 20)) == at("UTC", "2026-11-20 03:15")
    assert nepal.today(at("UTC", "2026-11-20 18:14")) == date(2026, 11, 20)
    assert nepal.today(at("UTC", "2026-11-20 18:15")) == date(2026, 11, 21)


def test_a_day_without_midnight_begins_when_the_clocks_jump() -> None:
    cairo = Workdays(PLAIN, "Africa/Cairo")
    assert cairo.midnight(date(2026, 4, 24)) == at("UTC", "2026-04-23 22:00")
    assert cairo.midnight(date(2026, 4, 24)).astimezone(ZoneInfo("Africa/Cairo")).hour == 1


def test_a_day_that_a_country_skipped_has_no_window() -> None:
    samoa = Workdays(PLAIN, "Pacific/Apia")
    skipped = date(2011, 12, 30)  # a Friday: from Thursday straight to Saturday
    assert samoa.spans(skipped) == ()
    assert samoa.midnight(skipped) == samoa.midnight(date(2011, 12, 31)) == at("UTC", "2011-12-30 10:00")
    assert samoa.next_moment(at("UTC", "2011-12-30 09:00")) == samoa.opening(date(2012, 1, 2))


@given(DAYS, st.sampled_from(ZONES), st.times(), st.times())
def test_moments_of_a_day_come_in_the_clocks_order(day: date, zone: str, one: time, other: time) -> None:
    opens, closes = sorted((one, other))
    if opens == closes:
        return
    workdays = Workdays(PLAIN, zone, (Window(opens, closes),))
    assert workdays.midnight(day) <= workdays.opening(day) <= workdays.closing(day)
    assert workdays.closing(day) < workdays.midnight(day + timedelta(2))
    assert workdays.today(workdays.midnight(day)) == day == workdays.today(workdays.opening(day))
    assert workdays.today(workdays.midnight(day) - timedelta(microseconds=1)) == day - timedelta(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekend": frozenset(range(7))},
        {"weekend": frozenset({7})},
        {"closed": frozenset({date(2026, 11, 21)})},
        {"working": frozenset({date(2026, 11, 20)})},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(wrong: dict[str, frozenset[date]]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Calendar(version=1, country="XX", published_until=2026, **wrong)  # type: ignore[arg-type]


def test_a_calendar_without_an_open_day_raises_instead_of_hanging() -> None:
    shut = frozenset(date(2026, 1, 1) + timedelta(n) for n in range(700))
    calendar = Calendar(
        version=1, country="XX", closed=frozenset(d for d in shut if d.weekday() < 5), published_until=2030
    )
    with pytest.raises(ValueError, match="no open day"):
        Workdays(calendar, "UTC").next_open(date(2026, 1, 1))


# Shared by many threads


def test_answers_are_the_same_from_many_threads_and_after_forgetting() -> None:
    shared = Workdays(PLAIN, "Asia/Shanghai")
    asked = [date(2026, 1, 1) + timedelta(n) for n in range(365)]
    expected = [Workdays(PLAIN, "Asia/Shanghai").moment(day) for day in asked]
    answers: list[list[datetime]] = []
    threads = [Thread(target=lambda: answers.append([shared.moment(day) for day in asked])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


def test_memory_stays_bounded() -> None:
    workdays = Workdays(PLAIN, "Asia/Shanghai")
    for n in range(25_000):
        workdays.next_open(date(1990, 1, 1) + timedelta(n))
    assert len(workdays._next) <= 20_000
    assert workdays.next_open(date(2026, 11, 21)) == date(2026, 11, 23)


def test_workdays_are_keys_by_identity() -> None:
    one = Workdays(PLAIN, "UTC")
    assert len({one, Workdays(PLAIN, "UTC"), one}) == 2
