"""What was backfilled becomes one notice a role and day, whatever the number of customers (F2)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, takewhile

from msgspec import Struct

from service.domain.events.customer import NoticeRaised
from service.domain.workdays import Workdays

DIGEST = "backfilled"
"""The code of the notice."""

QUIET = timedelta(minutes=1)
"""An import comes in pieces; so long after the last one it is over."""

PATIENCE = timedelta(hours=1)
"""What never comes to an end is told all the same."""

CUSTOMERS_NAMED, BILLS_NAMED = 1000, 500
ROOM = 16_000
"""Letters for names, so that the notice stays under what a webhook may carry."""

_DAY = timedelta(1)


class Waiting(Struct, frozen=True):
    """A role's bills that no digest has told yet: when the first came, and the last."""

    role: str
    first: datetime
    last: datetime


class Gathered(Struct, frozen=True):
    """What a digest tells: so many bills of so many customers, and the names of the first."""

    customers: Sequence[str]
    cases: Sequence[str]
    customer_count: int
    bills: int


def opens_at(waiting: Waiting, told_on: date | None, workdays: Workdays) -> datetime:
    """From when the role may be told: in a window, and after a day that had its digest on the next open one."""
    if told_on is not None and workdays.today(waiting.first) <= told_on:
        return workdays.moment(told_on + _DAY)
    return workdays.next_moment(waiting.first)


def is_due(waiting: Waiting, told_on: date | None, now: datetime, workdays: Workdays, stands: bool) -> bool:
    """Whether to tell the role now that nobody's alarm is left to be looked at. A clock that `stands` until everything of
    an instant is decided has all of it; one that runs gives those who still post a minute."""
    opened = opens_at(waiting, told_on, workdays)
    if now < opened or not workdays.in_window(now):
        return False
    return stands or now - waiting.last >= QUIET or now - opened >= PATIENCE


def notice(role: str, gathered: Gathered, today: date) -> NoticeRaised:
    """The digest."""
    return NoticeRaised(
        rule="F2",
        audience=[role],
        text=DIGEST,
        customers=fitting(gathered.customers, ROOM // 2),
        cases=fitting(gathered.cases, ROOM // 2),
        customer_count=gathered.customer_count,
        bills=gathered.bills,
        on=today,
    )


def fitting(names: Sequence[str], room: int = ROOM) -> list[str]:
    """As many of the names as there is room for."""
    lengths = accumulate(len(name) + len('"",') for name in names)
    return list(names[: sum(1 for _ in takewhile(lambda length: length <= room, lengths))])
