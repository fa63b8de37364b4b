"""The events of one case beside the facts of its bill: what the playbook did, what people agreed.

Tasks about one bill stand in its own stream; tasks about several bills in their customer's.
"""

from datetime import date, datetime
from typing import ClassVar, TypeAlias

from service.domain.events.agreed import AgreedEvent
from service.domain.events.bill import BillFact
from service.domain.events.claim import ClaimEvent
from service.domain.events.shape import Occurrence, Shape
from service.domain.events.task import TaskEvent


class CaseOpened(Shape, frozen=True, kw_only=True):
    """A bill became a case: what it takes along of its customer and its playbook, once and for all."""

    type: ClassVar[str] = "case.opened"
    customer: str
    playbook: str
    playbook_version: int
    owner: str
    stage: str
    recorded_on: date
    since: date
    monthly: bool = False
    pod: bool = False
    grace_days: int = 0


class CaseMoved(Shape, frozen=True, kw_only=True):
    """The case follows another playbook or version from now on: `done` is, by step, the clock's start and the day up to
    which nothing of it comes any more."""

    type: ClassVar[str] = "case.moved"
    playbook: str
    playbook_version: int
    previous: str
    previous_version: int
    grace_days: int = 0
    done: dict[str, list[date]] = {}


class CaseTakenUp(Shape, frozen=True, kw_only=True):
    """The tenant went live: from now on the case's steps fire (F2)."""

    type: ClassVar[str] = "case.taken_up"


class StageChanged(Shape, frozen=True, kw_only=True):
    """The case went on to another stage; `level` is given when it changes with it (A11)."""

    type: ClassVar[str] = "case.stage_changed"
    stage: str
    previous: str
    why: str
    level: str | None = None


class Reminded(Occurrence, frozen=True, kw_only=True):
    """A message or a task for this bill was decided and queued; how it fared is told by `message.*` and `task.*`."""

    type: ClassVar[str] = "case.reminded"
    channel: str
    template: str | None = None
    contact: str | None = None
    message: str | None = None
    task: str | None = None
    service: bool = False
    copy: str | None = None
    slot: datetime | None = None
    bills: int = 1


class Escalated(Occurrence, frozen=True, kw_only=True):
    """The case rose to a level; a level never falls or skips without an event that says why (I18)."""

    type: ClassVar[str] = "case.escalated"
    level: str
    previous: str
    reached_on: date
    approval: str | None = None
    backfill: bool = False


class StepFired(Occurrence, frozen=True, kw_only=True):
    """A step did what leaves no other trace on the case: a notice, a request, a task for our own people.

    `task` is the customer's that the bill joined.
    """

    type: ClassVar[str] = "step.fired"
    did: list[str]
    kind: str | None = None
    approval: str | None = None
    task: str | None = None


class StepSkipped(Occurrence, frozen=True, kw_only=True):
    """A step did not do what it would have done; `count` occurrences up to `on`. The roles that it would have told on an
    earlier day have it in their next `digest` (F2)."""

    type: ClassVar[str] = "step.skipped"
    why: str
    count: int = 1
    digest: list[str] = []


class Lettered(Shape, frozen=True, kw_only=True):
    """A letter that names this bill was issued: what counts from it may begin. Of one that compares books, `amount` is what
    it says is open on the bill."""

    type: ClassVar[str] = "case.lettered"
    letter: str
    kind: str
    on: date
    amount: int | None = None


class Flagged(Shape, frozen=True, kw_only=True):
    """A person marked the case (`wilful_default` ...), or took the mark off."""

    type: ClassVar[str] = "case.flagged"
    flag: str
    on: date
    removed: bool = False


class Decided(Shape, frozen=True, kw_only=True):
    """A request that this bill stood behind has ended: granted, rejected, or without an answer (cancelled, expired)."""

    type: ClassVar[str] = "case.decided"
    kind: str
    outcome: str
    on: date
    approval: str | None = None


class PromiseMade(Shape, frozen=True, kw_only=True):
    """The customer promised money by a day (D1). `until` is the last day on which it comes in time; `already` is what
    had come in on the day of the promise before it was given, and keeps none of it. `contact` gave it, where that is known.
    """

    type: ClassVar[str] = "promise.made"
    promise: str
    amount: int
    due_on: date
    until: date
    made_on: date
    pauses: bool
    already: int = 0
    contact: str | None = None


class PromiseKept(Shape, frozen=True, kw_only=True):
    """The promised money came in time."""

    type: ClassVar[str] = "promise.kept"
    promise: str
    received: int
    on: date


class PromiseBroken(Shape, frozen=True, kw_only=True):
    """It did not; `received` above nothing makes it partially kept."""

    type: ClassVar[str] = "promise.broken"
    promise: str
    amount: int
    received: int
    on: date
    state: str = "broken"


class PromiseCancelled(Shape, frozen=True, kw_only=True):
    """The promise lost its object: the bill closed otherwise, or a plan replaced it."""

    type: ClassVar[str] = "promise.cancelled"
    promise: str


class Paused(Shape, frozen=True, kw_only=True):
    """No contact until the end of the day `until` (F1)."""

    type: ClassVar[str] = "case.paused"
    reason: str
    until: date | None
    since: date
    promise: str | None = None


class Resumed(Shape, frozen=True, kw_only=True):
    """Contact may go on; not before `not_before` when a person said so (F1)."""

    type: ClassVar[str] = "case.resumed"
    why: str
    on: date
    not_before: date | None = None


class CaseClosed(Shape, frozen=True, kw_only=True):
    """Nothing is left to collect; `asked` are the requests that lose their object with it."""

    type: ClassVar[str] = "case.closed"
    closed_as: str
    on: date
    asked: list[str] = []


class CaseReopened(Shape, frozen=True, kw_only=True):
    """It is owed again, at the level it closed with (D7); what was missed meanwhile is backfilled (F2)."""

    type: ClassVar[str] = "case.reopened"
    why: str
    stage: str
    since: date


class Assigned(Shape, frozen=True, kw_only=True):
    """Another person owns the case."""

    type: ClassVar[str] = "case.assigned"
    owner: str
    previous: str


class Noted(Shape, frozen=True, kw_only=True):
    """Somebody wrote something down; the text is private."""

    type: ClassVar[str] = "note.added"


LadderEvent: TypeAlias = (
    CaseOpened
    | CaseMoved
    | CaseTakenUp
    | StageChanged
    | Reminded
    | Escalated
    | StepFired
    | StepSkipped
    | Lettered
    | Decided
    | CaseClosed
    | CaseReopened
)
PersonEvent: TypeAlias = (
    PromiseMade | PromiseKept | PromiseBroken | PromiseCancelled | Paused | Resumed | Assigned | Noted | Flagged
)

CaseEvent: TypeAlias = BillFact | LadderEvent | PersonEvent | AgreedEvent | ClaimEvent | TaskEvent
