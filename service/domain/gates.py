"""What holds a customer's dunning messages back though their slot has come: a reply nobody has looked at, advice that was
asked for, a week's contacts that are used up, a payment feed that is silent (C12, C14)."""

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct

from service.domain.customer import Customer
from service.domain.workdays import Workdays


class Gate(Struct, frozen=True):
    """One that is closed: its code, when to look again, and the last day of the wait where that is known."""

    code: str
    opens: datetime
    until: date | None = None


def closed(
    customer: Customer,
    now: datetime,
    workdays: Workdays,
    feed_is_late: bool = False,
    message: str | None = None,
    spent: datetime | None = None,
) -> Iterator[Gate]:
    """Those before a dunning message that may leave `now`; `message` names one that stands in the queue already, `spent` is
    until when the week's contacts are used up."""
    withheld = customer.withheld
    if customer.waits_until and (opens := workdays.opening(customer.waits_until)) > now:
        yield Gate("schedule.waits_for_look", opens, customer.waits_until)
    if withheld and withheld.advised is None and withheld.message == message:
        ends = workdays.closing(withheld.until)
        if ends > now:
            yield Gate("schedule.waits_for_advice", ends, withheld.until)
    if spent and spent > now:
        yield Gate("schedule.budget", spent, workdays.today(spent))
    if feed_is_late:
        yield Gate("schedule.payment_feed", _next_window(workdays, now))


def _next_window(workdays: Workdays, now: datetime) -> datetime:
    """The next opening: what came meanwhile is known then."""
    ends = [end for start, end in workdays.spans(workdays.today(now)) if start <= now < end]
    return workdays.next_moment(ends[0] if ends else now)
