"""Whoever is at work on the replicas: each goes on to its next point, is stopped, killed, or comes to its end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.disk import Away, Busy, Raced
from tests.simulation.house import House, Pause, Work
from tests.simulation.outside import World


@dataclass(eq=False)
class Actor:
    """Somebody at work on a replica, and where they stand."""

    replica: int
    what: str
    work: Work
    pause: Pause
    since: datetime


@dataclass
class Crew:
    """`moves` counts how often somebody went on; `story` is told when somebody wants to read it."""

    house: House
    world: World
    story: list[str] | None = None
    moves: int = 0
    actors: list[Actor] = field(default_factory=list)
    stalled: set[int] = field(default_factory=set)

    def tell(self, what: object) -> None:
        """Add to the present operation's line."""
        if self.story:
            self.story[-1] += f"; {what}"

    def able(self) -> list[Actor]:
        """Those who can go on."""
        return [actor for actor in self.actors if self._can_go_on(actor)]

    def spawn(self, replica: int, what: str, work: Work) -> None:
        """Somebody begins, unless their replica stands still."""
        actor = Actor(replica, what, work, Pause("start"), self.house.now)
        self.actors.append(actor)
        if replica not in self.stalled:
            self.advance(actor)

    def _can_go_on(self, actor: Actor) -> bool:
        pause = actor.pause
        if actor.replica in self.stalled or (pause.wakes is not None and pause.wakes > self.house.now):
            return False
        free = pause.lock is None or pause.lock not in self.house.disk.locks
        return free or actor.since + pause.within <= self.house.now

    def advance(self, actor: Actor) -> None:
        """To the next point at which it can be cut."""
        self.moves += 1
        try:
            pause = next(actor.work)
            if pause.lock is None or pause.lock != actor.pause.lock:
                actor.since = self.house.now
            actor.pause = pause
        except (StopIteration, Busy, Away, Raced) as end:
            self.actors.remove(actor)
            self.tell(f"{actor.replica}/{actor.what} ends: {type(end).__name__}")
            return
        self.tell(f"{actor.replica}/{actor.what} {actor.pause.at}")
        if self.world.is_deadly:
            self.world.is_deadly = False
            self.kill(actor.replica, False)

    def kill(self, replica: int, keeps_commit: bool) -> None:
        """SIGKILL: nothing of what was under way goes on."""
        for actor in [actor for actor in self.actors if actor.replica == replica]:
            if actor.pause.at == "commit" and keeps_commit:
                self._let_commit(actor)
            actor.work.close()
            if actor in self.actors:
                self.actors.remove(actor)
        self.stalled.discard(replica)

    def _let_commit(self, actor: Actor) -> None:
        try:
            next(actor.work)
        except (StopIteration, Busy, Away, Raced):
            self.actors.remove(actor)

    def wait(self, span: timedelta) -> None:
        """Time passes; who is not stalled stays nowhere longer than a living process does."""
        goal = self.house.now + span
        while True:
            living = [actor for actor in self.actors if actor.replica not in self.stalled]
            first = min(living, key=lambda actor: actor.since + actor.pause.within, default=None)
            if first is None or first.since + first.pause.within > goal:
                break
            self.house.now = max(self.house.now, first.since + first.pause.within)
            self.advance(first)
        self.house.now = goal
        self.house.disk.forget_idle(goal)
        self.house.disk.flush()

    def finish(self) -> None:
        """Everybody who is at work comes to their end."""
        self.stalled.clear()
        while self.actors:
            able = self.able()
            if able:
                self.advance(able[0])
            else:
                self.wait(timedelta(seconds=1))
