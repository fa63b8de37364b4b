"""The third verb: what the clock asks of a case, and when. It takes no `now`: the answer follows from the case's own
facts, its playbook and the calendar, so it can be stored as an alarm, computed anew, and compared."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeAlias

from msgspec import Struct

from service.domain.case import RANK, Case
from service.domain.clocks import anchor_of, runs
from service.domain.customer import Customer
from service.domain.deadlines import AgreedWhat, agreed_dues, handed_dues
from service.domain.handed import DeadlineNears
from service.domain.limitation import Law, LimitationNears, warnings
from service.domain.occurrences import occurrences
from service.domain.offsets import OffsetError, add
from service.domain.playbook import Playbook, Step
from service.domain.workdays import Workdays

BACKFILL_QUIET_DAYS = 7
"""Nothing is asked so soon after a bill was first recorded late (F2)."""

NEGLECTED_OPEN_DAYS = 3
WATCHED = ("call", "visit", "follow_up", "confirm_call")
HOLD_OPEN_DAYS = 1

_DAY = timedelta(1)


class StepDue(Struct, frozen=True):
    """A playbook step: the clock it counts from, the occurrence's own day, and the day after what it waited for."""

    step: Step
    anchor: date
    on: date


class ConfirmationEnds(Struct, frozen=True):
    """Unconfirmed on D: collection begins on D+1 (A11)."""


class PromiseDue(Struct, frozen=True):
    """An open promise is to be judged (D1)."""

    promise: str


class TaskNeglected(Struct, frozen=True):
    """A call or visit has stood open for three open days (C10)."""

    kind: str


class RequestUnanswered(Struct, frozen=True):
    """Its role is reminded of an open request (B9)."""

    approval: str


class RequestExpires(Struct, frozen=True):
    """Nobody answered a person's request in time."""

    approval: str


class HoldUnacknowledged(Struct, frozen=True):
    """The ERP has not said that it stopped deliveries (B8)."""


class ReconciliationUnanswered(Struct, frozen=True):
    """Nothing came back of a letter that was to be signed (H1)."""

    reconciliation: str


class PauseEnds(Struct, frozen=True):
    """The pause's last day is over (F1)."""


class DraftMatured(Struct, frozen=True):
    """A draft's day is over without a word of its honour (D7)."""

    payment: str


class TakeUp(Struct, frozen=True):
    """The tenant goes live (F2)."""


OwnWhat: TypeAlias = ConfirmationEnds | PromiseDue | PauseEnds | DraftMatured | TakeUp | AgreedWhat
class AdviceAwaited(Struct, frozen=True):
    """The day is over on which a superior could answer (C14)."""


CustomerWhat: TypeAlias = (
    AdviceAwaited | TaskNeglected | RequestUnanswered | RequestExpires | HoldUnacknowledged | ReconciliationUnanswered
)
What: TypeAlias = StepDue | OwnWhat | CustomerWhat | LimitationNears | DeadlineNears


class Due(Struct, frozen=True):
    """`at` is the instant from which `what` is due; `windowed` things wait for an open window."""

    at: datetime
    what: What
    windowed: bool = False


def due(case: Case, playbook: Playbook, workdays: Workdays, law: Law) -> Due | None:
    """The next thing the clock will ask of the case; None when it has nothing to ask."""
    return min(dues(case, playbook, workdays, law), key=lambda one: one.at, default=None)


def dues(case: Case, playbook: Playbook, workdays: Workdays, law: Law) -> Iterator[Due]:
    """The next occurrence of everything that may come, in ladder order within one instant."""
    if case.stage == "closed" or case.since is None:
        return
    yield from own_dues(case, workdays)
    yield from islice(limitation_dues(case, workdays, law), 1)
    for at, warning in islice(handed_dues(case, workdays), 1):
        yield Due(at, warning, windowed=True)
    if case.pause is None and case.taken_up:
        yield from steps_due(case, playbook.during[case.stage], workdays).values()


def own_dues(case: Case, workdays: Workdays) -> Iterator[Due]:
    """What every case asks, whatever its playbook."""
    if not case.taken_up and case.since:
        yield Due(workdays.moment(case.since), TakeUp())
    if case.stage == "confirmation" and case.due_on:
        yield Due(workdays.midnight(case.due_on + _DAY), ConfirmationEnds())
    promise = case.standing_promise()
    if promise:
        yield Due(workdays.moment(promise.until + _DAY), PromiseDue(promise.id))
    for draft in case.drafts:
        yield Due(workdays.midnight(draft.matures_on + _DAY), DraftMatured(draft.payment))
    for at, what in agreed_dues(case, workdays):
        yield Due(at, what)
    # A promise's or a plan's pause ends when that is judged, not at the midnight before (D1, D3).
    judged = (promise and case.pause and case.pause.promise == promise.id) or (
        case.pause and case.pause.reason == "plan"
    )
    if case.pause and case.pause.until and not judged:
        yield Due(workdays.midnight(case.pause.until + _DAY), PauseEnds())


def limitation_dues(case: Case, workdays: Workdays, law: Law) -> Iterator[Due]:
    """When legal is told that the right to sue lapses (I1), whatever else rests."""
    if case.taken_up and case.stage != "closed":
        for warning in warnings(case, law):
            yield Due(workdays.moment(warning.day), warning, windowed=True)


def customer_dues(customer: Customer, workdays: Workdays) -> Iterator[Due]:
    """What the clock asks of a customer beside their bills: reminders to our own people."""
    if customer.withheld and customer.withheld.advised is None:
        yield Due(workdays.closing(customer.withheld.until), AdviceAwaited())
    for kind, task in customer.tasks.items():
        if kind in WATCHED and not task.told:
            since = max(task.created_on, task.due_on or task.created_on)
            yield Due(_open_days_after(since, NEGLECTED_OPEN_DAYS, workdays), TaskNeglected(kind), windowed=True)
    for request in customer.requests.values():
        at = _open_days_after(request.told_on, request.remind_open_days, workdays)
        yield Due(at, RequestUnanswered(request.id), windowed=True)
        # A bill that has joined makes a person's request the playbook's: those do not expire (B8).
        if request.expires_on and (request.bound or not request.bills):
            yield Due(workdays.midnight(request.expires_on + _DAY), RequestExpires(request.id))
    if customer.hold and customer.hold.acknowledged_on is None and not customer.hold.told:
        at = _open_days_after(customer.hold.on, HOLD_OPEN_DAYS, workdays)
        yield Due(at, HoldUnacknowledged(), windowed=True)
    for id, one in customer.reconciliations.items():
        if one.state == "sent":
            yield Due(_open_days_after(one.until, 1, workdays), ReconciliationUnanswered(id), windowed=True)


def _open_days_after(day: date, n: int, workdays: Workdays) -> datetime:
    return workdays.opening(workdays.add_open(day, n))


def step_due(case: Case, step: Step, workdays: Workdays) -> Due | None:
    """The step's first occurrence that has not been handled, and its moment (T2)."""
    return steps_due(case, (step,), workdays).get(step.name)


def steps_due(case: Case, steps: Iterable[Step], workdays: Workdays) -> dict[str, Due]:
    """The same of each of those steps that comes at all, by its name and in their order."""
    known: dict[str, Due | None] = case.asked(workdays)
    found: dict[str, Due] = {}
    for step in steps:
        name = step.name
        if name not in known:
            known[name] = _step_due(case, step, workdays)
        one = known[name]
        if one is not None:
            found[name] = one
    return found


def _step_due(case: Case, step: Step, workdays: Workdays) -> Due | None:
    if step.scope == "tenant" or not runs(case, step):
        return None
    anchor = anchor_of(case, step.start)
    if anchor is None:
        return None
    on = next_on(case, step, anchor, workdays)
    if on is None:
        return None
    if step.at_once:
        return Due(workdays.midnight(on), StepDue(step, anchor, on))
    return Due(_moment(case, step, anchor, on, workdays), StepDue(step, anchor, on), windowed=True)


def wanted_now(case: Case, playbook: Playbook, workdays: Workdays, now: datetime) -> frozenset[str]:
    """What the conditions of the steps that are due by now want to know of the customer, and what costs a query."""
    asking = playbook.asking[case.stage]
    coming = steps_due(case, asking, workdays)
    return frozenset[str]().union(*(one.asks for one in asking if one.name in coming and coming[one.name].at <= now))


def natural_day(case: Case, step: Step, anchor: date, on: date, workdays: Workdays) -> date:
    """The open day on which an occurrence fires in the normal run of things: T2, B1's bound, the wait for progress."""
    day = on
    if step.wait is not None:
        progress = case.progress_after(anchor)
        day = max(day, add(progress, step.wait)) if progress else day
    if step.never_after is not None:
        day = _bounded(day, add(anchor, step.never_after), workdays)
    return workdays.next_open(day)


def _moment(case: Case, step: Step, anchor: date, on: date, workdays: Workdays) -> datetime:
    """The natural day's opening, moved by the days before which a case is left alone (F1, F2)."""
    opens = natural_day(case, step, anchor, on, workdays)
    if step.request and case.since and case.issued_on and case.issued_on < case.since:
        opens = max(opens, workdays.next_open(case.since + timedelta(BACKFILL_QUIET_DAYS)))
    if case.not_before and opens < case.not_before:
        opens = workdays.next_open(case.not_before)
    if (step.escalates_to or step.request) and case.missed_on and opens <= case.missed_on:
        opens = workdays.add_open(case.missed_on, 1)
    return workdays.opening(opens)


def _bounded(day: date, last: date, workdays: Workdays) -> date:
    """Rolled forward it never passes the bound: without an open day till then, the last open day before (B1)."""
    return day if workdays.next_open(day) <= last else workdays.previous_open(day)


def next_on(case: Case, step: Step, anchor: date, workdays: Workdays) -> date | None:
    """The day of the first occurrence on this anchor that lies after the one last handled."""
    mark = case.done.get(step.name)
    after = mark.on if mark and mark.anchor == anchor else None
    try:
        if step.request and after and step.start.fact != "calendar":
            return _asked_again(case, step, after)
        days = occurrences(case, step, anchor, after, workdays)
        return next(days, None)
    except OffsetError:
        return None


def _asked_again(case: Case, step: Step, after: date) -> date | None:
    """A refused request comes again so long after the refusal (B8, B9); one that lost its object when the case closed
    comes again with the case (D7). One that was left out does not.
    """
    request = step.request
    if request is None or request.kind in case.requests:
        return None
    if request.kind in RANK and RANK[case.level] >= RANK[request.kind]:
        return None
    answer = case.answers.get(request.kind)
    if answer is None:
        return after if request.kind in case.dropped else None
    if answer.outcome != "rejected" or request.again is None:
        return None
    return max(add(answer.last_on, request.again), after)
