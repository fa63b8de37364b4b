"""What each event of a bill that was handed over means for it (J1): total, for any state."""

from typing import Any, assert_never

from msgspec.structs import replace

from service.domain.case import Case, Interruption
from service.domain.events import claim as e
from service.domain.handed import Deadline, Handed
from service.domain.limitation import CAUSES


def evolve_pursuit(case: Case, event: e.PursuitEvent) -> Case:
    """The case after the event, its version counted already."""
    match event:
        case e.HandedOver():
            names = {"to": event.to, "name": event.name, "reference": event.reference}
            return replace(_changed(case, event, on=event.on, back_on=None, **names), requests={})
        case e.TakenBack():
            case = _changed(case, event, back_on=event.on, deadlines=())
            return replace(case, stage="collection", since=event.on)
        case e.MilestoneReached():
            if event.milestone in CAUSES:
                case = interrupted(case, event.milestone, Interruption(event.on, event.type, case.version))
            return _reached(case, event)
        case e.DeadlineSet():
            one = Deadline(event.deadline, event.what, event.on, event.set_on)
            deadlines = (*_handed(case, event).deadlines, one)
            return _changed(case, event, deadlines=deadlines, deadlines_set=event.deadline)
        case e.DeadlineEnded():
            left = tuple(one for one in _handed(case, event).deadlines if one.n != event.deadline)
            return _changed(case, event, deadlines=left)
        case e.CostIncurred():
            costs = _handed(case, event).costs
            amount = -event.amount if event.kind == "refund" else event.amount
            return _changed(case, event, costs={**costs, event.currency: costs.get(event.currency, 0) + amount})
        case _:
            assert_never(event)


def interrupted(case: Case, cause: str, one: Interruption) -> Case:
    """The latest of each cause; of one day the last that was told."""
    known = case.interrupted.get(cause)
    if known is not None and known.on > one.on:
        return case
    return replace(case, interrupted={**case.interrupted, cause: one})


def _reached(case: Case, event: e.MilestoneReached) -> Case:
    """The latest day of each; the earliest deadline that it was expected by has been met."""
    handed = _handed(case, event)
    known = handed.milestones.get(event.milestone)
    met = min((one for one in handed.deadlines if one.what == event.milestone), key=lambda one: one.on, default=None)
    return _changed(
        case,
        event,
        milestones={**handed.milestones, event.milestone: max(known or event.on, event.on)},
        deadlines=tuple(one for one in handed.deadlines if one is not met),
    )


def _handed(case: Case, event: e.PursuitEvent) -> Handed:
    """A playbook's hand-over said once no more than that the stage is `legal`: then it is with our own people."""
    if case.handed:
        return case.handed
    return Handed(to="legal", on=event.set_on if isinstance(event, e.DeadlineSet) else event.on, paid=case.paid)


def _changed(case: Case, event: e.PursuitEvent, **changes: Any) -> Case:
    return replace(case, handed=replace(_handed(case, event), **changes))
