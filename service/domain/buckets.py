"""By how many days what is open is past its due date: the ages that reports and statements tell."""

from datetime import date

BUCKETS = {
    "current": (None, 0),
    "days_1_30": (1, 30),
    "days_31_60": (31, 60),
    "days_61_90": (61, 90),
    "days_91_180": (91, 180),
    "over_180": (181, None),
}
"""By name, from and to how many days past due. What is due on the day itself, or has no due date yet, is current."""


def bucket(due_on: date | None, as_of: date) -> str:
    """The one of a bill with that due date."""
    days = (as_of - due_on).days if due_on else 0
    return next(name for name, (_, last) in BUCKETS.items() if last is None or days <= last)
