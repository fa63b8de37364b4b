"""Row-level security as the last line: a tenant's canary is never seen, changed or forged by another (I31)."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine

from service.store import tables
from service.store.database import APP, CLOCK, SENDER, connect, transaction
from tests.store.histories import BEGIN, House, begin

OWN, OTHER = "acme", "globex"
GLOBAL = {"seen"}
TABLES = sorted(tables.metadata.tables.keys() - GLOBAL)


@pytest.fixture(scope="module")
def filled(house: House) -> str:
    """Both tenants have a row in every table, full of canaries."""
    assert house.tenant == OWN
    for one in (house, begin(house.engine, house.url, OTHER)):
        for table in TABLES:
            if not one.dump(table):
                _plant(one, table)
            assert one.dump(table)
    return house.url


@pytest.fixture(scope="module")
def engine(filled: str) -> Iterator[Engine]:
    engine = connect(filled, 1)  # one connection, so that every transaction takes over from another
    yield engine
    engine.dispose()


def _plant(house: House, table: str) -> None:
    """A row of canaries where the history left none."""
    values: dict[str, object] = {"tenant": house.tenant}
    for column in tables.metadata.tables[table].columns:
        if not column.nullable and column.name != "tenant" and column.server_default is None:
            values[column.name] = _canary(house.tenant, str(column.type))
    names = SQL(", ").join(map(Identifier, values))
    marks = SQL(", ").join([SQL("%s")] * len(values))
    with house.owner() as connection:
        statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(Identifier(table), names, marks)
        connection.execute(statement, list(values.values()))


def _canary(tenant: str, kind: str) -> object:
    if kind in ("TEXT", "JSON", "BLOB", "BYTEA"):
        return {"TEXT": f"canary-{tenant}", "JSON": f'"canary-{tenant}"'}.get(kind, b"canary")
    if kind.startswith(("DATETIME", "TIMESTAMP")):
        return BEGIN
    return {"DATE": BEGIN.date(), "BOOLEAN": False}.get(kind, 1)


def key_of(table: str) -> str:
    return "id" if table == "tenants" else "tenant"


@pytest.mark.parametrize("table", TABLES)
def test_a_tenant_sees_its_own_rows_and_no_others(engine, filled, table):
    with transaction(engine, OWN) as tx:
        seen = {tenant for (tenant,) in tx.rows(f"SELECT DISTINCT {key_of(table)} FROM {table}")}
        theirs = tx.rows(f"SELECT 1 FROM {table} WHERE {key_of(table)} = %(other)s", {"other": OTHER})
    assert seen == {OWN}
    assert theirs == []


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"events"}))
def test_a_tenant_changes_no_other_ones_rows(engine, filled, table):
    key = key_of(table)
    with transaction(engine, OWN) as tx:
        where = {"other": OTHER}
        assert tx.run(f"UPDATE {table} SET {key} = {key} WHERE {key} = %(other)s", where) == 0
        assert tx.run(f"DELETE FROM {table} WHERE {key} = %(other)s", where) == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_tenant_writes_no_row_in_anothers_name(engine, filled, table):
    key = key_of(table)
    over = "OVERRIDING SYSTEM VALUE" if table == "events" else ""
    # Its own row handed to the other tenant, by insertion and by change.
    forged = (
        f"""INSERT INTO {table} {over} SELECT (json_populate_record(t, %(change)s::json)).* FROM {table} t LIMIT 1"""
    )
    with pytest.raises(errors.InsufficientPrivilege), transaction(engine, OWN) as tx:
        tx.run(forged, {"change": f'{{"{key}": "{OTHER}"}}'})
    with pytest.raises(errors.InsufficientPrivilege), transaction(engine, OWN) as tx:
        tx.run(f"UPDATE {table} SET {key} = %(other)s", {"other": OTHER})


@pytest.mark.parametrize("statement", ["UPDATE events SET day = day", "DELETE FROM events", "TRUNCATE events"])
def test_the_service_cannot_rewrite_the_log(engine, filled, statement):
    with pytest.raises(errors.InsufficientPrivilege), transaction(engine, OWN) as tx:
        tx.run(statement)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_tenant_there_is_nothing(engine, filled, table):
    with transaction(engine, "") as tx:
        assert tx.rows(f"SELECT 1 FROM {table} LIMIT 1") == []
    with engine.begin() as connection:  # nobody has said anything
        assert connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchall() == []


def test_a_connection_used_again_remembers_no_tenant(engine, filled):
    with transaction(engine, OTHER) as tx:
        ((before,),) = tx.rows("SELECT pg_backend_pid()")
        assert tx.rows("SELECT count(*) FROM cases")[0][0] > 0
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() == before
        assert connection.exec_driver_sql("SELECT current_setting('app.tenant', true)").scalar() in ("", None)
        assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() == 0
    with transaction(engine, OWN) as tx:
        assert tx.rows("SELECT count(*) FROM cases WHERE tenant <> %(tenant)s") == [(0,)]


def test_a_transaction_that_failed_leaves_no_tenant_or_role_behind(engine, filled):
    with pytest.raises(errors.DivisionByZero), transaction(engine, "", CLOCK) as tx:
        tx.rows("SELECT 1 / 0")
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar() == APP
        assert connection.exec_driver_sql("SELECT count(*) FROM customers").scalar() == 0


@pytest.mark.parametrize("role", [APP, CLOCK, SENDER])
def test_the_roles_are_nobody_special(filled, role):
    with psycopg.connect(filled) as owner:
        row = owner.execute(
            """SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication FROM pg_roles
                WHERE rolname = %s""",
            (role,),
        ).fetchone()
    assert row == (False,) * 6


def test_every_table_forces_its_policies(filled):
    with psycopg.connect(filled) as owner:
        rows = owner.execute(
            """SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
        ).fetchall()
    loose = {name for name, forced in rows if not forced}
    assert loose == GLOBAL | {"alembic_version"}
    assert set(TABLES) <= {name for name, _ in rows}


SCANS = {
    CLOCK: {
        "tenants": {"id", "kind", "clock_at", "follows", "wake_at", "delete_after", "renew_from"},
        "customers": {"tenant", "id", "wake_at"},
        "messages": {"tenant", "id", "slot_at", "state", "channel", "customer", "next_at"},
        "digests": {"tenant", "role", "at"},
        "notice_mails": {"tenant", "day", "state", "next_at"},
    },
    SENDER: {
        "deliveries": {"tenant", "id", "endpoint", "state", "next_at", "created_at"},
        "endpoints": {"tenant", "state"},
    },
}


@pytest.mark.parametrize("role", SCANS)
def test_the_scans_see_the_granted_columns_and_nothing_else(filled, role):
    with psycopg.connect(filled) as owner:
        granted = owner.execute(
            """SELECT c.table_name, c.column_name, p.privilege FROM information_schema.columns c,
                 unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p(privilege)
                WHERE c.table_schema = 'public'
                  AND has_column_privilege(%s, format('public.%%I', c.table_name), c.column_name, p.privilege)""",
            (role,),
        ).fetchall()
        deleting = owner.execute(
            """SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND (has_table_privilege(%s, oid, 'DELETE') OR has_table_privilege(%s, oid, 'TRUNCATE'))""",
            (role, role),
        ).fetchall()
    seen = {(table, column) for table, columns in SCANS[role].items() for column in columns}
    assert {(table, column) for table, column, _ in granted} == seen
    assert {privilege for _, _, privilege in granted} == {"SELECT"}
    assert deleting == []


@pytest.mark.parametrize("role", SCANS)
def test_the_scans_look_across_tenants(engine, filled, role):
    for table, columns in SCANS[role].items():
        with transaction(engine, "", role) as tx:
            assert {tenant for (tenant,) in tx.rows(f"SELECT {key_of(table)} FROM {table}")} == {OWN, OTHER}
            tx.rows(f"SELECT {', '.join(sorted(columns))} FROM {table}")
        with pytest.raises(errors.InsufficientPrivilege), transaction(engine, "", role) as tx:
            tx.rows(f"SELECT * FROM {table}")
