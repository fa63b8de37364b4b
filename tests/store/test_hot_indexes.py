"""What is done leaves the indexes that are asked all day: these are as large as the work that is open, in any old house."""

from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.store import endpoints
from service.store.database import transaction
from tests.store.histories import begin

KEPT = {"cases_closed", "cases_lost", "cases_reference", "inbox_answers", "inbox_expiry"}
"""Partial indexes of what has been: closed cases by their date, what was written off, references, answers for repeats."""

OF_CLOSED = {"cases_pkey", "cases_habit", "cases_closed", "events_told"}
"""What a closed case still stands in: its key, its customer's history, the list of closed cases, and what
reports read of the log."""

OF_CUSTOMERS = {"customers_review"}
"""Every customer has a day on which it is looked at next."""

UNUSED = {"customers_held", "customers_key", "customers_limited", "customers_owner", "customers_paying"}
UNUSED |= {"customers_unreviewed", "messages_ready", "messages_slot", "arrears_next", "customers_parent"}
UNUSED |= {"messages_mail", "messages_mailed_to", "notice_mails_ready"}
"""Of which this story has none: no hold is granted, nobody is given a customer, has a limit or a day for payments, all are
younger than their reviews, messages are captured the moment they are due, for there is no mail server, and no bill is due on a
day still ahead."""


@pytest.fixture(scope="module")
def sizes(engine: Engine, database: str) -> tuple[dict[str, int], dict[str, int]]:
    """Entries of every partial index, and of every one on cases: while much is open, and when all is done."""
    house = begin(engine, database, "acme")
    with transaction(engine, house.tenant) as tx:
        endpoints.insert(tx, "we_1", "https://example.com", ["*"], None, None, b"sealed")
    house.desk.forget("acme")  # endpoints are remembered with the tenant
    house.ask(*(c.ConfirmInvoice(invoice=f"INV-{n}-{k}") for n in range(4) for k in range(3)))
    house.ask(c.SubmitInvoice(invoice="INV-R", customer="C-0", amount="5.00", currency="CNY", period="2026-01"))
    house.walk(datetime(2026, 6, 15, 2, tzinfo=UTC))
    house.ask(c.MakePromise(customer="C-0", cases=("INV-0-0",), amount=None, due_on=date(2026, 6, 20)))
    house.ask(c.UpdateCustomer(customer="C-9", name="Nine"))
    house.ask(_paid("P-9", "C-9", Decimal("1.00")))
    before = entries(database)
    house.ask(c.VoidInvoice(invoice="INV-R", reason="never sent"), c.ReversePayment(payment="P-9", reason="not ours"))
    for n in range(4):
        ((owed,),) = house.rows(
            "SELECT sum(open_amount) FROM cases WHERE tenant = %s AND customer = %s", "acme", f"C-{n}"
        )
        house.ask(_paid(f"P-{n}-all", f"C-{n}", owed / Decimal(100)))
    house.walk(datetime(2026, 6, 18, 2, tzinfo=UTC))
    house.ask(c.ReviewCustomer(customer="C-9", segment="risk", suggested="risk", reason="money that went back"))
    house.tamper("UPDATE deliveries SET state = 'delivered', next_at = NULL, ended_at = now() WHERE tenant = 'acme'")
    assert house.rows("SELECT DISTINCT stage FROM cases") == [("closed",)]
    return before, entries(database)


def _paid(payment: str, customer: str, amount: Decimal) -> c.ReceivePayment:
    day = date(2026, 6, 15)
    return c.ReceivePayment(payment=payment, customer=customer, amount=f"{amount:.2f}", currency="CNY", received_on=day)


def entries(database: str) -> dict[str, int]:
    """By index, counted anew."""
    with psycopg.connect(database, autocommit=True) as owner:
        rows = owner.execute(
            """SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                WHERE t.relnamespace = 'public'::regnamespace AND (i.indpred IS NOT NULL OR t.relname = 'cases')"""
        ).fetchall()
        for (index,) in rows:
            owner.execute(f"REINDEX INDEX {index}".encode())
        counted = owner.execute("SELECT relname, reltuples::int FROM pg_class WHERE relkind = 'i'").fetchall()
    return {index: max(0, count) for index, count in counted if (index,) in rows}  # -1 says that it found nothing


def test_there_was_work_in_every_index(sizes):
    before, _ = sizes
    assert len(before) > 15
    assert {index for index, count in before.items() if not count} <= KEPT | UNUSED


def test_what_is_done_stands_in_none_of_them(sizes):
    _, after = sizes
    assert {index for index, count in after.items() if count} == OF_CLOSED | OF_CUSTOMERS
