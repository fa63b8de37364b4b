"""SIGKILL in the middle of a busy tick, by a walk over the API and by several clocks at once: nothing fires twice, nothing is
missing, compared with a twin that nobody disturbed."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime

import httpx
import pytest

from service.engine.compose import compose_ready
from service.engine.tick import wake
from service.runtime import Runtime, opened
from service.settings import load
from service.store import tenants
from service.words.compose import compose
from tests.chaos import clocks, crowds
from tests.chaos.conftest import Amount
from tests.chaos.forked import barracks
from tests.chaos.invariants import one_message_a_day, violations
from tests.chaos.processes import rows
from tests.journeys.company import Company, at
from tests.journeys.house import House, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found

CUSTOMERS, BILLS = 30, 7
UNTIL = "2026-01-16"
KILLS = 6
CLOCKS = 4


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    house = barracks(on_database(database, clocks.SECRET_KEY))
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def runtime(database: str) -> Iterator[Runtime]:
    with opened(load(database_url=database, secret_key=clocks.SECRET_KEY, pool_size=4)) as runtime:
        yield runtime


@contextmanager
def crowd(house: House, runtime: Runtime, tenant: str) -> Iterator[Company]:
    """A sandbox that has been told of the crowd."""
    company = Company(house.url, found(runtime, tenant, "2026-01-05T08:00:00+08:00"), tenant)
    with closing(company.http):
        company.post(*crowds.events(CUSTOMERS, BILLS))
        yield company


@pytest.fixture(scope="module", autouse=True)
def undisturbed(house: House, runtime: Runtime) -> None:
    """The twin that walks in peace."""
    with crowd(house, runtime, "undisturbed") as company:
        company.walk(UNTIL)


def same_as_the_twin(url: str, tenant: str, runtime: Runtime) -> None:
    told, expected = crowds.log(url, tenant), crowds.log(url, "undisturbed")
    assert violations(url, tenant) == []
    assert crowds.steps(told) == crowds.steps(expected)
    assert told == expected
    assert crowds.spoken(url, tenant) == crowds.spoken(url, "undisturbed")
    prove(runtime, tenant)


def test_I10_I35_a_walk_killed_at_random_decides_what_an_undisturbed_one_does(
    database: str, house: House, runtime: Runtime, rng: random.Random, amount: Amount
):
    for number in range(amount(1, 5)):
        tenant = f"killed-walk-{number}"
        with crowd(house, runtime, tenant) as company:
            killed = _walked_under_fire(database, house, company, rng)
        fired = crowds.steps(crowds.log(database, tenant))
        print(f"killed {killed} times; fired {dict(fired)}")
        assert killed >= KILLS // 2
        same_as_the_twin(database, tenant, runtime)


def _walked_under_fire(url: str, house: House, company: Company, rng: random.Random) -> int:
    """How often the service was killed before the same call had brought the clock to the end: each time when so much of the
    walk had been written down, however fast that was."""
    begun, killed, done = _written(url, company.tenant), 0, False
    span = (_written(url, "undisturbed") - begun) / (KILLS + 1)
    while not done:
        mark = begun + span * (killed + rng.random())
        over = threading.Event()
        gun = threading.Thread(target=_fire_at, args=(url, house, company.tenant, mark, over))
        if killed < KILLS:
            gun.start()
        done = _walked(company)
        over.set()
        if gun.ident:
            gun.join()
        if not house.processes:
            killed += 1
            house.start()
    return killed


def _fire_at(url: str, house: House, tenant: str, mark: float, over: threading.Event) -> None:
    while not over.wait(0.002):
        if _written(url, tenant) >= mark:
            house.kill()
            break


def _written(url: str, tenant: str) -> int:
    """How many events the tenant's log has."""
    ((count,),) = rows(url, "SELECT count(*) FROM events WHERE tenant = %s", tenant)
    return int(count)


def test_I16_days_of_downtime_after_a_crash_end_in_one_message_a_contact(database: str, house: House, runtime: Runtime):
    with crowd(house, runtime, "down-for-days"):
        pass
    desk, crashed = runtime.desk, clocks.next_instant(database, "down-for-days")
    while wake(desk, "down-for-days", crashed):
        pass
    queued = crowds.spoken(database, "down-for-days")
    assert {state for state, _, _ in queued.values()} == {"queued"}
    back = datetime.fromisoformat(at("2026-01-12", "10:00"))
    while wake(desk, "down-for-days", back) or compose_ready(desk, "down-for-days", compose, back):
        pass
    said = [cases for state, _, cases in crowds.spoken(database, "down-for-days").values() if state == "captured"]
    assert one_message_a_day(database, "down-for-days") == []
    assert len(said) == len(queued) == CUSTOMERS
    assert sum(map(len, said)) == CUSTOMERS * BILLS


def test_F2_clocks_killed_at_random_tell_each_role_once_of_everybody(
    database: str, house: House, runtime: Runtime, rng: random.Random, amount: Amount
):
    struck, opened = clocks.Struck(), datetime.fromisoformat(at("2026-01-05", "09:00"))
    for number in range(amount(1, 5)):
        tenant = f"killed-digests-{number}"
        company = Company(house.url, found(runtime, tenant, at("2026-01-05")), tenant)
        with closing(company.http):
            company.post(*crowds.late(100, date(2025, 10, 8)))
        clocks.run(database, tenant, opened, CLOCKS, KILLS, rng, struck)
        told = rows(
            database,
            """SELECT data->'audience'->>0, (data->>'bills')::int FROM events
                WHERE tenant = %s AND type = 'notice.raised' AND stream = 'tenant'""",
            tenant,
        )
        assert told == [("general_manager", 100)]
        assert rows(database, "SELECT count(*) FROM digests WHERE tenant = %s", tenant) == [(0,)]
    print(f"{struck.ended} clocks came to their end, {struck.killed} were killed")
    assert struck.killed


def _walked(company: Company) -> bool:
    """The same call again and again; whether it was answered. The lock of a killed walk goes with its connection."""
    while True:
        try:
            headers = company.headers("admin")
            response = company.http.post("/v1/test-clock", json={"now": at(UNTIL, "18:00")}, headers=headers)
        except httpx.TransportError:
            return False
        if response.status_code == 200:
            return True
        assert response.status_code == 409 and response.json()["code"] == "clock_moving", response.text
        time.sleep(0.05)


def test_I10_I14_four_clocks_killed_at_random_decide_what_one_undisturbed_does(
    database: str, house: House, runtime: Runtime, rng: random.Random, amount: Amount
):
    with crowd(house, runtime, "killed-clocks"):
        pass
    goal = datetime.fromisoformat(at(UNTIL, "18:00"))
    struck, kills = clocks.Struck(), amount(5, 20)
    while (now := clocks.next_instant(database, "killed-clocks")) is not None and now <= goal:
        clocks.run(database, "killed-clocks", now, CLOCKS, rng.randint(0, kills), rng, struck)
    with runtime.desk.open("killed-clocks") as session:
        tenants.set_clock(session.tx, goal, False)
    print(f"{CLOCKS} clocks at a time: {struck.ended} came to their end, {struck.killed} were killed")
    ((deadlocks,),) = rows(database, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == 0
    assert struck.killed >= 2 * kills
    same_as_the_twin(database, "killed-clocks", runtime)
