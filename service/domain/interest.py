"""Late interest by contract (D8): worked out whenever it is shown, and never added to what is owed by itself.

    interest = sum over the periods of (what was owed in the period x annual rate x days of the period / days of the year)

Simple interest, rounded once, half up, to the currency's smallest unit. A period ends with the day on which money came; money
of that day still bears its interest. The day counts are those of the 2006 ISDA Definitions, section 4.16: (d) "Actual/365
(Fixed)", (e) "Actual/360", and (f) "30/360", by which a period from Y1-M1-D1 to Y2-M2-D2 has 360 x (Y2 - Y1) + 30 x (M2 - M1) +
(D2 - D1) days, a D1 of 31 being 30, and a D2 of 31 being 30 where D1 is over 29.

It runs from the due date, or from as many days later as the grace says; days of grace bear none. Where something could be meant
in two ways the customer owes the less: credits count from the beginning, what is in dispute bears nothing while it is, and of
bills paid in more parts than a case remembers the oldest count as paid in time.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from service.domain.case import Case

DayCount = Literal["act/365", "act/360", "30/360"]

_RATE_DIGITS = 4
_PER_CENT = 1_000_000
"""Ten-thousandths of a per cent in one whole."""


class InterestTerms(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """So many per cent a year, as decimal text; nothing in the first `grace_days` after the due date."""

    annual_rate: str
    day_count: DayCount
    grace_days: int = 0


class Accrued(Struct, frozen=True, kw_only=True):
    """What has accrued to the end of the day `until` from the day `since`, in minor units, by which terms."""

    amount: int
    since: date
    until: date
    terms: InterestTerms


def accrued(case: Case, terms: InterestTerms | None, today: date, in_time: date | None = None) -> Accrued | None:
    """None without terms, or while none runs. Money up to the day `in_time` came in time though that lies after the due date
    (T6)."""
    if terms is None or case.due_on is None or case.closed_as == "voided" or not _rate(terms):
        return None
    since = case.due_on + timedelta(terms.grace_days)
    end = min(today, case.closed_on) if case.closed_on and not case.lost else today
    if end <= since:
        return None
    owed = case.amount - case.credited - case.disputed
    on_time = max(in_time or case.due_on, since)
    periods = _periods(case, owed, since, end, on_time)
    total = sum(balance * days_between(first, last, terms.day_count) for balance, first, last in periods)
    per_year = _PER_CENT * (365 if terms.day_count == "act/365" else 360)
    amount = (2 * total * _rate(terms) + per_year) // (2 * per_year)
    return Accrued(amount=amount, since=since, until=end, terms=terms) if amount > 0 else None


def _periods(case: Case, owed: int, since: date, end: date, on_time: date) -> Iterator[tuple[int, date, date]]:
    """What was owed between two days, in order."""
    first = since
    for receipt in sorted(case.receipts, key=lambda one: one.on):
        last = since if not receipt.payment or receipt.on <= on_time else min(receipt.on, end)
        if last > first and owed > 0:
            yield owed, first, last
        first, owed = max(first, last), owed - receipt.amount
    if end > first and owed > 0:
        yield owed, first, end


def days_between(first: date, last: date, count: DayCount) -> int:
    """The days of a period, by that convention."""
    if count != "30/360":
        return (last - first).days
    d1 = min(first.day, 30)
    d2 = 30 if last.day == 31 and d1 == 30 else last.day
    return 360 * (last.year - first.year) + 30 * (last.month - first.month) + (d2 - d1)


def _rate(terms: InterestTerms) -> int:
    """In ten-thousandths of a per cent."""
    whole, _, part = terms.annual_rate.partition(".")
    return int(whole + part.ljust(_RATE_DIGITS, "0"))
