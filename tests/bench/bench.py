"""What every figure is handed: the world it is measured in, how often, what to tell meanwhile, and the peers."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import Peers
from tests.bench.tell import Tell
from tests.bench.world import World


@dataclass(frozen=True)
class Bench:
    """`full` is false for the tenth: what does not depend on the number of cases is measured once, at full size."""

    world: World
    repeats: int
    tell: Tell
    peers: Peers
    full: bool
    profiles: Path | None = None

    @property
    def cases(self) -> int:
        return self.world.cases

    def profile(self, name: str) -> Path | None:
        """Where a profile goes, when they are wanted."""
        return self.profiles / f"{name}-{self.cases}.txt" if self.profiles else None
