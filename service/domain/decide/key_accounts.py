"""Key accounts (E1): from D+1 the manager owns their overdue bills."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case
from service.domain.conditions import days_overdue
from service.domain.events.case import Assigned, StepFired
from service.domain.scene import Scene

STEP = "key-account"
OWNER = "manager"


def take_over(account: Account, scene: Scene) -> Iterator[Happened]:
    """Each bill once: whoever is given it afterwards keeps it."""
    if not account.customer.key_account:
        return
    for case in account.open_cases():
        mark = case.done.get(STEP)
        if case.due_on is None or not days_overdue(case, scene.today) or (mark and mark.anchor == case.due_on):
            continue
        fired = StepFired(
            step=STEP, rule="E1", anchor=case.due_on, on=scene.today, due_at=scene.now, did=[f"assign:{OWNER}"]
        )
        yield on_case(case.id, fired)
        if case.owner != OWNER:
            yield on_case(case.id, Assigned(owner=OWNER, previous=case.owner))
