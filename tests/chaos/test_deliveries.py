"""Webhooks whose sender stops for longer than its lease, whose receiver hangs up, whose lease runs out while they are sent: the
message arrives, under one id, and only who holds the claim says what became of it."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from service.engine.deliver import LEASE
from service.runtime import Runtime
from service.store import outbox
from service.store.database import transaction
from tests.chaos import clocks
from tests.chaos.forked import Barracks, barracks
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.journeys.company import Company
from tests.journeys.house import on_database
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver
from tests.patience import eventually

NOW = "2026-01-05T08:00:00+08:00"
ATTEMPTS = "SELECT number, outcome, status FROM attempts WHERE tenant = %s ORDER BY delivery, number"
STATES = "SELECT state, attempts FROM deliveries WHERE tenant = %s"


@pytest.fixture
def house(database: str, present: Present) -> Iterator[Barracks]:
    house = barracks(on_database(database, clocks.SECRET_KEY))
    with house:
        yield house
        house.stop()
        assert complaints(house.said()) == []


@contextmanager
def listening(house: Barracks, runtime: Runtime, receiver: Receiver, tenant: str) -> Iterator[Company]:
    """A tenant whose opened cases the receiver wants to hear of."""
    company = Company(house.url, found(runtime, tenant, NOW), tenant)
    made = company.do("admin", "/v1/webhook-endpoints", {"url": receiver.url, "types": ["case.opened"]}, 201)
    receiver.secrets, receiver.timeless = [made["secret"]], True
    company.customer()
    try:
        yield company
    finally:
        company.http.close()


def test_a_sender_that_stopped_past_its_lease_says_nothing_when_it_goes_on(
    database: str, present: Present, house: Barracks, runtime: Runtime, receiver: Receiver
):
    frozen = house.start()
    with listening(house, runtime, receiver, "stopped") as company:
        receiver.answers.clear()
        company.bill("INV-1", "2026-01-05", "2026-03-06")
        eventually(lambda: receiver.attempts, "the first attempt is on its way")
        frozen.send_signal(signal.SIGSTOP)
        receiver.answers.set()  # it is answered, and nobody listens
        present.move(LEASE + timedelta(seconds=1))
        house.start("worker")
        eventually(lambda: rows(database, STATES, "stopped") == [("delivered", 2)], "another sender delivers it")
        frozen.send_signal(signal.SIGCONT)
        time.sleep(1.0)
        assert rows(database, ATTEMPTS, "stopped") == [(1, "unknown", None), (2, "delivered", 204)]
        assert rows(database, STATES, "stopped") == [("delivered", 2)]
        (bodies,) = receiver.taken.values()
        assert len(bodies) == 2 and bodies[0] == bodies[1]


def test_a_receiver_that_takes_the_request_and_hangs_up_gets_it_again_under_the_same_id(
    database: str, present: Present, house: Barracks, runtime: Runtime, receiver: Receiver
):
    house.start()
    with listening(house, runtime, receiver, "dropped") as company:
        receiver.drops = 2
        company.bill("INV-1", "2026-01-05", "2026-03-06")
        for tries in (1, 2):
            eventually(lambda tries=tries: ("pending", tries) in rows(database, STATES, "dropped"), "it hung up")  # type: ignore[misc]
            eventually(lambda tries=tries: _ended(database) == tries, "which was noted")  # type: ignore[misc]
            present.move(timedelta(minutes=7))
        eventually(lambda: rows(database, STATES, "dropped") == [("delivered", 3)], "delivered at the third")
        outcomes = [outcome for _, outcome, _ in rows(database, ATTEMPTS, "dropped")]
        assert outcomes[2] == "delivered" and "delivered" not in outcomes[:2] and "unknown" not in outcomes
        assert {id for id, _ in receiver.attempts} == receiver.taken.keys()


def _ended(url: str) -> int:
    return sum(outcome != "started" for _, outcome, _ in rows(url, ATTEMPTS, "dropped"))


def test_saying_what_became_of_an_attempt_cannot_deadlock_with_taking_it_over(database: str, runtime: Runtime):
    now = datetime.now(UTC)
    with psycopg.connect(database) as owner:
        owner.execute(
            """WITH d AS (
                 INSERT INTO deliveries
                   (tenant, id, endpoint, stream, version, webhook, state, attempts, fence, created_at, next_at)
                 VALUES ('t', 'd', 'e', 'case/1', 1, 'msg_1', 'pending', 1, 1, now(), now()))
               INSERT INTO attempts (tenant, delivery, number, started_at, outcome) VALUES ('t', 'd', 1, now(), 'started')"""
        )
    held = outbox.Claimed(
        tenant="t", id="d", at=now, endpoint="e", webhook="m", attempt=1, fence=1, body="", url="", secret=b"", old_secret=None
    )  # fmt: skip
    ours: list[bool] = []

    def finish() -> None:
        with transaction(runtime.engine, "t") as tx:
            ours.append(outbox.finish(tx, held, {"outcome": "delivered"}, "delivered", None, now))

    with psycopg.connect(database) as taking:  # as a claim does: the delivery first, then its attempt
        taking.execute("UPDATE deliveries SET fence = 2 WHERE tenant = 't'")
        thread = threading.Thread(target=finish)
        thread.start()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        eventually(lambda: rows(database, waiting) == [(1,)], "the first sender waits for the delivery")
        taking.execute("UPDATE attempts SET outcome = 'unknown' WHERE tenant = 't'")
    thread.join()
    assert ours == [False]
    assert rows(database, "SELECT outcome FROM attempts WHERE tenant = 't'") == [("unknown",)]
