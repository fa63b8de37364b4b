"""Processes killed at named points, several beside each other, each followed by the next until all points have had theirs."""

import signal
import subprocess
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.chaos.forked import Barracks

REACHED_WITHIN = 300.0


@dataclass
class Lane:
    """One process after the other on one port, each armed with the next of the (point, n-th time)."""

    house: Barracks
    command: str
    points: list[tuple[str, int]]
    killed: Counter[str] = field(default_factory=Counter)
    unreached: list[str] = field(default_factory=list)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        for point, nth in self.points:
            self.house.arm(point, nth)
            process = self.house.launched((self.command,), self.house.port)
            with suppress(subprocess.TimeoutExpired):
                process.wait(REACHED_WITHIN)
            if process.poll() == -signal.SIGKILL:
                self.killed[point] += 1
            else:
                self.unreached.append(f"{point} #{nth}: {process.poll()}")
                process.send_signal(signal.SIGKILL)
                process.wait()
