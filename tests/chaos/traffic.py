"""An ERP's clients at several replicas at once, a clock that walks meanwhile, and what all of it must have come to."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from service.runtime import Runtime
from tests.chaos import crowds
from tests.chaos.invariants import violations
from tests.chaos.posting import Client
from tests.chaos.processes import complaints, rows
from tests.chaos.stories import Erp, left
from tests.journeys.company import Company, at
from tests.journeys.house import House
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver
from tests.patience import eventually

NOW = "2026-01-05T08:00:00+08:00"
UNTIL = "2026-01-12"

Founding = Callable[[str], dict[str, str]]
"""A tenant's name to its keys by role."""


@contextmanager
def load_on(replicas: list[House], keys: dict[str, str], rng: random.Random) -> Iterator[list[Client]]:
    """Four clients; two and two tell the very same stories at the same time, each turning from replica to replica."""
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


def broken_but_done(url: str, tenant: str, clients: list[Client]) -> list[str]:
    """Requests that the service took and carried out, though their sender was never told."""
    broken = [id for client in clients for id in client.broken]
    sql = "SELECT DISTINCT meta->>'request' FROM events WHERE tenant = %s AND meta->>'request' = ANY(%s)"
    return [id for (id,) in rows(url, sql, tenant, broken)]


def quiet(url: str, replicas: list[House]) -> None:
    """Nobody deadlocked, nothing was undone by a bug."""
    ((deadlocks,),) = rows(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks == 0
    assert [line for house in replicas for line in complaints(house.said())] == []


def during(
    happens: Callable[[], None],
    tenant: str,
    database: str,
    replicas: list[House],
    runtime: Runtime,
    rng: random.Random,
    receiver: Receiver,
    founding: Founding | None = None,
    proving: Callable[[Runtime, str], None] = prove,
) -> list[Client]:
    """Clients post and a clock walks while something happens; then everything is as it should be. The clients."""
    founding = founding or (lambda name: found(runtime, name, NOW))
    walked = f"{tenant}-crowd"
    company = Company(replicas[0].url, founding(walked), walked)
    endpoint = {"url": receiver.url, "types": ["*"]}
    with closing(company.http), load_on(replicas, founding(tenant), rng) as clients:
        receiver.secrets = [company.do("admin", "/v1/webhook-endpoints", endpoint)["secret"]]
        company.post(*crowds.events(10, 3))
        walker = threading.Thread(target=_walk, args=(company, [house.url for house in replicas]))
        walker.start()
        happens()
        walker.join()
    as_told(database, tenant, clients)
    assert broken_but_done(database, tenant, clients) == []
    _delivered_once(database, walked, receiver)
    for one in (tenant, walked):
        assert violations(database, one) == []
        proving(runtime, one)
    quiet(database, replicas)
    return clients


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


def _delivered_once(url: str, tenant: str, receiver: Receiver) -> None:
    sql = "SELECT count(*) FROM deliveries WHERE tenant = %s AND state <> 'delivered'"
    eventually(lambda: rows(url, sql, tenant) == [(0,)], "no delivery is left over")
    logged = [f"{s}/{v}" for s, v in rows(url, "SELECT stream, version FROM events WHERE tenant = %s", tenant)]
    arrived = Counter(body["id"] for bodies in receiver.taken.values() for body in bodies)
    assert max(arrived.values()) == 1
    missing = [id for id in logged if id not in arrived and not id.startswith("tenant/")]
    assert not missing, missing[:5]


