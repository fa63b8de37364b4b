"""Which tasks must be valued anew after a decision: those that changed, and those whose bills are worth more or less now."""

from collections.abc import Iterable, Sequence

from service.domain.account import Account
from service.domain.case import Case
from service.store.workfold import Row


def to_value(accounts: Iterable[Account], moved: Sequence[Row]) -> set[str]:
    """The ids of tasks that have moved, or whose bills have."""
    found = {row["id"] for row in moved}
    for account in accounts:
        for id, was in account.before(0).items():
            if was.tasks and _weighs(was) != _weighs(account.cases[id]):
                found |= set(account.cases[id].tasks.values())
    return found


def _weighs(case: Case) -> tuple[object, ...]:
    return case.open, case.due_on, case.issued_on, case.promises_broken
