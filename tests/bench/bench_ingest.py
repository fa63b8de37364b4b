"""P1 in small: events through the engine in batches of 1 000, beside set-based SQL that writes the same rows."""

import statistics
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from service import migrate, postgres
from service.domain import commands as c
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.engine import administer
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.handle import handle
from service.provision import shipped_playbooks
from service.runtime import read_playbook
from service.store.database import connect
from service.store.inbox import Identity
from service.store.tables import metadata

BATCHES, CASES_A_BATCH = 10, 100
ERP = Asker(actor="erp", role="erp")
COPIED = ("events", "cases", "payments", "inbox", "mentions")


def _batch(number: int) -> list[Ask]:
    asks = []
    for n in range(CASES_A_BATCH):
        invoice, customer = f"INV-{number}-{n}", f"C-{(number * CASES_A_BATCH + n) % 2000}"
        day = date(2026, 3, 5)
        facts: list[c.ErpCommand] = [
            c.IssueInvoice(
                invoice=invoice, customer=customer, amount="1200.00", currency="CNY", issued_on=day, due_on=date(2026, 4, 6)
            ),
            c.ConfirmInvoice(invoice=invoice, confirmed_on=day),
        ]
        facts += [
            c.ReceivePayment(
                payment=f"P-{number}-{n}-{part}",
                customer=customer,
                amount="100.00",
                currency="CNY",
                received_on=day,
                allocations=[c.Allocation(invoice=invoice, amount="100.00")],
            )
            for part in range(8)
        ]
        asks += [
            Ask(command=fact, asker=ERP, identity=Identity("erp", f"{number}-{n}-{i}", bytes(32)))
            for i, fact in enumerate(facts)
        ]
    return asks


def test_P1_ingest_in_batches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints events a second, ours and the limit's, and their ratio."""
    tmp_path.chmod(0o711)
    with postgres.start(tmp_path) as server:
        migrate.upgrade(server.url)
        engine = connect(server.url, 4)
        now = datetime(2026, 3, 5, 2, tzinfo=UTC)
        administer.create(engine, "bench", "sandbox", Settings(), shipped_playbooks(), ERP, now)
        desk = Desk(engine, frozenset(), read_playbook)
        handle(desk, "bench", _batch(1000))
        ours = []
        for number in range(BATCHES):
            asks = _batch(number)
            began = time.perf_counter()
            wrong = [done for done in handle(desk, "bench", asks) if done.status != "accepted"]
            assert not wrong, wrong[0].refused
            ours.append(len(asks) / (time.perf_counter() - began))
        began = time.perf_counter()
        with engine.begin() as owner:
            owner.execute(text("RESET ROLE"))
            for table in COPIED:
                names = [column.name for column in metadata.tables[table].columns if column.name not in ("tenant", "position")]
                listed = ", ".join(f'"{name}"' for name in names)
                owner.execute(text(f"INSERT INTO {table} (tenant, {listed}) SELECT 'limit', {listed} FROM {table}"))
        limit = (BATCHES + 1) * 1000 / (time.perf_counter() - began)
        engine.dispose()
    mine = statistics.median(ours)
    with capsys.disabled():
        print(f"\nP1  ours {mine:,.0f} events/s  set-based SQL {limit:,.0f} events/s  ratio {mine / limit:.2f}")
