"""One look tells which tenants have something due; the others cost nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Engine

from service.domain.scene import Asker
from service.domain.settings import Settings
from service.engine import administer
from service.store import alarms
from service.store.database import CLOCK, connect

EARLY, LATE = "2020-01-01T00:00Z", "2090-01-01T00:00Z"
ADMIN = Asker(actor="ops", role="admin")


@pytest.fixture(scope="module")
def watch(database: str) -> Iterator[Engine]:
    """Tenants `live`, `follows` and `stands`, of whom nothing is due."""
    engine = connect(database, 1)
    for name in ("live", "follows", "stands"):
        now = None if name == "live" else datetime(2026, 1, 5, tzinfo=UTC)
        administer.create(engine, name, "live" if name == "live" else "sandbox", Settings(), {}, ADMIN, now)
    engine.dispose()
    watch = connect(database, 1, role=CLOCK)
    yield watch
    watch.dispose()


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    """Every tenant has a customer that sleeps, with a message that waits and one that is ready later."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("UPDATE tenants SET follows = id = 'follows', wake_at = %s, renew_from = NULL", (LATE,))
        owner.execute("DELETE FROM customers")
        owner.execute("DELETE FROM messages")
        owner.execute("DELETE FROM digests")
        owner.execute("INSERT INTO customers (tenant, id, state, wake_at) SELECT id, 'c', '{}', %s FROM tenants", (LATE,))
        for state in ("queued", "ready"):
            owner.execute(
                """INSERT INTO messages (tenant, id, customer, contact, channel, day, service, kind, state, slot_at, queued_at,
                     next_at) SELECT id, %(state)s, 'c', 'ap', 'email', '2026-01-05', false, 'dunning', %(state)s, %(early)s,
                     %(early)s, %(late)s FROM tenants""",
                {"state": state, "early": EARLY, "late": LATE},
            )
        yield owner


def test_nothing_due_is_nobody(watch: Engine, owner: psycopg.Connection):
    assert (alarms.ringing(watch), alarms.queued(watch), alarms.ready(watch)) == ([], [], [])


def test_P4_a_customer_rings_where_the_clock_runs(watch: Engine, owner: psycopg.Connection):
    owner.execute("UPDATE customers SET wake_at = %s", (EARLY,))
    assert alarms.ringing(watch) == [("follows", True, False, False), ("live", True, False, False)]


@pytest.mark.parametrize("at", [EARLY, None])
def test_P4_a_tenants_own_step_rings_too_and_so_does_one_never_worked_out(
    watch: Engine, owner: psycopg.Connection, at: str | None
):
    owner.execute("UPDATE tenants SET wake_at = %s WHERE id IN ('live', 'stands')", (at,))
    assert alarms.ringing(watch) == [("live", True, False, False)]


def test_T7_alarms_are_computed_anew_where_the_clock_runs(watch: Engine, owner: psycopg.Connection):
    owner.execute("UPDATE tenants SET renew_from = ''")
    assert alarms.ringing(watch) == [("follows", False, True, False), ("live", False, True, False)]


def test_F2_somebody_is_to_be_told_where_the_clock_runs(watch: Engine, owner: psycopg.Connection):
    owner.execute(
        "INSERT INTO digests (tenant, role, case_id, customer, at) SELECT id, 'manager', 'k', 'c', %s FROM tenants", (LATE,)
    )
    assert alarms.ringing(watch) == [("follows", False, False, True), ("live", False, False, True)]


def test_a_message_waits_for_its_slot_for_its_retry_and_for_its_customers_steps(watch: Engine, owner: psycopg.Connection):
    owner.execute("UPDATE messages SET next_at = NULL")
    assert alarms.queued(watch) == ["follows", "live"]
    owner.execute("UPDATE customers SET wake_at = %s WHERE tenant = 'live'", (EARLY,))
    assert alarms.queued(watch) == ["follows"]
    owner.execute("UPDATE messages SET slot_at = %s", (LATE,))
    assert alarms.queued(watch) == []


def test_what_is_ready_is_handed_over_for_standing_sandboxes_too(watch: Engine, owner: psycopg.Connection):
    owner.execute("UPDATE messages SET next_at = %s WHERE tenant <> 'follows'", (EARLY,))
    assert alarms.ready(watch) == ["live", "stands"]


def test_a_watch_may_only_look_at_alarms(watch: Engine):
    with watch.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.connection.driver_connection.execute("SELECT state FROM customers")  # type: ignore[union-attr]
