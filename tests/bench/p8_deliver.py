"""P8: ten thousand webhooks to a receiver here, beside a bare httpx client that posts the same bytes, signed; and with one
endpoint of ten that takes requests and never answers."""

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from service.channels.sealing import seal
from service.store import endpoints, outbox
from service.store.database import transaction
from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.processes import Process, running
from tests.bench.world import HOOKED, SECRET_KEY, World

ENDPOINTS = 10
HOOKS = 10_000
HANDS = 8
PATIENCE = 300.0
SECRET = "whsec_" + base64.b64encode(bytes(range(24))).decode()


def measure(bench: Bench) -> Iterator[Line]:
    """A worker with nothing else to do, the bare client, and the worker once more beside a hanging endpoint."""
    world, hooks = bench.world, min(HOOKS, max(200, bench.cases // 100))
    what = f"{hooks:,} webhooks"
    bench.tell.step(what, bench.repeats + 1)
    bodies = _found(world, hooks)
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    late: list[float] = []
    environment = world.environment | {"DUNLOG_TICK_SECONDS": "0.1"}
    with (
        running(("tests.bench.receiver",), {}, "/ready") as receiver,
        running(("service", "worker"), environment, "/metrics", bench.profile("p8")) as worker,
    ):
        for turn in range(bench.repeats + 1):
            free = _deliver(world, receiver, worker, hooks, hanging=False)
            beside = _deliver(world, receiver, worker, hooks, hanging=True)
            bare = _bare(receiver, bodies)
            if turn:
                rates["ours"].append(hooks / free)
                rates["bare"].append(hooks / bare)
                late.append(max(0.0, beside - free * (ENDPOINTS - 1) / ENDPOINTS))
            bench.tell.advance()
    yield Line(
        figure="P8", what=what, cases=bench.cases, ours=Sample.of(rates["ours"]), unit="webhooks/s", better="more",
        against="bare httpx client, same bytes signed", theirs=Sample.of(rates["bare"]), goal=Goal(">=", 0.4),
    )  # fmt: skip
    yield Line(
        figure="P8", what="nine endpoints beside one that hangs: later by", cases=bench.cases, ours=Sample.of(late), unit="s",
        better="less", goal=Goal("<=", 5, "ours"), grows=False,
    )  # fmt: skip


def _found(world: World, hooks: int) -> list[bytes]:
    """A tenant with ten endpoints and so many events for them, each for one of the endpoints; their bodies."""
    world.owner.execute(f"DELETE FROM deliveries WHERE tenant = '{HOOKED}'".encode())
    world.owner.execute(f"DELETE FROM outbox WHERE tenant = '{HOOKED}'".encode())
    bodies = [json.dumps(_event(f"H{n:08}", f"C{n:08}")) for n in range(hooks)]
    world.owner.cursor().executemany(
        """INSERT INTO outbox (tenant, stream, version, type, audience, body, recorded_at)
           VALUES (%s, %s, 4, 'case.escalated', '{supervisor}', %s, now())""",
        [(HOOKED, f"case/H{n:08}", body) for n, body in enumerate(bodies)],
    )
    return [body.encode() for body in bodies]


def _event(case: str, customer: str) -> dict[str, object]:
    """As the service writes them."""
    escalated = {"case": case, "customer": customer, "level": "supervisor", "open": "1200.00", "currency": "CNY"}
    step = {"step": "overdue-supervisor", "rule": "B4", "due_on": "2026-02-01", "audience": ["supervisor"]}
    envelope = {"specversion": "1.0", "source": f"dunlog/{HOOKED}", "datacontenttype": "application/json"}
    about = {"id": f"case/{case}/4", "type": "case.escalated", "subject": f"case/{case}", "time": "2026-03-05T01:00:00Z"}
    return envelope | about | {"data": escalated | step}


def _deliver(world: World, receiver: Process, worker: Process, hooks: int, hanging: bool) -> float:
    """Seconds from the commit that made them due to the last arrival; of the other nine, when one hangs."""
    world.owner.execute(f"DELETE FROM deliveries WHERE tenant = '{HOOKED}'".encode())
    world.owner.execute(f"DELETE FROM attempts WHERE tenant = '{HOOKED}'".encode())
    world.owner.execute(f"DELETE FROM endpoints WHERE tenant = '{HOOKED}'".encode())
    with world.runtime() as runtime:
        with transaction(runtime.engine, HOOKED) as tx:
            for n in range(ENDPOINTS):
                url = f"{receiver.url}/{'hang' if hanging and n == 0 else 'hook'}"
                sealed = seal(base64.b64decode(SECRET_KEY), SECRET.encode(), f"{HOOKED}/we_{n}")
                endpoints.insert(tx, f"we_{n}", url, ["*"], None, None, sealed)
        _let_go(receiver)
        world.rest()
        with transaction(runtime.engine, HOOKED) as tx:
            outbox.add(tx, [(f"we_{n % ENDPOINTS}", f"case/H{n:08}", 4) for n in range(hooks)], tx.now)
    began = time.time()
    wanted = hooks - hooks // ENDPOINTS if hanging else hooks
    until = time.monotonic() + PATIENCE
    while True:
        told = httpx.get(f"{receiver.url}/count", trust_env=False).json()
        if told["count"] >= wanted:
            return float(told["last"]) - began
        assert time.monotonic() < until and worker.popen.poll() is None, f"{told} of {wanted} arrived"
        time.sleep(0.1)


def _let_go(receiver: Process) -> None:
    """Nothing hangs any more: a sender whose kept connection ends tries once more on a new one, and hangs there."""
    hanging = 1
    while hanging:
        httpx.post(f"{receiver.url}/reset", trust_env=False)
        time.sleep(0.5)
        hanging = httpx.get(f"{receiver.url}/count", trust_env=False).json()["hanging"]


def _bare(receiver: Process, bodies: list[bytes]) -> float:
    """Seconds of a client with as many hands as the service gives one endpoint."""
    hook, url = Webhook(SECRET), f"{receiver.url}/hook"
    with httpx.Client(trust_env=False) as http, ThreadPoolExecutor(HANDS) as hands:

        def post(numbered: tuple[int, bytes]) -> None:
            id, now = f"msg_{numbered[0]}", datetime.now(UTC)
            headers = {
                "content-type": "application/cloudevents+json",
                "webhook-id": id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": hook.sign(id, now, numbered[1].decode()),
            }
            http.post(url, content=numbered[1], headers=headers).raise_for_status()

        began = time.perf_counter()
        list(hands.map(post, enumerate(bodies)))
        return time.perf_counter() - began
