"""What is due at once, at any hour: a case's own deadlines, and the steps that follow a fact immediately (T3)."""

from collections.abc import Iterator

from service.domain import deadlines as agreed
from service.domain import due
from service.domain.account import Account, Happened, on_case
from service.domain.decide import backfill, discounts, disputes, instalments, promises, tasks
from service.domain.decide.firing import Firing
from service.domain.decide.pauses import pause_ended, weigh
from service.domain.events.bill import DraftEnded
from service.domain.events.case import StageChanged
from service.domain.scene import Scene

_ROUNDS = 50


def settle(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Every deadline of the case that has passed, then what its facts set off at once."""
    yield from deadlines(account, scene, id)
    case = account.cases[id]
    if case.stage == "closed" or not case.taken_up:
        return
    steps = [step for step in scene.plan_of(case).immediate[case.stage] if not (case.pause and step.contacts)]
    ready = [one for one in due.steps_due(case, steps, scene.workdays).values() if one.at <= scene.now]
    if ready:
        yield from Firing(account, scene).fire_now(id, ready)


def deadlines(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """The case's own deadlines that have passed, in order of time."""
    for _ in range(_ROUNDS):
        case = account.cases[id]
        passed = [one for one in due.own_dues(case, scene.workdays) if one.at <= scene.now]
        if not passed or case.stage == "closed":
            return
        yield from _own(account, scene, id, min(passed, key=lambda one: one.at).what)


def _own(account: Account, scene: Scene, id: str, what: due.What) -> Iterator[Happened]:
    case = account.cases[id]
    match what:
        case due.ConfirmationEnds():
            yield from tasks.leave(account, scene, case, "stage_changed")
            yield on_case(id, StageChanged(stage="collection", previous=case.stage, why="due_passed"))
        case due.PromiseDue():
            yield from promises.judge(account, scene, id, what.promise)
        case due.PauseEnds():
            yield from pause_ended(account, scene, id, "until")
        case due.DraftMatured():
            yield on_case(id, DraftEnded(payment=what.payment, why="matured"))
            yield from weigh(account, scene, id, "draft_matured")
        case agreed.PlanDue():
            yield from instalments.judge(account, scene, id, what.plan)
        case agreed.DisputeDue():
            yield from disputes.tell(account, scene, id, what.dispute)
        case agreed.DiscountDue():
            yield from discounts.lapse(account, scene, id, "ended")
        case due.TakeUp():
            yield from backfill.go_live(account, scene, id)
