"""Where a story is told: the company's settings and days as they were at each moment, and who follows which playbook."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.directory import Directory
from service.domain.limitation import Law
from service.domain.playbook import Playbook
from service.domain.scene import Scene
from service.domain.settings import Settings
from service.domain.workdays import Workdays


class Era(Struct, frozen=True):
    """From that moment on the settings were these."""

    since: datetime
    settings: Settings
    workdays: Workdays
    law: Law


class Company(Struct, frozen=True):
    """`eras` in order of time, the first without a beginning; people and channels are those of today."""

    eras: Sequence[Era]
    playbook: Callable[[str, int], Playbook]
    channels: frozenset[str]
    people: Directory

    def era(self, at: datetime) -> Era:
        """The one that the moment lies in."""
        return self.eras[max(0, bisect_right(self.eras, at, key=lambda era: era.since) - 1)]

    def scene(self, at: datetime, playbook: Callable[[str, int], Playbook], newest: Callable[[str], Playbook]) -> Scene:
        """What is known at that moment."""
        era = self.era(at)
        return Scene(
            now=at,
            today=era.workdays.today(at),
            settings=era.settings,
            workdays=era.workdays,
            law=era.law,
            playbook=playbook,
            newest=newest,
            channels=self.channels,
            people=self.people,
        )


class Choice(Struct, frozen=True):
    """A playbook in the place of others, for bills that are open at the beginning or come later."""

    playbook: Playbook
    replaces: frozenset[str]

    def takes(self, name: str) -> bool:
        """Whether a bill of that playbook follows this one instead."""
        return name in self.replaces
