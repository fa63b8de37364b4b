"""What all replicas share: the store, the tenant's settings, days and playbooks, the clock, and what was decided in their
names, kept for the auditor."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from msgspec import Struct

from service.domain import commands as c
from service.domain.playbook import Playbook
from service.domain.scene import Asker, Scene
from service.domain.settings import Settings
from service.domain.workdays import Workdays
from service.store.laws import law_of
from tests.simulation.disk import Busy, Disk, Key, Tx
from tests.simulation.guards import Guards

LOCK_PATIENCE = timedelta(seconds=2)


class Pause(Struct, frozen=True):
    """Where a replica's work may be cut: the name of the point, how long a living replica stays there at most, and from
    when on it can go on at all. `lock` is what it waits for."""

    at: str
    within: timedelta = timedelta(seconds=1)
    wakes: datetime | None = None
    lock: Key | None = None


Work: TypeAlias = Generator[Pause, None, Any]
"""A replica's piece of work, cut at every point where a crash, another replica or time may come between."""


class Ask(Struct, frozen=True):
    """One command as it comes to the road; `identity` names it for ever, `is_key` says that a person gave it."""

    command: c.Command
    asker: Asker
    identity: tuple[str, str] | None = None
    content: str = ""
    is_key: bool = False


class Done(Struct, frozen=True):
    """What came of it: `answer` is what the caller reads, `token` the decision behind it."""

    status: str
    answer: Any
    token: str | None = None
    repeated: bool = False


@dataclass
class Decision:
    """What was decided, to compare with what is found in the log."""

    ask: Ask
    events: int
    at: datetime


@dataclass
class House:
    """One tenant, live."""

    guards: Guards
    plan: Playbook
    settings: Settings
    workdays: Workdays
    now: datetime
    disk: Disk = field(init=False)
    decisions: dict[str, Decision] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.disk = Disk(self.guards)

    def scene(self) -> Scene:
        return Scene(
            now=self.now,
            today=self.workdays.today(self.now),
            settings=self.settings,
            workdays=self.workdays,
            law=law_of(self.settings),
            playbook=lambda name, version: self.plan,
            newest=lambda name: self.plan,
        )

    def decided(self, ask: Ask, events: int) -> str:
        """A name for what was just decided."""
        token = f"d{len(self.decisions) + 1}"
        self.decisions[token] = Decision(ask, events, self.now)
        return token

    def next_alarm(self) -> datetime:
        """When something is due next; in an hour, if nothing is."""
        return min(self._alarms(), default=self.now + timedelta(hours=1))

    def _alarms(self) -> Iterator[datetime]:
        rows = self.disk.rows
        yield from (row.wake_at for row in rows["customers"].values() if row.wake_at)
        for row in rows["messages"].values():
            if row.state == "queued":
                yield max(row.slot_at, row.next_at or row.slot_at)
            elif row.state == "ready":
                yield row.next_at or row.slot_at
        yield from (row.next_at for row in rows["deliveries"].values() if row.state == "pending" and row.next_at)

    def days_of(self, zone: str | None) -> Workdays:
        """The windows in which a customer may be reached."""
        return self.workdays.in_zone(zone) if zone else self.workdays


def lock(house: House, tx: Tx, name: Key) -> Work:
    """Wait for a lock as long as anybody has patience. Raises Busy."""
    until = house.now + LOCK_PATIENCE
    while not tx.take(name):
        if house.now >= until:
            raise Busy
        yield Pause("waiting", LOCK_PATIENCE, lock=name)
