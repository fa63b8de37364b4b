"""What is said of a broken promise: the fewest operations that break it, their story, and how to play it again."""

from tests.simulation.guards import Guards
from tests.simulation.rulebook import Violation
from tests.simulation.shrinking import shrink
from tests.simulation.throwing import LENGTH, Mood, play

PATIENCE = 30.0
"""Seconds for making a failure small."""


def told(world: str, done: int, violation: Violation, guards: Guards, mood: Mood, without: str = "") -> str:
    """The failure as small as it gets."""
    kept = smallest(world, done, violation, guards, mood)
    story: list[str] = []
    play(world, guards, mood, kept, story)
    only = ",".join(str(n) for n in kept)
    flag = f" --without {without}" if without else ""
    return "\n".join(
        [
            str(violation),
            f"It takes {len(kept)} operations of world {world}:",
            *story,
            "Play it again, in full or as above:",
            f"python -m tests.simulation {world}{flag}",
            f"python -m tests.simulation {world}{flag} --only {only}",
        ]
    )


def smallest(world: str, done: int, violation: Violation, guards: Guards, mood: Mood) -> list[int]:
    """The fewest operations found that break the same promise."""

    def fails(kept: list[int]) -> bool:
        broken = play(world, guards, mood, kept).violation
        return broken is not None and broken.invariant == violation.invariant

    return shrink(list(range(min(done + 1, LENGTH))), fails, PATIENCE)
