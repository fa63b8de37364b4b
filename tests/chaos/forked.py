"""The service's processes forked from one that has imported everything: as real as any other, but there within a moment,
so that hundreds of them can be killed."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.journeys.house import House
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


class Stem:
    """The process that forks (stem.py), and what it says of the forked."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, "-m", "tests.chaos.stem"], cwd=ROOT, stdin=pipe, stdout=pipe)
        self._made: queue.Queue[int] = queue.Queue()
        self._ended: dict[int, int] = {}
        self._news = threading.Condition()
        self._turn = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def fork(self, command: tuple[str, ...], environment: dict[str, str], said: Path) -> int:
        """The pid of a new process of the service."""
        assert self._process.stdin
        wanted = {"command": command, "environment": environment, "said": str(said)}
        with self._turn:
            self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
            self._process.stdin.flush()
            return self._made.get(timeout=PATIENCE)

    def ended(self, pid: int, within: float | None) -> int | None:
        """Its exit code, waited for as long as told; None when it still runs."""
        with self._news:
            self._news.wait_for(lambda: pid in self._ended, within)
            return self._ended.get(pid)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            said = json.loads(line)
            with self._news:
                if "code" in said:
                    self._ended[said["pid"]] = said["code"]
                    self._news.notify_all()
                else:
                    self._ended.pop(said["pid"], None)  # the kernel gives numbers again
                    self._made.put(said["pid"])


@cache
def stem() -> Stem:
    """One a test run; it ends when we do, for its input ends then."""
    return Stem()


class Forked:
    """A process that answers like a `subprocess.Popen`."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str], said: Path) -> None:
        self.args = command
        self.pid = stem().fork(command, environment, said)

    def poll(self) -> int | None:
        return stem().ended(self.pid, 0)

    def wait(self, timeout: float | None = None) -> int:
        code = stem().ended(self.pid, timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


@dataclass
class Barracks(House):
    """A house whose processes are forked; `armed` is what the entry is told beside an operator's settings."""

    armed: dict[str, str] = field(default_factory=dict)

    def launched(self, command: tuple[str, ...], port: int) -> Forked:
        return Forked(command, self.environment_of(port) | self.armed, self.log)

    def arm(self, point: str, nth: int = 1) -> None:
        """What starts from now on ends when it comes to that point for the n-th time."""
        self.armed |= {"CHAOS_POINT": point, "CHAOS_NTH": str(nth)}

    def disarm(self) -> None:
        self.armed.clear()


def barracks(house: House) -> Barracks:
    """The same house with forked processes."""
    return Barracks(house.environment)
