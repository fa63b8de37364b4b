"""Take every guard out, one at a time, and see whether its test misses it: `make mutants`. Words narrow the choice down."""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.growing import Verdict, copy_of_the_tree, judged, tried
from tests.mutants.mutant import Mutant
from tests.simulation.guards import NAMES, Guards
from tests.simulation.mutants import MOODS, WORLDS
from tests.simulation.throwing import PLAIN, play

WIDTH = 132


class Row(NamedTuple):
    """A line of the table."""

    guard: str
    mutation: str
    test: str
    verdict: Verdict


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 1 unless every mutant was caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="guards, files or tests that contain one of them")
    parser.add_argument("--show", action="store_true", help="what pytest printed of those not caught")
    given = parser.parse_args(arguments)
    found = []
    print("-" * WIDTH)
    for row in _rows(given.words):
        found.append(row)
        print(f"{row.verdict.word:9} {row.verdict.seconds:5.0f} s  {row.guard}")
        print(f"{'':18} {row.mutation}")
        print(f"{'':18} {row.test}", flush=True)
        if given.show and row.verdict.word != "caught":
            print(row.verdict.output)
    caught = sum(row.verdict.word == "caught" for row in found)
    print("-" * WIDTH)
    print(f"{caught} of {len(found)} mutants caught in {sum(row.verdict.seconds for row in found):.0f} s")
    return 0 if found and caught == len(found) else 1


def _rows(words: list[str]) -> Iterator[Row]:
    yield from (_simulated(name) for name in NAMES if _is_wanted(name, words))
    chosen = [mutant for mutant in CATALOGUE if _is_wanted(" ".join((mutant.guard, mutant.file, mutant.test)), words)]
    if not chosen:
        return
    with copy_of_the_tree() as tree:
        code, seconds, output = tried(tree, *sorted({mutant.test for mutant in chosen}))
        if code != 0:
            yield Row("none: all tests pass", "no mutation", "all that are named", Verdict("BROKEN", seconds, output))
            return
        for mutant in chosen:
            yield Row(mutant.guard, _told(mutant), mutant.test, judged(tree, mutant))


def _is_wanted(text: str, words: list[str]) -> bool:
    return not words or any(word in text for word in words)


def _simulated(guard: str) -> Row:
    began = time.monotonic()
    guards, mood = Guards().without(guard), MOODS.get(guard, PLAIN)
    broken = next((v for n in range(WORLDS) if (v := play(f"mutant/{n}", guards, mood).violation)), None)
    verdict = Verdict("caught" if broken else "SURVIVED", time.monotonic() - began)
    what = f"the simulation without it breaks {broken.invariant}" if broken else "the simulation without it"
    test = f"tests/simulation/test_simulation.py::test_without_a_guard_a_promise_is_broken[{guard}]"
    return Row(guard.replace("_", " "), what, test, verdict)


def _told(mutant: Mutant) -> str:
    old, new = (" ".join(text.split()) for text in (mutant.old, mutant.new))
    return f"{mutant.file}: {old[:60]} → {new[:30] or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main())
