"""Payments race with the clock: at the moment at which a bill's reminder is due its payment comes in. Whichever is first, no
reminder follows the payment, in the log or in a mail (R3)."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest

from service.channels.email import DEADLINE_SECONDS
from service.runtime import Runtime
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import Barracks, barracks
from tests.chaos.invariants import violations
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.chaos.town import BEFORE, Mailbox, Town
from tests.conftest import Tell
from tests.journeys.house import on_database
from tests.journeys.proof import prove
from tests.journeys.receiver import Receiver

PAYERS = 4
AT_ONCE = 20
SPREAD, STEP = 0.4, 0.3
"""Seconds: how far apart from the alarms payments set out, and by how much earlier or later in the next town when in this one
almost all, or almost none, were reminded of first (twice as much each time that was not enough): how long either takes is the
machine's affair."""

MOST_TOWNS = 12


@pytest.fixture
def house(database: str, mailbox: Mailbox) -> Iterator[Barracks]:
    house = barracks(on_database(database, clocks.SECRET_KEY))
    house.environment |= mailbox.environment
    with house:
        yield house
        house.stop()
        assert complaints(house.said()) == []


class Payers:
    """Threads that pay bills, some at a time, and note when each payment was acknowledged."""

    def __init__(self, url: str, key: str, day: str) -> None:
        self._url, self._day = url, day
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents-batch+json"}
        self.acknowledged: dict[str, float] = {}
        self.failed: list[str] = []

    def pay(self, bills: Sequence[str], over: float, later: float, rng: random.Random) -> None:
        """All of them, more or less in this order, spread over so many seconds and so much later; returns when they are
        paid."""
        began = time.monotonic() + later
        times = [(bill, began + over * n / len(bills) + rng.uniform(-SPREAD, SPREAD)) for n, bill in enumerate(bills)]
        times.sort(key=lambda one: one[1])
        threads = [threading.Thread(target=self._pay, args=(times[n::PAYERS],)) for n in range(PAYERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self.failed, self.failed[:3]

    def _pay(self, times: Sequence[tuple[str, float]]) -> None:
        start = 0
        with httpx.Client(timeout=60, trust_env=False) as http:
            while start < len(times) and not self.failed:
                some = [bill for bill, at in times[start : start + AT_ONCE] if at <= time.monotonic()]
                start += len(some)
                if some:
                    self._post(http, some)
                else:
                    time.sleep(0.005)

    def _post(self, http: httpx.Client, bills: Sequence[str]) -> None:
        events = [self._payment(bill) for bill in bills]
        while (answer := http.post(f"{self._url}/v1/events", json=events, headers=self._headers)).status_code == 503:
            time.sleep(0.1)  # somebody had a customer locked for too long
        if answer.status_code != 207 or answer.json()["rejected"]:
            self.failed.append(answer.text[:500])
        self.acknowledged |= dict.fromkeys(bills, time.monotonic())

    def _payment(self, bill: str) -> dict[str, Any]:
        facts = {"payment": f"p-{bill}", "customer": bill.rpartition("-")[0], "amount": "100.00", "currency": "CNY"}
        data = {**facts, "received_on": self._day, "allocations": [{"invoice": bill, "amount": "100.00"}]}
        return {"specversion": "1.0", "id": f"p-{bill}", "source": "erp/bank", "type": "payment.received", "data": data}


@pytest.mark.figure("R3")
def test_R3_no_reminder_follows_a_payment_however_close_they_come(
    database: str,
    present: Present,
    runtime: Runtime,
    house: Barracks,
    mailbox: Mailbox,
    receiver: Receiver,
    rng: random.Random,
    amount: Amount,
    figure: Tell,
):
    wanted = amount(0, 100_000)
    customers, per_customer, a_second = (100, 50, 500) if wanted else (30, 10, 150)
    house.start()
    house.start("worker")
    acknowledged: dict[str, float] = {}
    later, step, number, races, reminded, midst = 0.0, 0.0, 0, 0, 0, 0
    while number < MOST_TOWNS + wanted // 5000 and (races < wanted or not 0 < reminded < races or midst < races // 10):
        present.set(BEFORE)  # on the day that the last one came to, a slow machine would ring before the races begin
        town = Town(database, f"races-{number}", present, customers, per_customer).founded(runtime)
        town.settle(house.url, receiver, "case.escalated")
        bills = [f"C-{c}-{b}" for c in range(customers) for b in range(per_customer)]
        rng.shuffle(bills)
        over = len(bills) / a_second
        payers = Payers(house.url, town.keys["erp"], str(_ring_in_turn(town, bills, over)))
        payers.pay(bills, over, later, rng)
        town.wait(town.left)
        town.dawn()  # on which goes what today's messages had no room for: nothing, for everything is paid
        town.wait(town.sent)
        assert {day for _, _, _, day, _ in mailbox.mails(town.tenant)} <= {town.days[0]}
        acknowledged |= {f"{town.tenant} {bill}": at for bill, at in payers.acknowledged.items()}
        assert violations(database, town.tenant) == []
        first, amid = _outcomes(database, town.tenant)
        number, races, reminded, midst = number + 1, races + len(bills), reminded + first, midst + amid
        way = (first < len(bills) // 4) - (first > len(bills) * 3 // 4)
        step = 2 * step if way * step > 0 else STEP * way
        later = max(later + step, -over)  # earlier than with the first alarm nobody pays
    assert 0 < reminded < races and midst >= races // 10, "the payments did not come in the midst of the reminders"
    late = [
        f"{tenant} {bill}: {at - acknowledged[f'{tenant} {bill}']:.1f} s after"
        for tenant in sorted({key.split()[0] for key in acknowledged})
        for bills, at in mailbox.timed(tenant)
        for bill in bills
        if at > acknowledged[f"{tenant} {bill}"] + DEADLINE_SECONDS
    ]
    assert late == []
    prove(runtime, "races-0")
    sides = {"reminded_first": reminded, "paid_first": races - reminded}
    figure(reminders_after_payment=0, races=races, **sides, in_the_midst=midst, towns=number)


def _ring_in_turn(town: Town, bills: Sequence[str], over: float) -> date:
    """The day on which every bill's alarm rings at a moment of its own, in this order."""
    day = town.dawn(waits=True)
    with psycopg.connect(town.url) as connection:
        # in the service's order, or each waits for the other
        connection.execute("SELECT FROM customers WHERE tenant = %s ORDER BY id FOR UPDATE", (town.tenant,))
        connection.execute(
            """UPDATE cases k SET next_at = %s + (n - 1) * %s * interval '1 second'
                 FROM unnest(%s::text[]) WITH ORDINALITY AS b(id, n) WHERE k.tenant = %s AND k.id = b.id""",
            (town.opened(), over / len(bills), list(bills), town.tenant),
        )
        connection.execute(
            """UPDATE customers c SET wake_at = (
                 SELECT min(next_at) FROM cases k WHERE k.tenant = c.tenant AND k.customer = c.id) WHERE tenant = %s""",
            (town.tenant,),
        )
    town.present.set(town.opened())
    return day


def _outcomes(url: str, tenant: str) -> tuple[int, int]:
    """How many bills were reminded of before they were paid, and how many were paid between the first reminder and the last."""
    ((reminded, midst),) = rows(
        url,
        """WITH told AS (
             SELECT count(DISTINCT stream) AS bills, min(position) AS first, max(position) AS last FROM events
              WHERE tenant = %s AND type = 'case.reminded' AND data->>'channel' = 'email')
           SELECT bills, (SELECT count(*) FROM events e WHERE e.tenant = %s AND e.type = 'case.closed'
                             AND e.position BETWEEN told.first AND told.last) FROM told""",
        tenant,
        tenant,
    )
    return reminded, midst
