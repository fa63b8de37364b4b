"""Keys in use: a revoked one is worth nothing within five seconds on every replica, and nobody guesses without end."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import httpx
import psycopg
import pytest

from service.api import guards, limits
from service.api.keys import mint
from service.provision import create_key, revoke_key
from tests.api.conftest import serving
from tests.api.raw import bearer, dial, first, request
from tests.api.tenants import Service, Tenant, problem
from tests.patience import PATIENCE

REVOKED_WITHIN = 5.0


class Clock:
    """Stands still until it is moved; later than all clocks before, for the service of a module sees them all."""

    starts = count(10**9, 10**6)

    def __init__(self) -> None:
        self.now = float(next(self.starts))

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    for module in (guards, limits):
        monkeypatch.setattr(module, "time", clock)
    return clock


def ask(service: Service, key: str) -> httpx.Response:
    return httpx.get(f"{service.url}/v1/me", headers={"Authorization": f"Bearer {key}"}, timeout=20)


def key_of(tenant: Tenant, user: str) -> tuple[str, str]:
    """A fresh key and its id."""
    text = create_key(tenant.service.runtime, tenant.name, "erp", user)
    return text, text.split("_")[2]


@pytest.fixture
def replicas(database) -> Iterator[list[Service]]:
    with ExitStack() as stack:
        yield [stack.enter_context(serving(database)) for _ in range(2)]


def test_a_revoked_key_is_worth_nothing_on_every_replica_after_five_seconds(replicas, clock):
    tenant = replicas[0].new_tenant()
    key, id = key_of(tenant, "somebody")
    for service in replicas:
        assert ask(service, key).status_code == 200
    revoke_key(replicas[0].runtime, tenant.name, id)
    clock.now += REVOKED_WITHIN
    for service in replicas:
        assert problem(ask(service, key)) == (401, "unauthorized")
    clock.now += 3600
    assert problem(ask(replicas[1], key)) == (401, "unauthorized")


def test_a_key_with_another_secret_is_none(tenant):
    text, id = key_of(tenant, "post")
    assert ask(tenant.service, text).status_code == 200
    other, _ = mint(tenant.name, id)
    assert ask(tenant.service, other).status_code == 401
    assert ask(tenant.service, text).status_code == 200


def test_a_slow_look_at_a_key_does_not_make_it_live_longer(tenant, database, clock):
    """The key is read, then the look takes three seconds, in which it is revoked."""
    key, id = key_of(tenant, "slow")
    with psycopg.connect(database) as other:
        other.execute("SELECT 1 FROM keys WHERE id = %s FOR UPDATE", (id,))
        asking = threading.Thread(target=ask, args=(tenant.service, key))
        asking.start()
        until = time.monotonic() + PATIENCE
        while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall() and time.monotonic() < until:
            pass
        clock.now += 3
    asking.join()
    assert ask(tenant.service, key).status_code == 200
    revoke_key(tenant.service.runtime, tenant.name, id)
    clock.now += REVOKED_WITHIN - 3
    assert problem(ask(tenant.service, key)) == (401, "unauthorized")


def test_a_stream_ends_when_its_key_is_revoked(tenant, clock):
    """An endless stream once went on for as long as it was sent."""
    key, id = key_of(tenant, "streaming")
    head = request("POST /v1/events", bearer(key), "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked")
    with dial(tenant.service) as connection:
        connection.sendall(head + chunk(tenant, range(1001)))
        until = time.monotonic() + PATIENCE
        while not tenant.get("/v1/events", type="customer.updated")["data"] and time.monotonic() < until:
            time.sleep(0.05)  # asked without a pause, a fast machine refuses
        revoke_key(tenant.service.runtime, tenant.name, id)
        clock.now += REVOKED_WITHIN
        connection.sendall(chunk(tenant, range(2000, 3001)) + b"0\r\n\r\n")
        heard = first(connection)
    assert (heard.status, heard.code) == (401, "unauthorized")
    assert tenant.as_("viewer").get("/v1/customers/C-999").status_code == 200, "what was taken in stays"
    assert tenant.as_("viewer").get("/v1/customers/C-2000").status_code == 404


def chunk(tenant: Tenant, numbers: range) -> bytes:
    """Lines of a stream; the last one makes the batch before it complete."""
    lines = [json.dumps(tenant.event("customer.updated", customer=f"C-{number}")) + "\n" for number in numbers]
    body = "".join(lines).encode()
    return b"%x\r\n%b\r\n" % (len(body), body)


def test_however_it_is_written_a_key_has_one_allowance(database, clock):
    with serving(database, rate_limit=2) as service:
        tenant = service.new_tenant()
        key = tenant.keys["viewer"]
        ways = [f"Bearer {key}", f"bearer  {key}", f"BEARER    {key}", f"bEaReR   {key}"]
        with httpx.Client(base_url=service.url) as client:
            statuses = [client.get("/v1/me", headers={"Authorization": way}).status_code for way in ways * 2]
    assert statuses == [200] * 4 + [429] * 4


def made_up(tenant: Tenant, id: str = "k1") -> str:
    """As well formed as any, with a secret that was never given out."""
    return mint(tenant.name, id)[0]


def test_nobody_makes_up_keys_without_end(database, clock):
    """Each has another text, so that no allowance of a key's could hold them back."""
    with serving(database, rate_limit=2) as service:
        tenant = service.new_tenant()
        assert ask(service, tenant.keys["viewer"]).status_code == 200
        statuses = [ask(service, made_up(tenant)).status_code for _ in range(6)]
        assert statuses == [401] * 4 + [429] * 2
        # nor guesses at one that there is; whoever was right before is served all the same
        refused = ask(service, made_up(tenant, tenant.keys["admin"].split("_")[2]))
        assert problem(refused) == (429, "rate_limited") and refused.headers["retry-after"] == "1"
        clock.now += REVOKED_WITHIN
        assert ask(service, tenant.keys["viewer"]).status_code == 200
        assert [ask(service, made_up(tenant)).status_code for _ in range(5)] == [401] * 4 + [429]
        assert ask(service, tenant.keys["viewer"]).status_code == 200
        # a first time has to wait like everybody
        assert problem(ask(service, tenant.keys["boss"])) == (429, "rate_limited")
        clock.now += 1
        assert ask(service, tenant.keys["boss"]).status_code == 200


def test_a_key_that_was_good_and_is_revoked_is_a_wrong_one(database, clock):
    with serving(database, rate_limit=1) as service:
        tenant = service.new_tenant()
        key, id = key_of(tenant, "gone")
        assert ask(service, key).status_code == 200
        revoke_key(service.runtime, tenant.name, id)
        statuses: list[int] = []
        for _ in range(4):
            clock.now += 0.01 if statuses else REVOKED_WITHIN
            statuses.append(ask(service, key).status_code)
    assert statuses == [401, 401, 429, 429]


def test_a_header_that_is_no_key_costs_no_look(database, clock):
    with serving(database, rate_limit=1) as service:
        tenant = service.new_tenant()
        spoiled = tenant.keys["viewer"][:-1] + "!"
        assert [ask(service, spoiled).status_code for _ in range(6)] == [401] * 6
