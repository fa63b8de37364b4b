"""What a customer's last bills show of how they confirm and pay (A10, B5), worked out of the bills themselves."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from msgspec import Struct

from service.domain.case import Case
from service.domain.offsets import Offset, add
from service.domain.scene import Scene

CONFIRM_LATE_AFTER = timedelta(14)


class HabitRules(Struct, frozen=True):
    """How many of how many, and after how many days a payment is habitually late (A10, B5). `in_time` moves a due day to the
    last day on which money comes in time (T6)."""

    bills: int
    late: int
    days: int
    in_time: Callable[[date], date]


def rules_of(scene: Scene) -> HabitRules:
    """The tenant's."""
    settings = scene.settings
    return HabitRules(settings.habit_bills, settings.habit_late, settings.habit_days, scene.in_time)


def late_confirmed_from(case: Case) -> date | None:
    """The first day on which an unconfirmed bill counts as confirmed late (A3); None when none is waited for."""
    if not case.confirmation_required:
        return None
    if case.monthly and case.period:
        year, month = (int(part) for part in case.period.split("-"))
        return add(date(year, month, 21), Offset(months=1))
    return case.start + CONFIRM_LATE_AFTER + timedelta(1) if case.start else None


def settled_on(case: Case) -> date | None:
    """When money or credit settled the bill."""
    return case.closed_on if case.closed_as in ("paid", "credited") else None


def habits_of(case: Case, bills: Iterable[Case], today: date, rules: HabitRules) -> frozenset[str]:
    """Of a bill, judged over its customer's last ones that were issued before it went out: a bill counts when it is
    confirmed (settled) or already late."""
    start = case.start
    if start is None:
        return frozenset()
    earlier = sorted(
        (one for one in bills if one.issued_on and one.issued_on < start), key=lambda one: (one.issued_on, one.id), reverse=True
    )
    confirming = [one for one in earlier if _is_judged_by_confirmation(one, today)][: rules.bills]
    paying = [one for one in earlier if _is_judged_by_payment(one, today - timedelta(rules.days))][: rules.bills]
    late = {
        "confirms_late": sum(_confirmed_late(one) for one in confirming),
        "pays_late": sum(_paid_late(one, rules) for one in paying),
    }
    return frozenset(kind for kind, count in late.items() if count >= rules.late)


def _is_judged_by_confirmation(case: Case, today: date) -> bool:
    if case.confirmed_on:
        return True
    limit, settled = late_confirmed_from(case), settled_on(case)
    if limit is None or limit > today or case.closed_as == "voided":
        return False
    return settled is None or settled >= limit


def _is_judged_by_payment(case: Case, long_ago: date) -> bool:
    if settled_on(case):
        return True
    return case.due_on is not None and case.due_on < long_ago and case.closed_as in (None, "written_off")


def _confirmed_late(case: Case) -> bool:
    limit = late_confirmed_from(case)
    return limit is not None and (case.confirmed_on is None or case.confirmed_on >= limit)


def _paid_late(case: Case, rules: HabitRules) -> bool:
    settled = settled_on(case)
    if case.due_on is None:
        return False
    return settled is None or (settled - rules.in_time(case.due_on)).days > rules.days
