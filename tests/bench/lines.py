"""What a figure says: samples of ours and of what stands beside it, their ratio, and whether the goal is reached."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Literal

from msgspec import Struct

Better = Literal["more", "less"]
"""Whether a bigger number is the better one: a rate, or a time."""

GROWTH = 1.3
"""So much more may a unit cost at full size than at a tenth of it."""


class Sample(Struct, frozen=True):
    """Repeats of one measurement."""

    median: float
    least: float
    most: float
    repeats: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Sample":
        return cls(median(values), min(values), max(values), len(values))


class Goal(Struct, frozen=True):
    """A bound: of the ratio to what stands beside it, or of our own number."""

    relation: Literal[">=", "<="]
    bound: float
    of: Literal["ratio", "ours"] = "ratio"

    def is_reached(self, value: float) -> bool:
        return value >= self.bound if self.relation == ">=" else value <= self.bound


class Line(Struct, frozen=True, kw_only=True):
    """One row of the table. Without `theirs` a `note` says why there is nothing beside ours."""

    figure: str
    what: str
    cases: int
    ours: Sample | None
    unit: str
    better: Better
    against: str = ""
    theirs: Sample | None = None
    goal: Goal | None = None
    note: str = ""
    grows: bool = True
    """Whether ours is a cost or a rate per unit, so that its growth with the number of cases says something."""

    @property
    def ratio(self) -> float | None:
        """Ours by theirs."""
        if self.ours is None or self.theirs is None or not self.theirs.median:
            return None
        return self.ours.median / self.theirs.median

    @property
    def is_reached(self) -> bool | None:
        """None when there is no goal, or nothing to judge it by."""
        if self.goal is None or self.ours is None:
            return None
        value = self.ratio if self.goal.of == "ratio" else self.ours.median
        return None if value is None else self.goal.is_reached(value)


def growth(lines: Iterable[Line]) -> list[Line]:
    """A line for each of ours that was measured at two sizes: the cost of a unit at the bigger one by that at the smaller."""
    sizes: dict[tuple[str, str], dict[int, Line]] = {}
    for line in lines:
        if line.grows and line.ours is not None:
            sizes.setdefault((line.figure, line.what), {})[line.cases] = line
    found = []
    for (figure, what), by_size in sizes.items():
        small, big = min(by_size), max(by_size)
        if small == big:
            continue
        of_small, of_big = by_size[small].ours, by_size[big].ours
        assert of_small is not None and of_big is not None
        quotient = of_big.median / of_small.median if by_size[big].better == "less" else of_small.median / of_big.median
        found.append(
            Line(
                figure=figure,
                what=f"growth: {what}",
                cases=big,
                ours=Sample(quotient, quotient, quotient, 1),
                unit=f"x of {small:,} cases",
                better="less",
                goal=Goal("<=", GROWTH, "ours"),
                grows=False,
            )
        )
    return found


def in_turns(repeats: int, sides: Sequence[Callable[[], float]], before: Callable[[], None]) -> list[Sample]:
    """Every side once to warm up, then `repeats` times in turns, so that whatever else the machine does meets all alike;
    `before` each turn the server is brought to rest."""
    values: list[list[float]] = [[] for _ in sides]
    for turn in range(repeats + 1):
        before()
        for side, kept in zip(sides, values, strict=True):
            value = side()
            if turn:
                kept.append(value)
    return [Sample.of(kept) for kept in values]
