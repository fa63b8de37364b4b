"""How well a story told again keeps to what was: step by step, what the log has and it has not, and the other way round."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field

from service.domain.events.case import Escalated, Reminded, StepFired, StepSkipped
from service.domain.whatif.deeds import Record
from service.domain.whatif.story import Told
from service.domain.workdays import Workdays

NAMED = 20


class Difference(Struct, frozen=True, order=True):
    """Something of a step on one side alone: `missing` stands in the log, `extra` was told again."""

    day: date
    case: str
    step: str
    on: date
    type: str
    what: str
    side: str = ""


class Fidelity(Struct):
    """Of all that the log says of steps, how much came again; the first differences are named."""

    recorded: int = 0
    reproduced: int = 0
    extra: int = 0
    differences: list[Difference] = field(default_factory=list)

    def take(self, recorded: Iterable[Record], told: Iterable[Told], workdays: Workdays, until: datetime) -> None:
        """One customer, as far as there is a record."""
        was = Counter(_key(one.at, one.id, one.event, workdays) for one in recorded)
        again = Counter(
            _key(one.at, happened.id, happened.event, workdays)
            for one in told
            if one.at <= until
            for happened in one.happened
            if isinstance(happened.event, Reminded | Escalated | StepFired | StepSkipped)
        )
        missing, extra = was - again, again - was
        self.recorded += was.total()
        self.reproduced += was.total() - missing.total()
        self.extra += extra.total()
        for side, found in (("missing", missing), ("extra", extra)):
            for one in sorted(found)[: max(0, NAMED - len(self.differences))]:
                day, case, step, on, type, what, _ = one
                self.differences.append(Difference(day, case, step, on, type, what, side))

    def add(self, other: "Fidelity") -> None:
        """Of other customers."""
        self.recorded += other.recorded
        self.reproduced += other.reproduced
        self.extra += other.extra
        self.differences = [*self.differences, *other.differences][:NAMED]


def _key(at: datetime, id: str, event: Any, workdays: Workdays) -> tuple[Any, ...]:
    """By its day, not its moment: a running clock is always a little late."""
    return workdays.today(at), id, event.step, event.on, event.type, _what(event), (event.rule, event.anchor)


def _what(event: Any) -> str:
    match event:
        case Reminded():
            return f"{event.channel} {event.contact or ''}".strip()
        case Escalated():
            return str(event.level)
        case StepFired():
            return " ".join(event.did)
        case _:
            return f"{event.why} {event.count}"
