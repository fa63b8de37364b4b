"""Firing what is due: case by case in ladder order, gathered so that a customer gets one of each (C3, C10)."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from service.domain import handed as h
from service.domain import playbook as p
from service.domain.account import Account, Happened, on_case
from service.domain.announce import role_of
from service.domain.case import Case
from service.domain.conditions import forbids, meets, selects
from service.domain.deadlines import handed_dues
from service.domain.decide import payment_runs
from service.domain.decide.acting import Acting
from service.domain.decide.gathering import Gathering
from service.domain.decide.occasion import Occasion, came_up, chosen, is_quiet, passed_over, why_missed
from service.domain.due import Due, limitation_dues, steps_due
from service.domain.events.case import StepFired, StepSkipped
from service.domain.limitation import WARNING, LimitationNears
from service.domain.scene import Scene

_DEADLINES = {h.WARNED_BEFORE: "deadline_nears", 0: "deadline_today", -1: "deadline_missed"}


class Firing:
    """One firing of a customer's due steps: their bills one by one, then what was gathered for all."""

    def __init__(self, account: Account, scene: Scene) -> None:
        self.account = account
        self.scene = scene
        self.gathering = Gathering(account, scene)
        self.acting = Acting(account, scene, self.gathering)

    def run(self) -> Iterator[Happened]:
        """Every case's due steps; the caller has made sure that a window is open."""
        going: dict[str, tuple[Case, list[Occasion], set[str]]] = {}
        for case in self.account.open_cases():
            yield from self._warn(case)
            yield from self._watch(case)
            found = self._due(case) if case.pause is None and case.taken_up else []
            if found:
                names = chosen(found, self.scene.today)
                going[case.id] = case, found, names
                self._list(case, found, names)
        for id, (case, found, names) in going.items():
            yield from self._case(id, case, found, names)
        yield from self.gathering.finish()

    def _warn(self, case: Case) -> Iterator[Happened]:
        """Legal is told that the right to sue lapses soon (I1): once, however many of the days have passed."""
        days = self.scene.workdays
        due = list(takewhile(lambda one: one.at <= self.scene.now, limitation_dues(case, days, self.scene.law)))
        if not due:
            return
        what = due[-1].what
        assert isinstance(what, LimitationNears)
        fields: dict[str, Any] = {
            "step": WARNING,
            "rule": "I1",
            "anchor": what.expires_on,
            "on": what.day,
            "due_at": days.moment(what.day),
            "provisional": days.is_provisional(what.day),
        }
        if case.since and days.next_open(what.day) < case.since:
            yield on_case(case.id, StepSkipped(**fields, why="backfill", count=len(due), digest=["legal"]))
            return
        left = (what.expires_on - what.day).days
        lapsed = self.scene.today > what.expires_on
        self.gathering.notice("I1", "limitation_lapsed" if lapsed else f"limitation_{left}", ("legal",), case.id)
        yield on_case(case.id, StepFired(**fields, did=["notice:legal"]))

    def _watch(self, case: Case) -> Iterator[Happened]:
        """Legal is told of the deadlines of a bill that was handed over, the managers too of one that was missed (J1)."""
        days = self.scene.workdays
        latest = {what.deadline: what for at, what in handed_dues(case, days) if at <= self.scene.now}
        if not latest:
            return
        for what in latest.values():
            audience = ("legal", "manager") if what.left < 0 else ("legal",)
            self.gathering.notice("J1", _DEADLINES[what.left], audience, case.id)
        day = max(what.day for what in latest.values())
        fired = StepFired(
            step=h.WARNING,
            rule="J1",
            anchor=day,
            on=day,
            due_at=days.moment(day),
            provisional=days.is_provisional(day),
            did=["notice:legal"],
        )
        yield on_case(case.id, fired)

    def fire_now(self, id: str, ready: list[Due]) -> Iterator[Happened]:
        """The steps that follow a fact at once (T3)."""
        for one in ready:
            case = self.account.cases[id]
            occasion = came_up(case, one, self.scene)
            if occasion is None:
                continue
            if occasion.backfilled and occasion.step.contacts:
                yield on_case(id, StepSkipped(**occasion.fields(), why="backfill"))
            else:
                yield from self.acting.fire(id, occasion)
        yield from self.gathering.finish()

    def request_now(self, id: str, occasion: Occasion) -> Iterator[Happened]:
        """A step's request before its day, with its bill (D2)."""
        yield from self.acting.fire(id, occasion)
        yield from self.gathering.finish()

    def _due(self, case: Case) -> list[Occasion]:
        """Each step that is due now, of those that wait for a window."""
        coming = steps_due(case, self.scene.plan_of(case).during[case.stage], self.scene.workdays).values()
        return [occasion for one in coming if one.windowed and (occasion := came_up(case, one, self.scene))]

    def _list(self, case: Case, found: list[Occasion], names: set[str]) -> None:
        """Counts, before anything is sent, how many bills each message will list."""
        lines: set[str] = set()
        for occasion in found:
            if self._why_not(case, occasion, names) is None and not is_quiet(occasion, names):
                lines |= self.acting.lines(case, occasion)
        self.acting.listed.update(lines)

    def _case(self, id: str, asked: Case, found: list[Occasion], names: set[str]) -> Iterator[Happened]:
        """In ladder order; the steps are asked again once one of them has changed the case."""
        ready = {occasion.step.name: occasion for occasion in found}
        for step in self.scene.plan_of(asked).steps:
            case = self.account.cases[id]
            if case is not asked:
                asked, ready = case, {occasion.step.name: occasion for occasion in self._due(case)}
            occasion = ready.get(step.name)
            if occasion is None:
                continue
            why = self._why_not(case, occasion, names)
            if why:
                told = _told_later(case, step) if why == "backfill" else []
                yield on_case(id, StepSkipped(**occasion.fields(), why=why, count=len(occasion.days), digest=told))
                continue
            before = [day for day in occasion.missed if day < occasion.days[-1]]
            if before:
                missed = why_missed(case, before[-1], self.scene.workdays)
                yield on_case(id, StepSkipped(**occasion.fields(on=before[-1]), why=missed, count=len(before)))
            yield from self.acting.fire(id, occasion, quietly=is_quiet(occasion, names))

    def _why_not(self, case: Case, occasion: Occasion, names: set[str]) -> str | None:
        step, today = occasion.step, self.scene.today
        if passed := passed_over(case, occasion, names, today, self.scene.workdays):
            return passed
        if step.reminds and payment_runs.moves(self.account, case, today):
            return "payment_run"
        if not selects(step, self.account.customer) or not meets(step.when, case, self.account, today, occasion.anchor):
            return "condition"
        return "exception" if forbids(step.unless, case, self.account, today, occasion.anchor) else None


def _told_later(case: Case, step: p.Step) -> list[str]:
    """Whom the step would have told on its day: of the levels, only the one that the case reached (F2)."""
    if step.reminds:
        return []
    if step.escalates_to:
        return [role_of(step.escalates_to)] if step.escalates_to == case.level else []
    return sorted(
        {role for action in step.actions if isinstance(action.deed, p.Notice) for role in action.deed.audience}
    )
