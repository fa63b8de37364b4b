"""Worlds thrown from a seed: which operations come how often, and playing them to the end or to the first broken promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.examples import STANDARD, a_playbook
from tests.simulation.errands import CUSTOMERS
from tests.simulation.guards import Guards
from tests.simulation.rulebook import Violation
from tests.simulation.simulation import Operation, Simulation

SMALL_TEXT = Path(__file__).with_name("playbook.yaml").read_text("utf-8")
SMALL = a_playbook(SMALL_TEXT)
LENGTH = 1500
"""Operations of one world; each is some moves of actors."""

EVERYDAY = {
    "run": 420,
    "ask": 80,
    "again": 30,
    "tick": 70,
    "compose": 60,
    "mail": 60,
    "deliver": 30,
    "time": 70,
    "crash": 14,
    "stall": 8,
    "wake": 8,
    "power": 2,
    "receiver": 8,
    "endpoint": 4,
    "drain": 3,
}


@dataclass(frozen=True)
class Mood:
    """What a world is like: how often what happens, how many customers there are, and how receivers begin."""

    weights: Mapping[str, int] = field(default_factory=dict)
    customers: int = len(CUSTOMERS)
    doors: Mapping[str, str] = field(default_factory=dict)


FULL, PLAIN = Guards(), Mood()


def operations(world: str, mood: Mood) -> list[Operation]:
    """The same ones for the same world."""
    rng = Random(world)
    weights = {**EVERYDAY, **mood.weights}
    kinds = rng.choices(list(weights), list(weights.values()), k=LENGTH)
    return [Operation(kind, rng.getrandbits(32)) for kind in kinds]


def begin(world: str, guards: Guards, mood: Mood, story: list[str] | None) -> Simulation:
    """Every fourth world works by the standard procedure, the others by the small one."""
    plan = STANDARD if int(world.rpartition("/")[2]) % 4 == 3 else SMALL
    simulation = Simulation(guards, plan, CUSTOMERS[: mood.customers], story)
    simulation.world.moods.update(mood.doors)
    return simulation


@dataclass
class Outcome:
    """How a world went: its steps, how many operations were done, and the promise that was broken, if one was."""

    steps: int
    done: int
    violation: Violation | None


def play(
    world: str,
    guards: Guards = FULL,
    mood: Mood = PLAIN,
    kept: Sequence[int] | None = None,
    story: list[str] | None = None,
) -> Outcome:
    """A world from its beginning until everything has reached everybody, or a promise is broken; of its operations
    only those `kept`. A bug of the domain is a broken promise too."""
    thrown = operations(world, mood)
    simulation = begin(world, guards, mood, story)
    done = 0
    try:
        for n in range(len(thrown)) if kept is None else kept:
            simulation.do(thrown[n])
            done += 1
        simulation.end()
    except Violation as violation:
        return Outcome(simulation.steps, done, violation)
    except Exception as error:
        bug = Violation("bug", f"{type(error).__name__}: {error}")
        bug.__cause__ = error
        return Outcome(simulation.steps, done, bug)
    return Outcome(simulation.steps, done, None)
