"""`python -m tests.chaos.entry serve`: the service itself, in which a crash point may be armed and the host's clock moved.

CHAOS_POINT and CHAOS_NTH name the point and at which coming to it the process ends; CHAOS_CLOCK names a file with the
seconds by which this process's wall clock is wrong. Nothing else differs from `dunlog serve`.
"""

import datetime as real
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import service.serve  # noqa: F401
from service.cli import main
from tests.chaos import points

FOR_LATER = (
    "alembic.command",
    "alembic.ddl.postgresql",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "holidays",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)
"""What `serve` imports when it comes to need it; whoever forks this process has it imported once."""


def run(*command: str) -> None:
    """As the command line does."""
    if clock := os.environ.get("CHAOS_CLOCK"):
        _move_clock(Path(clock))
    if name := os.environ.get("CHAOS_POINT"):
        points.arm(name, int(os.environ["CHAOS_NTH"]))
    sys.argv = ["dunlog", *command]
    main()


def _move_clock(file: Path) -> None:
    """What this process and its libraries read as the host's wall clock is wrong by what stands in the file."""

    def wrong() -> float:
        return float(file.read_text() or 0)

    time_of_day = time.time
    time.time = lambda: time_of_day() + wrong()
    told = _told(lambda: real.timedelta(seconds=wrong()))
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is real.datetime and module is not real and not module.__name__.startswith("tests."):
                setattr(module, name, told)


def _told(wrong: Callable[[], real.timedelta]) -> type:
    """Looks like `datetime`, makes the same values, but says that another moment is now."""

    class Kind(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, real.datetime)

        def __getattr__(cls, name: str) -> Any:
            return getattr(real.datetime, name)

        def __call__(cls, *given: Any, **named: Any) -> real.datetime:
            return real.datetime(*given, **named)  # noqa: DTZ001 - handed through

    class Told(metaclass=Kind):
        @staticmethod
        def now(tz: real.tzinfo | None = None) -> real.datetime:
            return real.datetime.now(tz) + wrong()

    return Told


if __name__ == "__main__":
    run(*sys.argv[1:])
