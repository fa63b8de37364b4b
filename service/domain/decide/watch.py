"""What the clock looks at once a day in a customer as a whole, whatever the playbooks of the bills (E)."""

from collections.abc import Iterator
from typing import Any

from service.domain.account import Account, Happened
from service.domain.decide import credit, key_accounts, payment_runs, reviews
from service.domain.events.task import TaskCreated
from service.domain.scene import Scene

STEPS = frozenset({credit.STEP, key_accounts.STEP, payment_runs.MAIL, payment_runs.CALL})


def look(account: Account, scene: Scene) -> Iterator[Happened]:
    """Nothing for whom nothing is due: the look finds too many rather than too few. Nothing is asked before the tenant
    goes live (F2)."""
    go_live = scene.settings.go_live_on
    if not scene.in_window() or (go_live and scene.today < go_live):
        return
    yield from reviews.come_due(account, scene)
    yield from credit.propose(account, scene)
    yield from key_accounts.take_over(account, scene)
    yield from payment_runs.contact(account, scene)


def is_look(event: Any) -> bool:
    """Whether it came of such a look."""
    return getattr(event, "step", None) in STEPS or (isinstance(event, TaskCreated) and event.kind == reviews.TASK)
