"""Whether we would know of a payment that came: a gate that a tenant may set before messages ask for money (C12)."""

from datetime import date

from service.domain.events.customer import NoticeRaised
from service.domain.workdays import Workdays

LATE = "payment_feed_late"
"""The code of the notice."""


def is_late(heard: date | None, today: date, open_days: int | None, workdays: Workdays) -> bool:
    """Whether nothing was heard of payments for more than so many open days; never while the tenant has set no limit.
    `heard` is the last day up to which payments are known."""
    return open_days is not None and (heard is None or heard < workdays.add_open(today, -open_days))


def is_told(told_on: date | None, heard: date | None) -> bool:
    """Whether the supervisor knows already: one notice for each time that the feed falls silent."""
    return told_on is not None and (heard is None or told_on > heard)


def notice(today: date) -> NoticeRaised:
    """Customer messages wait, and why."""
    return NoticeRaised(rule="C12", audience=["supervisor"], text=LATE, customers=[], on=today)
