"""When a failed delivery goes again, and when an endpoint that only fails is switched off. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

SCHEDULE: tuple[timedelta, ...] = (
    timedelta(),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2

FAILING_FOR = timedelta(hours=120)
WINDOW = timedelta(hours=12)
FAILING_WINDOWS = 3


def next_attempt(
    attempts: int, *, jitter: float, retry_after: timedelta | None = None, schedule: tuple[timedelta, ...] = SCHEDULE
) -> timedelta | None:
    """How long after `attempts` failed ones the next follows; None when exhausted. `jitter` is in [-1, 1] and moves the
    moment by up to 20 %; a Retry-After counts between once and twice the schedule's delay."""
    if attempts < 0 or not -1.0 <= jitter <= 1.0:
        raise ValueError("attempts count from 0 and jitter lies in [-1, 1]")
    if attempts >= len(schedule):
        return None
    base = schedule[attempts]
    if retry_after is None:
        return base * (1 + JITTER * jitter)
    # Never earlier than asked, yet not all of an endpoint's deliveries at one instant.
    return min(max(retry_after * (1 + JITTER * abs(jitter)), base), 2 * base)


@dataclass(frozen=True, slots=True)
class Streak:
    """The failures since the last 2xx, in bounded size: when the first came and in how many 12 h windows they fell."""

    since: datetime
    windows: int = 1
    last_window: int = 0


def failed_at(streak: Streak | None, at: datetime) -> Streak:
    """The streak after one more failure (a success ends it: None). A failure reported late changes nothing."""
    if streak is None:
        return Streak(since=at)
    window = (at - streak.since) // WINDOW
    if window <= streak.last_window:
        return streak
    return replace(streak, windows=streak.windows + 1, last_window=window)


def should_disable(streak: Streak | None, now: datetime) -> bool:
    """120 h of failures without a 2xx, in at least three separate windows: an outage of one night is not that."""
    return streak is not None and now - streak.since >= FAILING_FOR and streak.windows >= FAILING_WINDOWS
