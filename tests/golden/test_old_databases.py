"""A database of an earlier release migrates, its log replays to the very rows it has, and its clock goes on."""

import json
import lzma
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic import command

from service import migrate, postgres
from service.store.database import connect
from tests.conftest import url_of
from tests.store.histories import House

FOLDER = Path(__file__).parent / "databases"
"""A company's months as each revision left them: by table, every row as text. Messages and the inbox are no projections."""

OLD = sorted(path.name.partition(".")[0] for path in FOLDER.glob("*.json.xz"))


@pytest.fixture(params=OLD)
def old(request: pytest.FixtureRequest, server: postgres.Embedded) -> Iterator[str]:
    """The URL of a database as that revision left it."""
    revision: str = request.param
    name = f"old_{uuid.uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}".encode())
        url = url_of(server.url, name)
        with migrate._connected(url) as connection:
            command.upgrade(migrate._config(connection), revision)
        _fill(url, json.loads(lzma.decompress((FOLDER / f"{revision}.json.xz").read_bytes())))
        yield url
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _fill(url: str, rows: dict[str, list[str]]) -> None:
    with psycopg.connect(url) as owner:
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("SET LOCAL row_security = off")
        for table, texts in rows.items():
            over = "OVERRIDING SYSTEM VALUE" if table == "events" else ""
            sql = f"INSERT INTO {table} {over} SELECT (r::{table}).* FROM unnest(%s::text[]) AS r"
            owner.execute(sql.encode(), (texts,))
        owner.execute("SELECT setval(pg_get_serial_sequence('events', 'position'), (SELECT max(position) FROM events))")


def test_its_log_replays_to_the_rows_it_has_and_its_clock_goes_on(old):
    migrate.upgrade(old)
    engine = connect(old, 4)
    try:
        house = House(engine, old, "acme")
        assert house.found() == set()
        house.walk(datetime(2026, 8, 5, 2, tzinfo=UTC))
        assert house.rows("SELECT max(occurred_at) > '2026-08-01' FROM events") == [(True,)]
        assert house.found() == set()
    finally:
        engine.dispose()


def test_a_case_that_asked_nothing_more_is_looked_at_before_its_right_to_sue_lapses(old):
    """I1: ladders end and left no alarm before there were warnings."""
    with psycopg.connect(old) as owner:
        owner.execute("SET LOCAL row_security = off")
        owner.execute("UPDATE cases SET next_at = NULL WHERE customer = 'C-3'")
        owner.execute("UPDATE customers SET wake_at = NULL WHERE id = 'C-3'")
    migrate.upgrade(old)
    with psycopg.connect(old) as owner:
        owner.execute("SET LOCAL row_security = off")
        rows = owner.execute(
            """SELECT stage = 'closed', next_at::date - due_on FROM cases WHERE customer = 'C-3' ORDER BY id"""
        ).fetchall()
        ((wakes,),) = owner.execute(
            "SELECT wake_at = (SELECT min(next_at) FROM cases WHERE customer = 'C-3') FROM customers WHERE id = 'C-3'"
        ).fetchall()
    assert rows == [(False, 730), (False, 730), (False, 730), (True, None)]
    assert wakes
