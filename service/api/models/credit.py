"""A customer's credit and review as they are answered."""

from typing import Literal

from pydantic import Field

from service.api.models.customers import HoldAnswer, Sums
from service.api.models.fields import Answer, Currency, Day, Money, Segment


class CurrencyCredit(Answer):
    """Exposure in another currency, never converted."""

    currency: Currency
    exposure: Money


class MeasureAnswer(Answer):
    """A condition on which alone goods leave (E3)."""

    measure: Literal["stop", "shorter_terms", "prepaid_share", "cash_only", "settle_before_next"]
    since: Day
    terms: str | None = Field(None, description="Of `shorter_terms`.", examples=["P7D"])
    percent: int | None = Field(None, description="Of `prepaid_share`.", examples=[30])
    approval: str | None = None


class CreditAnswer(Answer):
    """Whether goods may leave."""

    may_ship: bool = Field(description="false only under a hold.")
    hold: HoldAnswer | None
    currency: Currency | None
    exposure: Money | None
    limit: Money | None
    available: Money | None
    on_credit: bool = Field(
        description="Whether goods may leave before they are paid: not after a stop, for cash only, or while something "
        "is open that is to be settled first."
    )
    measures: list[MeasureAnswer] = Field([], description="The conditions that stand.")
    others: list[CurrencyCredit] = []


class ReviewAnswer(Answer):
    """How a customer pays (E2), over the bills that came due within a year. null where there is nothing to judge."""

    bills: int
    bills_settled: int
    average_days_late: float | None = Field(description="Of settled bills.", examples=[4.5])
    share_late: int | None = Field(description="In percent of the bills.", examples=[20])
    promises: int = Field(description="Judged ones.", examples=[3])
    promises_kept: int
    disputes: int
    trend: Literal["better", "steady", "worse"] | None = Field(description="The newer half against the older one.")
    payer_type: Literal["unasked", "reminded", "under_pressure", "not"] | None
    exposure: Sums
    overdue: Sums
    danger_signals: dict[str, Day] = Field(description="Since the last review.", examples=[{"refused": "2026-03-20"}])
    segment: Segment
    segment_by_erp: Segment = Field(description="What the feed says; a person's decision stands against it.")
    segment_suggested: Segment = Field(description="What the figures speak for.")
    reviewed_on: Day | None
    review_on: Day | None = Field(description="When the next review is due.")
    task: str | None = Field(description="The open task to review the customer.", examples=["review~C-1.30"])
