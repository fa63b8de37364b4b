"""SIGKILL in the middle of a busy tick, by a walk over the API and by several clocks at once: nothing fires twice, nothing is
missing, compared with a twin that nobody disturbed. CHAOS multiplies the kills."""

import random
import threading
import time
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos import clocks, crowds
from tests.chaos.processes import rows
from tests.journeys.company import Company, at
from tests.journeys.house import House, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found

CUSTOMERS, BILLS = 40, 6
UNTIL = "2026-01-20"
KILLS = 6
CLOCKS, CLOCK_KILLS = 4, 40


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    house = on_database(database, clocks.SECRET_KEY)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def runtime(database: str) -> Iterator[Runtime]:
    with opened(load(database_url=database, secret_key=clocks.SECRET_KEY, pool_size=4)) as runtime:
        yield runtime


def crowd(house: House, runtime: Runtime, tenant: str) -> Company:
    """A sandbox that has been told of the crowd."""
    company = Company(house.url, found(runtime, tenant, "2026-01-05T08:00:00+08:00"), tenant)
    company.post(*crowds.events(CUSTOMERS, BILLS))
    return company


@pytest.fixture(scope="module")
def undisturbed(house: House, runtime: Runtime) -> Company:
    """The twin that walks in peace."""
    company = crowd(house, runtime, "undisturbed")
    company.walk(UNTIL)
    return company


def same_as_the_twin(url: str, tenant: str, runtime: Runtime) -> None:
    told, expected = crowds.log(url, tenant), crowds.log(url, "undisturbed")
    assert crowds.fired_twice(url, tenant) == []
    assert crowds.said_twice(url, tenant) == []
    assert crowds.steps(told) == crowds.steps(expected)
    assert told == expected
    assert crowds.spoken(url, tenant) == crowds.spoken(url, "undisturbed")
    prove(runtime, tenant)


def test_I10_I35_a_walk_killed_at_random_decides_what_an_undisturbed_one_does(
    database: str, house: House, runtime: Runtime, undisturbed: Company, rng: random.Random, chaos: int
):
    company = crowd(house, runtime, "killed-walk")
    killed = 0
    for _ in range(1000):
        shot = threading.Timer(rng.uniform(0.1, 1.5), house.kill) if killed < KILLS * chaos else None
        if shot:
            shot.start()
        done = _walked(company)
        if shot:
            shot.cancel()
            shot.join()
        if not house.processes:
            killed += 1
            house.start()
        if done:
            break
    fired = crowds.steps(crowds.log(database, "killed-walk"))
    print(f"killed {killed} times; fired {dict(fired)}")
    assert killed >= min(3, KILLS)
    same_as_the_twin(database, "killed-walk", runtime)


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
    database: str, house: House, runtime: Runtime, undisturbed: Company, rng: random.Random, chaos: int
):
    crowd(house, runtime, "killed-clocks")
    goal = datetime.fromisoformat(at(UNTIL, "18:00"))
    killed = instants = 0
    while (now := clocks.next_instant(database, "killed-clocks")) is not None and now <= goal:
        struck = clocks.run(database, "killed-clocks", now, CLOCKS, rng.randint(0, 8) * chaos, rng)
        assert struck.ended >= CLOCKS
        killed, instants = killed + struck.killed, instants + 1
    runtime_clock(runtime, "killed-clocks", goal)
    print(f"killed {killed} of {CLOCKS} clocks at {instants} instants")
    ((deadlocks,),) = rows(database, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == 0
    assert killed >= CLOCK_KILLS // 2
    same_as_the_twin(database, "killed-clocks", runtime)


def runtime_clock(runtime: Runtime, tenant: str, at: datetime) -> None:
    """The tenant's clock is where the clocks brought it."""
    from service.store import tenants

    with runtime.desk.open(tenant) as session:
        tenants.set_clock(session.tx, at, False)
