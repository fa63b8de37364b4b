"""Rules T2, T4, T6, T7 and C1 on China's days of 2026: which day, which moment, in whose zone."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.workdays import DEFAULT_WINDOWS, Calendar, Window, Workdays


def days(year: int, *months_and_days: str) -> frozenset[date]:
    """`days(2026, "05-01..05")`: 1 to 5 May."""
    found = set()
    for text in months_and_days:
        month, _, span = text.partition("-")
        first, _, last = span.partition("..")
        found |= {date(year, int(month), day) for day in range(int(first), int(last or first) + 1)}
    return frozenset(found)


# The State Council's notice for 2026, as published; weekends among the days off are left out below.
OFF = days(2026, "1-1..3", "2-15..23", "4-4..6", "5-1..5", "6-19..21", "9-25..27", "10-1..7")
WORKED = days(2026, "1-4", "2-14", "2-28", "5-9", "9-20", "10-10")
CHINA_2026 = Calendar(
    version=1,
    country="CN",
    closed=frozenset(day for day in OFF if day.weekday() < 5),
    working=WORKED,
    published_until=2026,
)
PLAIN = Calendar(version=1, country="XX", published_until=2100)

SHANGHAI = Workdays(CHINA_2026, "Asia/Shanghai")
ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia"]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
INSTANTS = st.integers(0, 5 * 365 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)
CALENDARS = st.sampled_from(
    [CHINA_2026, PLAIN, Calendar(version=1, country="SA", weekend=frozenset({4, 5}), published_until=2100)]
)


def local(workdays: Workdays, instant: datetime) -> str:
    return instant.astimezone(ZoneInfo(workdays.zone)).strftime("%m-%d %H:%M")


def at(zone: str, text: str) -> datetime:
    """The first instant at which clocks of the zone show the text."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# T2: the three long holidays of 2026 and their make-up days


@pytest.mark.parametrize(
    ("day", "fires"),
    [
        (date(2026, 2, 13), "02-13 09:00"),
        (date(2026, 2, 14), "02-14 09:00"),  # a Saturday worked for the Spring Festival
        (date(2026, 2, 15), "02-24 09:00"),
        (date(2026, 2, 17), "02-24 09:00"),  # the lunar New Year's day
        (date(2026, 2, 23), "02-24 09:00"),
        (date(2026, 2, 28), "02-28 09:00"),
        (date(2026, 3, 1), "03-02 09:00"),
        (date(2026, 4, 30), "04-30 09:00"),
        (date(2026, 5, 1), "05-06 09:00"),
        (date(2026, 5, 5), "05-06 09:00"),
        (date(2026, 5, 9), "05-09 09:00"),  # a Saturday worked for May Day
        (date(2026, 9, 20), "09-20 09:00"),  # a Sunday worked for the National Day
        (date(2026, 9, 25), "09-28 09:00"),
        (date(2026, 10, 1), "10-08 09:00"),
        (date(2026, 10, 10), "10-10 09:00"),
        (date(2026, 10, 11), "10-12 09:00"),
    ],
)
def test_T2_a_step_on_a_closed_day_moves_to_the_next_open_day_at_nine(day: date, fires: str) -> None:
    assert local(SHANGHAI, SHANGHAI.moment(day)) == fires


def test_T2_moments_are_utc_instants() -> None:
    moment = SHANGHAI.moment(date(2026, 2, 17))
    assert (moment, moment.tzinfo) == (datetime(2026, 2, 24, 1, tzinfo=UTC), UTC)


def test_B1_the_last_open_day_before_a_holiday() -> None:
    assert SHANGHAI.previous_open(date(2026, 2, 20)) == date(2026, 2, 14)
    assert SHANGHAI.previous_open(date(2026, 10, 5)) == date(2026, 9, 30)
    assert SHANGHAI.previous_open(date(2026, 9, 30)) == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("day", "n", "there"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 3), -1, date(2026, 9, 30)),
        (date(2026, 10, 12), -5, date(2026, 9, 29)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_open_days_are_counted_over_holidays_and_make_up_days(day: date, n: int, there: date) -> None:
    assert SHANGHAI.add_open(day, n) == there


@given(DAYS, st.integers(1, 300), CALENDARS)
def test_counting_open_days_undoes_adding_them(day: date, n: int, calendar: Calendar) -> None:
    workdays = Workdays(calendar, "UTC")
    later, earlier = workdays.add_open(day, n), workdays.add_open(day, -n)
    assert workdays.open_days_between(day, later) == n
    assert workdays.open_days_between(earlier, day) == n - 1 + workdays.is_open(day)
    assert workdays.is_open(later)
    assert workdays.is_open(earlier)


@given(DAYS, st.integers(0, 500), CALENDARS)
def test_counted_open_days_are_the_open_ones_one_by_one(day: date, length: int, calendar: Calendar) -> None:
    workdays = Workdays(calendar, "UTC")
    end = day + timedelta(length)
    one_by_one = sum(workdays.is_open(day + timedelta(n)) for n in range(1, length + 1))
    assert workdays.open_days_between(day, end) == one_by_one == -workdays.open_days_between(end, day)


@given(DAYS, CALENDARS)
def test_T2_the_next_open_day_is_the_first_open_one(day: date, calendar: Calendar) -> None:
    workdays = Workdays(calendar, "UTC")
    following, preceding = workdays.next_open(day), workdays.previous_open(day)
    assert preceding <= day <= following
    assert workdays.is_open(following)
    assert workdays.is_open(preceding)
    between = [preceding + timedelta(n) for n in range(1, (following - preceding).days)]
    assert not any(workdays.is_open(d) for d in between if d != day) or preceding == following == day


# C1 and T2: windows


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-20 00:00", "11-20 09:00"),
        ("2026-11-20 08:59", "11-20 09:00"),
        ("2026-11-20 09:00", "11-20 09:00"),
        ("2026-11-20 11:29", "11-20 11:29"),
        ("2026-11-20 11:30", "11-20 13:30"),
        ("2026-11-20 13:29", "11-20 13:30"),
        ("2026-11-20 16:59", "11-20 16:59"),
        ("2026-11-20 17:00", "11-23 09:00"),  # a Friday evening
        ("2026-11-21 10:00", "11-23 09:00"),
        ("2026-09-30 17:00", "10-08 09:00"),
        ("2026-10-10 10:00", "10-10 10:00"),  # a Saturday worked
    ],
)
def test_C1_what_comes_outside_a_window_moves_to_the_next(now: str, then: str) -> None:
    instant = at("Asia/Shanghai", now)
    moved = SHANGHAI.next_moment(instant)
    assert local(SHANGHAI, moved) == then
    assert SHANGHAI.in_window(instant) is (moved == instant)


@given(INSTANTS, st.sampled_from(ZONES), CALENDARS)
def test_C1_the_next_moment_is_allowed_and_nothing_before_it_is(
    instant: datetime, zone: str, calendar: Calendar
) -> None:
    workdays = Workdays(calendar, zone)
    moved = workdays.next_moment(instant)
    assert moved >= instant
    assert moved.tzinfo is UTC
    assert workdays.in_window(moved)
    assert workdays.next_moment(moved) == moved
    if moved > instant:
        assert not workdays.in_window(instant)
        assert not workdays.in_window(moved - timedelta(microseconds=1))
        shown = moved.astimezone(ZoneInfo(zone)).timetz().replace(tzinfo=None)
        assert shown in {window.opens for window in DEFAULT_WINDOWS}


@given(INSTANTS, st.integers(-14, 14))
def test_an_instant_is_the_same_in_whatever_zone_it_is_written(instant: datetime, hours: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(hours=hours)))
    assert SHANGHAI.today(elsewhere) == SHANGHAI.today(instant)
    assert SHANGHAI.next_moment(elsewhere) == SHANGHAI.next_moment(instant)
    assert SHANGHAI.next_moment(elsewhere).tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        SHANGHAI.in_window(datetime(2026, 11, 20, 10))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("windows", "why"),
    [
        ((), "at least one"),
        ((Window(time(9), time(9)),), "opens before it closes"),
        ((Window(time(17), time(9)),), "opens before it closes"),
        ((Window(time(9), time(12)), Window(time(11), time(17))), "overlap"),
        ((Window(time(13), time(17)), Window(time(9), time(12))), "in order"),
        ((Window(time(9, tzinfo=UTC), time(12, tzinfo=UTC)),), "without a zone"),
    ],
)
def test_C1_windows_that_make_no_sense_are_refused(windows: tuple[Window, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Workdays(PLAIN, "UTC", windows)


@pytest.mark.parametrize("zone", ["", "Nowhere", "../../etc/passwd", "Asia", "Asia/Shanghai\x00", "上海"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="no such zone"):
        Workdays(PLAIN, zone)


# T4


def test_T4_a_customers_zone_moves_the_window_and_not_the_days() -> None:
    berlin = SHANGHAI.in_zone("Europe/Berlin")
    assert [berlin.is_open(d) for d in sorted(OFF | WORKED)] == [SHANGHAI.is_open(d) for d in sorted(OFF | WORKED)]
    assert berlin.moment(date(2026, 10, 1)) == at("Europe/Berlin", "2026-10-08 09:00")
    assert berlin.next_moment(SHANGHAI.moment(date(2026, 11, 20))) == at("Europe/Berlin", "2026-11-20 09:00")
    assert berlin.windows == SHANGHAI.windows
    assert SHANGHAI.in_zone("Europe/Berlin") is berlin
    assert SHANGHAI.in_zone("Asia/Shanghai") is SHANGHAI


# T6


def test_T6_money_for_a_closed_day_is_in_time_on_the_next_open_one() -> None:
    assert SHANGHAI.deadline(date(2026, 10, 3)) == date(2026, 10, 8)
    assert SHANGHAI.in_time_on(date(2026, 10, 3), date(2026, 10, 8))
    assert not SHANGHAI.in_time_on(date(2026, 10, 3), date(2026, 10, 9))
    assert SHANGHAI.in_time_on(date(2026, 10, 3), date(2026, 9, 1))


def test_T6_an_open_day_gives_no_grace() -> None:
    assert SHANGHAI.deadline(date(2026, 9, 30)) == date(2026, 9, 30)
    assert not SHANGHAI.in_time_on(date(2026, 9, 30), date(2026, 10, 1))


# T7


def test_T7_a_year_not_yet_published_goes_by_the_weekday() -> None:
    rumoured = days(2027, "2-8", "10-1")
    early = Calendar(version=1, country="CN", closed=rumoured, working=days(2027, "2-6"), published_until=2026)
    workdays = Workdays(early, "Asia/Shanghai")
    assert not workdays.is_provisional(date(2026, 12, 31))
    assert workdays.is_provisional(date(2027, 1, 1))
    assert workdays.is_open(date(2027, 10, 1))
    assert workdays.is_open(date(2027, 2, 8))
    assert not workdays.is_open(date(2027, 2, 6))
    assert workdays.open_days_between(date(2026, 12, 31), date(2027, 12, 31)) == 261


def test_T7_the_same_day_moves_when_the_year_is_published() -> None:
    day = date(2027, 10, 1)
    assert SHANGHAI.next_open(day) == day
    later = Calendar(
        version=2,
        country="CN",
        closed=CHINA_2026.closed | days(2027, "10-1", "10-4..7"),
        working=CHINA_2026.working,
        published_until=2027,
    )
    published = Workdays(later, "Asia/Shanghai")
    assert published.next_open(day) == date(2027, 10, 8)
    assert not published.is_provisional(day)
