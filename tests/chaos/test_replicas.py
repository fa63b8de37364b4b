"""Two `serve` and two `worker` on one database: under the same load nothing is done twice, and one after the other is replaced
without anybody noticing (R10)."""

import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

import pytest

from service.engine import calendar_steps
from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos import clocks, crowds
from tests.chaos.posting import Client
from tests.chaos.processes import complaints, rows
from tests.chaos.stories import Erp, left
from tests.journeys.company import Company, at, moment_of
from tests.journeys.house import House, free_port, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver

NOW = "2026-01-05T08:00:00+08:00"
UNTIL = "2026-01-12"
ENDS_WITHIN = 20.0


@pytest.fixture(scope="module")
def replicas(database: str) -> Iterator[list[House]]:
    """Two houses on one database, each a `serve` and a `worker`."""
    houses = [on_database(database, clocks.SECRET_KEY) for _ in range(2)]
    for house in houses:
        house.port = free_port()
        house.start()
        house.start("worker")
    yield houses
    for house in houses:
        house.stop()


@pytest.fixture(scope="module")
def runtime(database: str) -> Iterator[Runtime]:
    with opened(load(database_url=database, secret_key=clocks.SECRET_KEY, pool_size=4)) as runtime:
        yield runtime


@contextmanager
def load_on(replicas: list[House], runtime: Runtime, tenant: str, rng: random.Random) -> Iterator[list[Client]]:
    """Four clients; two and two tell the very same stories at the same time, each turning from replica to replica."""
    keys = found(runtime, tenant, NOW)
    seeds = [rng.random() for _ in range(2)]
    erps = [Erp(f"e{n // 2}", random.Random(seeds[n // 2])) for n in range(4)]
    urls = [house.url for house in replicas]
    clients = [Client(erp, keys["erp"], urls[n % 2 :] + urls[: n % 2], kept=0) for n, erp in enumerate(erps)]
    for client in clients:
        client.start()
    yield clients
    for client in clients:
        client.stop()
    wrong = [text for client in clients for text in client.wrong]
    assert not wrong, wrong[:5]
    print(f"acknowledged {sum(client.acknowledged for client in clients)}, {Counter(c.broken for c in clients)} broken")


def as_told(url: str, tenant: str, clients: list[Client]) -> None:
    """Whatever any client was told of an event, the others were told the same; the bills are what they told."""
    stored = dict(rows(url, "SELECT id, position FROM inbox WHERE tenant = %s AND source LIKE 'erp/%%'", tenant))
    for client in clients:
        assert all((r.positions or {}).items() <= stored.items() for r in client.erp.told)
    longest = max((clients[0].erp, clients[1].erp), key=lambda erp: len(erp.told))
    others = max((clients[2].erp, clients[3].erp), key=lambda erp: len(erp.told))
    expected = left(e for erp in (longest, others) for r in erp.told for e in r.events if e["id"] in stored)
    sql = "SELECT id, customer, amount, open_amount, stage, closed_as FROM cases WHERE tenant = %s"
    assert {id: tuple(rest) for id, *rest in rows(url, sql, tenant)} == expected


def quiet(url: str, replicas: list[House]) -> None:
    """Nobody deadlocked, nothing was undone by a bug."""
    ((deadlocks,),) = rows(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == 0
    assert [line for house in replicas for line in complaints(house.said())] == []


def test_I20_the_same_events_at_two_replicas_at_once_are_taken_once(
    database: str, replicas: list[House], runtime: Runtime, rng: random.Random, chaos: int
):
    with load_on(replicas, runtime, "load", rng) as clients:
        time.sleep(4 * chaos)
    as_told(database, "load", clients)
    prove(runtime, "load")
    quiet(database, replicas)


def test_R10_a_rolling_restart_loses_nothing_doubles_nothing_and_ends_in_time(
    database: str, replicas: list[House], runtime: Runtime, rng: random.Random, receiver: Receiver
):
    company = Company(replicas[0].url, found(runtime, "rolling-crowd", NOW), "rolling-crowd")
    endpoint = {"url": receiver.url, "types": ["*"]}
    with closing(company.http), load_on(replicas, runtime, "rolling", rng) as clients:
        receiver.secrets = [company.do("admin", "/v1/webhook-endpoints", endpoint)["secret"]]
        company.post(*crowds.events(10, 3))
        walker = threading.Thread(target=_walk, args=(company, [house.url for house in replicas]))
        walker.start()
        took = [_replaced(house, process) for house in replicas for process in list(house.processes)]
        walker.join()
    print(f"SIGTERM took {[f'{seconds:.1f} s' for seconds in took]}")
    assert max(took) < ENDS_WITHIN
    as_told(database, "rolling", clients)
    _delivered_once(database, receiver)
    assert crowds.fired_twice(database, "rolling-crowd") == crowds.said_twice(database, "rolling-crowd") == []
    for tenant in ("rolling", "rolling-crowd"):
        prove(runtime, tenant)
    quiet(database, replicas)


def _replaced(house: House, process: subprocess.Popen[bytes]) -> float:
    """Seconds from SIGTERM to its end; a new one has taken its place."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0, house.said()[-4000:]
    took = time.monotonic() - began
    house.processes.remove(process)
    arguments = process.args
    assert isinstance(arguments, list)
    house.start(*map(str, arguments[3:]))
    return took


def _walk(company: Company, urls: list[str]) -> None:
    """The clock is moved at whichever replica is there, until one has brought it to the end."""
    body = {"now": at(UNTIL, "18:00")}
    for turn in range(10_000):
        try:
            response = company.http.post(f"{urls[turn % 2]}/v1/test-clock", json=body, headers=company.headers("admin"))
        except OSError:
            time.sleep(0.05)
            continue
        if response.status_code == 200:
            return
        time.sleep(0.05)
    raise AssertionError("the clock did not arrive")


def _delivered_once(url: str, receiver: Receiver) -> None:
    sql = "SELECT count(*) FROM deliveries WHERE tenant = 'rolling-crowd' AND state <> 'delivered'"
    until = time.monotonic() + 30
    while rows(url, sql) != [(0,)]:
        assert time.monotonic() < until, "deliveries are left over"
        time.sleep(0.1)
    logged = [f"{s}/{v}" for s, v in rows(url, "SELECT stream, version FROM events WHERE tenant = 'rolling-crowd'")]
    arrived = Counter(body["id"] for bodies in receiver.taken.values() for body in bodies)
    assert max(arrived.values()) == 1
    missing = [id for id in logged if id not in arrived and not id.startswith("tenant/")]
    assert not missing, missing[:5]


PLAYBOOK = """
grammar: 1
name: mondays
title: {en: Mondays, zh: 星期一}
ladders:
  - ladder: weekly
    scope: tenant
    start: {weekday: 1}
    steps:
      - step: monday
        rule: A1
        do:
          - notice: {audience: [supervisor], text: bills_missing}
"""


def test_I10_a_step_of_the_calendar_fires_once_however_many_clocks_there_are(
    database: str, replicas: list[House], runtime: Runtime
):
    company = Company(replicas[0].url, found(runtime, "mondays", "2026-01-06T08:00:00+08:00"), "mondays")
    with closing(company.http):
        company.do("admin", "/v1/playbooks", {"text": PLAYBOOK})
        company.customer("C-1", playbook="mondays")
    calendar_steps.fire(runtime.desk, "mondays", None)
    monday = datetime.fromisoformat("2026-01-12T09:00:00+08:00")
    together = threading.Barrier(4)

    def fire() -> None:
        together.wait()
        calendar_steps.fire(runtime.desk, "mondays", monday)

    threads = [threading.Thread(target=fire) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sql = "SELECT count(*) FROM events WHERE tenant = 'mondays' AND type = 'notice.raised'"
    assert rows(database, sql) == [(1,)]


def test_T2_a_step_of_the_calendar_waits_for_windows_that_were_set_anew(replicas: list[House], runtime: Runtime):
    company = Company(replicas[0].url, found(runtime, "windows", "2026-01-08T08:00:00+08:00"), "windows")
    with closing(company.http):
        company.do("admin", "/v1/playbooks", {"text": PLAYBOOK})
        company.customer("C-1", playbook="mondays")
        company.walk("2026-01-11")
        company.choose(windows=[{"opens": "10:00", "closes": "12:00"}])
        company.walk("2026-01-19", "08:30")
        company.choose(windows=[{"opens": "07:00", "closes": "08:00"}])
        company.walk("2026-01-21")
        assert [moment_of(event) for event in company.feed("notice.raised")] == ["01-12 10:00", "01-20 07:00"]
