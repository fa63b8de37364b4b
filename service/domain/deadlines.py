"""The deadlines of what was agreed about a bill, or stands in its way (D3, D5, D6): when the clock asks how it stands; and
those of a bill that was handed over (J1)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from service.domain.case import Case
from service.domain.commitments import Part
from service.domain.handed import WARNING, DeadlineNears, warnings
from service.domain.workdays import Workdays

_DAY = timedelta(1)


class PlanDue(Struct, frozen=True):
    """A part of a plan is to be judged: it comes in time up to the day `until`."""

    plan: str
    part: int
    until: date


class DisputeDue(Struct, frozen=True):
    """A dispute has stood open for so long that our people are told (D5)."""

    dispute: int


class DiscountDue(Struct, frozen=True):
    """A discount that was not earned lapses (D6)."""

    discount: str


AgreedWhat: TypeAlias = PlanDue | DisputeDue | DiscountDue


def in_time_until(part: Part, workdays: Workdays) -> date:
    """The last day on which a part is in time, as for a promise: the first open day after its date (D1, D3)."""
    return workdays.next_open(part.due_on + _DAY)


def agreed_dues(case: Case, workdays: Workdays) -> Iterator[tuple[datetime, AgreedWhat]]:
    """What is asked next, and from when."""
    plan = case.standing_plan()
    part = plan.next_part if plan else None
    if plan and part:
        until = in_time_until(part, workdays)
        yield workdays.moment(until + _DAY), PlanDue(plan.id, plan.kept + 1, until)
    for dispute in case.disputes:
        if dispute.until:
            yield workdays.moment(dispute.until), DisputeDue(dispute.n)
    if case.discount and case.discount.state == "open":
        yield workdays.moment(case.discount.until + _DAY), DiscountDue(case.discount.id)


def handed_dues(case: Case, workdays: Workdays) -> Iterator[tuple[datetime, DeadlineNears]]:
    """When our people are told of the deadlines of a bill that was handed over (J1)."""
    if case.stage == "legal" and case.handed and case.handed.deadlines:
        mark = case.done.get(WARNING)
        for warning in warnings(case.handed, mark.on if mark else None, workdays):
            yield workdays.moment(warning.day), warning
