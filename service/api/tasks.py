"""The work list: what people must do, by when; done, given to somebody, or put off."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from service.api.acts import Asking, Reply, act, asks
from service.api.answers import local, may_read_texts
from service.api.bodies import CommandRoute
from service.api.callsheets import sheet
from service.api.models.callsheets import CallSheet
from service.api.models.commands import AssignBody, SnoozeBody, TaskCompleteBody
from service.api.models.problems import responses
from service.api.models.work import OpenAmount, TaskAnswer, TaskList, TasksAsked
from service.api.pages import Listing
from service.api.problems import Problem
from service.api.queries import known_id
from service.api.roles import FINANCE, LEGAL, Right
from service.domain.commands import AssignTask, Command, CompleteTask, SnoozeTask
from service.domain.money import format
from service.domain.refusals import NotFound
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import balances, worklist
from service.words.sentences import say

router = APIRouter(prefix="/v1/tasks", tags=["tasks"], route_class=CommandRoute)

TaskId = Annotated[str, Path(description="The task's id.", examples=["call~C-1.14"])]
Reading = Annotated[Asking, Depends(asks(Right.READ))]
Working = Annotated[Asking, Depends(asks(Right.TASK))]
_OWN_ONLY = frozenset({FINANCE, LEGAL})
_NO_DAY = date(9999, 12, 31)
_PLAIN = ("id kind state role owner customer cases bills contact created_at due_on best_from best_until rule").split()
_PROBLEMS = responses(404, 409, 422)


@router.get("", response_model=TaskList, responses=responses(422), summary="The work list")
def get_tasks(asking: Reading, asked: Annotated[TasksAsked, Query()]) -> Response:
    """By due date, then id; those without a date come last. Ask for `state=open` to see what is to be done."""
    listing = Listing(asking.house.cursors, asking.tenant, "tasks", asked)
    after = listing.after()
    behind = (date.fromisoformat(str(after[0])), str(after[1])) if after else None
    wanted = worklist.Filters(
        state=asked.state,
        kind=asked.kind,
        role=asked.role,
        owner=asked.owner,
        customer=asked.customer,
        due_before=asked.due_before,
    )
    with asking.house.desk.open(asking.tenant) as session:
        rows = worklist.tasks(session.tx, wanted, behind, asked.limit)
        data = [_answer(session, row, asking.language) for row in rows]
    cursor = listing.next_cursor(rows, lambda row: ((row["due_on"] or _NO_DAY).isoformat(), row["id"]))
    return Reply(TaskList(data=data, next_cursor=cursor), language=asking.language).response()


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
        answer = _answer(session, row, asking.language).model_copy(update=more)
        return Reply(answer, language=asking.language).response()


@router.post("/{task}/complete", response_model=TaskAnswer, responses=_PROBLEMS, summary="It is done")
def complete(task: TaskId, body: TaskCompleteBody, asking: Working) -> Response:
    """With the contact record, which calls and visits need; it stands on every bill of the task (C4, C10)."""
    return _on_task(asking, task, lambda customer: CompleteTask(customer=customer, task=task, record=body.record()))


@router.post("/{task}/assign", response_model=TaskAnswer, responses=_PROBLEMS, summary="Give it to somebody")
def assign(task: TaskId, body: AssignBody, asking: Annotated[Asking, Depends(asks(Right.ASSIGN))]) -> Response:
    """Whose role it is stays; the bills keep their owners."""
    return _on_task(asking, task, lambda customer: AssignTask(customer=customer, task=task, owner=body.owner))


@router.post("/{task}/snooze", response_model=TaskAnswer, responses=_PROBLEMS, summary="Put it off to a day")
def snooze(task: TaskId, body: SnoozeBody, asking: Working) -> Response:
    """Nobody is told that it stands open before that day; a collector may put it off as long as they may pause."""
    return _on_task(
        asking,
        task,
        lambda customer: SnoozeTask(customer=customer, task=task, until=body.until, reason=body.reason),
    )


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
    return Reply(_answer(session, _row(session, task), asking.language), language=asking.language)


def _row(session: Session, id: str) -> dict[str, Any]:
    known_id(id, "unknown_task", made=True, task=id)
    row = worklist.get(session.tx, "tasks", id)
    if row is None:
        raise NotFound("unknown_task", None, task=id)
    return row


def _answer(session: Session, row: dict[str, Any], language: str) -> TaskAnswer:
    code = f"task.{row['why']}"
    told = {"why": say(code, language), "why_code": code, "sheet": None}
    moments = {name: local(session, row[name]) for name in ("created_at", "best_from", "best_until") if row[name]}
    return TaskAnswer.model_validate({name: row[name] for name in _PLAIN} | moments | told)
