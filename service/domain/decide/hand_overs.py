"""Hand-over to an agency, a law firm or our own legal department (J1): asked for, agreed to, and followed to its end."""

from collections.abc import Iterator
from typing import Any

from service.domain import commands as c
from service.domain.account import Account, Happened, on_case
from service.domain.case import Case
from service.domain.decide import backfill, closing, consents, instalments, tasks
from service.domain.decide.amounts import because, day, known_currency, money
from service.domain.events import claim as e
from service.domain.events.case import PromiseCancelled, Resumed, StageChanged
from service.domain.handed import MOST_CURRENCIES, MOST_DEADLINES, OTHER
from service.domain.refusals import Conflict, NotFound, Refused
from service.domain.scene import Asker, Scene

KIND = "hand_over"


def ask(command: c.HandOver, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """The next role above the asker's agrees; a bill that is with somebody already goes on to the next in the same way."""
    cases = consents.about(account, command.cases)
    deed = {"to": command.to, "name": command.name, "reference": command.reference, "bills": consents.amounts(cases)}
    yield from consents.ask(account, scene, asker, KIND, "J1", [case.id for case in cases], deed, command.reason)


def carry_out(
    account: Account, scene: Scene, names: list[str], deed: dict[str, Any], approval: str
) -> Iterator[Happened]:
    """To whom it was agreed to, every bill that is still owed."""
    for case in consents.still(account, names, deed["bills"]):
        yield from hand_over(account, scene, case.id, deed["to"], approval, deed["name"], deed["reference"])


def hand_over(
    account: Account,
    scene: Scene,
    id: str,
    to: str,
    approval: str,
    name: str | None = None,
    reference: str | None = None,
) -> Iterator[Happened]:
    """Dunning by the playbook stops: what it opened or asked for ends, and what was agreed with us is void."""
    case = account.cases[id]
    yield from tasks.leave(account, scene, case, KIND)
    yield from tasks.close_own(case, scene, KIND, {"legal"}, done=True)
    yield from tasks.close_own(case, scene, KIND, {"assist"})
    yield from closing.leave_requests(account, scene, case, KIND)
    yield from instalments.cancel(account, id, KIND)
    for promise in case.promises:
        if promise.state == "open":
            yield on_case(id, PromiseCancelled(promise=promise.id))
    if account.cases[id].pause:
        yield on_case(id, Resumed(why=KIND, on=scene.today))
    if case.stage != "legal":
        yield on_case(id, StageChanged(stage="legal", previous=case.stage, why=KIND))
    handed = e.HandedOver(
        to=to,
        on=scene.today,
        amount=case.open,
        currency=case.currency,
        name=name,
        reference=reference,
        approval=approval,
    )
    yield on_case(id, handed)


def take_back(command: c.TakeBack, account: Account, scene: Scene) -> Iterator[Happened]:
    """Ours to collect again, at the level it had; what the playbook would have done meanwhile is only logged (F2)."""
    for id in command.cases:
        case = _with_somebody(account, id)
        yield from tasks.close_own(case, scene, "taken_back", {"legal"}, done=True)
        yield on_case(id, e.TakenBack(on=scene.today), because(command.reason))
        yield from backfill.take_level(account, scene, id)


def reach(command: c.ReachMilestone, account: Account, scene: Scene) -> Iterator[Happened]:
    """A day in the past, on which they came so far; also of a bill that has ended meanwhile."""
    on = day(command.on, scene, "/on", past=True)
    for id in command.cases:
        case = _handed_over(account, id)
        if case.handed and on < case.handed.on and not case.handed.milestones:
            raise Refused("before_hand_over", "/on", given=on, handed_over_on=case.handed.on)
        note = {"": {"text": command.text}} if command.text else None
        yield on_case(id, e.MilestoneReached(milestone=command.milestone, on=on), note)
        if command.milestone == "closed" and case.stage == "legal":
            yield from tasks.open_own(
                account.cases[id], scene, "legal", "legal", "legal", "J1", "decide_rest", scene.today
            )


def set_deadline(command: c.SetDeadline, account: Account, scene: Scene) -> Iterator[Happened]:
    """Of it legal is told a week before, on the day, and with the managers when it was missed."""
    case = _with_somebody(account, command.case)
    on = day(command.on, scene, "/on")
    if on < scene.today:
        raise Refused("date_in_past", "/on", given=on)
    known = case.handed.deadlines if case.handed else ()
    if len(known) >= MOST_DEADLINES:
        raise Conflict("deadlines_exhausted", None, limit=MOST_DEADLINES)
    if command.what == OTHER and not command.text:
        raise Refused("text_required", "/text")
    n = (case.handed.deadlines_set if case.handed else 0) + 1
    event = e.DeadlineSet(deadline=n, what=command.what, on=on, set_on=scene.today)
    yield on_case(case.id, event, {"": {"text": command.text}} if command.text else None)


def end_deadline(command: c.EndDeadline, account: Account, scene: Scene) -> Iterator[Happened]:
    """It was met, or has lost its object."""
    case = _handed_over(account, command.case)
    known = case.handed.deadlines if case.handed else ()
    if not any(one.n == command.deadline for one in known):
        raise NotFound("unknown_deadline", None, deadline=command.deadline)
    event = e.DeadlineEnded(deadline=command.deadline, outcome=command.outcome, on=scene.today)
    yield on_case(case.id, event, because(command.reason))


def incur(command: c.IncurCost, account: Account, scene: Scene) -> Iterator[Happened]:
    """In whatever currency it is charged; bills for it may come long after the end."""
    case = _handed_over(account, command.case)
    currency = known_currency(command.currency or case.currency, "/currency")
    amount = money(command.amount, currency, "/amount")
    so_far = case.handed.costs if case.handed else {}
    if currency not in so_far and len(so_far) >= MOST_CURRENCIES:
        raise Conflict("currencies_exhausted", "/currency", limit=MOST_CURRENCIES)
    if command.kind == "refund" and amount > so_far.get(currency, 0):
        raise Conflict("refund_exceeds_costs", "/amount", currency=currency)
    on = day(command.on, scene, "/on", past=True)
    event = e.CostIncurred(kind=command.kind, amount=amount, currency=currency, on=on)
    yield on_case(case.id, event, {"": {"text": command.text}} if command.text else None)


def _handed_over(account: Account, id: str) -> Case:
    case = account.case(id)
    if case.handed is None and case.stage != "legal":
        raise Conflict("not_handed_over", None, case=id)
    return case


def _with_somebody(account: Account, id: str) -> Case:
    case = account.case(id)
    if case.stage != "legal":
        raise Conflict("not_handed_over", None, case=id)
    return case
