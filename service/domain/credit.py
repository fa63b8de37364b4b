"""What finance has decided of a customer's credit (E3): stopped, or granted on terms."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from service.domain.offsets import Offset

STOP, SHORTER_TERMS, PREPAID_SHARE, CASH_ONLY, SETTLE_BEFORE_NEXT = (
    "stop",
    "shorter_terms",
    "prepaid_share",
    "cash_only",
    "settle_before_next",
)
MEASURES = (STOP, SHORTER_TERMS, PREPAID_SHARE, CASH_ONLY, SETTLE_BEFORE_NEXT)

DAYS_OVERDUE = 60
"""A bill overdue for more days than this proposes a stop."""

ASKED_AGAIN = Offset(days=14)
"""So long after a refusal the same is proposed again, as for B8."""


class Measure(Struct, frozen=True, omit_defaults=True):
    """One that stands: since when, by whose consent, and the terms or the share in percent that it is about."""

    on: date
    approval: str | None = None
    terms: str | None = None
    percent: int | None = None


def on_credit(measures: Mapping[str, Measure], owes: bool) -> bool:
    """Whether goods may be delivered before they are paid."""
    if STOP in measures or CASH_ONLY in measures:
        return False
    return not (owes and SETTLE_BEFORE_NEXT in measures)
