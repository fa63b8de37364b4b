"""P2: one event a request through `POST /v1/events`, from one client and from sixteen, beside a bare FastAPI route that
commits one INSERT."""

import json
from collections.abc import Iterator
from functools import partial

from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.p1_ingest import events
from tests.bench.processes import running
from tests.bench.wire import Request, latencies, p50, request

REQUESTS = {1: 300, 16: 1600}
"""Of one repeat, by the number of clients."""

EVENT_TYPE = "application/cloudevents+json"


def measure(bench: Bench) -> Iterator[Line]:
    """Latency and throughput, ours and the bare route's in turns."""
    world, key = bench.world, bench.world.manifest.keys["erp"]
    world.owner.execute("CREATE TABLE IF NOT EXISTS bench.inserted (id text PRIMARY KEY, body json NOT NULL)")
    bench.tell.step("single events", (bench.repeats + 1) * len(REQUESTS))
    seen: dict[tuple[str, int], list[tuple[float, float]]] = {}
    bare = ("tests.bench.bare",)
    with (
        running(("service", "serve", "--no-clock"), world.environment, "/readyz", bench.profile("p2")) as ours,
        running(bare, world.environment, "/ready") as its,
    ):
        number = 0
        for turn in range(bench.repeats + 1):
            for clients, count in REQUESTS.items():
                world.rest()
                number += 1
                told = events(world, 1_000_000 + number, -(-count // 10))[:count]
                for name, url in (("ours", f"{ours.url}/v1/events"), ("bare", f"{its.url}/insert")):
                    sent = _requests(url, key, told, clients)
                    seconds, rate = latencies(url, sent, clients)
                    if turn:
                        seen.setdefault((name, clients), []).append((p50(seconds), rate))
                bench.tell.advance()
    against, place = "bare route, one INSERT", {name: n for n, name in enumerate(("p50", "rate"))}

    def sample(name: str, clients: int, which: str) -> Sample:
        return Sample.of([one[place[which]] for one in seen[name, clients]])

    line = partial(Line, figure="P2", cases=bench.cases, against=against)
    for clients, bound in ((1, 2.0), (16, None)):
        yield line(
            what=f"one event, p50, {clients} client{'s' * (clients > 1)}", unit="ms", better="less",
            ours=sample("ours", clients, "p50"), theirs=sample("bare", clients, "p50"),
            goal=Goal("<=", bound) if bound else None,
        )  # fmt: skip
    yield line(
        what="one event, throughput, 16 clients", unit="events/s", better="more",
        ours=sample("ours", 16, "rate"), theirs=sample("bare", 16, "rate"), goal=Goal(">=", 0.8),
    )  # fmt: skip


def _requests(url: str, key: str, told: list[dict[str, object]], clients: int) -> list[Request]:
    """Dealt out so that each client tells whole stories: a bill's later events follow its first on one connection."""
    bodies = [json.dumps(event, separators=(",", ":")).encode() for event in told]
    stories = [bodies[n : n + 10] for n in range(0, len(bodies), 10)]
    lanes: list[list[bytes]] = [[] for _ in range(clients)]
    for n, story in enumerate(stories):
        lanes[n % clients] += story
    dealt = [body for row in zip(*lanes, strict=False) for body in row]
    return [request("POST", url, key, body, EVENT_TYPE) for body in dealt]
