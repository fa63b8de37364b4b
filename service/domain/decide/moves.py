"""Open bills that go on by another playbook, or another version of theirs: on purpose, never by themselves."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from service.domain.account import Account, Happened, on_case
from service.domain.case import Case, Mark
from service.domain.clocks import anchor_of
from service.domain.commands import MoveCases
from service.domain.due import natural_day
from service.domain.events.case import CaseMoved
from service.domain.occurrences import occurrences
from service.domain.offsets import OffsetError
from service.domain.playbook import Playbook, Step
from service.domain.scene import Scene


def grace(playbook: Playbook, segment: str, scene: Scene) -> int:
    """The days of grace that a case takes along: the tenant's for the segment, else the playbook's own."""
    own = playbook.parameters.get("grace", {})
    return scene.settings.grace_days.get(segment, own.get(segment, 0))


def move(command: MoveCases, account: Account, scene: Scene) -> Iterator[Happened]:
    """What the new plan would have said on earlier days is not said again; levels and requests of earlier days follow, one
    a bill and open day (F1). A bill that is there already, or closed, stays as it is."""
    plan = scene.playbook(command.playbook, command.version)
    days = grace(plan, account.customer.segment, scene)
    for id in command.cases:
        case = account.case(id)
        if case.stage == "closed" or (case.playbook, case.playbook_version) == (plan.name, plan.version):
            continue
        there = replace(case, playbook=plan.name, playbook_version=plan.version, grace_days=days, done=_shared(case, plan))
        moved = CaseMoved(
            playbook=plan.name,
            playbook_version=plan.version,
            previous=case.playbook,
            previous_version=case.playbook_version,
            grace_days=days,
            done={step: [mark.anchor, mark.on] for step, mark in _behind(there, plan, scene).items()},
        )
        yield on_case(id, moved)


def _shared(case: Case, plan: Playbook) -> dict[str, Mark]:
    """What was done by steps that the new plan has too."""
    return {name: mark for name, mark in case.done.items() if plan.step(name)}


def _behind(case: Case, plan: Playbook, scene: Scene) -> dict[str, Mark]:
    """By step, up to which day it has nothing more to say."""
    done = dict(case.done)
    for step in plan.steps:
        anchor = anchor_of(case, step.start)
        if step.scope == "tenant" or anchor is None or not _is_said(case, step):
            continue
        last = _last_before(case, step, anchor, scene)
        if last is not None:
            done[step.name] = Mark(anchor, last)
    return done


def _is_said(case: Case, step: Step) -> bool:
    """Whether earlier days of it are over: a level that was not reached and consent that was never asked for are not."""
    if step.request:
        return step.request.kind in case.requests or step.request.kind in case.answers
    return step.escalates_to is None


def _last_before(case: Case, step: Step, anchor: date, scene: Scene) -> date | None:
    mark = case.done.get(step.name)
    handled = mark.on if mark and mark.anchor == anchor else None
    last = None
    try:
        for on in occurrences(case, step, anchor, handled, scene.workdays):
            day = on if step.at_once else natural_day(case, step, anchor, on, scene.workdays)
            if day >= scene.today:
                break
            last = on
    except OffsetError:
        return last
    return last
