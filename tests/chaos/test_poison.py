"""I36: rows on which our own code fails are put aside, hold up nobody, and go on once they are mended."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos import clocks, crowds
from tests.chaos.forked import barracks
from tests.chaos.invariants import violations
from tests.chaos.processes import rows
from tests.journeys.company import Company
from tests.journeys.house import House, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found

TENANT = "poisoned"
BROKEN_STATE, BROKEN_ADDRESS = "C-3", "C-5"


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    with barracks(on_database(database, clocks.SECRET_KEY)) as house:
        house.start()
        yield house
        house.stop()


@pytest.fixture(scope="module")
def runtime(database: str) -> Iterator[Runtime]:
    with opened(load(database_url=database, secret_key=clocks.SECRET_KEY, pool_size=2)) as runtime:
        yield runtime


def test_I36_a_customer_and_a_message_that_cannot_be_read_hold_up_nobody(database: str, house: House, runtime: Runtime):
    company = Company(house.url, found(runtime, TENANT, "2026-01-05T08:00:00+08:00"), TENANT)
    with closing(company.http):
        company.post(*crowds.events(10, 2))
        state = _write(database, "customers", "state", "id", BROKEN_STATE, '{"version": "not a number"}')
        body = _write(database, "private", "body", "stream || '/' || part", f"customer/{BROKEN_ADDRESS}/ap", "[]")
        company.walk("2026-01-09")
        assert reminded(database) == Counter({f"C-{n}": 3 for n in range(10) if f"C-{n}" != BROKEN_STATE})
        assert waiting(database) == {BROKEN_ADDRESS}
        for kind in ("customer", "message"):
            metrics = company.http.get("/metrics").text
            assert f'dunlog_parked_total{{kind="{kind}"}}' in metrics

        _write(database, "customers", "state", "id", BROKEN_STATE, state)
        _write(database, "private", "body", "stream || '/' || part", f"customer/{BROKEN_ADDRESS}/ap", body)
        company.walk("2026-01-12")
        assert reminded(database)[BROKEN_STATE] > 0
        assert waiting(database) == set()
    assert violations(database, TENANT) == []
    prove(runtime, TENANT)


def _write(url: str, table: str, column: str, key: str, value: str, text: str) -> str:
    """A value as no code of ours would write it; the one before."""
    where = f"FROM {table} WHERE tenant = %s AND {key} = %s"
    ((before,),) = rows(url, f"SELECT {column}::text {where}", TENANT, value)
    with psycopg.connect(url) as connection:
        update = f"UPDATE {table} SET {column} = %s::json WHERE tenant = %s AND {key} = %s"
        connection.execute(update.encode(), (text, TENANT, value))
    old: str = before
    return old


def reminded(url: str) -> Counter[str]:
    """On how many days each customer was reminded by mail."""
    sql = """SELECT customer, count(DISTINCT day) FROM events WHERE tenant = %s AND type = 'case.reminded'
                AND data->>'channel' = 'email' GROUP BY customer"""
    return Counter(dict(rows(url, sql, TENANT)))


def waiting(url: str) -> set[str]:
    """Customers with a message that has not left."""
    sql = "SELECT DISTINCT customer FROM messages WHERE tenant = %s AND state = 'queued'"
    return {customer for (customer,) in rows(url, sql, TENANT)}
