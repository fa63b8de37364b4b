"""What lies ahead of a case as things stand: the clock run forward on paper, and for every step that does not come by
itself, why. It foretells nothing: nobody pays, answers or agrees meanwhile."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import assert_never

from msgspec import Struct

from service.domain import due as d
from service.domain import handed as h
from service.domain import playbook as p
from service.domain.account import Account
from service.domain.afterwards import afterwards
from service.domain.case import Case
from service.domain.clocks import anchor_of
from service.domain.conditions import forbids, meets
from service.domain.deadlines import DiscountDue, DisputeDue, PlanDue
from service.domain.decide.occasion import Occasion, chosen, passed_over
from service.domain.limitation import WARNING, Law, LimitationNears
from service.domain.reasons import Reason, Reasons
from service.domain.workdays import Workdays

OCCURRENCES = 10
"""Of one step, at most."""

HORIZON = timedelta(365)


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

    def __init__(
        self,
        case: Case,
        account: Account,
        playbook: p.Playbook,
        workdays: Workdays,
        law: Law,
        now: datetime,
        channels: frozenset[str] = frozenset({"email", "letter"}),
        feed_is_late: bool = False,
    ) -> None:
        self.case = case
        self.account = account
        self.playbook = playbook
        self.workdays = workdays
        self.law = law
        self.now = now
        self._reasons = Reasons(case, account, workdays, channels, feed_is_late)

    def next(self) -> Ahead | None:
        """What the clock asks next; None when it has nothing to ask."""
        one = d.due(self.case, self.playbook, self.workdays, self.law)
        return self._ahead(self.case, one, self._at(one, self.now), self._passed_over(one)) if one else None

    def all(self) -> list[Ahead]:
        """Everything that comes within a year, in order of time, at most ten of a step, and the warnings before the right to
        sue lapses, whenever they come; then what is held back."""
        if self.case.stage == "closed":
            return []
        coming, seen = list(self._awaited()), set()
        for ahead in self._coming():
            coming.append(ahead)
            seen.add(ahead.step)
        coming.sort(key=lambda ahead: ahead.at or self.now)
        return [*coming, *self._warnings()] + [
            ahead for step in self.playbook.steps if step.name not in seen for ahead in self._waiting(step)
        ]

    def of(self, step: p.Step) -> list[Ahead]:
        """What is to be expected of one step; of one that is over or never was, why nothing is."""
        found = [ahead for ahead in self.all() if ahead.step == step.name]
        why = (self._reasons.over(step),)
        return found or [Ahead(step=step.name, rule=step.rule, at=None, actions=step.actions, held_back=True, why=why)]

    def hindrance(self, action: p.Action, at: datetime | None) -> Reason | None:
        """What stands in the way of one of a step's actions at that moment, its conditions aside."""
        return self._reasons.hindrance(self.case, action.deed, at or self.now)

    def left_alone(self, step: p.Step) -> Iterator[Reason]:
        """The parts of the bill that a step to the customer is not about."""
        return self._reasons.left_alone(self.case, step)

    def _warnings(self) -> Iterator[Ahead]:
        """Those beyond the horizon."""
        for one in d.limitation_dues(self.case, self.workdays, self.law):
            if one.at > self.now + HORIZON:
                yield self._ahead(self.case, one, one.at)

    def _awaited(self) -> Iterator[Ahead]:
        """Reconciliations that speak of the case, were nobody to answer them."""
        for one in d.customer_dues(self.account.customer, self.workdays):
            if isinstance(one.what, d.ReconciliationUnanswered):
                id = one.what.reconciliation
                if self.case.id in self.account.reconciled.get(id, ()):
                    until = self.account.customer.reconciliations[id].until
                    why = (Reason("schedule.reconciliation_unanswered", {"until": until}),)
                    yield Ahead(step="reconciliation-unanswered", rule="H1", at=self._at(one, self.now), why=why)

    def goes(self, step: str, action: p.Action, at: datetime | None) -> bool:
        """Whether an action's own conditions hold on that day, for all that is known today."""
        found = self.playbook.step(step)
        anchor = anchor_of(self.case, found.start) if found else None
        today = self.workdays.today(at or self.now)
        anchor = anchor or today
        return meets(action.when, self.case, self.account, today, anchor) and not forbids(
            action.unless, self.case, self.account, today, anchor
        )

    def _coming(self) -> Iterator[Ahead]:
        case, now, counts = self.case, self.now, Counter[str]()
        while True:
            dues = d.dues(case, self.playbook, self.workdays, self.law)
            found = [one for one in dues if counts[_name(one)] < OCCURRENCES]
            one = min(found, key=lambda due: self._at(due, now), default=None)
            if one is None or (now := self._at(one, now)) > self.now + HORIZON:
                return
            counts[_name(one)] += 1
            yield self._ahead(case, one, now, self._passed_over(one))
            case = afterwards(case, one, now, self.workdays)

    def _at(self, one: d.Due, now: datetime) -> datetime:
        if one.at > now:
            return one.at
        return self.workdays.next_moment(now) if one.windowed else now

    def _passed_over(self, one: d.Due) -> str | None:
        """Why a step that is due already does nothing at the next window."""
        return self._late.get(_name(one)) if one.at <= self.now and one.windowed else None

    @cached_property
    def _late(self) -> dict[str, str]:
        """By step, of those that are due already (B1, F1, F2)."""
        today = self.workdays.today(self.workdays.next_moment(self.now))
        found = [
            Occasion(self.case, one.what, one, today, self.workdays)
            for one in d.dues(self.case, self.playbook, self.workdays, self.law)
            if one.at <= self.now and one.windowed and isinstance(one.what, d.StepDue)
        ]
        names = chosen(found, today)
        why = {one.step.name: passed_over(self.case, one, names, today, self.workdays) for one in found}
        return {name: code for name, code in why.items() if code}

    def _ahead(self, case: Case, one: d.Due, at: datetime, passed: str | None = None) -> Ahead:
        if not isinstance(one.what, d.StepDue):
            return _own(case, one.what, at)
        step, held = one.what.step, tuple(self._reasons.holding(case, one.what, one.at, at))
        if passed and not held:
            held = (Reason(f"skipped.{passed}"),)
        return Ahead(
            step=step.name,
            rule=step.rule,
            at=at,
            actions=step.actions,
            held_back=bool(held),
            why=(*held, *self._reasons.usual(one.what), *self._reasons.left_alone(case, step)),
        )

    def _waiting(self, step: p.Step) -> Iterator[Ahead]:
        """A step that does not come by itself, with what it waits for; nothing for one that is over or never was."""
        reason = self._reasons.waited_for(step) if step.scope != "tenant" else None
        if reason:
            yield Ahead(step=step.name, rule=step.rule, at=None, actions=step.actions, held_back=True, why=(reason,))


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
        case PlanDue():
            params = {"part": what.part, "until": what.until}
            name, rule, reason = "plan-check", "D3", Reason("schedule.plan_check", params)
        case DisputeDue():
            name, rule, reason = "dispute-check", "D5", Reason("schedule.dispute_check", {"dispute": what.dispute})
        case DiscountDue():
            until = case.discount.until if case.discount else None
            name, rule, reason = "discount-ends", "D6", Reason("schedule.discount_ends", {"until": until})
        case LimitationNears():
            params = {"until": what.expires_on, "days": (what.expires_on - what.day).days}
            name, rule, reason = WARNING, "I1", Reason("schedule.limitation_nears", params)
        case h.DeadlineNears():
            params = {"deadline": what.deadline, "left": what.left}
            name, rule, reason = h.WARNING, "J1", Reason("schedule.deadline_nears", params)
        case d.TakeUp():
            name, rule, reason = "take-up", "F2", Reason("schedule.taken_up")
        case d.StepDue() | d.TaskNeglected() | d.RequestUnanswered() | d.RequestExpires():
            raise AssertionError(what)
        case d.HoldUnacknowledged() | d.AdviceAwaited() | d.ReconciliationUnanswered():
            raise AssertionError(what)
        case _:
            assert_never(what)
    return Ahead(step=name, rule=rule, at=at, why=(reason,))
