"""The events of what our people decide and say of a customer: credit, segment, restrictions (E2, E3, E5)."""

from datetime import date
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


class CreditRestricted(Shape, frozen=True, kw_only=True):
    """Goods leave on these conditions only from now on: sales, the front desk and tills and the ERP act on it (E3).

    `measure` is `stop`, `shorter_terms` (with `terms`), `prepaid_share` (with `percent`), `cash_only` or
    `settle_before_next`.
    """

    type: ClassVar[str] = "credit.restricted"
    customer: str
    measure: str
    cases: list[str]
    on: date
    approval: str | None = None
    terms: str | None = None
    percent: int | None = None


class CreditRestored(Shape, frozen=True, kw_only=True):
    """A condition of the customer's credit is lifted. Whoever agrees to that `refuses` what would bring it back: requests of
    that kind are not proposed for 14 days (E3)."""

    type: ClassVar[str] = "credit.restored"
    customer: str
    measure: str
    on: date
    approval: str | None = None
    refuses: str | None = None


class CustomerReviewed(Shape, frozen=True, kw_only=True):
    """A person has looked at the customer's figures and decided the segment, which stands against the ERP's word until the
    review of `next_on` (E2). Why is private."""

    type: ClassVar[str] = "customer.reviewed"
    segment: str
    previous: str
    suggested: str
    on: date
    next_on: date
    by: str


class CustomerRestricted(Shape, frozen=True, kw_only=True):
    """Somebody of ours says that the customer is not to be contacted (`do_not_contact`, `lawyer_represented`,
    `insolvent`), or no longer says so (E5). Why is private."""

    type: ClassVar[str] = "customer.restricted"
    restriction: str
    on: date
    lifted: bool = False


StandingEvent: TypeAlias = CreditRestricted | CreditRestored | CustomerReviewed | CustomerRestricted
