"""What a decision may know beside the account: the time, the tenant's settings, days, playbooks and people, and
who asks."""

from collections.abc import Callable
from datetime import date, datetime

from msgspec import Struct

from service.domain.case import Case
from service.domain.directory import Directory
from service.domain.limitation import Law
from service.domain.playbook import Playbook
from service.domain.settings import Settings
from service.domain.workdays import Workdays


class Asker(Struct, frozen=True, kw_only=True):
    """Who is behind a command; four eyes compare users, not keys."""

    actor: str
    role: str
    key: str | None = None
    source: str = ""
    request: str | None = None
    traceparent: str | None = None


CLOCK = "clock"
CLOCKWORK = Asker(actor=CLOCK, role=CLOCK, source=CLOCK)
"""Who asks when nobody does."""


class Scene(Struct, frozen=True, kw_only=True):
    """`now` is the tenant's clock and `today` its local day; both are data, never read here."""

    now: datetime
    today: date
    settings: Settings
    workdays: Workdays
    law: Law
    playbook: Callable[[str, int], Playbook]
    newest: Callable[[str], Playbook]
    channels: frozenset[str] = frozenset({"email", "letter"})
    people: Directory = Directory()

    def plan_of(self, case: Case) -> Playbook:
        """The playbook version that the case keeps."""
        return self.playbook(case.playbook, case.playbook_version)

    def in_window(self) -> bool:
        """Whether steps may fire now (T2)."""
        return self.workdays.in_window(self.now)

    def in_time(self, day: date) -> date:
        """The last day on which money that is due on the day comes in time (T6)."""
        return self.workdays.deadline(day) if self.settings.in_time_on_next_open_day else day
