"""The work list: what people must do, by when; done, given to somebody, or put off."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from service.api.acts import Asking, Reply, act, asks
from service.api.answers import json, may_read_texts
from service.api.bodies import CommandRoute
from service.api.callsheets import sheet
from service.api.models.callsheets import CallSheet
from service.api.models.commands import AssignBody, SnoozeBody, TaskCompleteBody
from service.api.models.problems import responses
from service.api.models.talks import AppointmentBody
from service.api.models.work import OpenAmount, TaskAnswer, TaskList, TasksAsked
from service.api.pages import Listing, page
from service.api.problems import Problem
from service.api.queries import known_id
from service.api.roles import FINANCE, LEGAL, Right
from service.api.task_answers import answers
from service.api.wishes import Counting
from service.domain.commands import ArrangeVisit, AssignTask, Command, CompleteTask, SnoozeTask
from service.domain.money import format
from service.domain.refusals import NotFound
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import balances, listings, worklist

router = APIRouter(prefix="/v1/tasks", tags=["tasks"], route_class=CommandRoute)

TaskId = Annotated[str, Path(description="The task's id.", examples=["call~C-1.14"])]
Reading = Annotated[Asking, Depends(asks(Right.READ))]
Working = Annotated[Asking, Depends(asks(Right.TASK))]
_OWN_ONLY = frozenset({FINANCE, LEGAL})
NOBODY = ""
"""Owns nothing."""

_PROBLEMS = responses(404, 409, 422)


@router.get("", response_model=TaskList, responses=responses(422), summary="The work list")
def get_tasks(asking: Reading, asked: Annotated[TasksAsked, Query()], counting: Counting) -> Response:
    """The most valuable first: what is open, less the longer it has been due, more after a broken promise. Amounts of
    several currencies are ranked as they are written. Ask for `state=open` to see what is to be done."""
    listing = Listing(asking.house.cursors, asking.tenant, "tasks", asked)
    by, down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    after = listing.after()
    behind = (_READ[by](after[0]) if after[0] is not None else None, str(after[1])) if after else None
    with asking.house.desk.open(asking.tenant) as session:
        wanted = worklist.Filters(
            state=asked.state,
            kind=asked.kind,
            role=asked.role,
            owners=_owners(session, asked),
            customer=asked.customer,
            due_before=asked.due_before,
        )
        rows = worklist.tasks(session.tx, wanted, by, down, behind, asked.limit)
        total = worklist.count_tasks(session.tx, wanted) if counting else None
        data = [row.model_dump(by_alias=True) for row in answers(session, rows, asking.language)]
    cursor = listing.next_cursor(rows, lambda row: (listings.position_of(row[by]), row["id"]))
    return json(page(listing, TaskAnswer, data, cursor, total), asking.language)


@router.get("/{task}", response_model=TaskAnswer, responses=responses(404), summary="One task")
def get_task(task: TaskId, asking: Reading) -> Response:
    """What is to be done, by whom, about which bills, and why. A call, a visit and what else is a conversation to come has its
    `sheet`: bills, people and how far one may go with each, the last conversation, what stands open, the day to name, and what
    will probably be said, with an answer. Viewers and the ERP do not see it.
    """
    with asking.house.desk.open(asking.tenant) as session:
        row = _row(session, task)
        readable = row["state"] == "open" and may_read_texts(asking.principal)
        shown = sheet(session, row, asking.principal.role, asking.language) if readable else None
        amounts = [OpenAmount(currency=c, amount=format(a, c)) for c, a in balances.open_on(session.tx, row["cases"])]
        more = {"sheet": shown and CallSheet.model_validate(shown), "amounts": amounts}
        (answer,) = answers(session, [row], asking.language)
        answer = answer.model_copy(update=more)
        return Reply(answer, language=asking.language).response()


@router.post("/{task}/complete", response_model=TaskAnswer, responses=_PROBLEMS, summary="It is done")
def complete(task: TaskId, body: TaskCompleteBody, asking: Working) -> Response:
    """With the contact record, which calls and visits need; it stands on every bill of the task (C4, C10)."""
    return _on_task(asking, task, lambda customer: CompleteTask(customer=customer, task=task, record=body.record()))


@router.post("/{task}/assign", response_model=TaskAnswer, responses=_PROBLEMS, summary="Give it to somebody")
def assign(task: TaskId, body: AssignBody, asking: Annotated[Asking, Depends(asks(Right.ASSIGN))]) -> Response:
    """Whose role it is stays; the bills keep their owners."""
    return _on_task(asking, task, lambda customer: AssignTask(customer=customer, task=task, owner=body.owner))


@router.post(
    "/{task}/appointment", response_model=TaskAnswer, responses=_PROBLEMS, summary="A visit has an appointment"
)
def arrange(task: TaskId, body: AppointmentBody, asking: Working) -> Response:
    """With a person who can decide (C13); without one no visit ends at which somebody was met. The visit is due on its day."""
    return _on_task(
        asking,
        task,
        lambda customer: ArrangeVisit(customer=customer, task=task, contact=body.contact, at=body.at),
    )


@router.post("/{task}/snooze", response_model=TaskAnswer, responses=_PROBLEMS, summary="Put it off to a day")
def snooze(task: TaskId, body: SnoozeBody, asking: Working) -> Response:
    """Nobody is told that it stands open before that day; a collector may put it off as long as they may pause."""
    return _on_task(
        asking,
        task,
        lambda customer: SnoozeTask(customer=customer, task=task, until=body.until, reason=body.reason),
    )


_READ: dict[str, Callable[[object], Decimal | date]] = {
    "value": lambda kept: Decimal(str(kept)),
    "due_on": lambda kept: date.fromisoformat(str(kept)),
}
"""Sort values as a cursor kept them."""


def _owners(session: Session, asked: TasksAsked) -> tuple[str, ...]:
    """Whose tasks are wanted; both filters must hold."""
    people, worker = session.scene.people, asked.worker
    if worker is None:
        return (asked.owner,) if asked.owner else ()
    working = [worker, *(user.id for user in people.covered_by(worker, session.scene.today))]
    if people.works_for(worker, session.scene.today) != worker:
        working.remove(worker)
    theirs = {*working, *(role for user in working if (role := people.role_of(user)))}
    return tuple(sorted(theirs & {asked.owner} if asked.owner else theirs)) or (NOBODY,)


def _on_task(asking: Asking, task: str, command: Callable[[str], Command]) -> Response:
    def plan(session: Session) -> Command:
        row = _row(session, task)
        if asking.principal.role in _OWN_ONLY and row["role"] != asking.principal.role:
            raise Problem(403, "role_may_not", {"role": asking.principal.role, "right": Right.TASK.value})
        return command(row["customer"])

    def reply(session: Session, _: Done) -> Reply:
        return _reply(asking, session, task)

    return act(asking, plan, reply)


def _reply(asking: Asking, session: Session, task: str) -> Reply:
    (answer,) = answers(session, [_row(session, task)], asking.language)
    return Reply(answer, language=asking.language)


def _row(session: Session, id: str) -> dict[str, Any]:
    known_id(id, "unknown_task", made=True, task=id)
    row = worklist.get(session.tx, "tasks", id)
    if row is None:
        raise NotFound("unknown_task", None, task=id)
    return row
