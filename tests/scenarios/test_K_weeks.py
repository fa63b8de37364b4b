"""K: the week that managers hear of on Friday: which days it has, when it is told, and that it is told once."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain import weeks
from service.domain.directory import Directory, User
from service.domain.tenant import Tenant, evolve_tenant
from service.domain.workdays import Workdays
from service.store.calendars import published

DAYS = Workdays(published("CN"), "Asia/Shanghai")
FRIDAY = date(2026, 3, 20)
THURSDAY = date(2026, 3, 19)


def at(day: date, time: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}+08:00")


def due(now: datetime, told_on: date | None = None, since: datetime | None = None) -> bool:
    return weeks.is_due(told_on, since or DAYS.midnight(DAYS.today(now)), now, DAYS)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (FRIDAY, THURSDAY),
        (date(2026, 3, 21), THURSDAY),
        (date(2026, 3, 23), THURSDAY),
        (date(2026, 3, 26), THURSDAY),  # its own Thursday is not over yet
        (date(2026, 3, 27), date(2026, 3, 26)),
    ],
)
def test_K_a_week_is_over_with_its_thursday(day, last):
    assert weeks.ended(day) == last
    assert weeks.last_day(weeks.week_of(last)) == last


@pytest.mark.parametrize("week", ["2026-W54", "2025-W53", "2026-W00", "2026-47", "2026-W5", "2026-W047", "", "10000-W01"])
def test_what_is_no_week(week):
    assert weeks.last_day(week) is None


def test_a_year_of_53_weeks():
    assert weeks.last_day("2026-W53") == date(2026, 12, 31)


def test_K_told_with_fridays_first_window():
    assert due(at(FRIDAY)) and due(at(FRIDAY, "16:00"))
    assert not due(at(FRIDAY, "08:59"))
    assert not due(at(THURSDAY)) and not due(at(date(2026, 3, 23)))


def test_T2_when_friday_is_closed_on_the_next_open_day_of_the_same_days():
    """1 May 2026 is a Friday and the first of five closed days."""
    assert not DAYS.is_open(date(2026, 5, 1)) and DAYS.next_open(date(2026, 5, 1)) == date(2026, 5, 6)
    assert not due(at(date(2026, 4, 30))) and due(at(date(2026, 5, 6)))
    assert weeks.ended(date(2026, 5, 6)) == date(2026, 4, 30)
    assert due(at(date(2026, 5, 8)), told_on=date(2026, 5, 6)), "two days later the next one comes as always"


def test_F1_after_downtime_the_last_week_alone_and_once():
    since = at(FRIDAY)
    for back in (date(2026, 3, 24), date(2026, 4, 14)):
        assert due(at(back), since=since)
        assert not due(at(back), told_on=back, since=since)
    assert weeks.notice(date(2026, 4, 14)).about == "2026-W15"


def test_what_was_over_before_the_tenant_was_there_is_not_told():
    assert not due(at(date(2026, 3, 24)), since=DAYS.midnight(date(2026, 3, 23)))


def test_K_only_where_the_directory_names_somebody_whom_it_is_for():
    def people(*roles: str) -> Directory:
        return Directory({role: User(id=role, role=role) for role in roles})

    assert not weeks.has_readers(people()) and not weeks.has_readers(people("supervisor", "boss"))
    assert weeks.has_readers(people("collector", "manager")) and weeks.has_readers(people("general_manager"))


def test_the_tenant_remembers_when_it_was_told():
    told = evolve_tenant(Tenant(id="t"), weeks.notice(FRIDAY))
    assert (told.week_told_on, told.digest_on) == (FRIDAY, {})


@given(st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.just([True] * 60) | st.lists(st.booleans(), min_size=60, max_size=60))
@settings(deadline=None)
def test_K_weeks_lie_end_to_end_whenever_the_clock_looked(begin, looked):
    """Of clocks that look with a day's first window on some open days only, every week that is told is told once, and with
    every open day looked at none is left out."""
    told: list[date] = []
    told_on, since = None, DAYS.midnight(begin)
    for n, awake in enumerate(looked):
        day = begin + timedelta(n)
        if not (awake and DAYS.is_open(day)):
            continue
        now = DAYS.opening(day)
        if due(now, told_on, since):
            told, told_on = [*told, weeks.ended(day)], day
        since = DAYS.midnight(DAYS.add_open(day, 1))
    assert len(set(told)) == len(told) and told == sorted(told)
    if all(looked):
        assert all((later - earlier).days == 7 for earlier, later in pairwise(told))
