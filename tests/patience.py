"""How long the tests wait for what must come: until then nothing is concluded from a machine that is slow."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 120.0
"""Seconds after which something hangs."""


def eventually(holds: Callable[[], Any], what: str = "it", every: float = 0.02) -> float:
    """Seconds it took until it held."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < PATIENCE, f"not within {PATIENCE} s: {what}"
        time.sleep(every)
    return time.monotonic() - began
