"""The tables equal the fold of the events in one snapshot, whenever one looks, however much is being written (R5)."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest

from service.engine.verify import Place, verify
from service.runtime import Runtime
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import barracks
from tests.chaos.invariants import ZONE
from tests.chaos.posting import Client
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.chaos.stories import Erp
from tests.chaos.town import DUE, OPENS
from tests.conftest import Tell
from tests.journeys.house import on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found

CLIENTS, CUSTOMERS, LOOKS = 3, 2_000, 20
QUICK, SLOW = 0.05, 0.5
"""Seconds that a client waits between two requests: until somebody looks, and meanwhile, or what is to be looked at would grow
faster than one looks."""


@pytest.mark.figure("R5")
def test_R5_the_tables_are_the_fold_of_the_events_at_any_moment_under_traffic(
    database: str, present: Present, runtime: Runtime, rng: random.Random, amount: Amount, figure: Tell
):
    wanted = amount(5_000, 1_000_000)
    present.set(datetime.combine(DUE, OPENS, ZONE))
    key = found(runtime, "traffic", None)["erp"]
    erps = [Erp(f"e{n}", random.Random(rng.random()), CUSTOMERS) for n in range(CLIENTS)]
    looks = 0
    with barracks(on_database(database, clocks.SECRET_KEY)) as house:
        house.start()
        house.start("worker")
        clients = [Client(erp, key, [house.url], pause=QUICK) for erp in erps]
        for client in clients:
            client.start()
        for moment in sorted(rng.randrange(wanted) for _ in range(LOOKS)):
            _until(database, moment)
            with _slower(clients):
                looks += _looked(runtime, database)
        _until(database, wanted)
        for client in clients:
            client.stop()
        assert [text for client in clients for text in client.wrong][:5] == []
        written = _written(database)
        house.stop()
        assert complaints(house.said()) == []
    prove(runtime, "traffic")
    figure(differing=0, looks=looks, events=written)


def _looked(runtime: Runtime, url: str) -> int:
    """Passes that found nothing, until there was one in the midst of which somebody wrote."""
    looks, before = 0, _written(url)
    while looks == 0 or _written(url) == before:
        assert [one for step in verify(runtime.desk, Place("traffic")) for one in step.differences] == []
        looks += 1
    return looks


@contextmanager
def _slower(clients: Sequence[Client]) -> Iterator[None]:
    for client in clients:
        client.pause = SLOW
    yield
    for client in clients:
        client.pause = QUICK


def _written(url: str) -> int:
    ((count,),) = rows(url, "SELECT COALESCE(max(position), 0) FROM events")
    return int(count)


def _until(url: str, events: int) -> None:
    while _written(url) < events:
        time.sleep(0.1)
