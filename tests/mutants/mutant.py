"""A guard taken out of the code: the text that was there, what stands instead, and the test that must miss it."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Mutant(NamedTuple):
    """`old` occurs exactly once in `file`; `test` is a test's address as pytest takes it."""

    guard: str
    file: str
    old: str
    new: str
    test: str

    def grown(self, source: str) -> str:
        """The file with the guard taken out."""
        assert source.count(self.old) == 1, f"{self.file} has {source.count(self.old)} times: {self.old}"
        return source.replace(self.old, self.new)
