"""One occurrence of a step as it comes up: its days, what of it was missed, and the fields of its events."""

from datetime import date
from itertools import takewhile
from typing import Any

from service.domain.case import RANK, Case
from service.domain.due import Due, StepDue, natural_day
from service.domain.occurrences import occurrences
from service.domain.offsets import add
from service.domain.playbook import Step
from service.domain.scene import Scene
from service.domain.workdays import Workdays


class Occasion:
    """A step about to fire for a case. Days of one step that have gathered up to now are one firing (T2, F1)."""

    def __init__(self, case: Case, what: StepDue, one: Due, today: date, workdays: Workdays) -> None:
        step = what.step
        mark = case.done.get(step.name)
        handled = mark.on if mark and mark.anchor == what.anchor else None
        several = not step.at_once and step.repeats
        days = occurrences(case, step, what.anchor, handled, workdays) if several else iter(())
        self.step = step
        self.anchor = what.anchor
        self.days = list(takewhile(lambda day: day <= today, days)) or [what.on]
        self.natural = natural_day(case, step, what.anchor, self.days[-1], workdays)
        self.missed = [day for day in self.days if workdays.next_open(day) < today]
        self.is_missed = self.natural < today and not step.at_once
        self.backfilled = case.since is not None and self.natural < case.since
        taken = self.backfilled and step.escalates_to is not None and RANK[case.level] >= RANK[step.escalates_to]
        followed = self.is_missed and case.missed_on is not None and self.natural <= case.missed_on
        self.is_spoken_for = taken or followed
        self._due_at = one.at if step.at_once else workdays.opening(self.natural)
        self._provisional = workdays.is_provisional(self.natural)

    @property
    def begun(self) -> date:
        """The day from which what the step sets going counts: its clock's start, or its own day of the calendar."""
        return self.days[-1] if self.step.start.fact == "calendar" else self.anchor

    def fields(self, rule: str | None = None, on: date | None = None) -> dict[str, Any]:
        """The fields of an occurrence's event (T5, T7)."""
        return {
            "step": self.step.name,
            "rule": rule or self.step.rule,
            "anchor": self.anchor,
            "on": on or self.days[-1],
            "due_at": self._due_at,
            "provisional": self._provisional,
        }

    def is_too_late(self, today: date) -> bool:
        """Whether its bound has passed (B1)."""
        bound = self.step.never_after
        return bound is not None and today > add(self.anchor, bound)


def came_up(case: Case, one: Due, scene: Scene) -> Occasion | None:
    """The occasion when a step is due now."""
    if one.at > scene.now or not isinstance(one.what, StepDue):
        return None
    return Occasion(case, one.what, one, scene.today, scene.workdays)


def chosen(found: list[Occasion], today: date) -> set[str]:
    """Reminders of today all go; when every one was missed, only the latest does (F1). Missed steps that raise the bill
    follow one a day: the first of them may be the one that speaks, those of later days have been spoken for.
    """
    reminders = [o for o in found if o.step.reminds and not o.is_too_late(today) and not o.is_spoken_for]
    reminders = [o for o in reminders if not (o.is_missed and o.step.catch_up == "none")]
    waiting = [o.step.name for o in reminders if o.step.climbs and o.is_missed][1:]
    reminders = [o for o in reminders if o.step.name not in waiting]
    fresh = {o.step.name for o in reminders if not o.is_missed}
    if fresh or not reminders:
        return fresh
    return {max(reminders, key=lambda o: o.days[-1]).step.name}


def is_quiet(occasion: Occasion, names: set[str]) -> bool:
    """What it would say to the customer is not said: `names` speak for all that was missed."""
    return occasion.step.reminds and occasion.step.name not in names


def passed_over(case: Case, occasion: Occasion, names: set[str], today: date, workdays: Workdays) -> str | None:
    """Why the step does nothing although it is due: its bound has passed (B1), another one speaks for it, or what is late is
    only logged (F1, F2). None for one that is asked its conditions."""
    step = occasion.step
    if occasion.is_too_late(today):
        return "backfill" if occasion.backfilled else "too_late"
    if (is_quiet(occasion, names) and not step.climbs) or (occasion.is_missed and step.catch_up == "none"):
        return why_missed(case, occasion.days[-1], workdays)
    return "backfill" if occasion.backfilled and _is_backfilled_quietly(case, step) else None


def why_missed(case: Case, day: date, workdays: Workdays) -> str:
    """Why a step's day passed without it."""
    if case.since and workdays.next_open(day) < case.since:
        return "backfill"
    return "paused" if case.resumed_on and day <= case.resumed_on else "missed"


def _is_backfilled_quietly(case: Case, step: Step) -> bool:
    """Earlier days' reminders collapse, requests wait, a rung not yet reached is climbed; the rest is only logged."""
    if step.escalates_to:
        return RANK[case.level] >= RANK[step.escalates_to]
    return not step.reminds and not step.request
