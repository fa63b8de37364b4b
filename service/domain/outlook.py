"""What lies ahead of a case as things stand: the clock run forward on paper, and for every step that does not come by
itself, why. It foretells nothing: nobody pays, answers or agrees meanwhile."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, assert_never

from msgspec import Struct
from msgspec.structs import replace

from service.domain import due as d
from service.domain import playbook as p
from service.domain.account import Account
from service.domain.case import RANK, STAGES, Case, Mark, Pause
from service.domain.clocks import anchor_of, holds
from service.domain.conditions import forbids, meets
from service.domain.offsets import add
from service.domain.workdays import Workdays

OCCURRENCES = 10
"""Of one step, at most."""

HORIZON = timedelta(365)

_LATER = {stage: rank for rank, stage in enumerate(STAGES)}
_NEVER_CHANGES = ("monthly", "pod")
_FALSE_IS_OVER = ("pod_complete", "confirmed", "tax_wanted", "tax_issued", "tax_dispatched")


class Reason(Struct, frozen=True):
    """A code of the catalogue with what its sentence needs."""

    code: str
    params: dict[str, Any] = {}


class Ahead(Struct, frozen=True, kw_only=True):
    """Something still to come, or held back: then the first reason says by what. `at` is None while nobody can know."""

    step: str
    rule: str
    at: datetime | None
    why: tuple[Reason, ...]
    actions: tuple[p.Action, ...] = ()
    held_back: bool = False


class Outlook:
    """One case with what its steps will ask of the world around it."""

    def __init__(self, case: Case, account: Account, playbook: p.Playbook, workdays: Workdays, now: datetime) -> None:
        self.case = case
        self.account = account
        self.playbook = playbook
        self.workdays = workdays
        self.now = now

    def next(self) -> Ahead | None:
        """What the clock asks next; None when it has nothing to ask."""
        one = d.due(self.case, self.playbook, self.workdays)
        return self._ahead(self.case, one, self._at(one, self.now)) if one else None

    def all(self) -> list[Ahead]:
        """Everything that comes within a year, in order of time, at most ten of a step; then what is held back."""
        if self.case.stage == "closed":
            return []
        coming, seen = [], set()
        for ahead in self._coming():
            coming.append(ahead)
            seen.add(ahead.step)
        return coming + [
            ahead for step in self.playbook.steps if step.name not in seen for ahead in self._waiting(step)
        ]

    def _coming(self) -> Iterator[Ahead]:
        case, now, counts = self.case, self.now, Counter[str]()
        while True:
            found = [one for one in d.dues(case, self.playbook, self.workdays) if counts[_name(one)] < OCCURRENCES]
            one = min(found, key=lambda due: self._at(due, now), default=None)
            if one is None or (now := self._at(one, now)) > self.now + HORIZON:
                return
            counts[_name(one)] += 1
            yield self._ahead(case, one, now)
            case = self._afterwards(case, one, now)

    def _at(self, one: d.Due, now: datetime) -> datetime:
        if one.at > now:
            return one.at
        return self.workdays.next_moment(now) if one.windowed else now

    def _ahead(self, case: Case, one: d.Due, at: datetime) -> Ahead:
        if not isinstance(one.what, d.StepDue):
            return _own(case, one.what, at)
        step = one.what.step
        held = [*self._paused(one.at), *self._delays(case, one.what), *self._conditions(case, one.what, at)]
        return Ahead(
            step=step.name,
            rule=step.rule,
            at=at,
            actions=step.actions,
            held_back=bool(held),
            why=(*held, *self._usual(case, one.what)),
        )

    def _usual(self, case: Case, what: d.StepDue) -> Iterator[Reason]:
        """The rule itself: how far from which start; and the closed day it was moved from."""
        start = what.step.start.fact
        days = (what.on - what.anchor).days
        code = "at_once" if what.step.at_once else "after" if days > 0 else "before" if days < 0 else "same_day"
        yield Reason(
            f"schedule.{code}",
            {"rule": what.step.rule, "days": abs(days), "start": start, "anchor": what.anchor},
        )
        if not what.step.at_once and not self.workdays.is_open(what.on):
            yield Reason("schedule.moved", {"on": what.on})

    def _paused(self, due_at: datetime) -> Iterator[Reason]:
        """What would have come during a pause comes after it."""
        pause = self.case.pause
        if pause and pause.until and due_at < self.workdays.midnight(pause.until + timedelta(1)):
            yield _because_paused(pause)

    def _delays(self, case: Case, what: d.StepDue) -> Iterator[Reason]:
        """The days before which a case or its customer is left alone (T2, B8, F1, F2)."""
        step = what.step
        natural = d.natural_day(case, step, what.anchor, what.on, self.workdays)
        progress = case.progress_after(what.anchor) if step.wait else None
        if step.wait and progress and add(progress, step.wait) > what.on:
            yield Reason("schedule.waits_for_progress", {"until": add(progress, step.wait), "progress": progress})
        if case.since and natural < case.since and not self.case.taken_up:
            yield Reason("schedule.waits_for_go_live", {"until": case.since})
        if step.request and case.since and case.issued_on and case.issued_on < case.since:
            quiet = self.workdays.next_open(case.since + timedelta(d.BACKFILL_QUIET_DAYS))
            if quiet > natural:
                yield Reason("schedule.waits_quietly", {"until": quiet})
        if case.not_before and natural < case.not_before:
            yield Reason("schedule.after_resume", {"until": case.not_before})
        if (step.escalates_to or step.request) and case.missed_on and natural <= case.missed_on:
            yield Reason("schedule.one_a_day", {"until": self.workdays.add_open(case.missed_on, 1)})

    def _conditions(self, case: Case, what: d.StepDue, at: datetime) -> Iterator[Reason]:
        """What would make the step do nothing on its day, for all that is known today."""
        step, today = what.step, self.workdays.today(at)
        if step.escalates_to and RANK[case.level] >= RANK[step.escalates_to]:
            yield Reason("schedule.level_reached", {"level": case.level})
        yield from self._refused_lately(step, today)
        if self.account.customer.restrictions and step.contacts:
            yield Reason("schedule.restricted")
        unmet = not meets(step.when, case, self.account, today, what.anchor)
        if unmet or forbids(step.unless, case, self.account, today, what.anchor):
            yield Reason("schedule.condition", {"names": _names(step)})

    def _refused_lately(self, step: p.Step, today: date) -> Iterator[Reason]:
        request, case = step.request, self.case
        if request is None or request.again is None:
            return
        refusal, answer = self.account.customer.refusals.get(request.kind), case.answers.get(request.kind)
        if refusal and add(refusal.on, request.again) > today:
            yield Reason("schedule.asked_again", {"on": add(refusal.on, request.again), "rejected": refusal.on})
        elif answer and answer.outcome == "rejected":
            yield Reason("schedule.asked_again", {"on": add(answer.last_on, request.again), "rejected": answer.last_on})

    def goes(self, step: str, action: p.Action, at: datetime | None) -> bool:
        """Whether an action's own conditions hold on that day, for all that is known today."""
        found = self.playbook.step(step)
        anchor = anchor_of(self.case, found.start) if found else None
        today = self.workdays.today(at or self.now)
        anchor = anchor or today
        return meets(action.when, self.case, self.account, today, anchor) and not forbids(
            action.unless, self.case, self.account, today, anchor
        )

    def _afterwards(self, case: Case, one: d.Due, at: datetime) -> Case:
        """The case after that, were nothing else to happen."""
        today = self.workdays.today(at)
        match one.what:
            case d.StepDue() as what:
                return self._fired(case, what, today)
            case d.ConfirmationEnds():
                return replace(case, stage="collection")
            case d.PromiseDue() as what:
                pause = None if case.pause and case.pause.promise == what.promise else case.pause
                promises = tuple(replace(q, state="broken") if q.id == what.promise else q for q in case.promises)
                return replace(case, promises=promises, pause=pause)
            case d.PauseEnds():
                return replace(case, pause=None, resumed_on=today)
            case d.DraftMatured() as what:
                pause = None if case.pause and case.pause.reason == "draft" else case.pause
                drafts = tuple(draft for draft in case.drafts if draft.payment != what.payment)
                return replace(case, drafts=drafts, pause=pause)
            case d.TakeUp():
                return replace(case, taken_up=True)
            case _:
                raise AssertionError(one.what)

    def _fired(self, case: Case, what: d.StepDue, today: date) -> Case:
        step, anchor = what.step, what.anchor
        mark = case.done.get(step.name)
        handled = mark.on if mark and mark.anchor == anchor else None
        gathered = takewhile(lambda day: day <= today, d.occurrences(case, step, anchor, handled, self.workdays))
        on = max([what.on, *gathered]) if step.every or len(step.at) > 1 else what.on
        missed = d.natural_day(case, step, anchor, on, self.workdays) < today and not step.at_once
        case = replace(case, done={**case.done, step.name: Mark(anchor, on)})
        if missed and (step.escalates_to or step.request):
            case = replace(case, missed_on=today)
        if step.request:
            case = replace(case, requests={**case.requests, step.request.kind: ""})
        level = step.escalates_to
        if level and RANK[level] > RANK[case.level]:
            return replace(case, level=level, levels={**case.levels, level: today})
        return case

    def _waiting(self, step: p.Step) -> Iterator[Ahead]:
        """A step that does not come by itself, with what it waits for; nothing for one that is over or never was."""
        reason = self._waits_for(step) if step.scope == "case" else None
        if reason:
            yield Ahead(step=step.name, rule=step.rule, at=None, actions=step.actions, held_back=True, why=(reason,))

    def _waits_for(self, step: p.Step) -> Reason | None:
        case = self.case
        if case.pause and d.step_due(replace(case, pause=None), step, self.workdays):
            return _because_paused(case.pause)
        for wanted in step.while_:
            if not holds(case, wanted):
                return _unheld(case, wanted)
        if step.until_level and RANK[case.level] >= RANK[step.until_level]:
            return Reason("schedule.level_reached", {"level": case.level})
        if step.request and step.request.kind in case.requests:
            return Reason("schedule.waits_for_answer", {"approval": case.requests[step.request.kind]})
        if anchor_of(case, step.start) is None:
            return Reason("schedule.waits_for_start", {"start": step.start.fact, "name": step.start.name})
        return None


def _name(one: d.Due) -> str:
    return one.what.step.name if isinstance(one.what, d.StepDue) else repr(one.what)


def _own(case: Case, what: d.What, at: datetime) -> Ahead:
    """What every case asks, whatever its playbook."""
    match what:
        case d.ConfirmationEnds():
            name, rule, reason = "confirmation-ends", "A11", Reason("schedule.confirmation_ends")
        case d.PromiseDue():
            promise = next((one for one in case.promises if one.id == what.promise), None)
            until = promise.until if promise else None
            name, rule, reason = "promise-check", "D1", Reason("schedule.promise_check", {"until": until})
        case d.PauseEnds():
            until = case.pause.until if case.pause else None
            name, rule, reason = "pause-ends", "F1", Reason("schedule.pause_ends", {"until": until})
        case d.DraftMatured():
            draft = next((one for one in case.drafts if one.payment == what.payment), None)
            matures = draft.matures_on if draft else None
            name, rule, reason = "draft-matures", "D7", Reason("schedule.draft_matures", {"until": matures})
        case d.TakeUp():
            name, rule, reason = "take-up", "F2", Reason("schedule.taken_up")
        case d.StepDue() | d.TaskNeglected() | d.RequestUnanswered() | d.RequestExpires() | d.HoldUnacknowledged():
            raise AssertionError(what)
        case _:
            assert_never(what)
    return Ahead(step=name, rule=rule, at=at, why=(reason,))


def _because_paused(pause: Pause) -> Reason:
    return Reason(f"schedule.paused_{pause.reason}", {"until": pause.until})


def _unheld(case: Case, wanted: p.Conditions) -> Reason | None:
    """What the case's own facts lack for the step's clock to run; None when they will never have it (again)."""
    for name in _given(wanted):
        value, alone = getattr(wanted, name), p.Conditions(**{name: getattr(wanted, name)})
        if holds(case, alone):
            continue
        if name in _NEVER_CHANGES or (name in _FALSE_IS_OVER and value is False):
            return None
        if name == "stage":
            later = [stage for stage in value if _LATER[stage] > _LATER[case.stage] and stage != "closed"]
            return Reason("schedule.waits_for_stage", {"stage": later[0]}) if later else None
        return Reason("schedule.condition", {"names": name})
    return None


def _names(step: p.Step) -> str:
    """The step's conditions by name."""
    return ", ".join(name for wanted in (step.when, step.unless) if wanted for name in _given(wanted))


def _given(wanted: p.Conditions) -> list[str]:
    return [name for name in wanted.__struct_fields__ if getattr(wanted, name) is not None]
