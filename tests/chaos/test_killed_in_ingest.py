"""SIGKILL in the middle of ingest (R1): of the service, of PostgreSQL, of both. Nothing acknowledged is lost or half done.

The database has a data directory of its own with fsync, as an operator's has.
"""

import random
import time
from collections import Counter

import psycopg
import pytest

from service import postgres
from service.runtime import opened
from service.settings import load
from tests.chaos.conftest import Amount
from tests.chaos.forked import barracks
from tests.chaos.invariants import violations
from tests.chaos.posting import Client, post_again
from tests.chaos.processes import Cluster, rows
from tests.chaos.stories import SOURCE, Erp, left
from tests.conftest import Tell
from tests.journeys.house import House, embedded
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.patience import eventually

CLIENTS = 3
PAUSE, ACKNOWLEDGED = 0.05, 440
"""Seconds between two requests, and the least that is acknowledged between two kills."""

TENANT = "chaos"

# what the ERP says stands in the log under its own type, on the stream of what it speaks of
FACTS = "invoice.issued invoice.confirmed payment.received invoice.credited payment.reversed invoice.voided".split()


@pytest.mark.figure("R1")
def test_I19_I20_I22_every_acknowledged_event_survives_kills_of_service_and_database(
    cluster: Cluster, rng: random.Random, amount: Amount, figure: Tell
):
    with opened(load(data_dir=cluster.folder)) as runtime:
        keys = found(runtime, TENANT, "2026-01-05T08:00:00+08:00")
    erps = [Erp(f"e{n}", random.Random(rng.random())) for n in range(CLIENTS)]
    kills = ["service"] * amount(2, 80) + ["postgres"] * amount(2, 10) + ["both"] * amount(2, 25)
    rng.shuffle(kills)
    with barracks(embedded(cluster.folder)) as house:
        clients = [Client(erp, keys["erp"], [house.url], pause=PAUSE) for erp in erps]
        _post_under_fire(house, cluster, clients, rng, kills)
        acknowledged = _acknowledged(clients)
        told = sum(len(request.events) for erp in erps for request in erp.told)
        with postgres.start(cluster.folder) as server:
            eventually(lambda: _is_back(server.url), "PostgreSQL is back from the last kill")
            _nothing_lost_nothing_half(server.url, clients)
            counts = post_again(clients, house.url)
            assert counts.total() == told and counts["duplicate"] >= acknowledged >= ACKNOWLEDGED * len(kills)
            _as_the_model_says(server.url, erps)
            assert violations(server.url, TENANT) == []
        house.stop()
    with opened(load(data_dir=cluster.folder)) as runtime:
        prove(runtime, TENANT)
    struck = Counter(kills)
    figure(
        lost=0, half_done=0, acknowledged=acknowledged, of=told, service_kills=struck["service"] + struck["both"],
        postgres_kills=struck["postgres"] + struck["both"], broken_requests=sum(len(client.broken) for client in clients),
    )  # fmt: skip


def _post_under_fire(
    house: House, cluster: Cluster, clients: list[Client], rng: random.Random, kills: list[str]
) -> None:
    house.start()
    for client in clients:
        client.start()
    for number, what in enumerate(kills, 1):
        eventually(lambda: _acknowledged(clients) >= ACKNOWLEDGED * number, "events are acknowledged")  # noqa: B023
        _kill(house, cluster, rng, what)
    for client in clients:
        client.stop()
    wrong = [text for client in clients for text in client.wrong]
    assert not wrong, wrong[:5]


def _acknowledged(clients: list[Client]) -> int:
    return sum(client.acknowledged for client in clients)


def _kill(house: House, cluster: Cluster, rng: random.Random, what: str) -> None:
    """One kill at a random moment; the service is started again when it was hit, PostgreSQL comes back by itself."""
    time.sleep(rng.uniform(0.3, 1.0))
    if what != "service":
        assert cluster.strike(cluster.wait())
    if what != "postgres":
        house.kill()
        time.sleep(rng.choice((0.0, 0.1, 0.5)))
        house.start()


def _is_back(url: str) -> bool:
    try:
        return bool(rows(url, "SELECT 1"))
    except psycopg.OperationalError:
        return False


def _nothing_lost_nothing_half(url: str, clients: list[Client]) -> None:
    stored = dict(rows(url, "SELECT id, position FROM inbox WHERE tenant = %s AND source = %s", TENANT, SOURCE))
    logged = Counter(
        f"{type}/{stream.split('/', 1)[1].removeprefix('p-')}"
        for stream, type in rows(
            url, "SELECT stream, type FROM events WHERE tenant = %s AND type = ANY(%s)", TENANT, FACTS
        )
    )
    positions = dict(rows(url, "SELECT position, type FROM events WHERE tenant = %s", TENANT))
    twice = [id for id, count in logged.items() if count > 1]
    assert not twice, twice[:5]
    assert set(logged) == set(stored)
    for client in clients:
        for request in client.erp.told:
            ids = [event["id"] for event in request.events]
            there = [id for id in ids if id in stored]
            if request.positions is None:
                assert there == [] or there == ids or request.kind == "stream", (request.kind, len(there), len(ids))
                continue
            assert there == ids, f"lost: {set(ids) - set(there)}"
            for id, position in request.positions.items():
                assert stored[id] == position and positions[position] == id.split("/")[0]


def _as_the_model_says(url: str, erps: list[Erp]) -> None:
    expected = left(event for erp in erps for request in erp.told for event in request.events)
    found = {
        id: tuple(rest)
        for id, *rest in rows(
            url,
            "SELECT id, customer, amount, open_amount, stage, closed_as FROM cases WHERE tenant = %s",
            TENANT,
        )
    }
    differing = {id: (found.get(id), expected.get(id)) for id in expected if found.get(id) != expected[id]}
    assert found.keys() == expected.keys()
    assert not differing, list(differing.items())[:5]
