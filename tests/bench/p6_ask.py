"""P6: what people ask all day - a case, a customer's credit, filtered pages, the worklist, a page far down a listing - beside
the bare SELECT by key through the same server, framework and pool; and ageing beside the sum that it divides."""

import json
import random
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from tests.bench.bench import Bench
from tests.bench.lines import Goal, Line, Sample
from tests.bench.patterns import BILLS
from tests.bench.processes import running
from tests.bench.wire import Request, ask_all, latencies, p50, p99, request

ASKED = 300
"""Requests of one repeat."""

DEEP = 1_000
"""The page far down."""

PAGES = {
    "page of 50, overdue, highest first": "/v1/cases?level=manager&overdue_min=30&currency=CNY&sort=-open_amount",
    "page of 50, by due day, between amounts": "/v1/cases?currency=CNY&amount_min=600.00&amount_max=40000.00&sort=due_on",
    "page of 200, by due day": "/v1/cases?limit=200",
    "page of 50, customers by what is overdue": "/v1/customers?currency=CNY&sort=-overdue",
    "search by one letter": "/v1/cases?q=c",
    "search by a name's beginning": "/v1/cases?q=Buyer%20C0000",
    "the worklist": "/v1/tasks?state=open",
    "ageing by customer, page of 50": "/v1/reports/ageing?group_by=customer",
}


def measure(bench: Bench) -> Iterator[Line]:
    """By key in turns with the bare route; pages against the clock."""
    world = bench.world
    key, chosen = world.manifest.keys["supervisor"], random.Random(6)
    customers = [f"C{chosen.randint(1, world.customers):08}" for _ in range(ASKED)]
    bills = [f"{customer}-{chosen.randrange(BILLS)}" for customer in customers]
    with (
        running(("service", "serve", "--no-clock"), world.environment, "/readyz", bench.profile("p6")) as ours,
        running(("tests.bench.bare",), world.environment, "/ready") as bare,
    ):

        def sent(url: str, paths: Sequence[str]) -> list[Request]:
            return [request("GET", f"{url}{path}", key) for path in paths]

        by_key = {
            "a case": ([f"/v1/cases/{id}" for id in bills], [f"/cases/{id}" for id in bills]),
            "a customer's credit": (
                [f"/v1/customers/{id}/credit" for id in customers],
                [f"/customers/{id}" for id in customers],
            ),
        }
        first, deep, page = _deep(ours.url, key, world.cases)
        pages = PAGES | {"page 1 of a listing": first, f"page {page:,} of a listing": deep}
        bench.tell.step("asking", len(by_key) + len(pages) + 1)
        for what, (mine, its) in by_key.items():
            yield from _by_key(bench, what, (ours.url, sent(ours.url, mine)), (bare.url, sent(bare.url, its)))
            bench.tell.advance()
        seen = {}
        for what, path in pages.items():
            seen[what] = _page(bench, ours.url, sent(ours.url, [path] * (ASKED // 3)))
            yield _paged(bench, what, seen[what][1])
            bench.tell.advance()
        yield _ageing(bench, sent(ours.url, ["/v1/reports/ageing"]), ours.url, sent(bare.url, ["/owed"]), bare.url)
        bench.tell.advance()
        far = f"page {page:,} of a listing"
        yield Line(
            figure="P6", what=f"{far}, p50", cases=bench.cases, ours=seen[far][0], unit="ms", better="less",
            against="page 1, p50", theirs=seen["page 1 of a listing"][0], goal=Goal("<=", 1.3), grows=False,
        )  # fmt: skip


def _by_key(bench: Bench, what: str, ours: tuple[str, list[Request]], bare: tuple[str, list[Request]]) -> Iterator[Line]:
    kept: dict[str, list[list[float]]] = {"ours": [], "bare": []}
    for turn in range(bench.repeats + 1):
        for name, (url, requests) in (("ours", ours), ("bare", bare)):
            seconds, _ = latencies(url, requests)
            if turn:
                kept[name].append(seconds)
    for name, statistic, bound in (("p50", p50, 1.6), ("p99", p99, 2.5)):
        yield Line(
            figure="P6", what=f"{what}, {name}", cases=bench.cases, unit="ms", better="less",
            ours=Sample.of([statistic(one) for one in kept["ours"]]), against="bare SELECT by key",
            theirs=Sample.of([statistic(one) for one in kept["bare"]]), goal=Goal("<=", bound), grows=name == "p50",
        )  # fmt: skip


def _ageing(bench: Bench, mine: list[Request], ours: str, its: list[Request], bare: str) -> Line:
    """Of the whole tenant, as of today."""
    kept: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(bench.repeats + 1):
        for name, url, requests in (("ours", ours, mine), ("bare", bare, its)):
            seconds, _ = latencies(url, requests)
            if turn:
                kept[name] += [1000 * one for one in seconds]
    return Line(
        figure="P6", what="ageing of all bills", cases=bench.cases, unit="ms", better="less",
        ours=Sample.of(kept["ours"]), against="their sum by currency", theirs=Sample.of(kept["bare"]),
        goal=Goal("<=", 1.5),
    )  # fmt: skip


def _page(bench: Bench, url: str, requests: list[Request]) -> tuple[Sample, Sample]:
    """The median and the slowest hundredth of each repeat."""
    kept = [latencies(url, requests)[0] for _ in range(bench.repeats + 1)][1:]
    return Sample.of([p50(one) for one in kept]), Sample.of([p99(one) for one in kept])


def _paged(bench: Bench, what: str, slowest: Sample) -> Line:
    return Line(
        figure="P6", what=f"{what}, p99", cases=bench.cases, ours=slowest, unit="ms", better="less",
        goal=Goal("<=", 25, "ours"),
    )  # fmt: skip


def _deep(url: str, key: str, cases: int) -> tuple[str, str, int]:
    """The paths of a listing's first page and of one far down, and which one that is: reached as a reader would."""
    path = "/v1/cases?sort=id&limit="
    page = min(DEEP, cases // 50)
    cursor, left = "", (page - 1) * 50
    while left:
        step = min(200, left)
        after = f"&cursor={quote(cursor)}" if cursor else ""
        (body,) = ask_all(url, [request("GET", f"{url}{path}{step}{after}", key)])
        cursor, left = json.loads(body)["next_cursor"], left - step
    return f"{path}50", f"{path}50&cursor={quote(cursor)}", page
