"""What conditions ask of a customer beside the bill at hand, worked out of all their bills as they stand in a story."""

from collections.abc import Iterable, Mapping

from service.domain.account import Account
from service.domain.case import Case
from service.domain.due import wanted_now
from service.domain.habits import habits_of, rules_of
from service.domain.reliability import BILLS_LOOKED_AT, judged_on, record
from service.domain.scene import Scene


def fill(account: Account, scene: Scene, rung: Iterable[Case], bills: Mapping[str, Case], ability: str | None) -> None:
    """Each looked up only where a step that is due asks for it."""
    asked = {case.id: wanted_now(case, scene.plan_of(case), scene.workdays, scene.now) for case in rung}
    wanted = frozenset[str]().union(*asked.values())
    if not wanted:
        return
    rules = rules_of(scene)
    for id, those in asked.items():
        if "habits" in those:
            account.habits[id] = habits_of(bills[id], bills.values(), scene.today, rules)
    if "reliability" in wanted:
        latest = sorted(bills.values(), key=lambda one: (one.issued_on is not None, one.issued_on, one.id))[-BILLS_LOOKED_AT:]
        account.reliability = record(judged for one in latest for judged in judged_on(one)).word
    if "balance" in wanted:
        weigh(account, scene, bills.values())
    if "ability" in wanted:
        account.ability = ability


def weigh(account: Account, scene: Scene, bills: Iterable[Case]) -> None:
    """What is open by currency, and for how many days the oldest bill has been overdue."""
    owed = [case for case in bills if case.stage != "closed"]
    account.exposure = {}
    for case in owed:
        account.exposure[case.currency] = account.exposure.get(case.currency, 0) + case.open
    oldest = min((case.due_on for case in owed if case.due_on), default=None)
    account.oldest_overdue = max(0, (scene.today - oldest).days) if oldest else 0
