"""A house to live in for a journey: real processes of the service, started, killed and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.patience import PATIENCE

STARTS_WITHIN = PATIENCE


class Process(Protocol):
    """What is asked of a running process; `args` is how it was started."""

    pid: int
    args: Any

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def terminate(self) -> None: ...


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@dataclass
class House:
    """One `dunlog serve` (and workers) on a database of its own; `environment` is what an operator would set."""

    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    processes: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        descriptor, name = tempfile.mkstemp(prefix="dunlog-said-")
        os.close(descriptor)
        self.log = Path(name)  # a pipe that nobody reads would stop the service once it is full
        weakref.finalize(self, self.log.unlink, missing_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *command: str, port: int | None = None) -> Process:
        """`serve` unless told otherwise; returns when it is ready."""
        port = port or self.port
        command = command or ("serve",)
        process = self.launched(command, port)
        self.processes.append(process)
        if command[0] in ("serve", "demo"):
            self._wait(process, f"http://127.0.0.1:{port}")
        return process

    def launched(self, command: tuple[str, ...], port: int) -> Process:
        """The command line's command as a process of its own."""
        with self.log.open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "service", *command], env=self.environment_of(port), stdout=said, stderr=said
            )

    def environment_of(self, port: int) -> dict[str, str]:
        """Ours without what an operator would set, and what this house's operator sets."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUNLOG_", "DATABASE_"))}
        return kept | self.environment | {"DUNLOG_PORT": str(port), "DUNLOG_TICK_SECONDS": "0.2"}

    def _wait(self, process: Process, url: str) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            if process.poll() is not None:
                raise AssertionError(f"serve ended with {process.poll()}: {self.said()[-4000:]}")
            with suppress(httpx.TransportError):
                if httpx.get(f"{url}/readyz", timeout=10).status_code == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("serve was not ready in time")

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()  # what a failed story left running

    def said(self) -> str:
        """What the processes logged so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str) -> str:
        """A command of the command line; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "service", *arguments],
            env=self.environment_of(self.port),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def kill(self) -> None:
        """SIGKILL to every process."""
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def stop(self) -> None:
        """SIGTERM, as an operator stops it."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(PATIENCE)
        self.processes.clear()

    def tenant(self, name: str, *, now: str, **options: str) -> dict[str, str]:
        """A sandbox tenant with a key for every role."""
        roles = "viewer collector supervisor manager general_manager boss finance legal erp admin".split()
        given = [f"--{option.replace('_', '-')}={value}" for option, value in options.items()]
        keys = [argument for role in roles for argument in ("--key", role)]
        printed = self.run("tenant", "create", name, "--sandbox", "--now", now, *given, *keys, "--json")
        made: dict[str, str] = json.loads(printed)["keys"]
        return made


def on_database(url: str, secret_key: str) -> House:
    """A house on a database that is there already."""
    return House(
        {
            "DATABASE_URL": url,
            "DUNLOG_SECRET_KEY": secret_key,
            "DUNLOG_WEBHOOK_ALLOW_NETWORKS": "127.0.0.0/8",
            "DUNLOG_LOG_LEVEL": "warning",
        }
    )


def embedded(folder: Path) -> House:
    """A house with its own embedded database, which keeps what it acknowledged."""
    return House(
        {
            "DUNLOG_DATA_DIR": str(folder),
            "DUNLOG_WEBHOOK_ALLOW_NETWORKS": "127.0.0.0/8",
            "DUNLOG_LOG_LEVEL": "warning",
        }
    )
