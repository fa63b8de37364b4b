"""The fixtures all tests share: one embedded server a run, one migrated template, one clone of it a module."""

import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import make_url

from service import migrate, postgres
from service.postgres.locks import acquire, open_lock, try_acquire
from tests import figures

MEMORY = Path("/dev/shm")
ROOM_NEEDED = 1024**3
NAME = "dunlog-tests-"
LEFT_BEHIND_AFTER = 60.0  # seconds: younger folders may not have their lock yet


# else an exception in the log has the value of every variable drawn, which takes minutes where a variable is a year of bills
structlog.configure([structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])

TOLD = pytest.StashKey[list[figures.Told]]()
"""What the tests said of the rows they stand for."""

Tell = Callable[..., None]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Tell:
    """Tells what was reached for the rows the test is marked with: `figure(kills=120, lost=0)`; `row` names one of several."""

    def tell(row: str | None = None, **reached: Any) -> None:
        marks = [mark.args[0] for mark in request.node.iter_markers("figure") if row in (None, mark.args[0])]
        assert marks, "the test is marked with no such row"
        request.node.stash.setdefault(TOLD, []).extend(figures.Told(mark, request.node.name, reached) for mark in marks)

    return tell


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report: pytest.TestReport = yield
    if call.when == "call" or report.outcome != "passed":
        marks = {mark.args[0] for mark in item.iter_markers("figure")}
        told = [one for one in item.stash.get(TOLD, []) if one.row in marks]
        told += [figures.Told(row, item.name) for row in sorted(marks - {one.row for one in told})]
        for one in told:
            one.seconds, one.outcome = round(call.duration, 1), report.outcome
            one.seed = next((value for name, value in item.user_properties if name == "seed"), None)
        item.config.stash.setdefault(TOLD, []).extend(told)
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    told = config.stash.get(TOLD, [])
    if told and (much := os.environ.get("CHAOS")):
        for line in figures.lines(told, much):
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"kept in {figures.keep(told, much)}")


@pytest.fixture(scope="session")
def roomy() -> Path:
    """Where databases of the tests lie: in memory when there is room."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED
    return MEMORY if has_room else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def server(roomy: Path) -> Iterator[postgres.Embedded]:
    """One PostgreSQL for the run, without fsync."""
    _sweep(roomy)
    data_dir = Path(tempfile.mkdtemp(prefix=NAME, dir=roomy))
    data_dir.chmod(0o711)  # as root the server runs as another account, which must get through
    with postgres.start(data_dir, fsync=False) as running:
        yield running
    _wait_and_remove(data_dir)


@pytest.fixture(scope="session")
def template(server: postgres.Embedded) -> str:
    """The name of a database migrated from empty."""
    name = "template_migrated"
    _administer(server.url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    migrate.upgrade(url_of(server.url, name))
    return name


@pytest.fixture(scope="module")
def database(server: postgres.Embedded, template: str) -> Iterator[str]:
    """The URL of a fresh copy of the template, for one module."""
    with copied(server, template) as url:
        yield url


@contextmanager
def copied(server: postgres.Embedded, template: str) -> Iterator[str]:
    """The URL of a fresh copy of a database, which nobody must be connected to; it is gone at the end."""
    name = sql.Identifier(f"test_{uuid.uuid4().hex}")
    clone = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    _administer(server.url, clone.format(name, sql.Identifier(template)))
    yield url_of(server.url, name.as_string().strip('"'))
    _administer(server.url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def url_of(url: str, database: str) -> str:
    """The same server's URL for another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _administer(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left: folders of ours that no server and no run holds."""
    for old in folder.glob(f"{NAME}*"):
        lock = old / "postgres" / "keeper"
        try:
            if lock.stat().st_uid != os.geteuid() or time.time() - lock.stat().st_mtime < LEFT_BEHIND_AFTER:
                continue
        except OSError:
            continue
        held = open_lock(lock)
        if try_acquire(held, fcntl.LOCK_EX):
            shutil.rmtree(old, ignore_errors=True)
        os.close(held)


def _wait_and_remove(data_dir: Path) -> None:
    keeper = open_lock(data_dir / "postgres" / "keeper")
    assert acquire(keeper, fcntl.LOCK_EX, 60), f"the server of {data_dir} did not stop"
    os.close(keeper)
    shutil.rmtree(data_dir)
