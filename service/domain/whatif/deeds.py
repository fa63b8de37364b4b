"""What the log says of one customer, put together again as the deeds that led to it: one command of somebody's, or the
clock's work at one moment."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from service.domain.events import Event
from service.domain.events.approval import ApprovalGranted, ApprovalPassed, ApprovalRejected, ApprovalRequested
from service.domain.events.case import Escalated, Reminded, StepFired, StepSkipped
from service.domain.scene import CLOCK, Asker


class Record(Struct, frozen=True):
    """An event as it stands in the log; `at` is the tenant's time of its decision, `deed` names the transaction and who
    asked in it."""

    at: datetime
    position: int
    deed: str
    asker: Asker
    stream: str
    id: str
    event: Event

    @property
    def is_step(self) -> bool:
        """Whether it says what became of a step."""
        return isinstance(self.event, Reminded | Escalated | StepFired | StepSkipped)


class Deed(Struct, frozen=True):
    """Records of one cause, in the log's order."""

    at: datetime
    position: int
    asker: Asker
    records: tuple[Record, ...]

    @property
    def is_clocks(self) -> bool:
        """Whether nobody asked for it but the clock."""
        return self.asker.role == CLOCK


Answers = dict[str, list[list[tuple[timedelta, Deed]]]]
"""How requests of playbooks were answered: of a kind in the order in which they were asked, each answer with how long it
took."""


def deeds(records: Iterable[Record]) -> list[Deed]:
    """In the order in which they happened."""
    found = []
    for _, those in groupby(sorted(records, key=lambda one: one.position), key=lambda one: one.deed):
        its = tuple(those)
        found.append(Deed(max(one.at for one in its), its[0].position, its[0].asker, its))
    return found


def with_answers(found: Iterable[Deed]) -> tuple[list[Deed], Answers]:
    """The answers to what playbooks asked, apart from everything else: they belong to their requests, whenever those come."""
    left: list[Deed] = []
    asked: dict[str, tuple[datetime, list[tuple[timedelta, Deed]]]] = {}
    answers: Answers = {}
    for deed in found:
        for record in deed.records:
            event = record.event
            if isinstance(event, ApprovalRequested) and event.asked_by == CLOCK:
                asked[event.approval] = deed.at, []
                answers.setdefault(event.kind, []).append(asked[event.approval][1])
        answer = next((one for one in deed.records if answered(one.event) in asked), None)
        if answer is None:
            left.append(deed)
            continue
        at, given = asked[str(answered(answer.event))]
        given.append((deed.at - at, replace(deed, records=(answer,))))
    return left, answers


def answered(event: Event) -> str | None:
    """The request that the event is somebody's answer to."""
    return event.approval if isinstance(event, ApprovalGranted | ApprovalPassed | ApprovalRejected) else None


def steps(found: Iterable[Deed], until: datetime) -> Iterator[Record]:
    """What the log says of steps up to then."""
    for deed in found:
        if deed.at <= until:
            yield from (record for record in deed.records if record.is_step)
