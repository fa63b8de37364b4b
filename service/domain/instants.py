"""From a local day and time to the instant, whatever the clocks do that day, and spans of instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
"""UTC instants, the start inside and the end outside."""

_SECOND = timedelta(seconds=1)


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no such zone: {name!r}") from error


def instant_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant of the day at which the local clock shows that time or a later one: in a gap the moment the
    clocks jump, in a fold the first of the two."""
    local = datetime.combine(day, clock, zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    early, late = local.replace(fold=1).astimezone(UTC), found
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return late.replace(microsecond=0)


def without(span: Span, gap: Span) -> tuple[Span, ...]:
    """What is left of the span outside the gap."""
    (start, end), (leaves, returns) = span, gap
    parts = ((start, min(end, leaves)), (max(start, returns), end))
    return tuple((a, b) for a, b in parts if a < b)
