"""A world whose deeds are written down as the log would have them, and told once more."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from service.domain.account import Private
from service.domain.playbook import Playbook
from service.domain.scene import Asker
from service.domain.whatif.deeds import Record, deeds, steps, with_answers
from service.domain.whatif.setting import Choice, Company, Era
from service.domain.whatif.standing import standing_of
from service.domain.whatif.story import Story, Told
from service.store import codec
from service.store.laws import law_of
from tests.examples import ERP
from tests.world import World

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


class WrittenDown(World):
    """Remembers what a log would."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.records: list[Record] = []
        super().__init__(*given, **more)

    def do_with(self, command: Any, details: Private, who: Asker = ERP) -> list[Any]:
        happened = super().do_with(command, details, who)
        deed = str(len(self.records))
        for one in happened:
            self.records.append(Record(self.now, len(self.records), deed, who, one.stream, one.id, one.event))
        return happened

    def told_again(self, since: datetime = BEGIN, choice: Choice | None = None) -> tuple[Story, list[Told]]:
        """From a moment on, up to now."""
        era = Era(BEGIN, self.settings, self.workdays, law_of(self.settings))
        company = Company([era], lambda name, version: self.playbook, self.scene.channels, self.people)
        found = deeds(self.records)
        left, answers = with_answers(deed for deed in found if deed.at >= since)
        here = standing_of("C-1", [deed for deed in found if deed.at < since])
        story = Story(company, here, since, choice)
        return story, list(story.tell(left, answers, self.now))

    def steps(self, since: datetime = BEGIN) -> Counter[Any]:
        """What became of steps, as it was."""
        return Counter(_key(one.at, one) for one in steps([d for d in deeds(self.records) if d.at >= since], self.now))


def steps_told(told: list[Told]) -> Counter[Any]:
    """What became of steps, as it was told again."""
    return Counter(_key(one.at, h) for one in told for h in one.happened if h.event.type in STEPS)


STEPS = frozenset({"case.reminded", "case.escalated", "step.fired", "step.skipped"})


def _key(at: datetime, one: Any) -> Any:
    return at.isoformat(), one.id, one.event.type, codec.encode(one.event)


def in_place_of(playbook: Playbook, *names: str) -> Choice:
    """That playbook for the bills of those."""
    return Choice(playbook, frozenset(names))
