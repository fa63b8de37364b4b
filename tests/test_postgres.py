"""What the embedded server promises, tried on real processes: kills, races, neighbours, foreign accounts, odd paths."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from service import postgres
from service.postgres import place
from service.postgres.errors import PostgresError
from tests.patience import eventually

ROOT = Path(__file__).resolve().parent.parent
OWNER = """
import sys
from pathlib import Path
from service import postgres
with postgres.start(Path(sys.argv[1]), fsync=sys.argv[2] == "on") as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and relies on the parent-death signal")
root_only = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root changes the server's account: run the tests as root"
)


@pytest.fixture
def folder(roomy: Path) -> Iterator[Path]:
    """A short folder any account may pass, unlike pytest's own; whatever ran in it has stopped at the end."""
    path = Path(tempfile.mkdtemp(prefix="dunlog-", dir=roomy))
    path.chmod(0o711)
    yield path
    data_dirs = [keeper.parent.parent for keeper in path.rglob("postgres/keeper")]
    eventually(lambda: not any(map(_postmaster, data_dirs)), f"all servers under {path} stop")
    for data_dir in data_dirs:
        shutil.rmtree(place.far_home(data_dir), ignore_errors=True)
    shutil.rmtree(path)


@contextmanager
def _owner(data_dir: Path, fsync: str = "off") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that holds the server until its input ends; with the URL it was given."""
    command = [sys.executable, "-c", OWNER, str(data_dir), fsync]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()


def _ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def _postmaster(data_dir: Path) -> int | None:
    """The pid of the running server of the data directory."""
    for data in (data_dir / "postgres" / "data", place.far_home(data_dir) / "data"):
        try:
            pid = int((data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
        except (OSError, IndexError):
            continue
        return None if _stat(pid)[0] == "Z" else pid
    return None


def _stat(pid: int) -> list[str]:
    """State, parent's pid and what follows them in /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except FileNotFoundError:
        return ["Z", "0"]


def _answers(url: str) -> bool:
    try:
        return _ask(url, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def test_it_stops_after_the_last_hold_and_starts_again_at_once(folder):
    for _ in range(3):
        with postgres.start(folder, fsync=False) as first, postgres.start(folder, fsync=False) as second:
            assert first.url == second.url
            first.close()
            first.close()
            assert _ask(second.url, "SELECT current_user || '@' || current_database()") == "dunlog@dunlog"
    eventually(lambda: _postmaster(folder) is None, "the server stops")


def test_it_speaks_the_same_language_everywhere(folder, monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.ISO-8859-1")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    with postgres.start(folder, fsync=False) as server:
        assert _ask(
            server.url, "SELECT concat(datlocprovider, datlocale, datcollate, encoding) FROM pg_database LIMIT 1"
        ) == ("bC.UTF-8C6")
        assert _ask(server.url, "SELECT current_setting('TimeZone') || current_setting('listen_addresses')") == "UTC"
        _ask(server.url, "CREATE EXTENSION pg_trgm")
        assert _ask(server.url, "SELECT similarity('北京建材有限公司', '北京建材公司') > 0.3")


@linux_only
def test_sigkill_of_the_owner_stops_the_server(folder):
    with _owner(folder) as (owner, url):
        assert _answers(url)
        owner.kill()
        eventually(lambda: _postmaster(folder) is None, "the server stops")


@linux_only
def test_sigkill_of_postgres_loses_nothing_and_it_comes_back_under_its_users(folder):
    with postgres.start(folder, fsync=True) as server:
        _ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert (killed := _postmaster(folder))
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: _postmaster(folder) not in (None, killed) and _answers(server.url), "the server comes back")
        assert _ask(server.url, "SELECT answer FROM kept") == 42


@linux_only
def test_sigkill_of_the_keeper_ends_the_server_and_the_next_start_works(folder):
    with postgres.start(folder, fsync=True) as server:
        _ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert (orphan := _postmaster(folder))
        keeper = int(_stat(orphan)[1])
        os.kill(keeper, signal.SIGKILL)
        eventually(lambda: _stat(keeper)[0] == "Z", "the keeper is gone")
        with postgres.start(folder) as again:
            assert _postmaster(folder) != orphan
            assert again.url == server.url
            assert _ask(server.url, "SELECT answer FROM kept") == 42


@linux_only
@pytest.mark.parametrize("of", ["a stranger", "a zombie"])
def test_an_old_pid_that_still_exists_does_not_keep_it_from_starting(folder, of):
    with _owner(folder) as (_, url):
        assert _answers(url)
        pid_file = next(folder.rglob("postmaster.pid"))
        left_behind, owner = pid_file.read_text(), pid_file.stat()
    eventually(lambda: not pid_file.exists(), "the server stops")
    with subprocess.Popen(["true"]) as unburied:
        eventually(lambda: _stat(unburied.pid)[0] == "Z", "a zombie is there")
        pid = os.getpid() if of == "a stranger" else unburied.pid
        pid_file.write_text(left_behind.replace(left_behind.split()[0], str(pid), 1))
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        with postgres.start(folder, fsync=False) as server:
            assert _answers(server.url)


def test_starters_at_the_same_moment_share_one_server(folder):
    found: list[str] = []
    with ExitStack() as held:

        def hold() -> None:
            found.append(held.enter_context(postgres.start(folder, fsync=False)).url)

        threads = [threading.Thread(target=hold) for _ in range(4)]
        for thread in threads:
            thread.start()
        with _owner(folder) as (_, url), _owner(folder) as (_, other):
            for thread in threads:
                thread.join()
            assert found == [url] * 4
            assert other == url
            assert _answers(url)


def test_a_command_that_came_first_does_not_take_the_database_along(folder):
    with _owner(folder) as (command, url), postgres.start(folder, fsync=False) as server:
        with psycopg.connect(server.url) as connection:
            command.communicate()
            time.sleep(0.6)  # three looks of the keeper
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert server.url == url


def test_two_data_directories_are_two_databases_also_on_odd_paths(folder):
    odd = folder / "with spaces, 'quotes' and %s" / "应收账款"
    long = folder / "/".join(["a-very-long-name" * 8] * 4)
    with postgres.start(odd, fsync=False) as one, postgres.start(long, fsync=False) as other:
        _ask(one.url, "CREATE TABLE mine ()")
        assert _ask(other.url, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'") == 0
        assert one.url != other.url


@root_only
def test_root_runs_it_as_another_account_and_opens_no_door(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "checkout" / ".data"
    with postgres.start(data_dir, fsync=False) as server:
        assert (pid := _postmaster(data_dir))
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert _ask(server.url, "SELECT current_setting('data_directory')") == str(place.far_home(data_dir) / "data")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert (place.far_home(data_dir) / "path").read_text() == f"{data_dir}\n"
        sockets = Path(server.url.partition("host=")[2].partition("&")[0])
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    eventually(lambda: _postmaster(data_dir) is None, "the server stops")

    moved = closed / "moved"
    data_dir.rename(moved)
    with pytest.raises(PostgresError, match="was moved or copied; its database stayed in"):
        postgres.start(moved)
    moved.rename(data_dir)


@root_only
def test_where_a_data_directory_was_removed_a_new_one_starts_empty_and_loses_nothing(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "checkout" / ".data"
    far = place.far_home(data_dir)
    left = far.with_name(f"{far.name}.1")
    mine = "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'"
    with postgres.start(data_dir, fsync=False) as server:
        _ask(server.url, "CREATE TABLE mine ()")
    eventually(lambda: _postmaster(data_dir) is None, "the server stops")
    with postgres.start(data_dir, fsync=False) as server:
        assert _ask(server.url, mine) == 1
    eventually(lambda: _postmaster(data_dir) is None, "the server stops")
    shutil.rmtree(data_dir)
    try:
        with postgres.start(data_dir, fsync=False) as server:
            assert _ask(server.url, mine) == 0
        assert (left / "data" / "PG_VERSION").exists() and (left / "path").read_text() == f"{data_dir}\n"
    finally:
        shutil.rmtree(left, ignore_errors=True)


@root_only
def test_binaries_behind_a_closed_door_are_copied_once(folder, monkeypatch):
    monkeypatch.setattr(place, "SYSTEM_HOME", folder / "system")
    wheel = place.binaries(None, place.Account(0, 0)).parents[1]
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in (wheel.name, f"{wheel.name}.libs"):
        (closed / name).symlink_to(wheel.with_name(name))
    nobody = place.Account(65534, 65534)
    found = place.copied(closed / wheel.name, "1.0", nobody)
    made_at = found.stat().st_mtime_ns
    assert nobody.can(found / "initdb", "-V")
    assert place.copied(closed / wheel.name, "1.0", nobody) == found
    assert found.stat().st_mtime_ns == made_at


def test_what_cannot_be_is_said_in_a_sentence(folder):
    (folder / "file").write_text("")
    with pytest.raises(PostgresError, match="cannot be made .* Set DUNLOG_DATA_DIR"):
        postgres.start(folder / "file" / "data")
    with pytest.raises(PostgresError, match="DUNLOG_POSTGRES_BIN is .*cannot be run"):
        postgres.start(folder / "other", bin_dir=folder)
    with pytest.raises(PostgresError, match="too long for PostgreSQL"):
        postgres.start(folder.joinpath(*["long" * 50] * 5))

    data = folder / "old" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    if os.geteuid() == 0:
        shutil.chown(data, 65534)
    with pytest.raises(PostgresError, match="made by PostgreSQL 15, the binaries are 18"):
        postgres.start(folder / "old")
