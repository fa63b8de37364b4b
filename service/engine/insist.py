"""What happened outside is written down, however busy the database: unrecorded it would happen once more."""

import time
from collections.abc import Callable
from typing import TypeVar

from service.engine.handle import AWAY

PAUSE = 0.2

Result = TypeVar("Result")


def insist(record: Callable[[], Result], within: float) -> Result:
    """`record` is a transaction that may be tried again; for so many seconds it is, while the database has trouble of its own
    (away, a lock held, a deadlock). Then that is raised."""
    until = time.monotonic() + within
    while True:
        try:
            return record()
        except AWAY:
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)
