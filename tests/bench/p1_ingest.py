"""P1: batches of 1 000 mixed events through `POST /v1/events`, beside hand-written SQL that writes the same rows into the
same tables, and the `eventsourcing` library."""

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import psycopg

from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample, in_turns
from tests.bench.processes import running
from tests.bench.rewriting import RENAMED, Client, Written, moment, written_by
from tests.bench.wire import Request, ask_all, request
from tests.bench.world import TENANT, World

BATCH, EVENTS_A_CASE = 1_000, 10
BATCHES = 10
"""Of one repeat."""

SOURCE = "erp/bench"
BATCH_TYPE = "application/cloudevents-batch+json"


Batch = list[dict[str, Any]]


def measure(bench: Bench) -> Iterator[Line]:
    """Ours and the limit in turns on the same tables, then the library."""
    what = f"ingest, batches of {BATCH:,}"
    bench.tell.step(what, bench.repeats + 1)
    with running(
        ("service", "serve", "--no-clock"), bench.world.environment, "/readyz", bench.profile("p1")
    ) as serving:

        def post(told: list[Batch]) -> float:
            return _timed(serving.url, [_request(serving.url, bench.world, batch) for batch in told])

        mine, its = beside_sql(bench, BATCHES, EVENTS_A_CASE, events, post)
    line = partial(Line, figure="P1", what=what, cases=bench.cases, unit="events/s", better="more", ours=mine)
    yield line(against="set-based SQL, same rows", theirs=its, goal=Goal(">=", 0.45))
    if bench.full:
        for saves, bound in ((100, 1.5), (1, 20.0)):
            told = bench.peers.run("eventsourcing_saves", bench.world.url, saves=saves, repeats=bench.repeats)
            name, goal = f"eventsourcing, {saves} a save", Goal(">=", bound)
            yield line(against=name, theirs=told.sample, goal=goal, note=told.note, grows=False)


def beside_sql(
    bench: Bench,
    batches: int,
    a_case: int,
    made: Callable[[World, int, int], Batch],
    taken_in: Callable[[list[Batch]], float],
) -> tuple[Sample, Sample]:
    """Events a second as the service takes them in, and as hand-written SQL writes the same rows, in turns. `made` makes the
    batch of a number with so many cases, of `a_case` events each; `taken_in` takes batches in and says how fast."""
    written: list[Written] = []
    sent = 0
    with psycopg.connect(bench.world.url) as connection:
        client = Client(connection, {"customers"})

        def ours() -> float:
            nonlocal sent, written
            told = [made(bench.world, sent + n, BATCH // a_case) for n in range(batches)]
            sent += batches
            since = moment(bench.world.owner)
            rate = taken_in(told)
            ids = [event["id"] for batch in told for event in batch]
            written = list(written_by(bench.world.owner, TENANT, since, SOURCE, ids))
            bench.tell.advance()
            return rate

        def limit() -> float:
            began = time.perf_counter()
            for batch in written:
                with client.transaction(TENANT):
                    client.write(batch)
            return batches * BATCH / (time.perf_counter() - began)

        mine, its = in_turns(bench.repeats, (ours, limit), bench.world.rest)
    return mine, its


def _timed(url: str, batches: list[Request]) -> float:
    began = time.perf_counter()
    answers = ask_all(url, batches)
    seconds = time.perf_counter() - began
    for answer in answers:
        came = json.loads(answer)
        assert came["accepted"] == BATCH, [one for one in came["results"] if one["status"] != "accepted"][:3]
    return len(batches) * BATCH / seconds


def _request(url: str, world: World, batch: list[dict[str, Any]]) -> Request:
    body = json.dumps(batch, separators=(",", ":")).encode()
    return request("POST", f"{url}/v1/events", world.manifest.keys["erp"], body, BATCH_TYPE)


def events(world: World, number: int, cases: int) -> list[dict[str, Any]]:
    """The batch of that number: new bills of customers that are there, confirmed, paid in eight parts, half of them in full."""
    chosen = random.Random(number)
    today = datetime.now(UTC).date()
    stamp = f"{world.owner.info.backend_pid:x}"
    found: list[dict[str, Any]] = []
    for n in range(cases):
        customer = f"C{chosen.randint(1, world.customers):08}"
        found += _story(f"{RENAMED[0]}{stamp}-{number:05}-{n:03}", customer, today, 800 if n % 2 else 1200)
    return found


def _story(bill: str, customer: str, today: date, amount: int) -> Iterator[dict[str, Any]]:
    money = {"currency": "CNY"}
    dates = {"issued_on": str(today), "due_on": str(today + timedelta(30))}
    issued = {"invoice": bill, "customer": customer, "amount": f"{amount}.00", "confirmation_required": True}
    yield _event(bill, "invoice.issued", issued | money | dates)
    yield _event(bill, "invoice.confirmed", {"invoice": bill, "confirmed_on": str(today)})
    for part in range(EVENTS_A_CASE - 2):
        payment = {"payment": f"{bill}-{part}", "customer": customer, "amount": "100.00", "received_on": str(today)}
        allocations = [{"invoice": bill, "amount": "100.00"}]
        yield _event(f"{bill}-{part}", "payment.received", payment | money | {"allocations": allocations})


def _event(about: str, type: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"specversion": "1.0", "id": f"{type}/{about}", "source": SOURCE, "type": type, "data": data}
