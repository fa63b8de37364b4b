"""Once: a fact's name is taken by whoever commits first, whichever customer the other one speaks of (I20)."""

import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.engine.asks import Ask
from service.engine.handle import handle
from service.store.inbox import Identity
from tests.store.histories import ERP, House, begin


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    return begin(engine, database, "acme")


def credit(invoice: str) -> c.CreditInvoice:
    return c.CreditInvoice(invoice=invoice, amount="1.00")


def credits(house: House) -> list[str]:
    sql = "SELECT stream FROM events WHERE tenant = %s AND type = 'invoice.credited'"
    return [stream for (stream,) in house.rows(sql, house.tenant)]


def named(name: str, content: bytes, command: c.CreditInvoice) -> Ask:
    return Ask(command=command, asker=ERP, identity=Identity("erp", name, content))


def test_I20_a_fact_said_again_gets_the_same_position_and_nothing_happens(house):
    ask = named("again", b"one", credit("INV-2-0"))
    first, second = (handle(house.desk, house.tenant, [ask])[0] for _ in range(2))
    assert (first.status, second.status, second.repeated) == ("accepted", "duplicate", True)
    assert first.position == second.position
    assert credits(house).count("case/INV-2-0") == 1


def test_I20_a_fact_said_twice_in_one_batch_is_one(house):
    ask = named("batch", b"one", credit("INV-2-1"))
    first, second = handle(house.desk, house.tenant, [ask, ask])
    assert (first.status, second.status) == ("accepted", "duplicate")
    assert first.position == second.position is not None
    again = handle(house.desk, house.tenant, [ask, ask])
    assert [one.position for one in again] == [first.position] * 2
    assert credits(house).count("case/INV-2-1") == 1


def test_I20_another_fact_by_the_same_name_is_refused(house):
    assert handle(house.desk, house.tenant, [named("name", b"one", credit("INV-2-2"))])[0].status == "accepted"
    (done,) = handle(house.desk, house.tenant, [named("name", b"other", credit("INV-2-3"))])
    assert done.refused and done.refused.code == "event_id_reused"
    assert "case/INV-2-3" not in credits(house)


def test_I20_the_same_fact_at_two_replicas_at_once_is_carried_out_once(house):
    """The second comes, and commits, while the first is about to; they speak of customers that do not wait for each other."""
    second = Ask(command=credit("INV-1-0"), asker=ERP, identity=Identity("erp", "once", b"other"))
    overtaking = iter([second])

    def overtaken(*_: object) -> tuple[int, bytes]:
        for ask in overtaking:
            assert handle(house.desk, house.tenant, [ask])[0].status == "accepted"
        return 200, b""

    first = Ask(command=credit("INV-0-0"), asker=ERP, identity=Identity("erp", "once", b"one"), respond=overtaken)
    (done,) = handle(house.desk, house.tenant, [first])
    assert done.refused and done.refused.code == "event_id_reused"
    assert {"case/INV-0-0", "case/INV-1-0"} & {*credits(house)} == {"case/INV-1-0"}
