"""Rule F2: people get one digest per role, in a window, once a day, however many customers and bills there are."""

from datetime import timedelta
from typing import Any

import pytest

from service.channels.webhook import BODY_BYTES
from service.domain import digests
from service.domain.digests import DIGEST, Gathered, Waiting, is_due, opens_at
from service.domain.events.customer import NoticeRaised
from service.domain.settings import Settings
from service.domain.tenant import Tenant, evolve_tenant
from service.store import codec
from tests.examples import CHINA, ZONE, day, moment

WORKDAYS = Settings().workdays(CHINA)


def opens(first: str, told_on: str | None = None) -> str:
    at = opens_at(waiting(first), day(told_on) if told_on else None, WORKDAYS)
    return f"{at.astimezone(ZONE):%m-%d %H:%M}"


def waiting(first: str, last: str | None = None) -> Waiting:
    return Waiting("supervisor", moment(first), moment(last or first))


@pytest.mark.parametrize(
    ("came", "told_on", "opens_then"),
    [
        ("2026-06-10 09:00", None, "06-10 09:00"),
        ("2026-06-10 10:17", "2026-06-09", "06-10 10:17"),
        ("2026-06-10 11:30", None, "06-10 13:30"),  # between the windows
        ("2026-06-10 17:00", None, "06-11 09:00"),
        ("2026-06-18 18:00", None, "06-22 09:00"),  # the 19th is a holiday
        ("2026-06-10 10:17", "2026-06-10", "06-11 09:00"),  # the day has had its digest
        ("2026-06-18 10:17", "2026-06-18", "06-22 09:00"),
        ("2026-06-09 16:59", "2026-06-10", "06-11 09:00"),  # came while the digest was written
    ],
)
def test_F2_a_role_is_told_in_a_window_once_a_day(came, told_on, opens_then):
    assert opens(came, told_on) == opens_then


def due(now: str, first: str, last: str | None = None, told_on: str | None = None, stands: bool = True) -> bool:
    return is_due(waiting(first, last), day(told_on) if told_on else None, moment(now), WORKDAYS, stands)


def test_F2_a_clock_that_stands_has_all_of_the_instant():
    assert due("2026-06-10 09:00", "2026-06-10 09:00")
    assert not due("2026-06-10 09:00", "2026-06-10 09:01")  # of an instant that a crash cut short
    assert not due("2026-06-10 10:00", "2026-06-10 09:30", told_on="2026-06-10")
    assert not due("2026-06-10 18:00", "2026-06-10 09:00")  # nobody looked in time, and now it is evening
    assert not due("2026-06-20 10:00", "2026-06-18 18:00")


def test_F2_a_running_clock_gives_an_import_a_minute_to_go_on_and_an_hour_to_end():
    came = "2026-06-10 10:00"
    assert not due("2026-06-10 10:20", came, "2026-06-10 10:19:30", stands=False)
    assert due("2026-06-10 10:20", came, "2026-06-10 10:19", stands=False)
    assert due("2026-06-10 11:00", came, "2026-06-10 10:59:59", stands=False)


def test_F2_the_hour_of_what_waited_overnight_begins_with_the_window():
    evening = "2026-06-09 18:00"
    assert not due("2026-06-10 09:00", evening, "2026-06-10 08:59:59", stands=False)
    assert due("2026-06-10 10:00", evening, "2026-06-10 09:59:59", stands=False)


def test_F2_the_digest_names_what_a_webhook_can_carry_and_counts_everything():
    long = [f"{n:064}" for n in range(1000)]
    told = digests.notice("manager", Gathered(long, long[:500], 4711, 123_456), day("2026-06-10"))
    assert len(codec.encode(told)) < BODY_BYTES - 1024
    assert (told.rule, told.text, told.audience) == ("F2", "backfilled", ["manager"])
    assert (told.customer_count, told.bills) == (4711, 123_456)
    assert (told.customers, told.cases) == (long[:119], long[:119])
    short = ["C-1", "C-2"]
    told = digests.notice("manager", Gathered(short, short, 2, 2), day("2026-06-10"))
    assert (told.customers, told.cases) == (short, short)


def test_F2_the_tenant_remembers_whom_it_told_when():
    told: dict[str, Any] = {"rule": "F2", "customers": ["C-1"], "on": day("2026-06-10")}
    tenant = evolve_tenant(Tenant(id="t"), NoticeRaised(**told, audience=["manager"], text=DIGEST))
    tenant = evolve_tenant(tenant, NoticeRaised(**told, audience=["supervisor"], text="bills_missing"))
    assert tenant.digest_on == {"manager": day("2026-06-10")}
    later = told | {"on": day("2026-06-10") + timedelta(5)}
    tenant = evolve_tenant(tenant, NoticeRaised(**later, audience=["supervisor"], text=DIGEST))
    assert tenant.digest_on == {"manager": day("2026-06-10"), "supervisor": day("2026-06-15")}
