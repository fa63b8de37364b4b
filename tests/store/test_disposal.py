"""A tenant leaves: it stands still, can come back, and then nothing of it is in any table, nor less of others."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, make_url

from service import migrate, postgres
from service.domain import commands as c
from service.domain.refusals import Conflict
from service.domain.settings import Settings
from service.engine import administer, disposal, tick
from service.engine.comparing import tenant_deviations
from service.engine.desk import Desk, UnknownTenant
from service.engine.verify import all_tenants
from service.provision import OPERATOR
from service.runtime import read_playbook
from service.store import alarms, endpoints, tables, tenants
from service.store import disposal as rows
from service.store.database import CLOCK, connect, transaction
from service.store.shipped import shipped_playbooks
from tests.conftest import url_of
from tests.store.histories import ERP, House, begin
from tests.store.test_isolation import GLOBAL, _plant

TABLES = sorted(tables.metadata.tables.keys() - GLOBAL)
OTHER = "globex"


@pytest.fixture
def name() -> str:
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def house(engine: Engine, database: str, name: str) -> House:
    """A sandbox with a row in every table."""
    return filled(begin(engine, database, name))


@pytest.fixture(scope="module")
def other(engine: Engine, database: str) -> House:
    """Somebody else, with a row in every table."""
    return filled(begin(engine, database, OTHER))


@pytest.fixture
def plain_owner(server: postgres.Embedded, template: str) -> Iterator[str]:
    """The URL of a migrated database whose owner may make roles and nothing more, as on a server that is not ours."""
    role, roles = f"owner_{uuid.uuid4().hex}", "dunlog_app, dunlog_clock, dunlog_sender"
    with psycopg.connect(server.url, autocommit=True) as superuser:
        superuser.execute(f"CREATE ROLE {role} LOGIN CREATEROLE PASSWORD 'plain'".encode())
        superuser.execute(f"GRANT {roles} TO {role} WITH ADMIN OPTION".encode())
        superuser.execute(f"CREATE DATABASE {role} OWNER {role}".encode())
        url = make_url(url_of(server.url, role)).set(username=role, password="plain")
        plain = url.render_as_string(hide_password=False)
        migrate.upgrade(plain)
        yield plain
        superuser.execute(f"DROP DATABASE {role} WITH (FORCE)".encode())
        superuser.execute(f"DROP OWNED BY {role}".encode())
        superuser.execute(f"DROP ROLE {role}".encode())


@pytest.fixture
def plain_engine(plain_owner: str) -> Iterator[Engine]:
    """The service's way to it."""
    engine = connect(plain_owner, 3)
    yield engine
    engine.dispose()


def filled(house: House) -> House:
    for table in TABLES:
        if not house.dump(table):
            _plant(house, table)
    return house


def live(engine: Engine, database: str, name: str) -> House:
    """A live tenant with a bill."""
    administer.create(engine, name, "live", Settings(), shipped_playbooks(), ERP, None)
    house = House(engine, database, name)
    house.ask(house.a_bill("INV-1")("C-1"))
    return house


def traces(database: str, name: str) -> dict[str, int]:
    """In how many rows of which tables anything says the name; the tables are those of the catalog."""
    with psycopg.connect(database) as owner:
        owner.execute("SET row_security = off")
        listed = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        found = {}
        for (table,) in listed:
            count = SQL("SELECT count(*) FROM {} t WHERE t::text LIKE %s").format(Identifier(table))
            row = owner.execute(count, (f"%{name}%",)).fetchone()
            if row and row[0]:
                found[table] = row[0]
        return found


def dumps(house: House) -> dict[str, list[str]]:
    return {table: house.dump(table) for table in TABLES}


def delete(house: House, **given: float) -> dict[str, int]:
    gone: dict[str, int] = {}
    for table, count in disposal.delete(house.desk, house.tenant, **given):
        gone[table] = gone.get(table, 0) + count
    return gone


def test_nothing_of_the_tenant_stays_in_any_table_and_others_lose_no_byte(house, other, database):
    assert traces(database, house.tenant).keys() == set(TABLES), "a row in every table of the catalog that has tenants"
    counted = {table: len(found) for table, found in dumps(house).items()}
    before = dumps(other)
    disposal.close(house.desk, house.tenant, OPERATOR)
    gone = delete(house)
    assert traces(database, house.tenant) == {}
    assert dumps(other) == before
    told = {table: counted[table] for table in TABLES if table != "tenants"}
    assert gone == told | {"events": told["events"] + 1, "outbox": told["outbox"] + 1}, "and that it was closed"


def test_a_deletion_goes_in_slices_and_goes_on_wherever_it_was_stopped(house, database, monkeypatch):
    monkeypatch.setattr(disposal, "SLICE", 5)
    disposal.close(house.desk, house.tenant, OPERATOR)
    slices = 0
    while disposal.over(house.desk):  # started anew after every other slice
        with closing(disposal.delete(house.desk, house.tenant)) as run:
            for _, count in islice(run, 2):
                assert count <= 5
                slices += 1
    assert slices > 20
    assert traces(database, house.tenant) == {}
    with pytest.raises(UnknownTenant):
        disposal.close(house.desk, house.tenant, OPERATOR)


def test_what_was_under_way_when_it_was_closed_is_waited_for(house, database):
    desk = Desk(house.engine, frozenset(), read_playbook)
    with desk.open(house.tenant) as late:  # it knows of no closing
        disposal.close(house.desk, house.tenant, OPERATOR)
        with pytest.raises(Conflict, match="tenant_in_use"):
            delete(house, patience=0.5)
        late.tx.run("INSERT INTO calendars (tenant, version, body) VALUES (%(tenant)s, 99, '{}')")
    delete(house)
    assert traces(database, house.tenant) == {}


def test_two_do_not_delete_at_once(house):
    disposal.close(house.desk, house.tenant, OPERATOR)
    with closing(disposal.delete(house.desk, house.tenant)) as at_it:
        next(at_it)
        with pytest.raises(Conflict, match="tenant_being_deleted"):
            delete(house)
    delete(house)


def test_an_open_tenant_and_one_whose_time_is_not_over_are_not_deleted(house, engine, database, name):
    with pytest.raises(Conflict, match="tenant_not_over"):
        delete(house)
    company = live(engine, database, f"{name}-live")
    disposal.close(company.desk, company.tenant, OPERATOR)
    with pytest.raises(Conflict, match="tenant_not_over"):
        delete(company)
    assert company.tenant not in disposal.over(company.desk)


def test_a_closed_tenant_stands_still_and_a_reopened_one_goes_on(engine, database, name):
    company = live(engine, database, name)
    with transaction(engine, name) as tx:
        endpoints.insert(tx, "we_1", "https://example.com", ["*"], None, None, b"sealed")
    company.ask(c.AddNote(customer="C-1", cases=(), text="called back"))
    company.tamper(
        """INSERT INTO messages (tenant, id, customer, contact, channel, day, service, kind, state, slot_at, queued_at)
           SELECT %s, state, 'C-1', 'ap', 'email', '2026-01-07', false, 'dunning', state, now(), now()
             FROM unnest(ARRAY['queued', 'ready']) AS s(state)""",
        name,
    )
    closed = disposal.close(company.desk, name, OPERATOR)
    assert closed.delete_after and timedelta(29, 86000) < closed.delete_after - company_now(company) <= timedelta(30)
    again = disposal.close(company.desk, name, OPERATOR)
    assert (again.delete_after, again.version) == (closed.delete_after, closed.version), "said once"

    assert name not in {*tick.running(company.desk), *all_tenants(company.desk), *set.union(*alarmed(database))}
    with pytest.raises(UnknownTenant), company.desk.open(name):
        pass
    with pytest.raises(UnknownTenant):
        administer.refresh_calendar(engine, name, OPERATOR)
    with pytest.raises(Conflict, match="tenant_exists"):
        administer.create(engine, name, "live", Settings(), {}, ERP, None)

    opened = disposal.reopen(company.desk, name, OPERATOR)
    assert (
        opened.delete_after is None
        and name in tick.running(company.desk)
        and name in set.intersection(*alarmed(database))
    )
    company.ask(c.AddNote(customer="C-1", cases=(), text="still here"))
    assert company.found() == set()
    types = [t for (t,) in company.rows("SELECT type FROM events WHERE tenant = %s AND stream = 'tenant'", name)]
    assert types[-2:] == ["tenant.closed", "tenant.reopened"]
    with pytest.raises(Conflict, match="tenant_open"):
        disposal.reopen(company.desk, name, OPERATOR)


def alarmed(database: str) -> tuple[set[str], set[str], set[str]]:
    """The tenants with whom a clock, a writer of messages or a postman has something to do."""
    watch = connect(database, 1, role=CLOCK)
    found = {one.tenant for one in alarms.ringing(watch)}, set(alarms.queued(watch)), set(alarms.ready(watch))
    watch.dispose()
    return found


def company_now(company: House):
    with transaction(company.engine, company.tenant) as tx:
        return tx.now


def test_a_tenant_whose_time_is_over_does_not_come_back(house):
    disposal.close(house.desk, house.tenant, OPERATOR)
    with pytest.raises(Conflict, match="tenant_time_over"):
        disposal.reopen(house.desk, house.tenant, OPERATOR)


def test_verify_finds_a_closing_that_nobody_said(engine, database, name):
    company = live(engine, database, name)
    disposal.close(company.desk, name, OPERATOR)
    disposal.reopen(company.desk, name, OPERATOR)
    company.tamper("UPDATE tenants SET delete_after = now() + interval '1 day' WHERE id = %s", name)
    with transaction(engine, name, snapshot=True) as tx:
        found = [one.where for deviation in tenant_deviations(tx, lambda _: None)[2] for one in deviation.differences]
    assert found == ["tenants.delete_after"]


def test_the_same_name_begins_anew_for_those_who_remember_the_old_one(house, engine):
    remembering = Desk(engine, frozenset({"letter"}), read_playbook)
    with remembering.open(house.tenant) as session:
        old = session.tenancy.secret
    disposal.close(house.desk, house.tenant, OPERATOR)
    delete(house)
    begin(engine, house.url, house.tenant)
    with remembering.open(house.tenant) as session:
        assert session.tenancy.secret != old
        assert session.tenancy.secret == tenants.secret(session.tx)


@pytest.mark.parametrize("statement", ["UPDATE events SET day = day", "TRUNCATE events"])
def test_not_even_the_log_of_a_tenant_whose_time_is_over_is_rewritten(house, database, statement):
    disposal.close(house.desk, house.tenant, OPERATOR)
    with psycopg.connect(database) as owner, pytest.raises(errors.RaiseException, match="append-only"):
        owner.execute(statement)


def test_the_owner_deletes_no_event_of_anybody_else(house, other, engine, database, name):
    company = live(engine, database, f"{name}-live")
    disposal.close(company.desk, company.tenant, OPERATOR)
    disposal.close(house.desk, house.tenant, OPERATOR)
    for kept in (other.tenant, company.tenant, "%"):
        with psycopg.connect(database) as owner, pytest.raises(errors.RaiseException, match="append-only"):
            owner.execute("DELETE FROM events WHERE tenant LIKE %s", (kept,))
    with pytest.raises(errors.InsufficientPrivilege), transaction(engine, house.tenant) as tx:
        tx.run("DELETE FROM events")


def test_an_owner_who_is_no_superuser_is_bound_to_one_tenant_and_can_delete_it(plain_owner: str, plain_engine: Engine):
    engine = plain_engine
    houses = [begin(engine, plain_owner, tenant) for tenant in ("leaving", "staying")]
    with psycopg.connect(plain_owner) as owner:
        assert owner.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False,)
        assert owner.execute("SELECT count(*) FROM events").fetchone() == (0,)
    with transaction(engine, "staying", rows.OWNER) as tx:
        assert tx.rows("SELECT DISTINCT tenant FROM events") == [("staying",)]
        with pytest.raises(errors.RaiseException, match="append-only"):
            tx.run("DELETE FROM events")
    disposal.close(houses[0].desk, "leaving", OPERATOR)
    assert delete(houses[0])["events"] > 10
    with transaction(engine, "staying") as tx:
        assert tx.rows("SELECT count(*) FROM events")[0][0] > 10
