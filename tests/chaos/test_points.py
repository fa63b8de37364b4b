"""SIGKILL at every named point of the loops, one by one and at random, while a live tenant's days pass, a sandbox walks and an
ERP posts: nothing is lost, doubled or half done, neither in the log nor at the far side (R2)."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import date, timedelta

import httpx
import pytest

from service.runtime import Runtime
from tests.chaos import clocks, crowds
from tests.chaos.conftest import Amount
from tests.chaos.forked import Barracks, barracks
from tests.chaos.invariants import violations
from tests.chaos.lanes import Lane
from tests.chaos.points import POINTS
from tests.chaos.posting import Client
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.chaos.stories import Erp
from tests.chaos.town import Mailbox, Town
from tests.conftest import Tell
from tests.journeys.company import Company, at
from tests.journeys.house import on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver

MONDAY = "2026-01-05T08:00:00+08:00"
WALK = [point.name for point in POINTS if point.loop == "walk"]
LOOPS = [point.name for point in POINTS if point.loop != "walk"]
SHORTEST_DAY = 0.3


@contextmanager
def walking(company: Company) -> Iterator[None]:
    """Meanwhile the sandbox's clock is asked to go on, a day at a time, whether or not anybody answers."""
    over = threading.Event()

    def walk() -> None:
        day = date(2026, 1, 5)
        with closing(company.http):
            while not over.wait(0.05):
                with suppress(httpx.TransportError):
                    body = {"now": at(str(day), "18:00")}
                    answer = company.http.post("/v1/test-clock", json=body, headers=company.headers("admin"))
                    day += timedelta(answer.status_code == 200)

    thread = threading.Thread(target=walk)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def posting(client: Client) -> Iterator[None]:
    client.start()
    try:
        yield
    finally:
        client.stop()


def lanes_of(house: Barracks, rng: random.Random, rounds: int, count: int) -> list[Lane]:
    """Every point so many times, shared by `count` processes beside each other; one of them answers at the house's port."""
    points = [(name, rng.randint(1, 3)) for _ in range(rounds) for name in LOOPS]
    rng.shuffle(points)
    lanes = [Lane(barracks(house), ("serve", "worker")[n % 2], points[n::count]) for n in range(count)]
    lanes[0].house.port = house.port
    lanes[0].points += [(name, rng.randint(1, 3)) for _ in range(rounds) for name in WALK]
    return lanes


@pytest.mark.figure("R2")
def test_R2_killed_at_every_named_point_nothing_is_lost_doubled_or_half_done(
    database: str,
    present: Present,
    runtime: Runtime,
    mailbox: Mailbox,
    receiver: Receiver,
    rng: random.Random,
    amount: Amount,
    figure: Tell,
):
    wanted = amount(0, 100_000)
    customers, bills, clocks_at_once = (25, 40, 4) if wanted else (6, 3, 2)
    house = barracks(on_database(database, clocks.SECRET_KEY))
    house.environment |= mailbox.environment
    town = Town(database, "town", present, customers, bills).founded(runtime)
    walker = Company(house.url, found(runtime, "walks", MONDAY), "walks")
    client = Client(Erp("e", rng), found(runtime, "posts", MONDAY)["erp"], [house.url], kept=0)
    house.start()
    town.settle(house.url, receiver, *(["task.*", "notice.*"] if wanted else ["*"]))
    walker.post(*crowds.events(4, 3))
    house.kill()
    lanes = lanes_of(house, rng, amount(1, 6), clocks_at_once)
    with ExitStack() as busy:
        busy.enter_context(posting(client))
        busy.enter_context(walking(walker))
        for lane in lanes:
            lane.start()
        while any(lane.is_alive() for lane in lanes):
            town.dawn()
            time.sleep(SHORTEST_DAY)
            town.wait(lambda: town.sent() or not any(lane.is_alive() for lane in lanes))
        house.start()
        town.wait(town.sent)
        while town.steps() < wanted:
            town.dawn()
            town.wait(town.sent)
    killed = sum((lane.killed for lane in lanes), Counter[str]())
    assert [lane.unreached for lane in lanes] == [[]] * len(lanes)
    assert killed.keys() == {point.name for point in POINTS}
    assert town.unfired() == town.misheard(receiver) == town.miswritten(mailbox) == []
    for tenant in ("town", "walks", "posts"):
        assert violations(database, tenant) == []
        prove(runtime, tenant)
    house.stop()
    assert rows(database, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == [(0,)]
    for one in (house, *(lane.house for lane in lanes)):
        assert complaints(one.said()) == []
    figure(
        double=0, missing=0, steps=town.steps(), clocks=clocks_at_once, kills=killed.total(), points=len(killed),
        days=len(town.days), mails=len(mailbox.mails("town")), webhooks=len(receiver.taken),
    )  # fmt: skip
