"""A task is done: what was said is recorded, and what follows from it happens."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import SEVERAL
from service.domain.commands import CompleteTask, ContactRecord
from service.domain.decide import conversations, visits
from service.domain.decide.tasks import is_customers
from service.domain.events.task import TaskCompleted
from service.domain.refusals import Conflict, NotFound, Refused
from service.domain.scene import Asker, Scene

RECORDED = frozenset({"call", "visit", "confirm_call"})
"""What ends with a record of who was spoken to."""


def complete(command: CompleteTask, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """A person did it; a conversation is recorded on every bill in it (C10)."""
    if command.task not in account.tasks:
        raise NotFound("unknown_task", None, task=command.task)
    kind, state, cases = account.tasks[command.task]
    if state != "open":
        raise Conflict("task_closed", None, task=command.task, state=state)
    if kind in SEVERAL:
        raise Conflict("task_ends_by_itself", None, task=command.task)
    if kind == "advise":
        raise Conflict("advice_by_message", None, task=command.task)
    if kind in RECORDED and command.record is None:
        raise Refused("record_required", "/outcome", kind=kind)
    open_task = account.customer.tasks.get(kind)
    if kind == "visit" and command.record:
        visits.check(open_task, command.record)
    for name in open_task.requires if open_task and open_task.id == command.task else ():
        if command.record and not getattr(command.record, name) and _can_be_said(command.record, name):
            raise Refused("record_incomplete", f"/{name}", field=name)
    completed = TaskCompleted(task=command.task, kind=kind, cases=list(cases), on=scene.today)
    if is_customers(account, kind, command.task):
        yield on_customer(account.customer.id, completed)
    else:
        yield on_case(cases[0], completed)
    if command.record:
        yield from conversations.recorded(account, scene, asker, command.record, cases, command.task)
        if kind == "visit":
            yield from visits.confirm(account, scene, asker, command.record, cases)


def _can_be_said(record: ContactRecord, field: str) -> bool:
    """Of somebody whom nobody spoke to there is no telling what they want and can."""
    return field not in _SAID_BY_THEM or record.outcome not in _NOBODY


_SAID_BY_THEM = frozenset({"willingness", "ability", "cause", "verified"})
_NOBODY = frozenset({"not_reached", "wrong_number", "left", "moved"})
