"""What would happen, on paper: commands and the clock on an account in memory, by the very rules, for nobody to keep.

Nobody pays, answers or agrees meanwhile, and what conditions ask of the customer stays as it is today.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from service.domain.account import Account, Happened
from service.domain.commands import Command, Wake
from service.domain.decide import run
from service.domain.due import customer_dues, due
from service.domain.events.case import Reminded
from service.domain.scene import CLOCKWORK, Asker, Scene


class Rehearsal:
    """The account is changed: it must be one that nobody saves."""

    def __init__(self, account: Account, scene: Scene) -> None:
        self.account = account
        self.scene = scene
        self._gone = account.gone
        self._slots: dict[str, datetime] = {}

    def do(self, command: Command, asker: Asker) -> list[Happened]:
        """Carried out at this moment; may refuse."""
        left = {message for message, slot in self._slots.items() if slot < self.scene.now}
        self.account.gone = self._gone | left
        happened = run(command, self.account, self.scene, asker)
        for one in happened:
            if isinstance(one.event, Reminded) and one.event.message and one.event.slot:
                self._slots[one.event.message] = one.event.slot
        return happened

    def walk(self, until: datetime) -> Iterator[tuple[datetime, list[Happened]]]:
        """The clock's moments up to then, each with what happens at it; it stops early where nothing more does."""
        while (at := self._next()) is not None and at <= until:
            self.scene = replace(self.scene, now=at, today=self.scene.workdays.today(at))
            happened = self.do(Wake(customer=self.account.customer.id), CLOCKWORK)
            if not happened:
                return
            yield at, happened

    def _next(self) -> datetime | None:
        scene, now = self.scene, self.scene.now
        found = list(customer_dues(self.account.customer, scene.workdays))
        for case in self.account.open_cases():
            one = due(case, scene.plan_of(case), scene.workdays, scene.law)
            found += [one] if one else []
        ats = [scene.workdays.next_moment(max(o.at, now)) if o.windowed else max(o.at, now) for o in found]
        return min(ats, default=None)
