"""The fewest operations that still break the same promise: delta debugging (Zeller's ddmin), then one by one."""

import time
from collections.abc import Callable


def shrink(kept: list[int], fails: Callable[[list[int]], bool], seconds: float) -> list[int]:
    """A part of `kept` that still fails; as small as the time allows."""
    until = time.monotonic() + seconds
    parts = 2
    while len(kept) > 1 and time.monotonic() < until:
        size = max(1, len(kept) // parts)
        smaller = _without_one_part(kept, size, fails, until)
        if smaller is not None:
            kept, parts = smaller, max(2, parts - 1)
        elif size == 1:
            return kept
        else:
            parts = min(len(kept), parts * 2)
    return kept


def _without_one_part(kept: list[int], size: int, fails: Callable[[list[int]], bool], until: float) -> list[int] | None:
    # What came last led to the failure; most of what came first did not.
    for start in range(0, len(kept), size):
        if time.monotonic() > until:
            return None
        rest = kept[:start] + kept[start + size :]
        if rest and fails(rest):
            return rest
    return None
