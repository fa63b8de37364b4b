"""What the service could do to the database if somebody else spoke through it: asked of the catalogue, so that a table or a
function added tomorrow is asked about too."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from service.store.database import APP, CLOCK, SENDER, connect, transaction
from tests.conftest import url_of
from tests.journeys.conftest import SECRET_KEY
from tests.journeys.house import House, on_database

ROLES = (APP, CLOCK, SENDER)
NO_TENANT = {"alembic_version", "seen"}
THIS_TENANT = "NULLIF(current_setting('app.tenant'::text, true), ''::text)"
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")


@pytest.fixture(scope="module")
def owner(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def all_of(owner: psycopg.Connection, sql: str, *params: object) -> list[Any]:
    return [one for (one,) in owner.execute(sql.encode(), params).fetchall()]


OURS = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
TABLES = f"{OURS} AND relkind IN ('r', 'p')"


def test_every_table_with_a_tenant_shows_only_its_rows(owner):
    """Row-level security is on and forced, and the service's one policy is that of the tenant."""
    keyed = dict(
        owner.execute(
            """SELECT c.relname::text, min(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                  AND (a.attname = 'tenant' OR (c.relname = 'tenants' AND a.attname = 'id')) GROUP BY 1"""
        ).fetchall()
    )
    assert set(all_of(owner, TABLES)) - keyed.keys() == NO_TENANT
    loose = all_of(owner, f"{TABLES} AND NOT (relrowsecurity AND relforcerowsecurity)")
    assert set(loose) == NO_TENANT
    for table, column in keyed.items():
        policies = owner.execute(
            """SELECT permissive, cmd, qual, with_check FROM pg_policies
                WHERE schemaname = 'public' AND tablename = %s AND %s = ANY(roles)""",
            (table, APP),
        ).fetchall()
        assert policies == [("PERMISSIVE", "ALL", f"({column} = {THIS_TENANT})", None)], table
    anybody = owner.execute("SELECT tablename FROM pg_policies WHERE 'public' = ANY(roles)").fetchall()
    assert anybody == []


def test_nothing_runs_with_more_rights_than_who_asks(owner):
    """No function of a definer's, no view of an owner's, no rule: each would see past the policies."""
    of_ours = "pronamespace = 'public'::regnamespace"
    assert all_of(owner, f"SELECT proname::text FROM pg_proc WHERE {of_ours} AND prosecdef") == []
    assert all_of(owner, f"{OURS} AND relkind IN ('v', 'm', 'f')") == []
    assert all_of(owner, "SELECT rulename::text FROM pg_rules WHERE schemaname = 'public'") == []
    assert all_of(owner, "SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'") == []


def test_no_role_empties_tables_or_makes_things(owner):
    """TRUNCATE and references look past every policy; what is made could stand in the way of what is there."""
    for role in ROLES:
        for table in all_of(owner, TABLES):
            held = {p for p in PRIVILEGES if all_of(owner, "SELECT has_table_privilege(%s, %s, %s)", role, table, p) == [True]}
            assert not held & {"TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}, (role, table)
            assert table != "events" or role != APP or held == {"SELECT", "INSERT"}
            assert table != "alembic_version" or held <= {"SELECT"}
            assert role == APP or held == set(), "column by column only"
        assert all_of(owner, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", role) == [False]
        assert all_of(owner, "SELECT has_database_privilege(%s, current_database(), 'CREATE')", role) == [False]
        for counter in all_of(owner, f"{OURS} AND relkind = 'S'"):
            assert all_of(owner, "SELECT has_sequence_privilege(%s, %s, 'USAGE, UPDATE')", role, counter) == [False]


def test_the_roles_are_members_of_nothing_and_own_nothing(owner):
    members = owner.execute(
        """SELECT m.rolname, r.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
             JOIN pg_roles r ON r.oid = a.roleid WHERE m.rolname = ANY(%s)""",
        (list(ROLES),),
    ).fetchall()
    assert members == []
    assert all_of(owner, "SELECT relname::text FROM pg_class WHERE relowner::regrole::text = ANY(%s)", list(ROLES)) == []


BREAKING_OUT = [
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY events TO '/tmp/events'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT lo_import('/etc/passwd')",
    "ALTER TABLE events DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "DROP POLICY own_tenant ON cases",
    "CREATE POLICY mine ON cases TO dunlog_app USING (true)",
    "ALTER ROLE dunlog_app BYPASSRLS",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE TABLE public.mine (a int)",
    "CREATE EXTENSION dblink",
    "SET session_replication_role = replica",
    "ALTER SYSTEM SET log_statement = 'all'",
    "UPDATE alembic_version SET version_num = '0001'",
    "TRUNCATE cases",
    "DROP TRIGGER append_only ON events",
]


@pytest.fixture(scope="module")
def nobody(database: str, owner: psycopg.Connection) -> Iterator[str]:
    """The URL of a login that is nothing but a member of the three roles, as the README says to make one."""
    name, password = f"nobody_{secrets.token_hex(4)}", secrets.token_hex(8)
    owner.execute(SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(Identifier(name), password))
    for role in ROLES:
        owner.execute(SQL("GRANT {} TO {}").format(Identifier(role), Identifier(name)))
    yield make_url(url_of(database, str(make_url(database).database))).set(username=name, password=password).render_as_string(
        hide_password=False
    )
    owner.execute(SQL("DROP ROLE {}").format(Identifier(name)))


@pytest.fixture(scope="module")
def house(nobody: str) -> Iterator[House]:
    house = on_database(nobody, SECRET_KEY)
    try:
        house.start()
        yield house
    finally:
        house.stop()


def test_a_login_that_is_nobody_can_serve(house, owner):
    """Tenants, events, the clock's loop and the couriers': all of it works without a right of the login's own."""
    keys = house.tenant("served", now="2026-03-02T10:00:00+08:00")
    assert keys["admin"].startswith("dl_served_")
    assert all_of(owner, "SELECT count(*) FROM events WHERE tenant = 'served'")[0] > 5
    assert '"error"' not in house.said()


@pytest.mark.parametrize("statement", BREAKING_OUT)
def test_nobody_breaks_out(nobody, statement):
    """Neither as the role that serves nor after giving it back."""
    for first in (f"SET ROLE {APP}", "RESET ROLE", f"SET ROLE {CLOCK}", f"SET ROLE {SENDER}"):
        with psycopg.connect(nobody, autocommit=True) as connection:
            connection.execute(first.encode())
            with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedFile, errors.FeatureNotSupported)):
                connection.execute(statement.encode())


def test_nobody_gives_themselves_more(nobody, owner):
    """PostgreSQL only warns of a GRANT that grants nothing."""
    with psycopg.connect(nobody, autocommit=True) as connection:
        connection.execute(f"SET ROLE {APP}".encode())
        connection.execute(b"GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC")
    for role in (*ROLES, make_url(nobody).username):
        assert all_of(owner, "SELECT has_table_privilege(%s, 'events', 'UPDATE, DELETE, TRUNCATE')", role) == [False]
        assert role == APP or all_of(owner, "SELECT has_table_privilege(%s, 'keys', 'SELECT')", role) == [False]


def test_whoever_gives_the_role_back_has_nothing(nobody, owner, house):
    """Of the owner's connection the role could be given back: RESET ROLE, and everything is there."""
    tables = all_of(owner, TABLES)
    with psycopg.connect(nobody, autocommit=True) as connection:
        for table in tables:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(SQL("SELECT 1 FROM {} LIMIT 1").format(Identifier(table)))
        for role in ("postgres", "pg_read_all_data", "pg_monitor", *all_of(owner, "SELECT current_user::text")):
            with pytest.raises((errors.InsufficientPrivilege, errors.InvalidParameterValue)):
                connection.execute(SQL("SET ROLE {}").format(Identifier(role)))


def test_the_service_sees_only_what_was_named_to_it(nobody, house):
    """Even a service that somebody else speaks through sees one tenant at a time, none of them by accident."""
    engine = connect(nobody, 1)
    with transaction(engine, "served") as tx:
        assert tx.rows("SELECT count(*) > 0 FROM events") == [(True,)]
    for other in ("", "Served", "served ", "%"):
        with transaction(engine, other) as tx:
            assert tx.rows("SELECT count(*) FROM events") == [(0,)]
    engine.dispose()
