"""A large batch in shares that are carried out at the same time: every customer's facts stay together and in their order."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.engine import administer
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.shares import HANDS, WORTH_SHARING, carry_out, shared
from service.runtime import read_playbook
from service.store.database import transaction
from service.store.inbox import Identity
from service.store.shipped import shipped_playbooks

ERP = Asker(actor="erp", role="erp")
DAY = date(2026, 3, 5)


def issued(invoice: str, customer: str, id: str = "") -> Ask:
    bill = c.IssueInvoice(
        invoice=invoice, customer=customer, amount="1.00", currency="CNY", issued_on=DAY, due_on=date(2026, 4, 6)
    )
    return Ask(command=bill, asker=ERP, identity=Identity("erp", id or f"i/{invoice}", bytes(32)))


def paid(payment: str, customer: str) -> Ask:
    money = c.ReceivePayment(payment=payment, customer=customer, amount="1.00", currency="CNY", received_on=DAY)
    return Ask(command=money, asker=ERP, identity=Identity("erp", f"p/{payment}", bytes(32)))


def confirmed(invoice: str) -> Ask:
    command = c.ConfirmInvoice(invoice=invoice)
    return Ask(command=command, asker=ERP, identity=Identity("erp", f"c/{invoice}", bytes(32)))


def _bill(ask: Ask) -> str:
    assert isinstance(ask.command, c.IssueInvoice | c.ConfirmInvoice)
    return ask.command.invoice


def apart(asks: list[Ask], names: list[str | None]) -> list[list[int]]:
    shares = shared(asks, names)
    assert sorted(n for its in shares for n in its) == list(range(len(asks)))
    assert all(its == sorted(its) for its in shares)
    return shares


def test_customers_are_dealt_out_about_evenly():
    names = [f"C-{n // 3}" for n in range(30)]
    shares = apart([issued(f"I-{n}", name) for n, name in enumerate(names)], list(names))
    assert len(shares) == HANDS
    assert {len(its) for its in shares} == {15}
    here, there = ({names[n] for n in its} for its in shares)
    assert not here & there


@pytest.mark.parametrize(
    "asks",
    [
        [issued("I-1", "C-1"), issued("I-2", "C-2"), issued("I-1", "C-3", "other")],
        [issued("I-1", "C-1", "same"), issued("I-2", "C-2"), issued("I-3", "C-3", "same")],
        [paid("P-1", "C-1"), issued("I-2", "C-2"), paid("P-1", "C-3")],
    ],
)
def test_who_claims_the_same_id_is_not_parted_from_whom_it_is_claimed(asks):
    assert [0, 2] in apart(asks, ["C-1", "C-2", "C-3"])


def test_claims_lead_from_one_to_the_next():
    asks = [issued("I-1", "C-1"), paid("P-1", "C-2"), issued("I-9", "C-9"), issued("I-1", "C-2", "x"), paid("P-1", "C-3")]
    assert [0, 1, 3, 4] in apart(asks, ["C-1", "C-2", "C-9", "C-2", "C-3"])


def test_a_batch_in_shares_comes_to_what_it_comes_to_in_one(engine: Engine):
    made = datetime(2026, 3, 5, 2, tzinfo=UTC)
    administer.create(engine, "acme", "sandbox", Settings(), shipped_playbooks(), ERP, made)
    desk = Desk(engine, frozenset(), read_playbook)
    count = WORTH_SHARING // 2
    asks = [issued(f"I-{n}", f"C-{n % 7}") for n in range(count)] + [confirmed(f"I-{n}") for n in range(count)]
    asks[3:3] = [confirmed("I-NONE")]
    done = carry_out(desk, "acme", asks)
    assert [(n, one.refused.code) for n, one in enumerate(done) if one.refused] == [(3, "unknown_invoice")]
    bills = [{fact.id for fact in one.happened if fact.stream == "case"} for one in done if not one.refused]
    assert bills == [{_bill(ask)} for ask, one in zip(asks, done, strict=True) if not one.refused]
    with transaction(engine, "acme") as tx:
        ((transactions, customers),) = tx.rows(
            """SELECT count(DISTINCT xid), count(DISTINCT (customer, xid)) FROM events
                WHERE tenant = %(tenant)s AND customer IS NOT NULL"""
        )
    assert (transactions, customers) == (HANDS, 7)
    assert {one.status for one in carry_out(desk, "acme", asks) if not one.refused} == {"duplicate"}
