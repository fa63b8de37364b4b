"""Migrating: two starters at once, a database older or newer than the code, a chain of several steps."""

import shutil
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from service import migrate, postgres
from tests.conftest import url_of

REVISION = """
from alembic import op

revision, down_revision = {number!r}, {before!r}


def upgrade() -> None:
    op.execute("{statement}")
"""
STATEMENTS = ("CREATE TABLE steps (step int)", "SELECT pg_sleep(0.3)", "INSERT INTO steps VALUES (3)")


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our env.py with a chain of three migrations of its own."""
    scripts = tmp_path / "100% migrations"
    (scripts / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(migrate.SCRIPTS / name, scripts)
    for place, statement in enumerate(STATEMENTS):
        number, before = f"{place + 1:04}", f"{place:04}" if place else None
        revision = REVISION.format(number=number, before=before, statement=statement)
        (scripts / "versions" / f"{number}_step.py").write_text(revision)
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    return scripts


@pytest.fixture
def empty(server: postgres.Embedded) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"empty_{uuid.uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield url_of(server.url, name)
        connection.execute(f"DROP DATABASE {name}".encode())


def test_an_empty_database_is_brought_to_the_head_once(empty, chain):
    assert (migrate.head(), migrate.current(empty), migrate.pending(empty)) == ("0003", None, True)
    starters = [threading.Thread(target=migrate.upgrade, args=(empty,)) for _ in range(3)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert (migrate.current(empty), migrate.pending(empty)) == ("0003", False)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT * FROM steps").fetchall() == [(3,)]


def test_the_migrated_database_has_the_tables_of_the_code(server, template):
    migrate.check(url_of(server.url, template))


def test_older_code_beside_a_newer_database_leaves_it_alone(empty, chain):
    migrate.upgrade(empty)
    (chain / "versions" / "0003_step.py").unlink()
    assert (migrate.head(), migrate.current(empty), migrate.pending(empty)) == ("0002", "0003", False)
    migrate.upgrade(empty)
    assert migrate.current(empty) == "0003"


def test_a_migration_that_meets_a_busy_table_gives_up_and_keeps_the_steps_before(empty, chain, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_PATIENCE", "200ms")
    (chain / "versions" / "0003_step.py").unlink()
    migrate.upgrade(empty)
    revision = REVISION.format(number="0003", before="0002", statement="ALTER TABLE steps ADD note text")
    (chain / "versions" / "0003_step.py").write_text(revision)
    with psycopg.connect(empty) as busy:
        busy.execute("SELECT * FROM steps")
        with pytest.raises(Exception, match="lock timeout"):
            migrate.upgrade(empty)
    assert migrate.current(empty) == "0002"
    migrate.upgrade(empty)
    assert migrate.current(empty) == "0003"


def test_the_files_are_named_after_the_chain_which_is_asked_for_without_alembic():
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    config.set_main_option("path_separator", "os")
    chain = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    names = [path.name[:4] for path in sorted((migrate.SCRIPTS / "versions").glob("*.py"), reverse=True)]
    assert chain == names
    assert migrate.head() == chain[0]
