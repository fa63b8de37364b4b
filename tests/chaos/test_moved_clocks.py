"""Clocks that are wrong, jump, or stood still with everything else: the database's is the clock, the host's plays no role, and
after a month of darkness nobody is written to more than once (R6)."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from service.runtime import Runtime
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import Barracks, barracks
from tests.chaos.invariants import violations
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.chaos.town import Mailbox, Town
from tests.conftest import Tell
from tests.journeys.house import on_database
from tests.journeys.proof import prove
from tests.journeys.receiver import Receiver

WRONG_BY = (-5 * 3600.0, 3 * 86_400.0, -400 * 86_400.0)
"""Seconds."""

DARK, HOUR = timedelta(days=30), timedelta(hours=1)

MISSED = """SELECT sum((data->>'count')::int) FROM events
             WHERE tenant = 'dark' AND type = 'step.skipped' AND data->>'why' = 'missed'"""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """The file by which the hosts' clocks are wrong."""
    file = tmp_path / "wrong-by"
    file.write_text("0")
    return file


@pytest.fixture
def house(database: str, mailbox: Mailbox, wrong: Path) -> Iterator[Barracks]:
    house = barracks(on_database(database, clocks.SECRET_KEY))
    house.environment |= mailbox.environment
    house.armed["CHAOS_CLOCK"] = str(wrong)
    with house:
        yield house
        house.stop()
        assert complaints(house.said()) == []


def is_as_it_should_be(town: Town, runtime: Runtime) -> None:
    assert violations(town.url, town.tenant) == []
    prove(runtime, town.tenant)


def test_the_hosts_wall_clock_plays_no_role_be_it_wrong_or_set_meanwhile(
    database: str, present: Present, runtime: Runtime, house: Barracks, wrong: Path, mailbox: Mailbox, receiver: Receiver
):
    town = Town(database, "hosts", present, 4, 2).founded(runtime)
    house.start()
    town.settle(house.url, receiver, "*")
    for seconds in WRONG_BY:
        wrong.write_text(str(seconds))
        town.dawn()
        town.wait(town.sent)
        clock = httpx.get(f"{house.url}/readyz").json()["checks"]["clock"]
        assert abs(datetime.fromisoformat(clock["last_tick"]) - timedelta(seconds=seconds) - datetime.now(UTC)) < HOUR
    assert town.unfired() == town.misheard(receiver) == town.miswritten(mailbox) == []
    sql = "SELECT started_at FROM attempts WHERE tenant = 'hosts'"
    started = Counter(int(at.timestamp()) for (at,) in rows(database, sql))
    heard = Counter(int(headers["webhook-timestamp"]) for _, headers in receiver.raw)
    assert heard and not heard - started, "an attempt may be given up before it is heard, never the other way round"
    is_as_it_should_be(town, runtime)


def test_a_database_clock_that_jumps_either_way_makes_nothing_fire_twice(
    database: str,
    present: Present,
    runtime: Runtime,
    house: Barracks,
    receiver: Receiver,
    rng: random.Random,
    amount: Amount,
):
    town = Town(database, "jumps", present, 6, 3).founded(runtime)
    house.start()
    house.start("worker")
    town.settle(house.url, receiver, "*")
    for _ in range(amount(2, 20)):
        town.dawn()
        for _ in range(4):
            time.sleep(rng.uniform(0.0, 0.3))
            present.move(timedelta(minutes=rng.uniform(-8, 10)))
        present.set(max(present.now(), town.opened()))
        town.wait(town.sent)
    assert town.unfired() == town.misheard(receiver) == []
    is_as_it_should_be(town, runtime)


@pytest.mark.figure("R6")
def test_R6_a_month_of_darkness_ends_in_one_message_a_contact_and_one_call_a_customer(
    database: str,
    present: Present,
    runtime: Runtime,
    house: Barracks,
    mailbox: Mailbox,
    receiver: Receiver,
    amount: Amount,
    figure: Tell,
):
    town = Town(database, "dark", present, amount(8, 200), amount(4, 10)).founded(runtime)
    house.start()
    town.settle(house.url, receiver, "case.*")
    town.dawn()
    town.wait(town.sent)
    before = len(mailbox.mails("dark"))
    house.kill()
    back = town.dawn(DARK)
    house.start()
    house.start("worker")
    town.wait(town.sent)
    mails = {id: (to, day) for id, to, _, day, _ in mailbox.mails("dark")[before:]}  # copies of one are one
    said = Counter(mails.values())
    assert said == {(f"ap{c}@dark.example", back): 1 for c in range(town.customers)}
    assert town.miswritten(mailbox) == []
    sql = "SELECT customer, count(*) FROM tasks WHERE tenant = 'dark' AND kind = 'call' GROUP BY 1"
    assert {count for _, count in rows(database, sql)} == {1}
    ((missed,),) = rows(database, MISSED)
    assert missed > 0
    assert town.misheard(receiver) == []
    is_as_it_should_be(town, runtime)
    bills = town.customers * town.bills
    figure(most_per_contact=max(said.values()), days_down=DARK.days, contacts=len(said), bills=bills, missed=missed)
