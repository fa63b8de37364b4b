"""Who has much to do takes turns: a customer with very many bills passes in slices, a tenant with much mail batch by batch, and
their neighbours do not wait."""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest

from service.engine.gather import RUNG_AT_MOST
from service.engine.post import BATCH
from service.engine.tick import tick
from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.forked import Barracks, barracks
from tests.chaos.invariants import violations
from tests.chaos.present import Present
from tests.chaos.processes import complaints, rows
from tests.chaos.town import DUE, ISSUED, Mailbox, Town
from tests.journeys.company import Company
from tests.journeys.house import on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver
from tests.patience import eventually

GIANT = "A-GIANT"
"""Whose name comes first."""


@pytest.fixture
def house(database: str, mailbox: Mailbox) -> Iterator[Barracks]:
    house = barracks(on_database(database, clocks.SECRET_KEY))
    house.environment |= mailbox.environment
    with house:
        yield house
        house.stop()
        assert complaints(house.said()) == []


@pytest.fixture
def runtime(database: str, mailbox: Mailbox) -> Iterator[Runtime]:
    """The house from inside, with a way out for mail."""
    mail = {"smtp_url": mailbox.environment["DUNLOG_SMTP_URL"], "smtp_from": mailbox.environment["DUNLOG_SMTP_FROM"]}
    with opened(load(database_url=database, secret_key=clocks.SECRET_KEY, pool_size=4, **mail)) as runtime:
        yield runtime


def a_giant(company: Company, bills: int) -> None:
    """A customer with so many bills, all due on the same day."""
    person = {"id": "ap", "name": "Li Na", "email": "ap@giant.example", "role": "accounts_payable"}
    company.say("customer.updated", customer=GIANT, name="Giant", contacts=[person])
    facts = {"customer": GIANT, "amount": "100.00", "currency": "CNY", "confirmation_required": False}
    for start in range(0, bills, 1000):
        company.post(
            *(
                company.event("invoice.issued", invoice=f"{GIANT}-{n}", issued_on=str(ISSUED), due_on=str(DUE), **facts)
                for n in range(start, min(start + 1000, bills))
            )
        )


def test_a_customer_with_very_many_bills_passes_in_slices_and_holds_up_nobody(
    database: str, present: Present, runtime: Runtime, house: Barracks, mailbox: Mailbox, receiver: Receiver, amount: Amount
):
    bills = amount(1_200, 100_000)
    town = Town(database, "giants", present, 20, 2).founded(runtime)
    house.start("serve", "--no-clock")
    town.settle(house.url, receiver, "case.escalated")
    company = Company(house.url, town.keys, _ids=count(10**6))
    with closing(company.http):
        a_giant(company, bills)
    town.dawn()
    began, turns = time.monotonic(), 1
    while tick(runtime.desk, "giants", slices=1):
        turns += 1
    took = time.monotonic() - began
    assert turns <= bills // RUNG_AT_MOST + 3
    told = [
        customer
        for (customer,) in rows(
            database,
            """SELECT customer FROM events WHERE tenant = 'giants' AND type = 'case.reminded' AND data->>'channel' = 'email'
                ORDER BY position""",
        )
    ]
    assert told.count(GIANT) == bills
    last_neighbour = max(n for n, customer in enumerate(told) if customer != GIANT)
    assert last_neighbour < RUNG_AT_MOST, "somebody waited for a second slice"
    house.start("worker")
    town.wait(town.sent)
    (mail,) = mailbox.mails("giant")
    assert str(bills) in mail[2].replace(",", "")
    print(f"a customer with {bills} bills passed in {turns} slices, {took:.1f} s")
    assert violations(database, "giants") == []
    prove(runtime, "giants")


def test_a_tenant_with_much_mail_goes_batch_by_batch_and_holds_up_no_other(
    database: str, present: Present, runtime: Runtime, house: Barracks, mailbox: Mailbox, receiver: Receiver
):
    house.start("serve", "--no-clock")
    for tenant, customers in (("aa-busy", 2 * BATCH + 10), ("zz-quiet", 2)):
        company = Company(house.url, found(runtime, tenant, "2026-03-02T08:00:00+08:00"), tenant)
        with closing(company.http):
            company.post(*(event for c in range(customers) for event in _overdue(company, tenant, c)))
            company.walk("2026-03-02")
    house.start("worker")
    eventually(lambda: len(mailbox.mails("zz-quiet")) == 2, "the quiet tenant's mail goes")
    last = max(at for _, at in mailbox.timed("zz-quiet"))
    assert sum(at < last for _, at in mailbox.timed("aa-busy")) <= 2 * BATCH


def _overdue(company: Company, tenant: str, c: int) -> list[dict[str, Any]]:
    person = {"id": "ap", "name": "Li Na", "email": f"ap{c}@{tenant}.example", "role": "accounts_payable"}
    bill = {"invoice": f"C-{c}-0", "customer": f"C-{c}", "amount": "100.00", "currency": "CNY"}
    dates = {"issued_on": "2026-03-02", "due_on": "2026-03-03", "confirmation_required": False}
    return [
        company.event("customer.updated", customer=f"C-{c}", name=f"Buyer {c}", contacts=[person]),
        company.event("invoice.issued", **bill, **dates),
    ]
