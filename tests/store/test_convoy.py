"""Single facts that wait for each other share a transaction; one that cannot go on does not hold the others up."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Event

import pytest
from psycopg import errors
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.engine import administer
from service.engine.asks import Ask
from service.engine.convoy import Convoy
from service.engine.desk import Desk
from service.runtime import read_playbook
from service.store import customers
from service.store.database import connect, transaction
from service.store.inbox import Identity
from service.store.shipped import shipped_playbooks

ERP = Asker(actor="erp", role="erp")
DAY = date(2026, 3, 5)


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 12)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def desk(engine: Engine) -> Desk:
    administer.create(
        engine, "acme", "sandbox", Settings(), shipped_playbooks(), ERP, datetime(2026, 3, 5, 2, tzinfo=UTC)
    )
    return Desk(engine, frozenset(), read_playbook)


def _issued(invoice: str, customer: str) -> Ask:
    bill = c.IssueInvoice(
        invoice=invoice, customer=customer, amount="1.00", currency="CNY", issued_on=DAY, due_on=date(2026, 4, 6)
    )
    return Ask(command=bill, asker=ERP, identity=Identity("erp", invoice, bytes(32)))


@pytest.fixture
def held(desk: Desk) -> Iterator[Event]:
    """Somebody holds customer C-HELD until the event is set."""
    Convoy(desk, 1).join("acme", _issued(f"FIRST-{id(object())}", "C-HELD")).result(30)
    let_go, holding = Event(), Event()

    def hold() -> None:
        with transaction(desk.engine, "acme") as tx:
            customers.lock(tx, ["C-HELD"])
            holding.set()
            let_go.wait(30)

    with ThreadPoolExecutor(1) as holder:
        holder.submit(hold)
        assert holding.wait(30)
        yield let_go
        let_go.set()


def _transactions(desk: Desk, streams: list[str]) -> set[str]:
    with transaction(desk.engine, "acme") as tx:
        rows = tx.rows(
            "SELECT DISTINCT xid::text FROM events WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[])",
            {"streams": streams},
        )
    return {xid for (xid,) in rows}


def test_facts_that_waited_share_one_transaction(desk, held):
    convoy = Convoy(desk, 8)
    first = convoy.join("acme", _issued("W-0", "C-HELD"))
    others = [convoy.join("acme", _issued(f"W-{n}", f"C-{n}")) for n in range(1, 6)]
    held.set()
    assert first.result(30).status == "accepted"
    assert [one.result(30).status for one in others] == ["accepted"] * 5
    assert len(_transactions(desk, [f"case/W-{n}" for n in range(1, 6)])) == 1


def test_one_that_cannot_go_on_leaves_the_others_to_go_alone(desk, held):
    convoy = Convoy(desk, 8)
    ahead = convoy.join("acme", _issued("X-0", "C-HELD"))
    stuck = convoy.join("acme", _issued("X-1", "C-HELD"))
    others = [convoy.join("acme", _issued(f"X-{n}", f"C-{n}")) for n in range(2, 6)]
    assert [one.result(30).status for one in others] == ["accepted"] * 4
    for one in (ahead, stuck):
        with pytest.raises(errors.LockNotAvailable):
            one.result(30)
    assert convoy.join("acme", _issued("X-6", "C-6")).result(30).status == "accepted"


def test_a_fact_happens_though_nobody_waits_for_it_any_more(desk, held):
    convoy = Convoy(desk, 8)
    convoy.join("acme", _issued("Y-0", "C-HELD"))
    left = convoy.join("acme", _issued("Y-1", "C-1"))
    assert not left.cancel()
    held.set()
    assert left.result(30).status == "accepted"


def test_a_fact_told_twice_at_once_happens_once(desk):
    convoy = Convoy(desk, 8)
    told = [one.result(30) for one in [convoy.join("acme", _issued("TWICE", "C-9")) for _ in range(8)]]
    assert sorted(one.status for one in told) == ["accepted"] + ["duplicate"] * 7
    assert len({one.position for one in told}) == 1
