"""What a decision changes of what its customers owe past its day."""

from collections.abc import Iterable
from datetime import date

from service.domain.account import State
from service.domain.case import Case
from service.store.arrears import Move


def moved(today: date, changes: Iterable[tuple[State | None, State]]) -> list[Move]:
    """By customer and currency, of the states before and after each event in their order."""
    first: dict[str, Case | None] = {}
    last: dict[str, Case] = {}
    for before, after in changes:
        if isinstance(after, Case):
            first.setdefault(after.id, before if isinstance(before, Case) else None)
            last[after.id] = after
    overdue: dict[tuple[str, str], int] = {}
    ahead: dict[tuple[str, str], date] = {}
    for id, after in last.items():
        was, now = _owed(first[id]), _owed(after)
        if was == now:
            continue
        key = (after.customer, after.currency)
        change = _overdue(now, today) - _overdue(was, today)
        if change:
            overdue[key] = overdue.get(key, 0) + change
        if now and now[1] >= today and (was is None or was[1] != now[1]):
            ahead[key] = min(now[1], ahead.get(key, now[1]))
    return [
        Move(customer=customer, currency=currency, overdue=overdue.get((customer, currency), 0), next_due=ahead.get(key))
        for key in sorted(overdue.keys() | ahead.keys())
        for customer, currency in [key]
    ]


def _owed(case: Case | None) -> tuple[int, date] | None:
    """What is open, and since when it is due; a bill's currency never changes."""
    if case is None or case.stage == "closed" or case.due_on is None:
        return None
    return case.open, case.due_on


def _overdue(owed: tuple[int, date] | None, today: date) -> int:
    return owed[0] if owed and owed[1] < today else 0
