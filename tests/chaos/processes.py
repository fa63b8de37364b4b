"""The embedded server's processes, to be killed: found by its data directory, never by name."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from service.postgres import place


@dataclass
class Cluster:
    """The PostgreSQL of one data directory."""

    folder: Path

    def postmaster(self) -> int | None:
        """The pid of the running server."""
        for data in (self.folder / "postgres" / "data", place.far_home(self.folder) / "data"):
            try:
                pid = int((data / "postmaster.pid").read_text().split()[0])
            except (OSError, IndexError, ValueError):
                continue
            return pid if _state(pid)[0] not in "ZX" else None
        return None

    def keeper(self) -> int | None:
        """The pid of the process that runs the server."""
        postmaster = self.postmaster()
        parent = int(_state(postmaster)[1]) if postmaster else 0
        return parent if parent > 1 else None

    def strike(self, pid: int | None, number: signal.Signals = signal.SIGKILL) -> bool:
        """Whether there was a process to strike."""
        if pid is None:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def wait(self, seconds: float = 30) -> int:
        """Until a server runs."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid = self.postmaster()
            if pid is not None:
                return pid
            time.sleep(0.02)
        raise AssertionError("no server")


def _state(pid: int) -> list[str]:
    """State and parent's pid."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ["X", "0"]


def complaints(said: str) -> list[str]:
    """The lines of a service's output that no fault around it excuses."""
    words = ("Traceback", '"raised"', "deadlock", "internal_error", "transaction_undone", "delivery_not_recorded", "Error:")
    return [line[:500] for line in said.splitlines() if any(word in line for word in words)]


def rows(url: str, sql: str, *params: object) -> list[tuple[Any, ...]]:
    """As the database's owner, past every policy."""
    with psycopg.connect(url) as connection:
        return connection.execute(sql.encode(), params).fetchall()
