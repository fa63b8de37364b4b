"""How long after its moment a step fires, and how soon a crowd of overdue ones is done after a restart (R7)."""

import random
import time
from collections.abc import Iterator

import psycopg
import pytest

from service.runtime import Runtime
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import Barracks, barracks
from tests.chaos.invariants import violations
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.chaos.town import Town
from tests.conftest import Tell
from tests.journeys.house import on_database
from tests.journeys.proof import prove
from tests.journeys.receiver import Receiver

A_SECOND, SECONDS, BILLS = 50, 60, 10
LATEST, DRAINED_WITHIN = 2.0, 60.0
"""Seconds."""


@pytest.fixture
def house(database: str) -> Iterator[Barracks]:
    house = barracks(on_database(database, clocks.SECRET_KEY))
    with house:
        yield house
        house.stop()
        assert complaints(house.said()) == []


@pytest.mark.figure("R7")
def test_R7_what_is_due_fires_within_two_seconds_at_fifty_a_second(
    database: str, present: Present, runtime: Runtime, house: Barracks, receiver: Receiver, rng: random.Random,
    amount: Amount, figure: Tell,
):  # fmt: skip
    due = amount(500, A_SECOND * SECONDS)
    town = Town(database, "steady", present, due // BILLS, BILLS).founded(runtime)
    house.start()
    house.start("worker")
    town.settle(house.url, receiver, "case.escalated")
    _ring_one_by_one(town, rng)
    time.sleep(due / A_SECOND)
    town.wait(town.fired)
    ((p99, longest, fired),) = rows(
        database,
        """SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY late), max(late), count(*) FROM (
             SELECT extract(epoch FROM e.recorded_at - d.at)::float8 AS late FROM events e JOIN due d ON d.stream = e.stream
              WHERE e.tenant = 'steady' AND e.type = 'case.reminded') AS l""",
    )
    assert fired == due
    figure(p99_s=p99, longest_s=longest, due=due, a_second=A_SECOND)
    assert p99 <= LATEST


def _ring_one_by_one(town: Town, rng: random.Random) -> None:
    """From the day's opening on, a bill's alarm every fiftieth of a second, in any order."""
    bills = [f"C-{c}-{b}" for c in range(town.customers) for b in range(town.bills)]
    rng.shuffle(bills)
    town.dawn(waits=True)
    with psycopg.connect(town.url) as connection:
        connection.execute(
            """CREATE TABLE due AS SELECT 'case/' || id AS stream, id, %s + n * interval '1 second' / %s AS at
                 FROM unnest(%s::text[]) WITH ORDINALITY AS b(id, n)""",
            (town.opened(), A_SECOND, bills),
        )
        connection.execute(
            "UPDATE cases k SET next_at = d.at FROM due d WHERE k.tenant = %s AND k.id = d.id", (town.tenant,)
        )
        connection.execute(
            """UPDATE customers c SET wake_at = (
                 SELECT min(next_at) FROM cases k WHERE k.tenant = c.tenant AND k.customer = c.id) WHERE tenant = %s""",
            (town.tenant,),
        )
    town.present.set(town.opened())


@pytest.mark.figure("R7")
def test_R7_what_became_overdue_while_nobody_was_there_is_done_within_a_minute(
    database: str, present: Present, runtime: Runtime, house: Barracks, receiver: Receiver, amount: Amount, figure: Tell
):
    overdue = amount(1_000, 100_000)
    town = Town(database, "overdue", present, overdue // BILLS, BILLS).founded(runtime)
    house.start("serve", "--no-clock")
    town.settle(house.url, receiver, "case.escalated")
    town.dawn()
    began = time.monotonic()
    house.start("worker")
    while not town.fired():
        assert time.monotonic() - began < 10 * DRAINED_WITHIN
        time.sleep(0.2)
    took = time.monotonic() - began
    figure(drained_s=took, overdue=overdue)
    assert town.steps() == overdue and violations(database, "overdue") == []
    prove(runtime, "overdue")
    assert took <= DRAINED_WITHIN
