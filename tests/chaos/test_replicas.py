"""Two `serve` and two `worker` on one database: under the same load nothing is done twice, and one after the other is replaced
without anybody noticing, by the next version as well (R10)."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from service.engine import calendar_steps
from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import barracks
from tests.chaos.processes import rows
from tests.chaos.traffic import as_told, during, load_on, quiet
from tests.conftest import Tell
from tests.journeys.company import Company, moment_of
from tests.journeys.house import House, Process, free_port, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver

NOW = "2026-01-05T08:00:00+08:00"
UNTIL = "2026-01-12"
ENDS_WITHIN = 20.0


@pytest.fixture(scope="module")
def replicas(database: str) -> Iterator[list[House]]:
    """Two houses on one database, each a `serve` and a `worker`."""
    houses: list[House] = [barracks(on_database(database, clocks.SECRET_KEY)) for _ in range(2)]
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


def test_I20_the_same_events_at_two_replicas_at_once_are_taken_once(
    database: str, replicas: list[House], runtime: Runtime, rng: random.Random, amount: Amount
):
    with load_on(replicas, found(runtime, "load", NOW), rng) as clients:
        time.sleep(amount(3, 30))
    as_told(database, "load", clients)
    prove(runtime, "load")
    quiet(database, replicas)


@pytest.mark.figure("R10")
def test_R10_a_rolling_restart_loses_nothing_doubles_nothing_and_ends_in_time(
    database: str,
    replicas: list[House],
    runtime: Runtime,
    rng: random.Random,
    receiver: Receiver,
    amount: Amount,
    figure: Tell,
):
    took: list[float] = []

    def replace() -> None:
        for _ in range(amount(1, 6)):
            took.extend(_replaced(house, process) for house in replicas for process in list(house.processes))

    clients = during(replace, "rolling", database, replicas, runtime, rng, receiver)
    assert max(took) < ENDS_WITHIN
    figure(
        lost=0, doubled=0, accepted_and_broken=0, reset_unheard=sum(len(client.broken) for client in clients),
        restarts=len(took), slowest_end=max(took), acknowledged=sum(client.acknowledged for client in clients),
    )  # fmt: skip


def _replaced(house: House, process: Process) -> float:
    """Seconds from SIGTERM to its end; a new one has taken its place."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0, house.said()[-4000:]
    took = time.monotonic() - began
    house.processes.remove(process)
    house.start(*process.args)
    return took


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
