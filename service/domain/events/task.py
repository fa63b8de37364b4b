"""The events of a task: a person must act, on one bill or on a customer's."""

from datetime import date, datetime
from typing import ClassVar, TypeAlias

from service.domain.events.shape import Shape


class TaskCreated(Shape, frozen=True, kw_only=True):
    """A person must act. `bills` counts all and `raised` those at a supervisor's level; `cases` names the first 500.

    `requires` are the fields that the contact record must fill in, `points` the contact points to be tried, in order.
    """

    type: ClassVar[str] = "task.created"
    task: str
    kind: str
    role: str
    owner: str
    cases: list[str]
    bills: int
    raised: int = 0
    rule: str
    why: str
    on: date
    contact: str | None = None
    due_on: date | None = None
    best_from: datetime | None = None
    best_until: datetime | None = None
    requires: list[str] = []
    points: list[str] = []


class TaskChanged(Shape, frozen=True, kw_only=True):
    """Bills joined (`cases`) or left (`removed`), or the task belongs to somebody else now, or is put off (`due_on`)."""

    type: ClassVar[str] = "task.changed"
    task: str
    kind: str
    cases: list[str] = []
    removed: list[str] = []
    bills: int
    raised: int = 0
    on: date
    role: str
    owner: str
    due_on: date | None = None
    best_from: datetime | None = None
    best_until: datetime | None = None
    requires: list[str] = []


class TaskCompleted(Shape, frozen=True, kw_only=True):
    """Done, with the contact record logged beside it."""

    type: ClassVar[str] = "task.completed"
    task: str
    kind: str
    cases: list[str]
    on: date


class TaskCancelled(Shape, frozen=True, kw_only=True):
    """No longer needed."""

    type: ClassVar[str] = "task.cancelled"
    task: str
    kind: str
    cases: list[str]
    why: str


TaskEvent: TypeAlias = TaskCreated | TaskChanged | TaskCompleted | TaskCancelled
