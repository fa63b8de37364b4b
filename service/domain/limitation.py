"""The limitation period (I1): the day on which the right to sue lapses, and what of a case's log set it.

What interrupts the period is a matter of the law, and the tenant may choose another one: a case remembers the latest
interruption of each kind, and the law in force says which of them count.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from service.domain.case import Case, Interruption
from service.domain.offsets import Offset, OffsetError, add

WARNED_BEFORE = (180, 90, 30)
"""Days before the right lapses on which legal is told."""

WARNING = "limitation-warning"
"""What the log calls it when legal is told, as it calls a playbook's step by its name."""

CAUSES = (
    *("demand", "promise", "plan", "payment", "acknowledgement"),
    *("mediation", "filed", "preserved", "judgment", "enforcement"),
)

SET_DUE = ("invoice.issued", "invoice.amended", "case.due_date_set", "invoice.due_date_changed")
"""The events that may have set the due date, from which the period runs at first."""


class Law(Struct, frozen=True, kw_only=True):
    """How long the right lasts, and which interruptions begin the period anew."""

    code: str
    years: int
    interrupted_by: frozenset[str]


class Lapse(Struct, frozen=True, kw_only=True):
    """When the right to sue lapses, counted from `on`: the business day of the event that set it.

    That event is of one of the `types`, and stands at `place` (stream, version) where the case remembers it.
    """

    expires_on: date
    on: date
    types: tuple[str, ...]
    place: tuple[str, int] | None = None

    @property
    def set_by(self) -> str | None:
        """The event's type, as far as the case alone can tell."""
        return self.types[0] if len(self.types) == 1 else None


class LimitationNears(Struct, frozen=True):
    """Legal is to be told on the day that the right to sue lapses soon."""

    expires_on: date
    day: date


def lapse(case: Case, law: Law) -> Lapse | None:
    """None for a bill without a due date, and for one on which nothing is owed; what was written off is owed all the same."""
    if case.due_on is None or (case.stage == "closed" and not case.lost):
        return None
    last = max(interruptions(case, law), key=lambda one: one.on, default=None)
    if last is None or last.on <= case.due_on:
        return _lapse(law, case.due_on, SET_DUE)
    place = (last.stream or f"case/{case.id}", last.version) if last.version else None
    return _lapse(law, last.on, (last.by,), place)


def _lapse(law: Law, on: date, types: tuple[str, ...], place: tuple[str, int] | None = None) -> Lapse | None:
    try:
        return Lapse(expires_on=add(on, Offset(months=12 * law.years)), on=on, types=types, place=place)
    except OffsetError:
        return None


def interruptions(case: Case, law: Law) -> Iterator[Interruption]:
    """The latest of each kind that the law counts."""
    counted = law.interrupted_by
    if "payment" in counted and case.receipts:
        yield Interruption(max(receipt.on for receipt in case.receipts), "payment.applied")
    if "promise" in counted and case.promises:
        yield Interruption(max(promise.made_on for promise in case.promises), "promise.made")
    if "plan" in counted and case.plan:
        yield Interruption(case.plan.agreed_on, "plan.agreed")
    yield from (one for cause, one in case.interrupted.items() if cause in counted)


def warnings(case: Case, law: Law) -> Iterator[LimitationNears]:
    """What legal is still to be told about this lapse, in order of days."""
    found = lapse(case, law)
    if found is None:
        return
    mark = case.done.get(WARNING)
    told_on = mark.on if mark and mark.anchor == found.expires_on else date.min
    for days in WARNED_BEFORE:
        day = found.expires_on - timedelta(days)
        if day > told_on:
            yield LimitationNears(found.expires_on, day)
