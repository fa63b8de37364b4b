"""A family is locked with its parent: whoever holds that one knows that nobody works on a child (E)."""

import gc
from datetime import UTC, date, datetime

import pytest
from psycopg import errors
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.account import Account
from service.domain.scene import CLOCKWORK, Asker
from service.domain.settings import Settings
from service.engine import administer
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.handle import handle
from service.engine.rebuild import rebuild
from service.engine.verify import Place, verify
from service.runtime import read_playbook
from service.store import customers, log, messages
from service.store.database import transaction
from service.store.shipped import shipped_playbooks

ERP = Asker(actor="erp", role="erp")
DAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)


def house(engine: Engine, tenant: str, **settings: object) -> Desk:
    """Holding H with child A, and B, who stands alone."""
    chosen = Settings(**settings)  # type: ignore[arg-type]
    administer.create(engine, tenant, "sandbox", chosen, shipped_playbooks(), ERP, NOW)
    desk = Desk(engine, frozenset(), read_playbook)
    for id, parent in (("H", None), ("A", "H"), ("B", None)):
        told(desk, tenant, c.UpdateCustomer(customer=id, name=id, parent=parent))
    return desk


@pytest.fixture(scope="module")
def desk(engine: Engine) -> Desk:
    return house(engine, "family", contact_parents=True)


def told(desk: Desk, tenant: str, *commands: c.Command) -> list[str]:
    done = handle(desk, tenant, [Ask(command=command, asker=ERP) for command in commands])
    return [one.status if one.refused is None else one.refused.code for one in done]


def said(id: str, **facts: object) -> c.UpdateCustomer:
    return c.UpdateCustomer(customer=id, **facts)  # type: ignore[arg-type]


def test_a_child_is_worked_on_only_with_its_parent(desk):
    with transaction(desk.engine, "family") as tx:
        customers.lock(tx, ["H"])
        assert told(desk, "family", said("B", name="B1")) == ["accepted"]
        with pytest.raises(errors.LockNotAvailable):
            told(desk, "family", said("A", name="A1"))
    assert told(desk, "family", said("A", name="A1")) == ["accepted"]


def test_the_clock_leaves_a_child_whose_parent_is_held_to_others(desk):
    wake = [Ask(command=c.Wake(customer=id), asker=CLOCKWORK) for id in ("A", "B")]
    with transaction(desk.engine, "family") as tx:
        customers.lock(tx, ["H"])
        done = handle(desk, "family", wake, skip_locked=True)
    assert [one.status for one in done] == ["rejected", "duplicate"]


def test_without_the_tenants_wish_nobody_waits_for_a_parent(engine):
    desk = house(engine, "apart")
    with transaction(engine, "apart") as tx:
        customers.lock(tx, ["H"])
        assert told(desk, "apart", said("A", name="A1")) == ["accepted"]


def test_a_parent_is_locked_when_it_is_named(desk):
    with transaction(desk.engine, "family") as tx:
        customers.lock(tx, ["H"])
        with pytest.raises(errors.LockNotAvailable):
            told(desk, "family", said("B", parent="H"))


def test_members_of_one_batch_see_each_other(engine):
    desk = house(engine, "batch")
    assert told(desk, "batch", said("C", name="C"), said("D", name="D", parent="C"), said("C", parent="H")) == [
        "accepted",
        "accepted",
        "parent_has_children",
    ]
    assert told(desk, "batch", said("D", parent=None), said("C", parent="H")) == ["accepted", "accepted"]
    assert told(desk, "batch", said("B", parent="C")) == ["parent_has_parent"]


def test_what_a_parents_events_say_of_its_childrens_bills_is_proved_too(engine):
    desk = house(engine, "proved")
    bill = c.IssueInvoice(invoice="I-1", customer="A", amount="1.00", currency="CNY", issued_on=DAY, due_on=DAY)
    answered = c.RecordReply(customer="H", message="m", cases=("I-1",), channel="email", contact="ap", text=None)
    assert told(desk, "proved", bill, answered) == ["accepted", "accepted"]
    assert differences(desk) == []
    with transaction(engine, "proved") as tx:
        log.mention(tx, [("I-1", "customer/H", 1)])  # which names no bill
    assert differences(desk) == ["mentions of A"]
    assert sum(step.mended for step in rebuild(desk, Place("proved"))) == 1
    assert differences(desk) == []


def differences(desk: Desk) -> list[str]:
    return [one.where for step in verify(desk, Place("proved")) for one in step.differences]


def test_a_message_to_a_parent_waits_while_something_is_due_for_a_child(engine):
    desk = house(engine, "due", contact_parents=True)
    with transaction(engine, "due") as tx:
        item = messages.Item(
            message="H~ap~email~2026-03-05",
            customer="H",
            contact="ap",
            channel="email",
            day=DAY,
            slot_at=NOW,
            service=False,
            kind="dunning",
            copy=None,
            case_id="I-1",
            template="overdue",
            step="s",
            rule="B3",
        )
        messages.add(tx, [item], NOW)
        assert len(messages.ready(tx, NOW, 10, families=True)) == 1
        customers.set_wake(tx, ["A"], NOW)
        assert messages.ready(tx, NOW, 10, families=True) == []
        assert len(messages.ready(tx, NOW, 10)) == 1
    assert desk


def test_what_a_batch_made_is_gone_with_it_whatever_was_refused(desk):
    gc.collect()
    before = accounts()
    gc.disable()
    try:
        pay = c.ReceivePayment(
            customer="B", payment="P", amount="1.00", currency="CNY", allocations=[c.Allocation(invoice="X", amount="1.00")]
        )
        assert told(desk, "family", said("A", name="A2"), pay, said("B", name="B2"))[1] == "unknown_invoice"
        assert accounts() == before
    finally:
        gc.enable()


def accounts() -> int:
    return sum(type(one) is Account for one in gc.get_objects())
