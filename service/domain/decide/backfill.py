"""Bills that come late (F2): the level their age calls for at once; what else was due earlier is logged as skipped in
the next window, by the firing."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case
from service.domain.case import RANK, Case
from service.domain.due import StepDue, step_due
from service.domain.events.case import CaseTakenUp, Escalated
from service.domain.scene import Scene

HIGHEST = "general_manager"


def take_level(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """One escalation to what the earlier days would have made of the case."""
    case = account.cases[id]
    top = max(_missed_rungs(case, scene), key=_rank, default=None)
    if top is None or _rank(top) <= RANK[case.level]:
        return
    escalated = Escalated(
        step=top.step.name,
        rule=top.step.rule,
        anchor=top.anchor,
        on=top.on,
        due_at=scene.workdays.moment(top.on),
        level=str(top.step.escalates_to),
        previous=case.level,
        reached_on=scene.today,
        backfill=True,
        provisional=scene.workdays.is_provisional(top.on),
    )
    yield on_case(id, escalated)


def _missed_rungs(case: Case, scene: Scene) -> Iterator[StepDue]:
    for step in scene.plan_of(case).steps:
        if step.escalates_to is None or RANK[step.escalates_to] > RANK[HIGHEST]:
            continue
        one = step_due(case, step, scene.workdays)
        if one and case.since and isinstance(one.what, StepDue) and scene.workdays.today(one.at) < case.since:
            yield one.what


def _rank(rung: StepDue) -> int:
    return RANK[rung.step.escalates_to or "none"]


def go_live(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """The tenant's first day: the case counts from here (F2)."""
    yield on_case(id, CaseTakenUp())
    yield from take_level(account, scene, id)
