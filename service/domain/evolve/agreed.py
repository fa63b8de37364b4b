"""What each event of an agreement means for its bill: total, for any state."""

from typing import assert_never

from msgspec.structs import replace

from service.domain.case import Case
from service.domain.commitments import Part, Plan
from service.domain.events import agreed as a


def evolve_agreed(case: Case, event: a.AgreedEvent) -> Case:
    """The case after the event."""
    match event:
        case a.Asked():
            return replace(case, requests={**case.requests, event.kind: event.approval})
        case a.PlanAgreed():
            plan = Plan(
                id=event.plan,
                state="open",
                agreed_on=event.on,
                until=event.until,
                parts=tuple(Part(part.due_on, part.amount) for part in event.parts),
                already=event.already,
                bills=event.bills,
            )
            return replace(case, plan=plan)
        case a.PlanPartKept() | a.PlanKept() | a.PlanBroken() | a.PlanRestored() | a.PlanCancelled():
            return _plan(case, event) if case.plan and case.plan.id == event.plan else case
        case _:
            assert_never(event)


def _plan(case: Case, event: a.PlanPartKept | a.PlanKept | a.PlanBroken | a.PlanRestored | a.PlanCancelled) -> Case:
    plan = case.plan
    assert plan is not None
    broken = case.promises_broken
    match event:
        case a.PlanPartKept():
            plan = replace(plan, kept=event.part)
        case a.PlanKept():
            plan = replace(plan, state="kept", kept=len(plan.parts))
        case a.PlanBroken():
            broken += event.bill is None
            plan = replace(plan, state="fallen" if event.bill else "broken", kept=event.part - 1)
        case a.PlanRestored():
            broken -= plan.state == "broken"
            plan = replace(plan, state="open", kept=event.kept)
        case a.PlanCancelled():
            plan = replace(plan, state="cancelled")
        case _:
            assert_never(event)
    return replace(case, plan=plan, promises_broken=broken)
