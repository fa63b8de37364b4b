"""What a customer's bills of the last year say of how they pay (E2), and the segment that speaks for."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from service.domain.case import RANK

UNASKED, REMINDED, PRESSED, UNPAYING = "unasked", "reminded", "under_pressure", "not"
PAYERS = (UNASKED, REMINDED, PRESSED, UNPAYING)
"""From the best to the worst: pays by itself, when reminded, once somebody's superior has it, or not at all."""

LONG_OVERDUE = 90
"""Days after which an open bill counts as not paid."""

NOTICEABLE = 5.0
"""A trend is one when the average of days late has moved by as much."""

_FEWEST = 3
"""Bills below which nobody is suggested as preferred."""


class Bill(Struct, frozen=True, kw_only=True):
    """A bill that has come due; `promises` are the states of those that were judged."""

    due_on: date
    settled_on: date | None
    level: str
    written_off: bool = False
    promises: tuple[str, ...] = ()
    disputes: int = 0


class Figures(Struct, frozen=True, kw_only=True):
    """None where there is nothing to take a figure of. Shares are in percent; days late are averaged over settled bills."""

    bills: int
    bills_settled: int
    average_days_late: float | None
    share_late: int | None
    promises: int
    promises_kept: int
    disputes: int
    trend: str | None
    payer_type: str | None


def figures(bills: Sequence[Bill], today: date, in_time: Callable[[date], date]) -> Figures:
    """Of bills in any order. `in_time` moves a due day to the last day on which money is in time (T6)."""
    bills = sorted(bills, key=lambda bill: bill.due_on)
    late = [max(0, ((bill.settled_on or today) - in_time(bill.due_on)).days) for bill in bills]
    settled = [days for bill, days in zip(bills, late, strict=True) if bill.settled_on and not bill.written_off]
    promises = [state for bill in bills for state in bill.promises]
    payers = Counter(_payer(bill, days) for bill, days in zip(bills, late, strict=True) if bill.settled_on or days > 0)
    worst_of_most = max(PAYERS, key=lambda one: (payers[one], PAYERS.index(one))) if payers else None
    return Figures(
        bills=len(bills),
        bills_settled=len(settled),
        average_days_late=_average(settled),
        share_late=round(100 * sum(days > 0 for days in late) / len(late)) if late else None,
        promises=len(promises),
        promises_kept=promises.count("kept"),
        disputes=sum(bill.disputes for bill in bills),
        trend=_trend(settled),
        payer_type=worst_of_most,
    )


def _payer(bill: Bill, days_late: int) -> str:
    if bill.written_off or (bill.settled_on is None and days_late > LONG_OVERDUE):
        return UNPAYING
    if days_late == 0:
        return UNASKED
    return PRESSED if RANK[bill.level] >= RANK["supervisor"] else REMINDED


def _average(days: Sequence[int]) -> float | None:
    return round(sum(days) / len(days), 1) if days else None


def _trend(days: Sequence[int]) -> str | None:
    """The newer half of the settled bills against the older one."""
    half = len(days) // 2
    older, newer = _average(days[:half]), _average(days[half:])
    if older is None or newer is None:
        return None
    if abs(newer - older) < NOTICEABLE:
        return "steady"
    return "better" if newer < older else "worse"


def suggested(found: Figures, is_over_limit: bool, in_danger: bool) -> str:
    """The segment for which the figures speak; `in_danger` when a signal has come since the last review."""
    average, share = found.average_days_late or 0.0, found.share_late or 0
    breaks_word = found.promises >= 2 and 2 * found.promises_kept < found.promises
    if in_danger or breaks_word or found.payer_type == UNPAYING or average > 30 or (share >= 50 and is_over_limit):
        return "risk"
    pays_well = found.bills >= _FEWEST and share <= 10 and average <= 3.0 and found.payer_type == UNASKED
    return "preferred" if pays_well and not is_over_limit and found.trend != "worse" else "standard"
