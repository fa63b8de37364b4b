"""The events of what people agree with a customer about one bill or the customer contests, and of the consent asked for it."""

from datetime import date
from typing import ClassVar, TypeAlias

import msgspec

from service.domain.events.shape import Shape


class Asked(Shape, frozen=True, kw_only=True):
    """Somebody asked for consent to something about this bill; it waits for the answer."""

    type: ClassVar[str] = "case.asked"
    kind: str
    approval: str


class PlanPart(msgspec.Struct, frozen=True, kw_only=True):
    """One instalment."""

    due_on: date
    amount: int


class PlanAgreed(Shape, frozen=True, kw_only=True):
    """The customer pays in parts (D3). `already` is what had been paid on the bill before; several bills of one agreement
    share `plan`, and `bills` counts them. `until` is the last day on which the last part is in time.
    """

    type: ClassVar[str] = "plan.agreed"
    plan: str
    amount: int
    parts: list[PlanPart]
    on: date
    until: date
    already: int = 0
    bills: int = 1
    approval: str | None = None
    contact: str | None = None


class PlanPartKept(Shape, frozen=True, kw_only=True):
    """A part is settled; `part` counts from one."""

    type: ClassVar[str] = "plan.part_kept"
    plan: str
    part: int
    due_on: date
    amount: int
    on: date


class PlanKept(Shape, frozen=True, kw_only=True):
    """The last part is settled: the plan is over."""

    type: ClassVar[str] = "plan.kept"
    plan: str
    received: int
    on: date


class PlanBroken(Shape, frozen=True, kw_only=True):
    """A part was missed, which ends the plan: dunning goes on where it stood. `received` came in time since the plan.
    When it was the part of another bill of the same plan, `bill` names that.
    """

    type: ClassVar[str] = "plan.broken"
    plan: str
    part: int
    due_on: date
    amount: int
    received: int
    on: date
    bill: str | None = None


class PlanRestored(Shape, frozen=True, kw_only=True):
    """Money in time was recorded late, or taken back before its part was due: the plan stands, with so many parts kept."""

    type: ClassVar[str] = "plan.restored"
    plan: str
    kept: int
    on: date


class PlanCancelled(Shape, frozen=True, kw_only=True):
    """The plan lost its object."""

    type: ClassVar[str] = "plan.cancelled"
    plan: str
    why: str


class DisputeOpened(Shape, frozen=True, kw_only=True):
    """The customer contests part of the bill, or all of it (D5): that part stands still. `dispute` counts on the bill from
    one; `owner` is a user or an audience, and our people are told when it still stands open on `until`.
    """

    type: ClassVar[str] = "dispute.opened"
    dispute: int
    amount: int
    reason: str
    root_cause: str
    owner: str
    role: str
    on: date
    until: date


class DisputeResolved(Shape, frozen=True, kw_only=True):
    """Decided for us (`ours`: the part is owed), for the customer (`customers`: a credit of `amount` is expected and looked
    for on `until`), or `lapsed`, as the bill closed.
    """

    type: ClassVar[str] = "dispute.resolved"
    dispute: int
    outcome: str
    amount: int
    on: date
    root_cause: str | None = None
    until: date | None = None


class DisputeOverdue(Shape, frozen=True, kw_only=True):
    """It still stands open, or the expected credit has not come: our people are told."""

    type: ClassVar[str] = "dispute.overdue"
    dispute: int
    on: date


class DiscountOffered(Shape, frozen=True, kw_only=True):
    """So much less when the rest is paid by `ends_on` (D6); `until` is the last day on which that is in time, `already` what
    had been paid before.
    """

    type: ClassVar[str] = "discount.offered"
    discount: str
    amount: int
    on: date
    ends_on: date
    until: date
    already: int = 0
    approval: str | None = None


class DiscountTaken(Shape, frozen=True, kw_only=True):
    """The rest was paid in time: what is left of the bill, `amount`, is credited."""

    type: ClassVar[str] = "discount.taken"
    discount: str
    amount: int
    on: date


class DiscountWithdrawn(Shape, frozen=True, kw_only=True):
    """The payment that had earned it was taken back: `amount` is owed again."""

    type: ClassVar[str] = "discount.withdrawn"
    discount: str
    amount: int
    on: date


class DiscountLapsed(Shape, frozen=True, kw_only=True):
    """It was not earned in time, or the bill closed without it."""

    type: ClassVar[str] = "discount.lapsed"
    discount: str
    on: date
    why: str


PlanEvent: TypeAlias = PlanAgreed | PlanPartKept | PlanKept | PlanBroken | PlanRestored | PlanCancelled
DisputeEvent: TypeAlias = DisputeOpened | DisputeResolved | DisputeOverdue
DiscountEvent: TypeAlias = DiscountOffered | DiscountTaken | DiscountWithdrawn | DiscountLapsed
AgreedEvent: TypeAlias = Asked | PlanEvent | DisputeEvent | DiscountEvent
