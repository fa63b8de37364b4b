"""A second broken promise on one case (D2): it rises a level, and from the general manager's B8 is asked at once."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case
from service.domain.case import LEVELS, RANK, Case
from service.domain.clocks import anchor_of
from service.domain.decide import tasks
from service.domain.decide.firing import Firing
from service.domain.decide.occasion import Occasion
from service.domain.due import Due, StepDue
from service.domain.events.case import Escalated
from service.domain.playbook import PutHold, Step
from service.domain.scene import Scene

FROM_THE = 2
"""The first broken promise is forgiven."""

HIGHEST = "general_manager"
STEP = "broken-promise"


def escalate(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """What one more broken promise leads to; nothing for the first, and nothing once the bill is with legal."""
    case = account.cases[id]
    if case.promises_broken < FROM_THE or case.stage not in ("confirmation", "collection"):
        return
    if RANK[case.level] < RANK[HIGHEST]:
        yield from _rise(account, scene, case)
    elif case.level == HIGHEST:
        yield from _ask_hold(account, scene, case)


def _rise(account: Account, scene: Scene, case: Case) -> Iterator[Happened]:
    yield from tasks.raise_to_supervisor(account, scene, [case])
    escalated = Escalated(
        step=STEP,
        rule="D2",
        anchor=case.due_on or scene.today,
        on=scene.today,
        due_at=scene.now,
        level=LEVELS[RANK[case.level] + 1],
        previous=case.level,
        reached_on=scene.today,
    )
    yield on_case(case.id, escalated)


def _ask_hold(account: Account, scene: Scene, case: Case) -> Iterator[Happened]:
    """The playbook's own request, before its day; refused lately or open already it is not asked again."""
    step = next((step for step in scene.plan_of(case).steps if _asks_hold(step)), None)
    if step is None or step.request is None or step.request.kind in case.requests:
        return
    what = StepDue(step, anchor_of(case, step.start) or scene.today, scene.today)
    asked = Occasion(case, what, Due(scene.now, what), scene.today, scene.workdays)
    yield from Firing(account, scene).request_now(case.id, asked)


def _asks_hold(step: Step) -> bool:
    return step.request is not None and any(isinstance(action.deed, PutHold) for action in step.request.granted)
