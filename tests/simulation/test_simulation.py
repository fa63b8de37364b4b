"""Several replicas on one store under random but seeded facts, people, clocks, crashes, stalls and redeliveries keep the
invariants (R4). CHAOS=1 throws as much as the figure asks for, CHAOS_SEED=4711 the same again."""

import os
import random
import subprocess
import sys
import time

import pytest

from tests.conftest import Tell
from tests.simulation.guards import NAMES, Guards
from tests.simulation.mutants import MOODS, WORLDS
from tests.simulation.telling import told
from tests.simulation.throwing import FULL, LENGTH, PLAIN, play

STEPS = max(200_000, round(1_000_000 * float(os.environ.get("CHAOS", "0"))))


@pytest.mark.figure("R4")
def test_promises_hold_whatever_strikes_and_in_whatever_order(request: pytest.FixtureRequest, figure: Tell):
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    request.node.user_properties.append(("seed", seed))
    print(f"{request.node.name}: CHAOS_SEED={seed}")
    steps, worlds, began = 0, 0, time.monotonic()
    while steps < STEPS:
        outcome = play(f"{seed}/{worlds}")
        if outcome.violation:
            pytest.fail(told(f"{seed}/{worlds}", outcome.done, outcome.violation, FULL, PLAIN), pytrace=False)
        steps += outcome.steps
        worlds += 1
    print(f"{steps} steps in {worlds} worlds, {time.monotonic() - began:.1f} s")
    figure(steps=steps, worlds=worlds, broken=0)


def test_promises_hold_in_worlds_that_are_always_the_same():
    """The few worlds that mutants of the domain are shown to."""
    for n in range(12):
        violation = play(f"known/{n}").violation
        assert violation is None, violation


@pytest.mark.parametrize("guard", NAMES)
def test_without_a_guard_a_promise_is_broken(guard):
    guards, mood = Guards().without(guard), MOODS.get(guard, PLAIN)
    assert any(play(f"mutant/{n}", guards, mood).violation for n in range(WORLDS))


def test_the_same_world_goes_the_same_way():
    first: list[str] = []
    again: list[str] = []
    assert play("same/3", story=first) == play("same/3", story=again)
    assert first == again and len(first) == LENGTH


def test_a_broken_promise_shrinks_to_a_story_that_can_be_played_again():
    guard = "inbox_unique"
    guards = Guards().without(guard)
    world, outcome = next((w, o) for n in range(WORLDS) if (o := play(w := f"small/{n}", guards)).violation)
    assert outcome.violation
    text = told(world, outcome.done, outcome.violation, guards, PLAIN, guard)
    command = text.splitlines()[-1].split()
    assert len(command[-1].split(",")) <= 12
    played = subprocess.run([sys.executable, *command[1:]], capture_output=True, text=True, check=False)
    assert played.returncode == 1
    assert played.stdout.splitlines()[-1].startswith(outcome.violation.invariant)
