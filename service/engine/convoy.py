"""Single facts that arrive at once travel together: one transaction and one commit for all that waited meanwhile.

Whoever comes while nobody is under way goes at once, so a lone fact waits for nobody.
"""

from collections import defaultdict
from contextlib import nullcontext, suppress
from threading import Lock

import psycopg
from msgspec import Struct

from service.engine.asks import Ask, Done
from service.engine.desk import Desk
from service.engine.handle import handle

SEATS = 200


class _Traveller(Struct, eq=False):
    ask: Ask
    left: bool = False
    done: Done | None = None


class Convoy:
    """One a process. Tenants do not travel together, and each tenant's convoys leave one after the other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: defaultdict[str, list[_Traveller]] = defaultdict(list)
        self._road: defaultdict[str, Lock] = defaultdict(Lock)

    def handle(self, tenant: str, ask: Ask) -> Done:
        """As `engine.handle` does with one."""
        traveller = _Traveller(ask)
        self._waiting[tenant].append(traveller)
        with self._road[tenant]:
            while not traveller.left:
                self._leave(tenant)
        if traveller.done is None:  # something held all of them up, such as one customer whom somebody locks too long
            (traveller.done,) = handle(self._desk, tenant, [ask])
        return traveller.done

    def _leave(self, tenant: str) -> None:
        leaving = self._waiting[tenant][:SEATS]
        del self._waiting[tenant][: len(leaving)]
        for one in leaving:
            one.left = True
        with suppress(psycopg.Error) if len(leaving) > 1 else nullcontext():
            done = handle(self._desk, tenant, [one.ask for one in leaving])
            for one, its in zip(leaving, done, strict=True):
                one.done = its
