"""Two stories of the same customers held against each other: what the one brings earlier, later, or never."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from heapq import heappush, heappushpop

from msgspec import Struct, field

from service.domain.case import Case
from service.domain.whatif.tally import MILESTONES, BillTold, Line, Tally

SHOWN = 200
"""Bills named, of those that differ; all are counted."""

NEVER = 10_000
"""Days by which what never comes counts as later."""


class Shift(Struct, frozen=True):
    """A milestone of a bill: on which day by the playbook there is, and by the other."""

    case: str
    customer: str
    milestone: str
    now_on: date | None
    then_on: date | None

    @property
    def days(self) -> int | None:
        """So many days later by the other one; None where only one of them brings it at all."""
        return (self.then_on - self.now_on).days if self.now_on and self.then_on else None

    @property
    def weight(self) -> int:
        """How much it differs."""
        return NEVER if self.days is None else abs(self.days)


class Milestone(Struct):
    """How many bills reach it on the same day, earlier, later, only by the one or only by the other."""

    same: int = 0
    sooner: int = 0
    delayed: int = 0
    only_now: int = 0
    only_then: int = 0
    days: int = 0

    def add(self, other: "Milestone") -> None:
        """Those of others."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def take(self, shift: Shift) -> None:
        """One more bill."""
        days = shift.days
        if days is None:
            self.only_now += shift.then_on is None
            self.only_then += shift.now_on is None
            return
        self.same += days == 0
        self.sooner += days < 0
        self.delayed += days > 0
        self.days += days


class LevelChange(Struct, frozen=True):
    """A bill that ends at another level."""

    case: str
    customer: str
    now: str
    then: str


class Sample(Struct, frozen=True, order=True):
    """A bill with both its timelines."""

    weight: int
    case: str
    customer: str
    now: tuple[Line, ...]
    then: tuple[Line, ...]


class Comparison(Struct):
    """Grown customer by customer, in memory that does not grow with them."""

    samples_wanted: int
    cases: int = 0
    customers: int = 0
    differing: int = 0
    now: Tally = field(default_factory=lambda: Tally({}, {}, {}))
    then: Tally = field(default_factory=lambda: Tally({}, {}, {}))
    milestones: dict[str, Milestone] = field(default_factory=lambda: {name: Milestone() for name in MILESTONES})
    shifts: list[tuple[int, str, str, Shift]] = field(default_factory=list)
    levels: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: list[LevelChange] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def take(
        self,
        customer: str,
        ids: Sequence[str],
        now: tuple[Mapping[str, BillTold], Mapping[str, Case]],
        then: tuple[Mapping[str, BillTold], Mapping[str, Case]],
    ) -> None:
        """One customer: of those bills what was told, and where they stand at the end."""
        self.customers += 1
        for id in ids:
            self.cases += 1
            told = now[0].get(id, _NOTHING), then[0].get(id, _NOTHING)
            weight = self._reached(customer, id, *told)
            before, after = now[1].get(id), then[1].get(id)
            if before and after:
                self.levels[before.level, after.level] += 1
                if before.level != after.level and len(self.changed) < SHOWN:
                    self.changed.append(LevelChange(id, customer, before.level, after.level))
            if told[0].lines != told[1].lines:
                self.differing += 1
                weight += abs(told[0].contacts - told[1].contacts) + 1
            self._sample(Sample(weight, id, customer, tuple(told[0].lines), tuple(told[1].lines)))

    def add(self, other: "Comparison") -> None:
        """Other customers."""
        self.cases += other.cases
        self.customers += other.customers
        self.differing += other.differing
        self.now.add(other.now)
        self.then.add(other.then)
        for name, milestone in self.milestones.items():
            milestone.add(other.milestones[name])
        for *_, shift in other.shifts:
            self._shifted(shift)
        self.levels += other.levels
        self.changed = [*self.changed, *other.changed][:SHOWN]
        for sample in other.samples:
            self._sample(sample)

    def _reached(self, customer: str, id: str, now: BillTold, then: BillTold) -> int:
        weight = 0
        for name in MILESTONES:
            if name not in now.reached and name not in then.reached:
                continue
            shift = Shift(id, customer, name, now.reached.get(name), then.reached.get(name))
            self.milestones[name].take(shift)
            weight = max(weight, shift.weight)
            if shift.weight:
                self._shifted(shift)
        return weight

    def _shifted(self, shift: Shift) -> None:
        entry = shift.weight, shift.case, shift.milestone, shift
        if len(self.shifts) < SHOWN:
            heappush(self.shifts, entry)
        else:
            heappushpop(self.shifts, entry)

    def _sample(self, one: Sample) -> None:
        if len(self.samples) < self.samples_wanted:
            heappush(self.samples, one)
        elif self.samples and one > self.samples[0]:
            heappushpop(self.samples, one)


_NOTHING = BillTold({}, 0, [])
