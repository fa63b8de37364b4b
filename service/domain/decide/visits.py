"""Visits (C13): an appointment with somebody who can decide comes first, and the same day a call confirms what was agreed."""

from collections.abc import Iterator, Sequence

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import ArrangeVisit, ContactRecord
from service.domain.customer import OpenTask
from service.domain.decide import conversations, errands
from service.domain.decide.amounts import day
from service.domain.events.conversation import VisitArranged
from service.domain.events.task import TaskChanged
from service.domain.refusals import Conflict, NotFound, Refused
from service.domain.scene import Asker, Scene

DECIDES = "decision_maker"


def arrange(command: ArrangeVisit, account: Account, scene: Scene) -> Iterator[Happened]:
    """The visit is due on the day of the appointment; another one takes its place."""
    if command.task not in account.tasks:
        raise NotFound("unknown_task", None, task=command.task)
    kind, state, _ = account.tasks[command.task]
    if state != "open":
        raise Conflict("task_closed", None, task=command.task, state=state)
    task = account.customer.tasks.get(kind)
    if kind != "visit" or task is None:
        raise Conflict("no_visit", None, task=command.task)
    contact = account.customer.contacts.get(command.contact)
    if contact is None:
        raise Refused("unknown_contact", "/contact", contact=command.contact)
    if contact.role != DECIDES or contact.mark is not None:
        raise Refused("cannot_decide", "/contact", contact=command.contact)
    on = scene.workdays.today(command.at)
    if day(on, scene, "/at") < scene.today:
        raise Refused("date_in_past", "/at", until=on)
    yield on_customer(
        account.customer.id, VisitArranged(task=command.task, contact=command.contact, at=command.at)
    )
    changed = TaskChanged(
        task=command.task,
        kind=kind,
        bills=task.bills,
        raised=task.raised,
        on=scene.today,
        role=task.role,
        owner=task.owner,
        due_on=on,
        best_from=command.at,
    )
    yield on_customer(account.customer.id, changed)


def check(task: OpenTask | None, record: ContactRecord) -> None:
    """A visit at which somebody was met was arranged, and its record says whom and what was agreed."""
    if record.outcome not in conversations.SPOKEN:
        return
    if task is None or task.appointment is None:
        raise Conflict("appointment_first", None, task=task.id if task else None)
    for name in ("met", "agreed"):
        if not getattr(record, name):
            raise Refused("record_incomplete", f"/{name}", field=name)


def confirm(
    account: Account, scene: Scene, asker: Asker, record: ContactRecord, cases: Sequence[str]
) -> Iterator[Happened]:
    """Whoever was there calls the same day and confirms the points."""
    if record.outcome in conversations.SPOKEN:
        owed = [id for id in cases if account.cases[id].stage != "closed"]
        whose = conversations.whose(account, asker)
        reason = ("C13", "confirm_visit")
        yield from errands.send(account, scene, "confirm_call", whose, reason, owed, scene.today, record.contact)
