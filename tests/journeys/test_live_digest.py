"""A live company's late postings: the process's own clock tells each role once (F2)."""

import time
from datetime import time as time_of_day

import psycopg

from service.domain.events.tenant import CalendarPublished
from service.domain.settings import Settings
from service.domain.workdays import Window
from service.engine.administer import Change, administer, create
from service.provision import OPERATOR, create_key
from service.store.shipped import shipped_playbooks
from tests.journeys.company import Company
from tests.journeys.proof import prove
from tests.patience import PATIENCE

NO_DAY_OFF = {"version": 2, "country": "CN", "weekend": [], "published_until": 9999}


def open_all_day(house, runtime, tenant: str) -> Company:
    """A live company whose window never closes."""
    settings = Settings(windows=(Window(time_of_day(0), time_of_day.max),))
    create(runtime.engine, tenant, "live", settings, shipped_playbooks(), OPERATOR, None)
    administer(runtime.engine, tenant, lambda *_: [Change(CalendarPublished(calendar=NO_DAY_OFF))], OPERATOR)
    keys = {role: create_key(runtime, tenant, role) for role in ("erp", "supervisor")}
    return Company(house.url, keys, tenant)


def test_F2_what_is_posted_late_is_told_by_the_running_clock_in_one_digest(house, runtime, database):
    company = open_all_day(house, runtime, "late")
    try:
        for n in range(3):
            company.customer(f"C-{n}")
            company.bill(f"I-{n}", "2025-12-01", "2026-01-09", f"C-{n}", confirmation_required=False)
        eventually(database, "SELECT count(*) = 3 FROM digests WHERE tenant = 'late'")
        with psycopg.connect(database) as clockmaker:  # the minute that an import is given is over at once
            clockmaker.execute("SET LOCAL row_security = off")
            clockmaker.execute("UPDATE digests SET at = at - interval '1 minute' WHERE tenant = 'late'")
        eventually(database, "SELECT count(*) = 0 FROM digests WHERE tenant = 'late'")
        (told,) = [e["data"] for e in company.feed("notice.raised") if e["data"]["text"] == "backfilled"]
        assert (told["audience"], told["customers"]) == (["general_manager"], ["C-0", "C-1", "C-2"])
    finally:
        company.http.close()
    prove(runtime, "late")


def eventually(database: str, sql: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with psycopg.connect(database) as connection:
            connection.execute("SET LOCAL row_security = off")
            if connection.execute(sql).fetchall() == [(True,)]:
                return
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE} s: {sql}")
