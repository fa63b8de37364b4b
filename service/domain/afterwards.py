"""A case after the clock has had what it asked for, were nothing else to happen: nobody pays, answers or agrees."""

from datetime import date, datetime
from itertools import takewhile

from msgspec.structs import replace

from service.domain import due as d
from service.domain import handed as h
from service.domain.case import RANK, Case, Mark
from service.domain.deadlines import DiscountDue, DisputeDue, PlanDue
from service.domain.limitation import WARNING, LimitationNears
from service.domain.occurrences import occurrences
from service.domain.workdays import Workdays


def afterwards(case: Case, one: d.Due, at: datetime, workdays: Workdays) -> Case:
    """The case once `one` has come at the instant `at`."""
    today = workdays.today(at)
    match one.what:
        case d.StepDue() as what:
            return _fired(case, what, today, workdays)
        case d.ConfirmationEnds():
            return replace(case, stage="collection")
        case d.PromiseDue() as what:
            pause = None if case.pause and case.pause.promise == what.promise else case.pause
            promises = tuple(replace(q, state="broken") if q.id == what.promise else q for q in case.promises)
            return replace(case, promises=promises, pause=pause)
        case PlanDue():
            pause = None if case.pause and case.pause.reason == "plan" else case.pause
            return replace(case, plan=replace(case.plan, state="broken") if case.plan else None, pause=pause)
        case DisputeDue() as what:
            told = (replace(one, until=None) if one.n == what.dispute else one for one in case.disputes)
            return replace(case, disputes=tuple(told))
        case DiscountDue():
            return replace(case, discount=replace(case.discount, state="lapsed") if case.discount else None)
        case d.PauseEnds():
            return replace(case, pause=None, resumed_on=today)
        case d.DraftMatured() as what:
            pause = None if case.pause and case.pause.reason == "draft" else case.pause
            drafts = tuple(draft for draft in case.drafts if draft.payment != what.payment)
            return replace(case, drafts=drafts, pause=pause)
        case LimitationNears() as what:
            return replace(case, done={**case.done, WARNING: Mark(what.expires_on, what.day)})
        case h.DeadlineNears() as what:
            return replace(case, done={**case.done, h.WARNING: Mark(what.day, what.day)})
        case d.TakeUp():
            return replace(case, taken_up=True)
        case _:
            raise AssertionError(one.what)


def _fired(case: Case, what: d.StepDue, today: date, workdays: Workdays) -> Case:
    step, anchor = what.step, what.anchor
    mark = case.done.get(step.name)
    handled = mark.on if mark and mark.anchor == anchor else None
    gathered = takewhile(lambda day: day <= today, occurrences(case, step, anchor, handled, workdays))
    on = max([what.on, *gathered]) if step.repeats else what.on
    missed = d.natural_day(case, step, anchor, on, workdays) < today and not step.at_once
    case = replace(case, done={**case.done, step.name: Mark(anchor, on)})
    if missed and (step.escalates_to or step.request):
        case = replace(case, missed_on=today)
    if step.request:
        case = replace(case, requests={**case.requests, step.request.kind: ""})
    level = step.escalates_to
    if level and RANK[level] > RANK[case.level]:
        return replace(case, level=level, levels={**case.levels, level: today})
    return case
