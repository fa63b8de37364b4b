"""What the bench says while it works: a bar for the whole, one for the step in hand; plain lines where nobody watches."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Tell:
    """Bars on stderr."""

    def __init__(self, stages: int) -> None:
        self.console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._whole = self._bars.add_task("bench", total=stages)
        self._step: TaskID | None = None
        self._began = time.monotonic()

    def __enter__(self) -> "Tell":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """One stage of the whole."""
        began = time.monotonic()
        self._bars.update(self._whole, description=name)
        try:
            yield
        finally:
            self._drop()
            self._bars.advance(self._whole)
            so_far = time.monotonic() - self._began
            self.console.print(f"{name}: {time.monotonic() - began:.0f} s ({so_far / 60:.1f} min so far)", highlight=False)

    def step(self, what: str, total: int) -> None:
        """What is done now within the stage, in so many parts."""
        self._drop()
        self._step = self._bars.add_task(f"  {what}", total=total)

    def advance(self, parts: int = 1) -> None:
        """So many parts of the step are done."""
        if self._step is not None:
            self._bars.advance(self._step, parts)

    def _drop(self) -> None:
        if self._step is not None:
            self._bars.remove_task(self._step)
            self._step = None
