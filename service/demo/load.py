"""Loading the demo: the history day by day, the clock moving between, people acting on theirs. Started again it goes on."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.demo.client import Api
from service.demo.history import by_day
from service.demo.people import act, acts_on

OPENS = time(8)
OFFICE = time(10)

Progress = Callable[[int, int, str], None]
"""(done, total, what)"""


def load(api: Api, today: date, zone: ZoneInfo, progress: Progress) -> None:
    """Post every day up to today; days that the clock has passed are posted again, which changes nothing."""
    days = by_day(today)
    first = min(days)
    total = (today - first).days + 1
    here = datetime.fromisoformat(api.get("admin", "/v1/test-clock")["now"])
    for number in range(total):
        day = first + timedelta(number)
        opens, office = (datetime.combine(day, at, zone) for at in (OPENS, OFFICE))
        if day == today:
            api.post("admin", "/v1/test-clock", {"follow": True})
        elif day in days or acts_on(day, today):
            here = _move(api, here, opens)
        if day in days:
            api.events(days[day])
        if day < today and acts_on(day, today) and here <= office:
            here = _move(api, here, office)
            act(api, day, today)
        progress(number + 1, total, str(day))


def _move(api: Api, here: datetime, to: datetime) -> datetime:
    """Where the clock stands then; never back, for a start that goes on where another stopped."""
    if here < to:
        api.post("admin", "/v1/test-clock", {"now": to.isoformat()})
    return max(here, to)
