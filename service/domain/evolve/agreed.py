"""What each event of an agreement means for its bill: total, for any state."""

from typing import Any, assert_never

from msgspec.structs import replace

from service.domain.case import Case
from service.domain.commitments import Discount, Dispute, Part, Plan
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
                contact=event.contact,
            )
            return replace(case, plan=plan)
        case a.PlanPartKept() | a.PlanKept() | a.PlanBroken() | a.PlanRestored() | a.PlanCancelled():
            return _plan(case, event) if case.plan and case.plan.id == event.plan else case
        case a.DisputeOpened() | a.DisputeResolved() | a.DisputeOverdue():
            return _dispute(case, event)
        case a.DiscountOffered() | a.DiscountTaken() | a.DiscountWithdrawn() | a.DiscountLapsed():
            return _discount(case, event)
        case _:
            assert_never(event)


def _dispute(case: Case, event: a.DisputeEvent) -> Case:
    match event:
        case a.DisputeOpened():
            dispute = Dispute(
                n=event.dispute,
                amount=event.amount,
                reason=event.reason,
                owner=event.owner,
                role=event.role,
                opened_on=event.on,
                until=event.until,
            )
            return replace(
                case, disputes=(*case.disputes, dispute), disputes_opened=event.dispute, disputed_on=event.on
            )
        case a.DisputeResolved():
            changes = {"credit": True, "amount": event.amount, "until": event.until}
            stays = event.outcome == "customers" and event.amount > 0
            return replace(case, disputes=_changed(case, event.dispute, changes if stays else None))
        case a.DisputeOverdue():
            return replace(case, disputes=_changed(case, event.dispute, {"until": None}))
        case _:
            assert_never(event)


def _changed(case: Case, n: int, changes: dict[str, Any] | None) -> tuple[Dispute, ...]:
    """The disputes with that one changed, or without it."""
    kept = (one for one in case.disputes if one.n != n or changes is not None)
    return tuple(replace(one, **changes) if one.n == n and changes else one for one in kept)


def without_credit(disputes: tuple[Dispute, ...], amount: int) -> tuple[Dispute, ...]:
    """A credit note is first of all the credit that was expected, the oldest dispute's before others'."""
    left, kept = amount, []
    for one in disputes:
        taken = min(left, one.amount) if one.credit else 0
        left -= taken
        if one.amount > taken:
            kept.append(replace(one, amount=one.amount - taken))
    return tuple(kept)


def _discount(case: Case, event: a.DiscountEvent) -> Case:
    if isinstance(event, a.DiscountOffered):
        offered = Discount(
            id=event.discount,
            state="open",
            amount=event.amount,
            ends_on=event.ends_on,
            until=event.until,
            already=event.already,
        )
        return replace(case, discount=offered)
    discount = case.discount
    if discount is None or discount.id != event.discount:
        return case
    match event:
        case a.DiscountTaken():
            taken = replace(discount, state="taken", taken=event.amount)
            return replace(case, discount=taken, credited=case.credited + event.amount)
        case a.DiscountWithdrawn():
            again = replace(discount, state="open", taken=0)
            return replace(case, discount=again, credited=case.credited - event.amount)
        case a.DiscountLapsed():
            return replace(case, discount=replace(discount, state="lapsed"))
        case _:
            assert_never(event)


def booked(case: Case, amount: int) -> Case:
    """The ERP has booked so much of the discount."""
    if not case.discount or not amount:
        return case
    return replace(case, discount=replace(case.discount, booked=case.discount.booked + amount))


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
