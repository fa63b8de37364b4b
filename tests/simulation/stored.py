"""The same rules on a real PostgreSQL: a sandbox tenant, both ways into it, and its log read by the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

import psycopg
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.settings import Settings
from service.engine import administer
from service.engine.desk import Desk
from service.engine.rebuild import rebuild
from service.engine.verify import Place, verify
from service.runtime import read_playbook
from service.store import codec
from tests.examples import a_contact, moment
from tests.simulation import errands
from tests.simulation.disk import Entry
from tests.simulation.ledger import Ledger
from tests.simulation.rulebook import ZONE
from tests.simulation.throwing import SMALL_TEXT

BEGIN = moment("2026-01-05 08:50")
CHANNELS = frozenset({"email", "letter"})


@dataclass
class Tenant:
    """One sandbox; `desks` are replicas that remember each for itself."""

    engine: Engine
    url: str
    name: str
    desks: list[Desk] = field(init=False)

    def __post_init__(self) -> None:
        administer.create(
            self.engine, self.name, "sandbox", Settings(), {"standard": SMALL_TEXT}, errands.ERP, BEGIN
        )
        self.desks = [self.new_desk() for _ in range(2)]

    def new_desk(self) -> Desk:
        return Desk(self.engine, CHANNELS, read_playbook)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """As the owner; `%s` is the tenant."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SELECT set_config('app.tenant', %s, true)", (self.name,))
            connection.execute("SET LOCAL row_security = off")
            return connection.execute(sql.encode(), (self.name,)).fetchall()

    def change(self, sql: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("SELECT set_config('app.tenant', %s, true)", (self.name,))
            connection.execute(sql.encode(), (self.name,))

    def founding(self) -> list[errands.Errand]:
        """Its customers."""
        people = [a_contact("ap"), a_contact("dm", role="decision_maker")]
        return [
            (c.UpdateCustomer(customer=name, name=name, contacts=people), errands.ERP) for name in errands.CUSTOMERS
        ]

    def now(self) -> datetime:
        ((at,),) = self.rows("SELECT clock_at FROM tenants WHERE id = %s")
        now: datetime = at
        return now

    # What must be true

    def ledger(self) -> Ledger:
        """The log, transaction by transaction. Raises Violation."""
        with self.desks[0].open(self.name) as session:
            calendar = session.tenancy.workdays.calendar
        ledger = Ledger(calendar, Settings().promises_that_pause)
        found = self.rows(
            """SELECT xid::text, stream, version, type, schema, data::text, meta->>'request', occurred_at, position
                 FROM events WHERE tenant = %s AND stream <> 'tenant' ORDER BY position"""
        )
        for xid, rows in groupby(found, key=lambda row: row[0]):
            ledger.read([_entry(int(xid), *row[1:]) for row in rows])
        return ledger

    def stands_as_told(self) -> None:
        """Every bill's columns are what the ledger makes of the log, and no money is lost or made."""
        ledger = self.ledger()
        found = self.rows("SELECT id, open_amount, stage, level, paused IS NOT NULL, due_on FROM cases WHERE tenant = %s")
        told = [(b.id, b.open, b.stage, b.level, b.is_paused, b.due_on) for b in ledger.bills.values()]
        assert sorted(found) == sorted(told)
        sums = self.rows(
            """SELECT COALESCE(sum((a.value)::bigint), 0) FROM payments p, json_each_text(p.state->'applied') a
                WHERE p.tenant = %s"""
        )
        paid = self.rows("SELECT COALESCE(sum((state->>'paid')::bigint), 0) FROM cases WHERE tenant = %s")
        assert sums == paid

    def is_proved(self) -> None:
        """`verify` finds nothing and `rebuild` changes nothing."""
        desk = self.new_desk()
        found = [one for step in verify(desk, Place(self.name)) for one in step.differences]
        assert not found, found
        assert not sum(step.mended for step in rebuild(desk, Place(self.name)))


def _entry(
    xid: int, stream: str, version: int, type: str, schema: int, data: str, request: str | None, at: datetime, n: int
) -> Entry:
    return Entry(n, xid, stream, version, codec.event(type, schema, data), request or str(xid), at)


@dataclass
class View:
    """What an outsider sees, read at once."""

    tenant: Tenant
    customers: Sequence[str] = errands.CUSTOMERS

    def __post_init__(self) -> None:
        rows = self.tenant.rows
        self._bills = {
            id: (customer, currency, stage)
            for id, customer, currency, stage in rows(
                "SELECT id, customer, currency, stage FROM cases WHERE tenant = %s ORDER BY id"
            )
        }
        self._payments = [id for (id,) in rows("SELECT id FROM payments WHERE tenant = %s ORDER BY id")]
        self._approvals = rows(
            "SELECT id, customer, role FROM approvals WHERE tenant = %s AND state = 'open' ORDER BY id"
        )
        self._tasks = rows("SELECT id, customer FROM tasks WHERE tenant = %s AND state = 'open' ORDER BY id")
        self._holds = rows("SELECT id, hold FROM customers WHERE tenant = %s AND hold IS NOT NULL ORDER BY id")
        self._today = self.tenant.now().astimezone(ZONE).date()

    @property
    def today(self) -> date:
        return self._today

    def bills_of(self, customer: str) -> Sequence[str]:
        return [id for id, (owner, _, _) in self._bills.items() if owner == customer]

    def open_bills(self) -> Sequence[str]:
        return [id for id, (_, _, stage) in self._bills.items() if stage != "closed"]

    def customer_of(self, bill: str) -> str | None:
        return self._bills[bill][0] if bill in self._bills else None

    def currency_of(self, bill: str) -> str:
        return self._bills[bill][1] if bill in self._bills else "CNY"

    def payments(self) -> Sequence[str]:
        return self._payments

    def approvals(self) -> Sequence[tuple[str, str, str]]:
        return [(id, customer, role) for id, customer, role in self._approvals]

    def tasks(self) -> Sequence[tuple[str, str]]:
        return [(id, customer) for id, customer in self._tasks]

    def holds(self) -> Sequence[tuple[str, str]]:
        return [(customer, hold) for customer, hold in self._holds]
