"""A tenant with a history, made by the engine itself: ten months of bills, payments, promises, approvals and holds."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.domain.tenant import Tenant
from service.engine import administer, consents, walk
from service.engine.asks import Ask, Done
from service.engine.desk import Desk
from service.engine.handle import handle
from service.engine.verify import Checked, Place, verify
from service.runtime import read_playbook
from service.store import worklist
from service.store.database import Tx
from service.store.inbox import Identity
from service.store.shipped import shipped_playbooks
from service.words.compose import compose

BEGIN = datetime(2026, 1, 5, 2, tzinfo=UTC)
END = datetime(2026, 11, 5, 2, tzinfo=UTC)

ERP = Asker(actor="erp", role="erp", key="k1", source="api", request="r1")
_numbers = count(1)


@dataclass
class House:
    """A sandbox tenant, and both ways into its database: as the service, and as the owner who can do anything."""

    engine: Engine
    url: str
    tenant: str
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.engine, frozenset({"letter"}), read_playbook)

    def ask(self, *commands: Any, asker: Asker = ERP) -> list[Done]:
        """Carry them out; each must be accepted."""
        asks = [Ask(command=one, asker=asker, identity=Identity("erp", str(next(_numbers)), b"x")) for one in commands]
        done = handle(self.desk, self.tenant, asks)
        refused = [one.refused for one in done if one.status != "accepted"]
        assert not refused, refused
        return done

    def walk(self, to: datetime) -> None:
        """Move the clock."""
        walk.move(self.desk, self.tenant, to, False, compose, lambda _: None)

    def ask_note(self, customer: str, *cases: str) -> None:
        """Something small happens."""
        self.ask(c.AddNote(customer=customer, cases=cases, text="called back"))

    def a_bill(self, invoice: str) -> Callable[[str], c.IssueInvoice]:
        """A bill for whichever customer."""
        return lambda customer: c.IssueInvoice(
            invoice=invoice,
            customer=customer,
            amount="100.00",
            currency="CNY",
            issued_on=date(2026, 1, 5),
            due_on=date(2026, 3, 6),
        )

    def a_payment(self, payment: str) -> Callable[[str], c.ReceivePayment]:
        """Money from whichever customer."""
        return lambda customer: _paid(payment, customer, "1.00", date(2026, 1, 5))

    def live(self, until: datetime = END) -> None:
        """Ten months of a little of everything."""
        for moment, act in _story():
            if moment < until:
                self.walk(moment)
                act(self)
        self.walk(until)

    def verify(self, after: Place | None = None) -> list[Checked]:
        """A whole pass with a desk that remembers nothing."""
        return list(verify(Desk(self.engine, frozenset({"letter"}), read_playbook), after or Place(self.tenant)))

    def found(self) -> set[tuple[str, str]]:
        """What a pass finds, and where."""
        return {(one.what, one.where) for checked in self.verify() for one in checked.differences}

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """As the owner."""
        with self.owner() as connection:
            return connection.cursor(row_factory=tuple_row).execute(sql, params).fetchall()

    def tamper(self, sql: str, *params: Any) -> int:
        """As somebody who owns the database and puts the guards aside."""
        with self.owner() as connection:
            connection.execute("SET LOCAL session_replication_role = replica")  # triggers sleep
            return connection.execute(sql, params).rowcount

    def dump(self, table: str) -> list[str]:
        """The tenant's rows of a table as text, in order."""
        key = "id" if table == "tenants" else "tenant"
        rows = self.rows(f"SELECT t::text FROM {table} t WHERE {key} = %s ORDER BY 1", self.tenant)
        return [text for (text,) in rows]

    def restore(self, table: str, rows: list[str]) -> None:
        """Those rows again, and no others."""
        key = "id" if table == "tenants" else "tenant"
        self.tamper(f"DELETE FROM {table} WHERE {key} = %s", self.tenant)
        over = "OVERRIDING SYSTEM VALUE" if table == "events" else ""
        self.tamper(f"INSERT INTO {table} {over} SELECT (r::{table}).* FROM unnest(%s::text[]) AS r", rows)

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection[Any]]:
        """One transaction as the owner."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SELECT set_config('app.tenant', %s, true)", (self.tenant,))
            connection.execute("SET LOCAL row_security = off")
            yield connection


def begin(engine: Engine, url: str, tenant: str) -> House:
    """Four customers with four bills each."""
    administer.create(engine, tenant, "sandbox", Settings(), shipped_playbooks(), ERP, BEGIN)
    house = House(engine, url, tenant)
    house.ask(*(_customer(n) for n in range(4)), *(bill for n in range(4) for bill in _bills(n)))
    return house


def build(engine: Engine, url: str, tenant: str) -> House:
    """The same after ten months."""
    house = begin(engine, url, tenant)
    house.live()
    for answered in (True, False):
        _wish(house, answered)
    return house


def _wish(house: House, answered: bool) -> None:
    """Something of the company itself is asked, and perhaps refused."""

    def ask(_: Tx, tenant: Tenant) -> list[administer.Change]:
        deed = {"playbook": "gentle", "version": 1, "text": "grammar: 1"}
        return [consents.ask(tenant, ERP, END.date(), "playbook", "gentle", "boss", deed, "softer")]

    def refuse(tx: Tx, tenant: Tenant) -> list[administer.Change]:
        (id,) = tenant.requests
        row = worklist.get(tx, "approvals", id)
        assert row is not None
        return [consents.rejected(tenant, scene, Asker(actor="chen", role="boss"), row, "too soft")]

    administer.administer(house.engine, house.tenant, ask, ERP)
    with house.desk.open(house.tenant) as session:
        scene = session.scene
    if answered:
        administer.administer(house.engine, house.tenant, refuse, ERP)


class Vandal:
    """Changes rows of one tenant as the owner, with the guards aside, and remembers how they were."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._before: dict[str, list[str]] = {}

    def change(self, table: str, change: str, where: str, *params: Any) -> int:
        """So many rows were changed."""
        return self._do(table, f"UPDATE {table} SET {change} WHERE {_OWN[table == 'tenants']} AND {where}", params)

    def remove(self, table: str, where: str, *params: Any) -> int:
        """So many rows were taken out."""
        return self._do(table, f"DELETE FROM {table} WHERE {_OWN[table == 'tenants']} AND {where}", params)

    def copy(self, table: str, change: dict[str, Any]) -> int:
        """One row once more, changed."""
        sql = f"""INSERT INTO {table} SELECT (json_populate_record(t, %s::json)).* FROM {table} t
                   WHERE t.tenant = %s LIMIT 1"""
        return self._do(table, sql, (json.dumps(change), self._house.tenant), own=False)

    def _do(self, table: str, sql: str, params: tuple[Any, ...], own: bool = True) -> int:
        if table not in self._before:
            self._before[table] = self._house.dump(table)
        return self._house.tamper(sql, *((self._house.tenant,) if own else ()), *params)

    def put_back(self) -> None:
        """Byte for byte as before."""
        for table, rows in self._before.items():
            self._house.restore(table, rows)


_OWN = {False: "tenant = %s", True: "id = %s"}


def _customer(n: int) -> c.UpdateCustomer:
    contact = c.ContactGiven(id="ap", name="Li Na", email=f"ap{n}@example.com", role="accounts_payable")
    return c.UpdateCustomer(customer=f"C-{n}", name=f"客户 {n}", contacts=[contact])


def _bills(n: int) -> Sequence[c.IssueInvoice]:
    return [
        c.IssueInvoice(
            invoice=f"INV-{n}-{k}",
            customer=f"C-{n}",
            amount="1200.00",
            currency="CNY",
            issued_on=date(2026, 1, 5),
            due_on=date(2026, 3, 6 + k),
        )
        for k in range(4)
    ]


def _story() -> list[tuple[datetime, Callable[[House], object]]]:
    """What happens when, on the tenant's clock; each after everything due till then has been decided."""
    return [
        (_on(1, 12), lambda h: h.ask(*(c.ConfirmInvoice(invoice=f"INV-{n}-0") for n in range(4)))),
        (_on(1, 13), lambda h: h.ask(c.VoidInvoice(invoice="INV-3-3", reason="typed twice"))),
        (_on(3, 20), lambda h: h.ask(_paid("P-1", "C-0", "700.00", date(2026, 3, 20)))),
        (_on(3, 25), lambda h: h.ask(c.ReversePayment(payment="P-1", reason="bounced"))),
        (_on(4, 1), lambda h: h.ask(_paid("P-2", "C-0", "9000.00", date(2026, 4, 1)))),
        (_on(4, 2), lambda h: h.ask(_promise("C-1", "INV-1-0", date(2026, 4, 10)))),
        (_on(4, 3), _tasks),
        (_on(4, 7), _plans),
        (_on(4, 8), _disputes),
        (_on(4, 20), lambda h: h.ask(c.CreditInvoice(invoice="INV-1-1", amount="200.00", reason="returned"))),
        (_on(5, 20), lambda h: h.ask(c.CreditInvoice(invoice="INV-1-2", amount="150.00"))),
        (_on(5, 21), _later),
        (_on(6, 1), lambda h: h.ask(_paid("P-3", "C-2", "1200.00", date(2026, 6, 1)))),
        (_on(6, 2), lambda h: h.ask(c.AddNote(customer="C-1", cases=("INV-1-0", "INV-1-2"), text="nobody in"))),
        (_on(6, 20), lambda h: _answer(h, "C-1", "C-2")),
        (_on(7, 1), lambda h: h.ask(c.ChangeDueDate(invoice="INV-3-0", due_on=date(2026, 8, 1)))),
    ]


def _on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 2, tzinfo=UTC)


def _paid(payment: str, customer: str, amount: str, day: date) -> c.ReceivePayment:
    return c.ReceivePayment(payment=payment, customer=customer, amount=amount, currency="CNY", received_on=day)


def _promise(customer: str, case: str, due_on: date) -> c.MakePromise:
    return c.MakePromise(customer=customer, cases=(case,), amount="1200.00", due_on=due_on, promised_by="ap")


def _tasks(house: House) -> None:
    """One open task is put off, one is given to somebody else, one is done."""
    open_tasks = house.rows(
        "SELECT id, customer, kind FROM tasks WHERE tenant = %s AND state = 'open' ORDER BY id", house.tenant
    )
    assert len(open_tasks) >= 3
    (one, whose, _), (two, whom, _), *rest = open_tasks
    house.ask(c.SnoozeTask(customer=whose, task=one, until=date(2026, 4, 8), reason="on holiday"))
    house.ask(c.AssignTask(customer=whom, task=two, owner="wang.wei"))
    done, customer, _ = rest[0]
    record = c.ContactRecord(channel="phone", outcome="reached", willingness="yes", ability="part", cause="cash")
    house.ask(c.CompleteTask(customer=customer, task=done, record=record))


def _plans(house: House) -> None:
    """One is agreed and breaks in May, one waits for consent that it gets, one for an answer that nobody gives."""
    supervisor, manager = (Asker(actor=f"the {role}", role=role, source="api") for role in ("supervisor", "manager"))
    for case, many in (("INV-2-1", 2), ("INV-3-1", 8), ("INV-2-2", 8)):
        customer = f"C-{case[4]}"
        terms = c.PlanTerms(count=many, first_on=date(2026, 5, 6), every="P7D")
        house.ask(c.AgreePlan(customer=customer, cases=(case,), terms=terms, promised_by="ap"), asker=supervisor)
    sql = "SELECT id FROM approvals WHERE tenant = %s AND customer = 'C-3' AND kind = 'plan'"
    ((waiting,),) = house.rows(sql, house.tenant)
    house.ask(c.GrantApproval(customer="C-3", approval=waiting), asker=manager)


def _disputes(house: House) -> None:
    """One is decided for us, one for the customer, whose credit comes in part, and one stands open."""
    collector = Asker(actor="the collector", role="collector", source="api")
    for case, amount in (("INV-1-1", "100.00"), ("INV-1-2", "300.00"), ("INV-1-3", None)):
        opened = c.OpenDispute(customer="C-1", cases=(case,), reason="quality", text="scratched", amount=amount)
        house.ask(opened, asker=collector)
    for case, outcome in (("INV-1-1", "ours"), ("INV-1-2", "customers")):
        resolved = c.ResolveDispute(customer="C-1", case=case, dispute=1, outcome=outcome, text="seen")  # type: ignore[arg-type]
        house.ask(resolved, asker=collector)


def _later(house: House) -> None:
    """A bill falls due later, one waits for consent to that, and a discount is taken and booked."""
    supervisor = Asker(actor="the supervisor", role="supervisor", source="api")
    extended = [("INV-3-2", date(2026, 3, 20)), ("INV-3-2", date(2026, 9, 1))]
    for case, due_on in extended:
        house.ask(c.ExtendCase(customer="C-3", case=case, due_on=due_on, reason="harvest"), asker=supervisor)
    offer = c.OfferDiscount(customer="C-2", case="INV-2-3", amount="20.00", ends_on=date(2026, 5, 29), reason="settle")
    house.ask(offer, asker=supervisor)
    allocated = [c.Allocation(invoice="INV-2-3", amount="1180.00")]
    paid = c.ReceivePayment(
        payment="P-4", customer="C-2", amount="1180.00", currency="CNY", received_on=date(2026, 5, 21), allocations=allocated
    )
    house.ask(paid)
    house.ask(c.CreditInvoice(invoice="INV-2-3", amount="20.00"))


def _answer(house: House, granted: str, rejected: str) -> None:
    """Open requests of one customer are granted, those of another rejected."""
    asked = house.rows(
        "SELECT id, customer, role FROM approvals WHERE tenant = %s AND state = 'open' ORDER BY id", house.tenant
    )
    assert {granted, rejected} <= {customer for _, customer, _ in asked}
    for id, customer, role in asked:
        asker = Asker(actor=f"the {role}", role=role, source="api")
        if customer == granted:
            house.ask(c.GrantApproval(customer=customer, approval=id), asker=asker)
        elif customer == rejected:
            house.ask(c.RejectApproval(customer=customer, approval=id, reason="talk to them first"), asker=asker)
