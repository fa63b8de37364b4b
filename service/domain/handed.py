"""A bill that was handed over (J1): with whom it is, how far they have come, which days must not be missed, and what it cost.

None of it is unbounded: the latest day of each milestone, a few open deadlines, costs by currency.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from service.domain.workdays import Workdays

PARTIES = ("agency", "lawyer", "legal")
"""To whom: a collection agency, a law firm, or our own legal department."""

MILESTONES = ("mediation", "filed", "preserved", "hearing", "judgment", "enforcement", "recovered", "closed")

OTHER = "other"
"""A deadline that is no milestone: an appeal, evidence to hand in, a fee to pay."""

COSTS = ("court_fee", "lawyer", "agency", "preservation", "enforcement", "other", "refund")
"""What it costs; a refund takes off again."""

MOST_DEADLINES = 8
MOST_CURRENCIES = 4

WARNED_BEFORE = 7
"""Days before a deadline on which legal is told, and again on the day."""

WARNING = "deadline-warning"
"""What the log calls it when legal is told, as it calls a playbook's step by its name."""


class Deadline(Struct, frozen=True, array_like=True):
    """A day ahead: a milestone that is expected, or something to be done by then."""

    n: int
    what: str
    on: date
    set_on: date


class Handed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when a bill is with whom; `paid` is what had been paid on it before, `back_on` when it was taken back."""

    to: str
    on: date
    name: str | None = None
    reference: str | None = None
    paid: int = 0
    milestones: dict[str, date] = {}
    deadlines: tuple[Deadline, ...] = ()
    deadlines_set: int = 0
    costs: dict[str, int] = {}
    back_on: date | None = None


class DeadlineNears(Struct, frozen=True):
    """Our people are to be told on the day that a deadline lies so many days ahead; -1 says that it was missed."""

    deadline: int
    day: date
    left: int


def warnings(handed: Handed, told_on: date | None, workdays: Workdays) -> Iterator[DeadlineNears]:
    """What is still to be told, in order of days: of days after the deadline was set, and after the last that was told."""
    found = []
    for one in handed.deadlines:
        missed = workdays.next_open(one.on + timedelta(1))
        days = ((one.on - timedelta(WARNED_BEFORE), WARNED_BEFORE), (one.on, 0), (missed, -1))
        found += [DeadlineNears(one.n, day, left) for day, left in days if day > one.set_on]
    yield from sorted((one for one in found if told_on is None or one.day > told_on), key=lambda one: one.day)
