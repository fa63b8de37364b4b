"""Single facts that arrive at once travel together: one transaction and one commit for all that waited meanwhile.

Whoever comes while nobody is under way goes at once, so a lone fact waits for nobody.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock

from msgspec import Struct

from service.engine.asks import Ask, Done
from service.engine.desk import Desk
from service.engine.handle import handle

SEATS = 200


class _Traveller(Struct, eq=False):
    ask: Ask
    done: Future[Done]


class Convoy:
    """One a process, with so many drivers. Tenants do not travel together, and each tenant's convoys leave one after the
    other; whoever travels is no thread that waits."""

    def __init__(self, desk: Desk, drivers: int) -> None:
        self._desk = desk
        self._drivers = ThreadPoolExecutor(drivers, thread_name_prefix="convoy")
        self._gate = Lock()
        self._waiting: dict[str, list[_Traveller]] = {}
        """By tenant of whom somebody is under way."""

    def join(self, tenant: str, ask: Ask) -> Future[Done]:
        """What will come of it, as `engine.handle` tells or raises it."""
        traveller = _Traveller(ask, Future())
        traveller.done.set_running_or_notify_cancel()  # it happens, even when nobody waits for it any more
        with self._gate:
            waiting = self._waiting.get(tenant)
            if waiting is None:
                self._waiting[tenant] = []
            else:
                waiting.append(traveller)
        if waiting is None:
            self._leave(tenant, [traveller])
        return traveller.done

    def _leave(self, tenant: str, leaving: Sequence[_Traveller]) -> None:
        self._drive(tenant, leaving).add_done_callback(partial(self._arrived, tenant, leaving))

    def _drive(self, tenant: str, leaving: Sequence[_Traveller]) -> Future[list[Done]]:
        return self._drivers.submit(handle, self._desk, tenant, [one.ask for one in leaving])

    def _arrived(self, tenant: str, leaving: Sequence[_Traveller], ended: Future[list[Done]]) -> None:
        if ended.exception() is None or len(leaving) == 1:
            _tell(leaving, ended)
        else:  # something held all of them up, such as one customer whom somebody locks too long
            for one in leaving:
                self._drive(tenant, [one]).add_done_callback(partial(_tell, [one]))
        with self._gate:
            waiting = self._waiting[tenant]
            following = waiting[:SEATS]
            del waiting[: len(following)]
            if not following:
                del self._waiting[tenant]
        if following:
            self._leave(tenant, following)


def _tell(leaving: Sequence[_Traveller], ended: Future[list[Done]]) -> None:
    error = ended.exception()
    if error is not None:
        leaving[0].done.set_exception(error)
        return
    for one, its in zip(leaving, ended.result(), strict=True):
        one.done.set_result(its)
