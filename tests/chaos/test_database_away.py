"""The database goes away under load: the service lives on, says so, and is itself again when the database is (R11)."""

import random
import signal
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from service import migrate
from service.postgres import place
from service.postgres.server import Server
from service.runtime import opened
from service.settings import load
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import barracks
from tests.chaos.invariants import violations
from tests.chaos.posting import Client, post_again
from tests.chaos.processes import Cluster, complaints, rows
from tests.chaos.stories import Erp, left
from tests.conftest import Tell
from tests.journeys.house import House, embedded, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver
from tests.patience import PATIENCE, eventually

NOW = "2026-01-05T08:00:00+08:00"


@pytest.fixture
def own(cluster: Cluster) -> Iterator[Server]:
    """A PostgreSQL that nobody revives but the test."""
    home = cluster.folder / "postgres"
    home.mkdir(mode=0o711)
    server = Server(place.choose(cluster.folder, None), home, "off")
    server.initialise()
    server.launch()
    yield server
    server.stop()
    server.place.sockets.rmdir()


def ready(house: House) -> bool:
    return httpx.get(f"{house.url}/readyz", timeout=10).status_code == 200


def as_told(url: str, tenant: str, house: House, client: Client) -> None:
    """What was acknowledged is there, and after everything was posted once more the bills are what the ERP told."""
    assert not client.wrong, client.wrong[:3]
    stored = dict(rows(url, "SELECT id, position FROM inbox WHERE tenant = %s AND source LIKE 'erp/%%'", tenant))
    for request in client.erp.told:
        assert (request.positions or {}).items() <= stored.items()
        assert not request.is_acknowledged or all(event["id"] in stored for event in request.events)
    post_again([client], house.url)
    sql = "SELECT id, customer, amount, open_amount, stage, closed_as FROM cases WHERE tenant = %s"
    expected = left(event for request in client.erp.told for event in request.events)
    assert {id: tuple(rest) for id, *rest in rows(url, sql, tenant)} == expected
    assert complaints(house.said()) == []


@pytest.mark.figure("R11")
def test_R11_with_the_database_away_it_answers_503_and_drains_when_it_is_back(
    own: Server, receiver: Receiver, rng: random.Random, amount: Amount, figure: Tell
):
    seconds = amount(4, 60)
    migrate.upgrade(own.place.url)
    with opened(load(database_url=own.place.url, secret_key=clocks.SECRET_KEY)) as runtime:
        keys = found(runtime, "away", NOW)
    with barracks(on_database(own.place.url, clocks.SECRET_KEY)) as house:
        reached = _away_under_load(own, house, keys, receiver, rng, seconds)
    assert violations(own.place.url, "away") == []
    with opened(load(database_url=own.place.url, secret_key=clocks.SECRET_KEY)) as runtime:
        prove(runtime, "away")
    figure(away=seconds, alive="yes", **reached)


def _away_under_load(
    own: Server, house: House, keys: dict[str, str], receiver: Receiver, rng: random.Random, seconds: int
) -> dict[str, float]:
    process = house.start()
    admin = {"Authorization": f"Bearer {keys['admin']}"}
    endpoint = {"url": receiver.url, "types": ["case.opened"]}
    made = httpx.post(f"{house.url}/v1/webhook-endpoints", json=endpoint, headers=admin).json()
    receiver.secrets = [made["secret"]]
    client = Client(Erp("e", rng), keys["erp"], [house.url], pause=0.02)
    client.start()
    for _ in range(5):
        time.sleep(rng.uniform(0.1, 0.4))
        _terminate_everybody(own.place.url)
    assert own.process
    own.process.send_signal(signal.SIGQUIT)
    own.process.wait(PATIENCE)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        _says_that_it_is_away(house, admin)
    assert process.poll() is None
    own.launch()
    took = eventually(lambda: ready(house), "ready again")
    time.sleep(1)
    client.stop()
    sql = "SELECT count(*) FROM deliveries WHERE state <> 'delivered'"
    drained = eventually(lambda: rows(own.place.url, sql) == [(0,)], "deliveries drained")  # within two minutes
    as_told(own.place.url, "away", house, client)
    house.stop()
    return {"answers_503": client.answers[503], "acknowledged": client.acknowledged, "ready": took, "drained": drained}


def _terminate_everybody(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = %s",
            ("client backend",),
        )


def _says_that_it_is_away(house: House, headers: dict[str, str]) -> None:
    assert httpx.get(f"{house.url}/healthz", timeout=10).status_code == 200
    assert httpx.get(f"{house.url}/readyz", timeout=10).status_code == 503
    for method, path, body in (
        ("GET", "/v1/cases", None),
        ("GET", "/v1/test-clock", None),
        ("POST", "/v1/test-clock", {"now": NOW}),
        ("POST", "/v1/webhook-endpoints", {"url": "https://buyer.example/hook", "types": ["*"]}),
    ):
        answer = httpx.request(method, f"{house.url}{path}", json=body, headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away"), (path, answer.text)
        assert int(answer.headers["Retry-After"]) > 0


def test_the_embedded_server_comes_back_under_a_running_service(cluster: Cluster, rng: random.Random):
    with opened(load(data_dir=cluster.folder)) as runtime:
        keys = found(runtime, "embedded", NOW)
        url = runtime.url
    with barracks(embedded(cluster.folder)) as house:
        process = house.start()
        client = Client(Erp("e", rng), keys["erp"], [house.url], pause=0.02)
        client.start()
        for victim in ("the server", "the keeper", "the keeper and the server"):
            _takes_events(client)
            took = _struck(cluster, house, victim)
            print(f"killed {victim}: ready again after {took:.1f} s")
        _takes_events(client)
        client.stop()
        assert process.poll() is None
        as_told(url, "embedded", house, client)
        house.stop()


def _takes_events(client: Client) -> None:
    seen = client.acknowledged
    eventually(lambda: client.acknowledged > seen, "events are taken")


def _struck(cluster: Cluster, house: House, victim: str) -> float:
    """Seconds until the service is ready on another server."""
    before = cluster.wait()
    keeper = cluster.keeper()
    if "keeper" in victim:
        assert cluster.strike(keeper)
    if "server" in victim:
        assert cluster.strike(before)
    return eventually(lambda: cluster.postmaster() not in (None, before) and ready(house), "the server is back")
