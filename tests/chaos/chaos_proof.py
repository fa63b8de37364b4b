"""One changed byte of any event is found, and a backup that was restored and replayed is what it was (R12)."""

import json
import os
import random
import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import UniqueViolation
from sqlalchemy import Engine, make_url

from service import postgres
from service.engine.rebuild import rebuild
from service.engine.verify import Place
from service.postgres.place import Account, binaries
from service.store.database import connect
from tests.chaos.conftest import Amount
from tests.conftest import Tell, url_of
from tests.store.histories import House, build

COVERED = ("stream", "version", "type", "schema", "data", "meta", "occurred_at", "recorded_at", "hash")
PROJECTIONS = ("tenants", "customers", "cases", "payments", "tasks", "approvals", "playbooks", "mentions", "movements")
WIPED = [table for table in PROJECTIONS if table != "tenants"]


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 4)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    return build(engine, database, "acme")


@pytest.mark.figure("R12")
def test_R12_any_changed_byte_of_any_event_is_found(house: House, rng: random.Random, amount: Amount, figure: Tell):
    events = house.rows("SELECT position, stream, type, data::text, meta::text, e::text FROM events e ORDER BY position")
    chosen = rng.sample(events, min(len(events), amount(3, 100)))
    unfound, refused = [], 0
    for position, *texts, whole in chosen:
        for column in COVERED:
            change, *given = _one_byte(rng, column, *texts)
            where = "WHERE tenant = %s AND position = %s"
            try:
                assert house.tamper(f"UPDATE events SET {column} = {change} {where}", *given, house.tenant, position) == 1
            except UniqueViolation:  # another bill's place: the table itself does not take that
                refused += 1
                continue
            if not house.found():
                unfound.append(f"{column} of {texts[0]}, position {position}")
            house.tamper(f"DELETE FROM events {where}", house.tenant, position)
            house.tamper("INSERT INTO events OVERRIDING SYSTEM VALUE SELECT (%s::events).*", whole)
    assert unfound == [] and house.found() == set()
    changes = len(chosen) * len(COVERED)
    figure(changes=changes, refused_by_the_key=refused, unfound=0, of_events=len(events), columns=len(COVERED))


def _one_byte(rng: random.Random, column: str, stream: str, type: str, data: str, meta: str) -> tuple[Any, ...]:
    """What the column becomes, as SQL with its parameters."""
    match column:
        case "version" | "schema":
            return (f"{column} + {1 << rng.randrange(10, 14)}",)
        case "occurred_at" | "recorded_at":
            return (f"{column} + %s * interval '1 microsecond'", rng.choice((-1, 1)) << rng.randrange(40))
        case "hash":
            return ("set_bit(hash, %s, 1 - get_bit(hash, %s))", *[rng.randrange(256)] * 2)
        case "data" | "meta":
            return ("%s::json", _changed(rng, data if column == "data" else meta, is_json=True))
        case _:
            return ("%s", _changed(rng, stream if column == "stream" else type))


def _changed(rng: random.Random, text: str, is_json: bool = False) -> str:
    """One character is another; the database takes only JSON for JSON."""
    while True:
        place = rng.randrange(len(text))
        changed = text[:place] + rng.choice("0123456789abcxyz -") + text[place + 1 :]
        if changed != text and (not is_json or _is_json(changed)):
            return changed


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.fixture
def restored(server: postgres.Embedded, database: str, house: House) -> Iterator[House]:
    """The database dumped and restored as another, its feed's epoch raised, its tables as empty as if they were lost."""
    name = "restored_from_a_dump"
    url, programs = url_of(server.url, name), binaries(None, Account(os.geteuid(), os.getegid()))
    dump, load = str(programs / "pg_dump"), str(programs / "psql")
    with psycopg.connect(server.url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    dumped = subprocess.run([dump, "--dbname", _plain(database)], capture_output=True, check=True).stdout
    loading = [load, "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", _plain(url)]
    subprocess.run(loading, input=dumped, capture_output=True, check=True)
    with psycopg.connect(url) as owner:
        owner.execute("ALTER TABLE events ALTER COLUMN epoch SET DEFAULT 2")
    engine = connect(url, 4)
    yield House(engine, url, house.tenant)
    engine.dispose()
    with psycopg.connect(server.url, autocommit=True) as owner:
        owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.mark.figure("R12")
def test_R12_a_backup_restored_and_replayed_equals_what_lived(house: House, restored: House, figure: Tell):
    lived = {table: house.dump(table) for table in PROJECTIONS}
    assert {table: restored.dump(table) for table in PROJECTIONS} == lived and restored.found() == set()
    for table in WIPED:
        restored.tamper(f"DELETE FROM {table} WHERE tenant = %s", restored.tenant)
    mended = sum(one.mended for one in rebuild(restored.desk, Place(restored.tenant)))
    assert {table: restored.dump(table) for table in PROJECTIONS} == lived and mended > 0
    restored.ask_note("C-2", "INV-2-1")
    order = restored.rows("SELECT epoch FROM events ORDER BY epoch, xid, position")
    assert order[-1] == (2,) and order[0] == (1,), "what happens after the restore comes last in the feed"
    assert restored.found() == set()
    figure(events_replayed=len(order) - 1, rows=sum(map(len, lived.values())), differing=0)
