"""Why something ahead of a case comes when it does, or what holds it back: as codes, with what their sentences need."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from service.domain import due as d
from service.domain import playbook as p
from service.domain.account import Account
from service.domain.case import RANK, STAGES, Case, Pause
from service.domain.clocks import anchor_of, holds
from service.domain.conditions import forbids, meets
from service.domain.credit import STOP
from service.domain.decide import payment_runs
from service.domain.decide.messages import addressed
from service.domain.gates import Gate, closed
from service.domain.money import format
from service.domain.offsets import add
from service.domain.wanted import Conditions
from service.domain.workdays import Workdays

_LATER = {stage: rank for rank, stage in enumerate(STAGES)}
_NEVER_CHANGES = ("monthly", "pod")
_FALSE_IS_OVER = ("pod_complete", "confirmed", "tax_wanted", "tax_issued", "tax_dispatched")


class Reason(Struct, frozen=True):
    """A code of the catalogue with what its sentence needs."""

    code: str
    params: dict[str, Any] = {}


class Reasons:
    """What today's case and customer have to do with what lies ahead; a `case` handed over is the one of that later day."""

    def __init__(
        self, today: Case, account: Account, workdays: Workdays, channels: frozenset[str], feed_is_late: bool = False
    ) -> None:
        self._today = today
        self._channels = channels
        self._feed_is_late = feed_is_late
        self._account = account
        self._workdays = workdays

    def usual(self, what: d.StepDue) -> Iterator[Reason]:
        """The rule itself: how far from which start; and the closed day it was moved from."""
        start = what.step.start.fact
        if start == "calendar":
            yield Reason("schedule.calendar", {"rule": what.step.rule, "on": what.on})
            return
        days = (what.on - what.anchor).days
        code = "at_once" if what.step.at_once else "after" if days > 0 else "before" if days < 0 else "same_day"
        yield Reason(
            f"schedule.{code}",
            {"rule": what.step.rule, "days": abs(days), "start": start, "anchor": what.anchor},
        )
        if not what.step.at_once and not self._workdays.is_open(what.on):
            yield Reason("schedule.moved", {"on": what.on})

    def holding(self, case: Case, what: d.StepDue, due_at: datetime, at: datetime) -> Iterator[Reason]:
        """What keeps a step from its day, or would make it do nothing when it fires at `at`."""
        yield from self._paused(due_at)
        yield from self._delays(case, what)
        yield from self._conditions(case, what, at)

    def left_alone(self, case: Case, step: p.Step) -> Iterator[Reason]:
        """The parts of the bill that a step to the customer is not about (D5, F1)."""
        if case.pause or not step.contacts:
            return
        asked = {"asked": format(case.chased, case.currency), "currency": case.currency}
        for code, amount in (("disputed", case.disputed), ("covered", case.undisputed - case.chased)):
            if amount:
                yield Reason(f"schedule.part_{code}", {"amount": format(amount, case.currency), **asked})

    def hindrance(self, case: Case, deed: p.Deed, at: datetime) -> Reason | None:
        """What keeps one thing that a step does from being done at that moment, its conditions aside."""
        customer = self._account.customer
        if customer.restrictions and p.reaches_out(deed):
            return Reason("schedule.restricted")
        if isinstance(deed, p.Message):
            if deed.channel not in self._channels:
                return Reason("schedule.channel_not_configured", {"channel": deed.channel})
            whose, people = addressed(self._account, case.level, deed.channel, deed.to, deed.service)
            if not people:
                return Reason("schedule.no_contact", {"channel": deed.channel})
            spent = self._account.budget_until if whose.id == customer.id else None
            gates = () if deed.service else closed(whose, at, self._workdays, self._feed_is_late, None, spent)
            return next((because_of(gate) for gate in gates), None)
        return self._answered(case, deed) if isinstance(deed, p.Request) else None

    def _answered(self, case: Case, deed: p.Request) -> Reason | None:
        """What is asked for is asked for already, or stands."""
        customer = self._account.customer
        if deed.kind in case.requests:
            return Reason("schedule.waits_for_answer", {"approval": case.requests[deed.kind]})
        if deed.kind == p.CREDIT_STOP.kind and STOP in customer.credit:
            return Reason("schedule.credit_stopped", {"on": customer.credit[STOP].on})
        is_locked = customer.hold and RANK[case.level] >= RANK["hold"]
        if customer.hold and is_locked and any(isinstance(action.deed, p.PutHold) for action in deed.granted):
            return Reason("schedule.hold_stands", {"on": customer.hold.on})
        return None

    def over(self, step: p.Step) -> Reason:
        """Why nothing more is to be expected of a step."""
        if self._today.stage == "closed":
            return Reason("schedule.closed")
        mark = self._today.done.get(step.name)
        return Reason("schedule.over", {"on": mark.on}) if mark else Reason("schedule.never")

    def waited_for(self, step: p.Step) -> Reason | None:
        """What a step that does not come by itself waits for; None for one that is over or never was."""
        case = self._today
        if case.pause and d.step_due(replace(case, pause=None), step, self._workdays):
            return because_paused(case.pause)
        for wanted in step.while_:
            if not holds(case, wanted):
                return _unheld(case, wanted)
        if step.until_level and RANK[case.level] >= RANK[step.until_level]:
            return Reason("schedule.level_reached", {"level": case.level})
        if step.request and step.request.kind in case.requests:
            return Reason("schedule.waits_for_answer", {"approval": case.requests[step.request.kind]})
        asked = case.requests.get(step.start.name or "") if step.start.fact in ("granted", "answered") else None
        if asked:
            return Reason("schedule.waits_for_answer", {"approval": asked})
        if anchor_of(case, step.start) is None:
            return Reason("schedule.waits_for_start", {"start": step.start.fact, "name": step.start.name})
        return None

    def _paused(self, due_at: datetime) -> Iterator[Reason]:
        """What would have come during a pause comes after it."""
        pause = self._today.pause
        if pause and pause.until and due_at < self._workdays.midnight(pause.until + timedelta(1)):
            yield because_paused(pause)

    def _delays(self, case: Case, what: d.StepDue) -> Iterator[Reason]:
        """The days before which a case or its customer is left alone (T2, B8, F1, F2)."""
        step = what.step
        natural = d.natural_day(case, step, what.anchor, what.on, self._workdays)
        progress = case.progress_after(what.anchor) if step.wait else None
        if step.wait and progress and add(progress, step.wait) > what.on:
            yield Reason("schedule.waits_for_progress", {"until": add(progress, step.wait), "progress": progress})
        if case.since and natural < case.since and not self._today.taken_up:
            yield Reason("schedule.waits_for_go_live", {"until": case.since})
        if step.request and case.since and case.issued_on and case.issued_on < case.since:
            quiet = self._workdays.next_open(case.since + timedelta(d.BACKFILL_QUIET_DAYS))
            if quiet > natural:
                yield Reason("schedule.waits_quietly", {"until": quiet})
        if case.not_before and natural < case.not_before:
            yield Reason("schedule.after_resume", {"until": case.not_before})
        if (step.escalates_to or step.request) and case.missed_on and natural <= case.missed_on:
            yield Reason("schedule.one_a_day", {"until": self._workdays.add_open(case.missed_on, 1)})

    def _conditions(self, case: Case, what: d.StepDue, at: datetime) -> Iterator[Reason]:
        """What would make the step do nothing on its day, for all that is known today."""
        step, day = what.step, self._workdays.today(at)
        if step.escalates_to and RANK[case.level] >= RANK[step.escalates_to]:
            yield Reason("schedule.level_reached", {"level": case.level})
        yield from self._refused_lately(step, day)
        if self._account.customer.restrictions and step.contacts:
            yield Reason("schedule.restricted")
        else:
            yield from self._hindered(case, step, at)
        if step.reminds and payment_runs.moves(self._account, case, day):
            yield Reason("schedule.payment_run")
        unmet = not meets(step.when, case, self._account, day, what.anchor)
        if unmet or forbids(step.unless, case, self._account, day, what.anchor):
            yield Reason("schedule.condition", {"names": _names(step)})

    def _hindered(self, case: Case, step: p.Step, at: datetime) -> Iterator[Reason]:
        """Where something stands in the way of all that it does."""
        found = [self.hindrance(case, action.deed, at) for action in step.actions]
        if all(found):
            yield from {one.code: one for one in found if one}.values()

    def _refused_lately(self, step: p.Step, day: date) -> Iterator[Reason]:
        request = step.request
        if request is None or request.again is None:
            return
        refusal, answer = self._account.customer.refusals.get(request.kind), self._today.answers.get(request.kind)
        if refusal and add(refusal.on, request.again) > day:
            yield Reason("schedule.asked_again", {"on": add(refusal.on, request.again), "rejected": refusal.on})
        elif answer and answer.outcome == "rejected":
            yield Reason("schedule.asked_again", {"on": add(answer.last_on, request.again), "rejected": answer.last_on})


def because_of(gate: Gate) -> Reason:
    """A message waits before it."""
    return Reason(gate.code, {"until": gate.until} if gate.until else {})


def because_paused(pause: Pause) -> Reason:
    """Nobody is contacted."""
    return Reason(f"schedule.paused_{pause.reason}", {"until": pause.until})


def _unheld(case: Case, wanted: Conditions) -> Reason | None:
    """What the case's own facts lack for the step's clock to run; None when they will never have it (again)."""
    for name in _given(wanted):
        value, alone = getattr(wanted, name), Conditions(**{name: getattr(wanted, name)})
        if holds(case, alone):
            continue
        if name in _NEVER_CHANGES or (name in _FALSE_IS_OVER and value is False):
            return None
        if name == "stage":
            if case.stage == "confirmation" and "collection" in value:
                return Reason("schedule.unconfirmed", {"due": case.due_on})
            later = [stage for stage in value if _LATER[stage] > _LATER[case.stage] and stage != "closed"]
            return Reason("schedule.waits_for_stage", {"stage": later[0]}) if later else None
        return Reason("schedule.condition", {"names": name})
    return None


def _names(step: p.Step) -> str:
    """The step's conditions by name."""
    return ", ".join(name for wanted in (step.when, step.unless) if wanted for name in _given(wanted))


def _given(wanted: Conditions) -> list[str]:
    return [name for name in wanted.__struct_fields__ if getattr(wanted, name) is not None]
