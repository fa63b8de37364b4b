"""A world of several replicas on one store, moved step by step from a seed: each operation runs somebody a little further,
lets time pass, asks something, or lets a fault strike. Operations carry their own dice, so any of them can be left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import NamedTuple

from service.domain import commands as c
from service.domain.playbook import Playbook
from service.domain.settings import Settings
from tests.examples import CHINA, a_contact, moment
from tests.simulation import errands
from tests.simulation.auditor import Auditor
from tests.simulation.crew import Crew
from tests.simulation.draining import Quiet
from tests.simulation.endpoints import ENDPOINTS, Endpoints
from tests.simulation.guards import Guards
from tests.simulation.house import Ask, House, Pause, Work
from tests.simulation.loops import compose_ready, tick
from tests.simulation.outside import MOODS, Clients, Request, World
from tests.simulation.road import handle
from tests.simulation.rulebook import demand
from tests.simulation.seen import Seen
from tests.simulation.sending import courier, post_ready

BEGIN = moment("2026-01-05 08:50")
FAR_AWAY = "C-2"
REPLICAS = 3
LAST_TRY = timedelta(days=4)
"""In which the last attempt of every webhook follows the last fault."""

CROWD = 8
"""So many at work at once; who comes later waits outside."""


class Operation(NamedTuple):
    """What is done, and the dice that say how."""

    kind: str
    dice: int


@dataclass
class Simulation:
    """`steps` counts operations and moves of actors; `story` is told when somebody wants to read it."""

    guards: Guards
    plan: Playbook
    customers: Sequence[str] = errands.CUSTOMERS
    story: list[str] | None = None
    done: int = 0

    def __post_init__(self) -> None:
        settings = Settings()
        self.house = House(self.guards, self.plan, settings, settings.workdays(CHINA), BEGIN)
        self.clients = Clients()
        self.world = World(self.house)
        self.auditor = Auditor(self.house, self.world.is_in_flight)
        self.crew = Crew(self.house, self.world, self.story)
        self.endpoints = Endpoints(self.house)
        people = [a_contact("ap"), a_contact("dm", role="decision_maker")]
        for name in self.customers:
            zone = "Europe/Berlin" if name == FAR_AWAY else None
            self._post([(c.UpdateCustomer(customer=name, name=name, time_zone=zone, contacts=people), errands.ERP)])
        self.crew.finish()

    @property
    def steps(self) -> int:
        """Operations done and moves made."""
        return self.done + self.crew.moves

    # What is done

    def do(self, operation: Operation) -> None:
        """One operation; raises Violation."""
        self.done += 1
        if self.story is not None:
            self.story.append(f"{self.house.now:%m-%d %H:%M:%S} {operation.kind}")
        getattr(self, f"_{operation.kind}")(Random(operation.dice))

    def _run(self, rng: Random) -> None:
        able = self.crew.able()
        if able:
            self.crew.advance(rng.choice(able))
        elif len(self.crew.actors) < CROWD:
            self.crew.spawn(rng.randrange(REPLICAS), "tick", tick(self.house))

    def _ask(self, rng: Random) -> None:
        if len(self.crew.actors) >= CROWD:
            return self._run(rng)
        view = Seen(self.house, self.customers)
        thrown = errands.facts(rng, view, 3) if rng.random() < 0.35 else [errands.errand(rng, view)]
        return self._post(thrown, rng.randrange(REPLICAS))

    def _again(self, rng: Random) -> None:
        """A request once more: because no answer came, because the network doubled it, or with other content."""
        waiting = [one for one in self.clients.requests if not one.answers]
        known = waiting if waiting and rng.random() < 0.5 else self.clients.requests[-12:]
        if len(self.crew.actors) >= CROWD or not known:
            return self._run(rng)
        request = rng.choice(known)
        if rng.random() < 0.1:
            changed = [Ask(a.command, a.asker, a.identity, a.content + "!", a.is_key) for a in request.asks]
            request = Request(changed)
        return self._send(request, rng.randrange(REPLICAS))

    def _tick(self, rng: Random) -> None:
        self._start(rng, "tick", tick(self.house))

    def _compose(self, rng: Random) -> None:
        self._start(rng, "compose", compose_ready(self.house))

    def _mail(self, rng: Random) -> None:
        self._start(rng, "mail", post_ready(self.house, self.world))

    def _deliver(self, rng: Random) -> None:
        replica = rng.randrange(REPLICAS)
        work = courier(self.house, self.world, lambda what, work: self.crew.spawn(replica, what, work))
        self._start(rng, "deliver", work, replica)

    def _start(self, rng: Random, what: str, work: Work, replica: int | None = None) -> None:
        replica = rng.randrange(REPLICAS) if replica is None else replica
        is_busy = any((actor.replica, actor.what) == (replica, what) for actor in self.crew.actors)
        if is_busy or len(self.crew.actors) >= CROWD:
            return self._run(rng)
        return self.crew.spawn(replica, what, work)

    def _time(self, rng: Random) -> None:
        kind = rng.random()
        if kind < 0.35:
            span = timedelta(seconds=rng.randint(1, 90))
        elif kind < 0.5:
            span = timedelta(minutes=rng.randint(1, 300))
        elif kind < 0.97:
            span = max(self.house.next_alarm() - self.house.now, timedelta()) + timedelta(seconds=rng.randint(0, 40))
        else:
            span = timedelta(days=rng.choice((1, 3, 8, 30)))
        self.crew.wait(span)

    def _crash(self, rng: Random) -> None:
        """A replica dies; a commit that was on its way may have arrived or not."""
        replicas = [actor.replica for actor in self.crew.actors] or range(REPLICAS)
        self.crew.kill(rng.choice(replicas), rng.random() < 0.5)

    def _stall(self, rng: Random) -> None:
        """SIGSTOP: a replica stands still, and time passes it by."""
        replicas = [actor.replica for actor in self.crew.actors] or range(REPLICAS)
        self.crew.stalled.add(rng.choice(replicas))

    def _wake(self, rng: Random) -> None:
        if self.crew.stalled:
            self.crew.stalled.discard(rng.choice(sorted(self.crew.stalled)))

    def _power(self, rng: Random) -> None:
        """PostgreSQL dies and comes back."""
        self.house.disk.lose_power()
        if not self.guards.flushed_before_acknowledged:
            self.auditor.read_again()

    def _receiver(self, rng: Random) -> None:
        where = rng.choice(("mail", *(endpoint.id for endpoint in ENDPOINTS)))
        mood = rng.choice(MOODS)
        self.world.moods[where] = "down" if (where, mood) == ("mail", "deadly") else mood
        self.world.takes = timedelta(seconds=rng.choice((0, 1, 1, 9)))
        self.crew.tell(f"{where} is {mood}")

    def _endpoint(self, rng: Random) -> None:
        """Somebody disables an endpoint, or enables it and has what it missed sent."""
        self.endpoints.turn(rng.choice(ENDPOINTS).id)

    def _drain(self, rng: Random) -> None:
        """Nothing strikes until all that is due has been done; then everything is compared."""
        self.crew.finish()
        self.crew.wait(timedelta(seconds=1))
        quiet = Quiet(self.house, self.auditor, self.clients, self.world)
        for started in quiet.rounds(lambda what, work: self.crew.spawn(1, what, work)):
            for replica, what, work in started:
                self.crew.spawn(replica, what, work)
            self.crew.finish()
            self.crew.wait(timedelta(milliseconds=300))

    def end(self) -> None:
        """The last fault is over: everything reaches everybody."""
        quiet = Quiet(self.house, self.auditor, self.clients, self.world)
        self.crew.finish()
        self.world.recover()
        self.endpoints.open_all()
        self._drain(Random(0))
        begun = self.house.now
        while (at := quiet.next_delivery()) is not None:
            demand(at < begun + LAST_TRY, "I37", f"a webhook waits until {at}")
            self.crew.wait(max(at - self.house.now, timedelta()))
            self._drain(Random(0))
        quiet.all_delivered()

    # What somebody outside does

    def _post(self, thrown: Sequence[errands.Errand], replica: int = 0) -> None:
        """A new request goes out."""
        number = len(self.clients.requests) + 1
        asks = []
        for n, (command, asker) in enumerate(thrown):
            source = "erp" if asker is errands.ERP else f"key:{asker.actor}"
            asks.append(Ask(command, asker, (source, f"{number}.{n}"), repr(command), source != "erp"))
        request = Request(asks)
        self.clients.requests.append(request)
        self._send(request, replica)

    def _send(self, request: Request, replica: int) -> None:
        self.crew.spawn(replica, "intake", self._intake(request))
        self.crew.tell(", ".join(f"{ask.identity} {ask.command}" for ask in request.asks))

    def _intake(self, request: Request) -> Work:
        yield Pause("received")
        yield from handle(self.house, request.asks, lambda done: self.clients.acknowledged(request, done))
