"""The day on which a customer pays its bills together (E7): a day of the week, or of the month."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from service.domain.workdays import Workdays

MAIL_OPEN_DAYS_BEFORE = 2
_AROUND = 21


class PaymentRun(Struct, frozen=True, omit_defaults=True):
    """One of the two; the 31st is the last day of a shorter month, 7 is a Sunday."""

    weekday: int | None = None
    day_of_month: int | None = None

    def is_whole(self) -> bool:
        """Whether it names one day that there is."""
        if self.weekday is not None:
            return self.day_of_month is None and 1 <= self.weekday <= 7
        return self.day_of_month is not None and 1 <= self.day_of_month <= 31

    def falls_on(self, day: date) -> bool:
        """Whether it is on that day."""
        if self.weekday is not None:
            return day.isoweekday() == self.weekday
        return day.day == min(self.day_of_month or 31, monthrange(day.year, day.month)[1])

    def in_week_of(self, day: date) -> date | None:
        """Its day in that week, Monday to Sunday, if it has one."""
        monday = day - timedelta(day.weekday())
        return next((one for n in range(7) if self.falls_on(one := monday + timedelta(n))), None)

    @property
    def key(self) -> str:
        """The same for equal ones, to be looked for."""
        return f"week {self.weekday}" if self.weekday is not None else f"month {self.day_of_month}"


EVERY = tuple(PaymentRun(weekday=n) for n in range(1, 8)) + tuple(PaymentRun(day_of_month=n) for n in range(1, 32))


class Contacts(Struct, frozen=True):
    """The run's own day, and the open days on which the customer is written to and called before it."""

    run: date
    mail_on: date
    call_on: date


def contacts(run: PaymentRun, today: date, workdays: Workdays) -> Iterator[Contacts]:
    """Those of runs for which the customer has been written to by now and that are not over; a run on a closed day is
    looked after on the next open one, and what downtime swallowed is made up for till the call's day."""
    for n in range(-_AROUND, _AROUND):
        day = today + timedelta(n)
        if run.falls_on(day):
            call_on = workdays.next_open(day)
            mail_on = workdays.add_open(call_on, -MAIL_OPEN_DAYS_BEFORE)
            if mail_on <= today <= call_on:
                yield Contacts(day, mail_on, call_on)
