"""A profiler of the standard library alone: every few milliseconds it notes where each thread stands, and at the end tells
which functions the time went to, by themselves and with what they called. `python -m tests.bench.sampling FILE COMMAND ...`
runs a command of `dunlog` under it."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

EVERY = 0.002
SHOWN = 45
WAITING = frozenset({"wait", "select", "poll", "accept", "_worker", "epoll", "acquire", "_wait_for_tstate_lock", "get"})


class Sampler:
    """Counts frames until stopped; threads that only wait are left out."""

    def __init__(self) -> None:
        self.samples = 0
        self._own: Counter[str] = Counter()
        self._whole: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        me = threading.get_ident()
        while not self._over.wait(EVERY):
            for thread, frame in sys._current_frames().items():
                if thread != me and frame.f_code.co_name not in WAITING:
                    self._note(frame)

    def _note(self, frame: FrameType | None) -> None:
        assert frame is not None
        self.samples += 1
        self._own[_named(frame)] += 1
        self._lines[f"{_named(frame)}:{frame.f_lineno}"] += 1
        seen = set()
        while frame is not None:
            seen.add(_named(frame))
            frame = frame.f_back
        self._whole.update(seen)

    def told(self) -> str:
        """Two tables, in percent of the samples."""
        parts = []
        for title, counted in (("by itself", self._own), ("by line", self._lines), ("with what it called", self._whole)):
            parts.append(f"{title} (of {self.samples} samples)")
            parts += [f"{100 * n / max(1, self.samples):6.1f} %  {name}" for name, n in counted.most_common(SHOWN)]
        return "\n".join(parts) + "\n"


def _named(frame: FrameType) -> str:
    path = Path(frame.f_code.co_filename)
    return f"{'/'.join(path.parts[-3:])} {frame.f_code.co_qualname if sys.version_info >= (3, 11) else frame.f_code.co_name}"


@contextmanager
def profiled(into: Path | None) -> Iterator[None]:
    """What happens meanwhile is profiled into that file; nothing without one."""
    if into is None:
        yield
        return
    sampler = Sampler()
    sampler.start()
    began = time.perf_counter()
    try:
        yield
    finally:
        sampler.stop()
        into.write_text(f"{time.perf_counter() - began:.2f} s\n{sampler.told()}")


if __name__ == "__main__":
    from service.cli import main

    file = Path(sys.argv[1])
    sys.argv = ["dunlog", *sys.argv[2:]]
    with profiled(file):
        main()
