"""So many contacts with a customer a week, by whatever channel: a gate that a tenant may set (C12)."""

from datetime import datetime, timedelta

from service.domain.workdays import Workdays

_WEEK = timedelta(7)


def week_of(days: Workdays, now: datetime) -> datetime:
    """When the customer's week began: on Monday, in the zone of these days."""
    today = days.today(now)
    return days.midnight(today - timedelta(today.weekday()))


def waits_until(budget: int, made: int, days: Workdays, now: datetime) -> datetime | None:
    """When the next message may leave after so many contacts this week: at once, or when the next week opens."""
    if made < budget:
        return None
    return days.opening(days.next_open(days.today(week_of(days, now)) + _WEEK))
