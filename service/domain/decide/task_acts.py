"""What people do with a task beside completing it: give it to somebody, or put it off."""

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from service.domain.account import Account, Happened, Private, on_case, on_customer
from service.domain.commands import AssignTask, SnoozeTask
from service.domain.decide import tasks
from service.domain.decide.amounts import day
from service.domain.decide.pauses import SHORT_ONLY
from service.domain.events.task import TaskChanged
from service.domain.refusals import Conflict, Forbidden, NotFound, Refused
from service.domain.scene import Asker, Scene


def assign(command: AssignTask, account: Account, scene: Scene) -> Iterator[Happened]:
    """Somebody's from now on; whose role it is stays."""
    present = _present(command.task, account, scene)
    if present.owner != command.owner:
        yield _on_its_stream(account, replace(present, owner=command.owner), None)


def snooze(command: SnoozeTask, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """Put off to a day; nobody is told of it as neglected before. Far ahead only from a supervisor up, as for pauses."""
    present = _present(command.task, account, scene)
    if day(command.until, scene, "/until") <= scene.today:
        raise Refused("date_in_past", "/until", until=command.until)
    farthest = scene.today + timedelta(scene.settings.pause_days)
    if asker.role in SHORT_ONLY and command.until > farthest:
        raise Forbidden("pause_too_long", "/until", until=farthest)
    best_from, best_until = scene.workdays.best_time(command.until) if present.kind == "call" else (None, None)
    put_off = replace(present, due_on=command.until, best_from=best_from, best_until=best_until)
    yield _on_its_stream(account, put_off, {"": {"reason": command.reason}})


def _present(task: str, account: Account, scene: Scene) -> TaskChanged:
    """The open task as it is, as a change of nothing."""
    if task not in account.tasks:
        raise NotFound("unknown_task", None, task=task)
    kind, state, cases = account.tasks[task]
    if state != "open":
        raise Conflict("task_closed", None, task=task, state=state)
    shared = account.customer.tasks.get(kind)
    if shared and shared.id == task:
        return TaskChanged(
            task=task,
            kind=kind,
            bills=shared.bills,
            raised=shared.raised,
            on=scene.today,
            role=shared.role,
            owner=shared.owner,
        )
    key = next(key for key, id in account.cases[cases[0]].tasks.items() if id == task)
    role = key.split(":")[1]
    owner = account.task_owners.get(task, role)
    return TaskChanged(task=task, kind=kind, bills=len(cases), on=scene.today, role=role, owner=owner)


def _on_its_stream(account: Account, changed: TaskChanged, private: Private | None) -> Happened:
    if tasks.is_customers(account, changed.kind, changed.task):
        return on_customer(account.customer.id, changed, private)
    _, _, cases = account.tasks[changed.task]
    return on_case(cases[0], changed, private)
