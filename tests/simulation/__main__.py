"""Play a world again: `python -m tests.simulation 4711/17 [--only 3,17,90] [--without customer_locked]` tells its story."""

import argparse
import sys

from tests.simulation.guards import NAMES, Guards
from tests.simulation.mutants import MOODS
from tests.simulation.throwing import PLAIN, play


def main(arguments: list[str] | None = None) -> int:
    """Prints what happened; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("world", help="seed and number, as a failure printed them")
    parser.add_argument("--only", default="", help="the operations that are done, separated by commas")
    parser.add_argument("--without", choices=NAMES, help="the guard that is off")
    given = parser.parse_args(arguments)
    kept = [int(n) for n in given.only.split(",") if n] or None
    guards = Guards().without(given.without) if given.without else Guards()
    story: list[str] = []
    violation = play(given.world, guards, MOODS.get(given.without, PLAIN), kept, story).violation
    print("\n".join(story))
    print(violation or "Every promise was kept.")
    return 1 if violation else 0


if __name__ == "__main__":
    sys.exit(main())
