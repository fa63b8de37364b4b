"""Beyond one machine the tenant is what everything is distributed by.

Every statement that the service sends on a day is planned against copies of all tables that are hash-partitioned by tenant,
and touches one partition of a table."""

import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

import psycopg
import pytest

from service import store
from service.store import tables
from service.store.arrays import Array
from service.store.database import APP, CLOCK, SENDER
from tests.api.conftest import serving
from tests.journeys.receiver import Receiver
from tests.store import everyday
from tests.store.recorded import Recording, recording

PARTITIONS = 4
ACROSS = {
    *("alarms.ringing", "alarms.queued", "alarms.ready", "alarms.telling", "outbox.due", "gauges.read", "gauges.calendars"),
    *("tenants.names", "tenants.ticking", "tenants.to_delete"),
}
"""What looks at all tenants: what rings, what leaves, who is there, figures. Beyond one machine each asks for its own."""

GLOBAL = {"seen"}
TABLES = sorted(tables.metadata.tables.keys() - GLOBAL)
DISTRIBUTED_BY = dict.fromkeys(TABLES, "tenant") | {"tenants": "id"}

UNPLANNED = {"database._borrowed", "disposal.estimated", "gauges._hurry", "tenants.clock"}
"""Functions of the store that take a transaction and send nothing that is planned."""


@dataclass(frozen=True)
class Statement:
    """One that was sent, by whom, and what was given to it."""

    role: str
    sql: str
    given: list[Any]


@pytest.fixture(scope="module")
def day(database: str) -> Recording:
    """Everything that went to the database on a day."""
    receiver = Receiver()
    with recording() as found, serving(database, webhook_allow_networks="127.0.0.0/8", rate_limit=0) as service:
        everyday.live(service, receiver)
    receiver.close()
    return found


@pytest.fixture(scope="module")
def statements(day: Recording) -> list[Statement]:
    """Those on tables of ours."""
    ours = re.compile(rf"\b({'|'.join(TABLES)})\b")
    found = [Statement(role, sql, given) for (role, sql), given in day.given.items()]
    return [one for one in found if ours.search(one.sql)]


@pytest.fixture(scope="module")
def parted(database: str, day: Recording) -> Iterator[psycopg.Connection[Any]]:
    """The owner, before copies of all tables in partitions, with the same keys, indexes, policies and rows."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA parted")
        owner.execute(f"GRANT USAGE ON SCHEMA parted TO {APP}, {CLOCK}, {SENDER}")
        for table in TABLES:
            for statement in _copy(table):
                owner.execute(statement.encode())
        owner.execute("ANALYZE")
        owner.execute("SET search_path = parted, public")
        yield owner


def _copy(table: str) -> Iterator[str]:
    by = DISTRIBUTED_BY[table]
    yield f"""CREATE TABLE parted.{table} (LIKE public.{table} INCLUDING ALL EXCLUDING IDENTITY EXCLUDING STORAGE)
              PARTITION BY HASH ({by})"""
    for n in range(PARTITIONS):
        yield f"""CREATE TABLE parted.{table}__{n} PARTITION OF parted.{table}
                  FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {n})"""
    yield f"INSERT INTO parted.{table} SELECT * FROM public.{table}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON parted.{table} TO {APP}, {CLOCK}, {SENDER}"
    yield f"ALTER TABLE parted.{table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE parted.{table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY own_tenant ON parted.{table} TO {APP} USING ({by} = NULLIF(current_setting('app.tenant', true), ''))"
    yield f"CREATE POLICY every_tenant ON parted.{table} TO {CLOCK}, {SENDER} USING (true)"


def touched(plan: Any) -> dict[str, set[str]]:
    """The partitions that a plan reads, by table."""
    found: dict[str, set[str]] = {}
    if isinstance(plan, dict):
        name = plan.get("Relation Name", "") if "Node Type" in plan else ""  # targets of a change are not read
        if "__" in name:
            found.setdefault(name.partition("__")[0], set()).add(name)
    for part in plan.values() if isinstance(plan, dict) else plan if isinstance(plan, list) else ():
        for table, names in touched(part).items():
            found.setdefault(table, set()).update(names)
    return found


def test_every_function_of_the_store_was_called(day):
    """So that its statements are looked at here."""
    asking = {
        f"{module.name}.{name}"
        for module in pkgutil.iter_modules(store.__path__)
        for name, one in vars(import_module(f"{store.__name__}.{module.name}")).items()
        if inspect.isfunction(one) and one.__module__.endswith(f".{module.name}")
        if next(iter(inspect.signature(one).parameters), None) in ("tx", "engine", "watch")
    }
    assert len(asking) > 100
    new = asking - set.union(*day.by.values()) - UNPLANNED
    assert not new, f"have these happen in tests/store/everyday.py, or ask them by hand in SELDOM: {sorted(new)}"
    assert asking >= UNPLANNED


def test_the_copies_have_every_key_and_index(parted):
    """A table whose key or unique index lacks the tenant could not be partitioned by it at all."""
    for table in TABLES:
        here, there = (_indexes(parted, f"{schema}.{table}") for schema in ("public", "parted"))
        assert here == there and here, table


def _indexes(owner: psycopg.Connection[Any], table: str) -> list[str]:
    """What they index and how, whatever they are called."""
    rows = owner.execute("SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass", (table,))
    return sorted(re.sub(r" INDEX \S+ ON (ONLY )?\S+", "", definition) for (definition,) in rows)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_the_service_touches_one_partition_of_a_table(parted, statements, mode):
    """Planned for the very values, and as a connection plans a statement that it has prepared long ago for any values."""
    own = [one for one in statements if one.role not in (CLOCK, SENDER)]
    assert len(own) > 200
    wide = {}
    for one in own:
        for given in one.given:
            found = touched(planned(parted, one.sql, given, mode))
            if any(len(names) > 1 for names in found.values()):
                wide[one.sql] = found
    assert wide == {}


def planned(owner: psycopg.Connection[Any], sql: str, given: dict[str, Any], mode: str) -> Any:
    """The plan for the app's role in that tenant's transaction."""
    names = list(dict.fromkeys(NAMED.findall(sql)))
    values = [plain(given[name]) for name in names]
    numbered = NAMED.sub(lambda found: f"${names.index(found.group(1)) + 1}", sql).replace("%%", "%")
    types = ", ".join(map(type_of, values))
    with owner.transaction(), psycopg.ClientCursor(owner) as client:
        client.execute(f"SET LOCAL ROLE {APP}; SET LOCAL plan_cache_mode = {mode}".encode())
        client.execute("SELECT set_config('app.tenant', %s, true)", (given["tenant"],))
        client.execute(f"PREPARE one{f' ({types})' if types else ''} AS {numbered}".encode())
        marks = f"({', '.join(['%s'] * len(values))})" if values else ""
        row = client.execute(f"EXPLAIN (FORMAT JSON) EXECUTE one{marks}".encode(), values).fetchone()
        client.execute("DEALLOCATE one")
    assert row
    return row[0]


NAMED = re.compile(r"%\((\w+)\)s")
TYPES = {bool: "boolean", int: "bigint", datetime: "timestamptz", date: "date", bytes: "bytea"}


def type_of(value: Any) -> str:
    """As the driver declares it: a text is whatever it is compared with."""
    return TYPES.get(type(value), "unknown")


def plain(value: Any) -> Any:
    return value.items if isinstance(value, Array) else value


def test_nothing_else_looks_across_tenants(day):
    across = {name for role in (CLOCK, SENDER) for name in day.by[role] if not name.startswith("database.")}
    assert across == ACROSS
