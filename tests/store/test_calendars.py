"""The packaged holiday tables against a second source, and what counts as published (T7)."""

from datetime import date, timedelta

import chinese_calendar
import msgspec
import pytest

from service.domain.workdays import Calendar, Workdays
from service.store.calendars import FIRST_YEAR, HORIZON, UnknownCountry, published

CN = published("CN")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def test_china_agrees_with_the_second_source_on_every_day_since_2010() -> None:
    workdays = Workdays(CN, "Asia/Shanghai")
    every = days(date(FIRST_YEAR, 1, 1), date(2026, 12, 31))
    assert [day for day in every if workdays.is_open(day) != chinese_calendar.is_workday(day)] == []


def test_T7_china_is_published_until_the_last_year_both_sources_know() -> None:
    assert CN.published_until == 2026
    assert chinese_calendar.is_holiday(date(2026, 12, 31)) is False
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_holiday(date(2027, 1, 1))


def test_T7_nothing_guessed_is_kept() -> None:
    assert max(CN.closed | CN.working) < date(2027, 1, 1)
    assert min(CN.closed | CN.working) >= date(FIRST_YEAR, 1, 1)


def test_a_calendar_is_small_names_its_source_and_survives_json() -> None:
    stored = msgspec.json.encode(CN)
    assert len(stored) < 10_000
    assert CN.source.startswith("holidays 0.")
    assert msgspec.json.decode(stored, type=Calendar) == CN
    assert published("CN", version=7) == msgspec.structs.replace(CN, version=7)


@pytest.mark.parametrize(
    ("country", "until"),
    [
        ("DE", HORIZON),  # fixed dates and Easter
        ("US", HORIZON),  # nth Mondays
        ("JP", HORIZON),  # equinoxes are astronomy
        ("IL", HORIZON),  # the Hebrew calendar is arithmetic
        ("HU", 2026),  # make-up Saturdays by yearly decree
        ("RU", 2027),  # the decree for the next year is out already
        ("AE", 2026),  # the moon decides later ones
        ("SG", 2027),  # the ministry announced one year ahead
    ],
)
def test_T7_a_country_is_published_as_far_as_law_or_decree_goes(country: str, until: int) -> None:
    assert published(country).published_until == until


@pytest.mark.parametrize(
    ("country", "day", "is_open"),
    [
        ("US", date(2026, 11, 26), False),  # Thanksgiving
        ("US", date(2026, 7, 3), False),  # 4 July is a Saturday
        ("DE", date(2026, 4, 6), False),  # Easter Monday
        ("GB", date(2026, 8, 31), True),  # the summer bank holiday is not the whole kingdom's
        ("GB-ENG", date(2026, 8, 31), False),
        ("SA", date(2026, 11, 22), True),  # a Sunday
        ("SA", date(2026, 11, 20), False),  # a Friday
        ("IL", date(2026, 9, 21), False),  # Yom Kippur
        ("HK", date(2026, 11, 21), True),  # a Saturday
        ("HU", date(2026, 1, 10), True),  # make-up Saturday for 2 January
        ("HU", date(2026, 1, 2), False),
    ],
)
def test_days_of_other_countries(country: str, day: date, is_open: bool) -> None:
    assert Workdays(published(country), "UTC").is_open(day) is is_open


def test_weekends_are_the_countrys() -> None:
    assert published("CN").weekend == published("AE").weekend == {5, 6}
    assert published("SA").weekend == published("IL").weekend == {4, 5}
    assert published("IR").weekend == {4}


@pytest.mark.parametrize("country", ["", "XX", "cn", "CHN", "China", "中国", "CN-", "GB-XX", "../CN"])
def test_an_unknown_country_is_named(country: str) -> None:
    with pytest.raises(UnknownCountry) as caught:
        published(country)
    assert (caught.value.code, caught.value.country) == ("country_unknown", country)
    assert repr(country) in str(caught.value)
