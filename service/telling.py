"""A what-if told by several processes: each has its share of the customers, and what they find is added up."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any

from msgspec.structs import replace

from service.engine.whatif import Found, Wanted, tell
from service.runtime import look_for_cycles_seldom, opened
from service.settings import Settings

SECONDS_BETWEEN = 0.2

_passed: Any = None
"""In a process of the pool: how many bills each share has passed."""


def together(settings: Settings, tenant: str, wanted: Wanted, jobs: int, report: Callable[[int], None]) -> Found:
    """All of it; `report` hears how many bills have been passed so far."""
    spawning = get_context("spawn")
    passed = spawning.Array("q", jobs)
    with ProcessPoolExecutor(jobs, mp_context=spawning, initializer=_begin, initargs=(passed,)) as pool:
        shares = [pool.submit(_share, settings, tenant, replace(wanted, share=(n, jobs))) for n in range(jobs)]
        left: set[Any] = set(shares)
        while left:
            _, left = wait(left, SECONDS_BETWEEN, FIRST_EXCEPTION)
            report(sum(passed[:]))
        first, *others = (share.result() for share in shares)
    for one in others:
        first.add(one)
    return first


def _begin(passed: Any) -> None:
    global _passed
    _passed = passed


def _share(settings: Settings, tenant: str, wanted: Wanted) -> Found:
    with opened(settings) as runtime:
        look_for_cycles_seldom()
        for found in tell(runtime.desk, tenant, wanted):
            _passed[wanted.share[0]] = found.passed
    return found
