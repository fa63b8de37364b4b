"""Rule T1: offsets in days and calendar months, counted from the original day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import offsets
from service.domain.offsets import Offset, OffsetError

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("offset", "day"),
    [
        ("P1M", date(2026, 2, 28)),
        ("P2M", date(2026, 3, 31)),
        ("P3M", date(2026, 4, 30)),
        ("-P2M", date(2025, 11, 30)),
        ("P1Y", date(2027, 1, 31)),
        ("P25M", date(2028, 2, 29)),
        ("P1M1D", date(2026, 3, 1)),
        ("P0D", date(2026, 1, 31)),
    ],
)
def test_T1_month_offsets_clip_to_the_months_end(offset: str, day: date) -> None:
    assert offsets.add(date(2026, 1, 31), offsets.parse(offset)) == day


def test_T1_a_leap_day_clips_in_other_years() -> None:
    assert offsets.add(date(2024, 2, 29), offsets.parse("P1Y")) == date(2025, 2, 28)
    assert offsets.add(date(2024, 2, 29), offsets.parse("P4Y")) == date(2028, 2, 29)


def test_T1_day_offsets_count_every_day_open_or_closed() -> None:
    assert offsets.add(date(2026, 9, 29), offsets.parse("P14D")) == date(2026, 10, 13)
    assert offsets.add(date(2026, 3, 6), offsets.parse("-P7D")) == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("P7D", Offset(days=7)),
        ("-P7D", Offset(days=-7)),
        ("P2W", Offset(days=14)),
        ("P1M", Offset(months=1)),
        ("P1Y2M3W4D", Offset(months=14, days=25)),
        ("-P1M1D", Offset(months=-1, days=-1)),
    ],
)
def test_T1_durations_are_read_as_iso_8601_writes_them(text: str, offset: Offset) -> None:
    assert offsets.parse(text) == offset
    assert offsets.parse(offsets.text(offset)) == offset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "-P",
        "7D",
        "P7",
        "P7d",
        "p7D",
        "P1D1M",
        "PT1H",
        "P1DT1H",
        "P1.5D",
        "P1,5D",
        "P-7D",
        "+P7D",
        " P7D",
        "P7D\n",
        "P\u0667D",
        "P7B",
        "P99999Y",
        "P1M-1D",
    ],
)
def test_T1_other_texts_are_refused(text: str) -> None:
    with pytest.raises(OffsetError) as caught:
        offsets.parse(text)
    assert caught.value.code == "offset_format"


def test_T1_a_day_beyond_the_calendar_is_refused() -> None:
    for offset in ("P9999Y", "P99999M", "P9999999D", "-P9999Y", "-P9999999D"):
        with pytest.raises(OffsetError) as caught:
            offsets.add(date(2026, 1, 31), offsets.parse(offset))
        assert caught.value.code == "offset_range"


def test_T1_months_and_days_of_opposite_signs_have_no_text() -> None:
    with pytest.raises(OffsetError):
        offsets.text(Offset(months=1, days=-1))


@given(DAYS, st.integers(-240, 240))
def test_T1_months_keep_the_day_or_take_the_months_last(day: date, months: int) -> None:
    there = offsets.add(day, Offset(months=months))
    assert (there.year - day.year) * 12 + there.month - day.month == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(1)).day == 1)


@given(st.integers(-500, 500), st.integers(0, 500))
def test_T1_texts_are_read_back(months: int, days_too: int) -> None:
    offset = Offset(months=months, days=-days_too if months < 0 else days_too)
    assert offsets.parse(offsets.text(offset)) == offset
