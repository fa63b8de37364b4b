"""The simulation without each of its guards, all in one figure (R4); `make mutants` takes those of the code out too."""

import pytest

from tests.conftest import Tell
from tests.simulation.guards import NAMES, Guards
from tests.simulation.mutants import MOODS, WORLDS
from tests.simulation.throwing import PLAIN, play


@pytest.mark.figure("R4")
def test_R4_every_guard_is_missed(figure: Tell):
    caught = [
        guard
        for guard in NAMES
        if any(play(f"mutant/{n}", Guards().without(guard), MOODS.get(guard, PLAIN)).violation for n in range(WORLDS))
    ]
    figure(mutants=len(NAMES), caught=len(caught))
    assert caught == list(NAMES)
