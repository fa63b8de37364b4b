"""What was agreed about a case, folded from its log: the state remembers only the last of it."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from service.domain.case import Case
from service.domain.commitments import Plan
from service.domain.events import Event
from service.domain.events import agreed as a
from service.domain.evolve import evolve_case
from service.store import codec
from service.store.database import Tx

_OF_PLANS = [
    event.type for event in (a.PlanAgreed, a.PlanPartKept, a.PlanKept, a.PlanBroken, a.PlanRestored, a.PlanCancelled)
]


class AgreedPlan(Struct, frozen=True, kw_only=True):
    """One plan and what became of it; `version` is that of the event that says it was agreed."""

    version: int
    plan: Plan
    approval: str | None


class Disputed(Struct, frozen=True, kw_only=True):
    """One dispute and what became of it; `version` is that of the event that opened it."""

    version: int
    opened: a.DisputeOpened
    resolved: a.DisputeResolved | None = None


def disputes_of(tx: Tx, case: str) -> list[Disputed]:
    """All of them, oldest first."""
    found: dict[int, Disputed] = {}
    for version, event in _events(tx, case, [a.DisputeOpened.type, a.DisputeResolved.type]):
        match event:
            case a.DisputeOpened():
                found[event.dispute] = Disputed(version=version, opened=event)
            case a.DisputeResolved():
                found[event.dispute] = replace(found[event.dispute], resolved=event)
    return list(found.values())


class Offered(Struct, frozen=True, kw_only=True):
    """One discount and what became of it; `version` is that of the event that offered it."""

    version: int
    event: a.DiscountOffered
    state: str = "open"
    taken: int = 0


_OF_DISCOUNTS = [cls.type for cls in (a.DiscountOffered, a.DiscountTaken, a.DiscountWithdrawn, a.DiscountLapsed)]


def discounts_of(tx: Tx, case: str) -> list[Offered]:
    """All of them, oldest first."""
    found: dict[str, Offered] = {}
    for version, event in _events(tx, case, _OF_DISCOUNTS):
        match event:
            case a.DiscountOffered():
                found[event.discount] = Offered(version=version, event=event)
            case a.DiscountTaken():
                found[event.discount] = replace(found[event.discount], state="taken", taken=event.amount)
            case a.DiscountWithdrawn():
                found[event.discount] = replace(found[event.discount], state="open", taken=0)
            case a.DiscountLapsed():
                found[event.discount] = replace(found[event.discount], state="lapsed")
    return list(found.values())


def plans_of(tx: Tx, case: str) -> list[AgreedPlan]:
    """All of them, oldest first."""
    found: list[AgreedPlan] = []
    state = Case(id=case)
    for version, event in _events(tx, case, _OF_PLANS):
        state = evolve_case(state, event)  # type: ignore[arg-type]
        assert state.plan is not None
        if isinstance(event, a.PlanAgreed):
            found.append(AgreedPlan(version=version, plan=state.plan, approval=event.approval))
        else:
            found[-1] = replace(found[-1], plan=state.plan)
    return found


def _events(tx: Tx, case: str, types: Sequence[str]) -> Iterator[tuple[int, Event]]:
    rows = tx.rows(
        """SELECT version, type, schema, data::text FROM events
            WHERE tenant = %(tenant)s AND stream = %(stream)s AND type = ANY(%(types)s::text[]) ORDER BY version""",
        {"stream": f"case/{case}", "types": list(types)},
    )
    return ((version, codec.event(type, schema, data)) for version, type, schema, data in rows)
