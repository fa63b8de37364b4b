"""The service's own processes, as an operator starts them, and the bare application that a figure is held against."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

STARTS_WITHIN = 60.0
STOPS_WITHIN = 60.0


class Ended(Exception):
    """A process ended, or did not become ready; the text is what it said."""


@dataclass
class Process:
    """A running process; `url` is where it listens when it does."""

    popen: subprocess.Popen[bytes]
    url: str
    said: Path

    @property
    def resident_mb(self) -> float:
        """Resident memory, in MB."""
        pages = int(Path(f"/proc/{self.popen.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        """As an operator does."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running(
    module: Sequence[str], environment: dict[str, str], ready: str | None, profile: Path | None = None
) -> Iterator[Process]:
    """`python -m` that module with its arguments; entered when `ready`, a path, answers 200."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUNLOG_", "DATABASE_"))}
    command = [sys.executable, "-m", *module]
    if profile is not None and module[0] == "service":
        command = [sys.executable, "-m", "tests.bench.sampling", str(profile), *module[1:]]
    with tempfile.NamedTemporaryFile(prefix="dunlog-bench-said-") as said:
        popen = subprocess.Popen(
            command,
            env=kept | environment | {"DUNLOG_PORT": str(port), "DUNLOG_METRICS_PORT": str(port)},
            stdout=said,
            stderr=said,
            cwd=_ROOT,
        )
        process = Process(popen, f"http://127.0.0.1:{port}", Path(said.name))
        try:
            if ready is not None:
                wait_ready(process, ready)
            yield process
        finally:
            process.stop()


_ROOT = Path(__file__).resolve().parents[2]


def wait_ready(process: Process, path: str, pause: float = 0.01) -> None:
    """Until it answers 200 there. Raises Ended."""
    until = time.monotonic() + STARTS_WITHIN
    with httpx.Client(trust_env=False, timeout=5) as http:
        while time.monotonic() < until:
            if process.popen.poll() is not None:
                break
            with suppress(httpx.TransportError):
                if http.get(f"{process.url}{path}").status_code == 200:
                    return
            time.sleep(pause)
    raise Ended(process.said.read_text(errors="replace")[-4000:])


def most_resident(arguments: Sequence[str], environment: dict[str, str]) -> float:
    """Runs a command of `dunlog` to its end; its resident memory at most, in MB."""
    command = [sys.executable, "-m", "service", *arguments]
    popen = subprocess.Popen(command, env=dict(os.environ) | environment, stdout=subprocess.DEVNULL, cwd=_ROOT)
    most = 0.0
    while popen.poll() is None:
        for line in _status(popen.pid):
            if line.startswith("VmHWM"):
                most = max(most, int(line.split()[1]) * 1024 / 1e6)
        time.sleep(0.02)
    assert popen.returncode == 0, arguments
    return most


def _status(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
