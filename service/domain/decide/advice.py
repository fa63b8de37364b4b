"""A message is held back and a superior asked; unanswered by the end of the next open day it goes as it always does (C14)."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import AdviseMessage, WithholdMessage
from service.domain.customer import Withheld
from service.domain.decide import errands
from service.domain.decide.messages import slot
from service.domain.directory import above
from service.domain.events.conversation import MessageAdvised, MessageWithheld
from service.domain.events.task import TaskCancelled, TaskCompleted
from service.domain.refusals import Conflict
from service.domain.scene import Asker, Scene

TASK = "advise"


def withhold(command: WithholdMessage, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """The superior of whoever asks has to the end of the next open day."""
    waiting = open_question(account)
    if waiting:
        raise Conflict("advice_awaited", None, message=waiting.message)
    until = scene.workdays.add_open(scene.today, 1)
    event = MessageWithheld(
        message=command.message,
        cases=list(command.cases),
        channel=command.channel,
        contact=command.contact,
        on=scene.today,
        until=until,
    )
    said = {"question": command.question, "text": command.text}
    private = {"": {name: value for name, value in said.items() if value}}
    yield on_customer(account.customer.id, event, private)
    superior = scene.people.superior(asker.actor)
    whose = (superior.role, superior.id) if superior else (above(asker.role), above(asker.role))
    reason = ("C14", "advice_wanted")
    yield from errands.send(account, scene, TASK, whose, reason, command.cases, until, command.contact)


def advise(command: AdviseMessage, account: Account, scene: Scene) -> Iterator[Happened]:
    """Answered: it leaves with the words given, else those proposed, else as always."""
    waiting = open_question(account)
    if waiting is None or waiting.message != command.message:
        raise Conflict("no_advice_awaited", None, message=command.message)
    yield from _let_go(account, scene, waiting, "answered", command.text or command.proposed)
    task = account.customer.tasks[TASK]
    completed = TaskCompleted(task=task.id, kind=TASK, cases=list(task.about), on=scene.today)
    yield on_customer(account.customer.id, completed)


def lapse(account: Account, scene: Scene) -> Iterator[Happened]:
    """Nobody answered in time."""
    waiting = open_question(account)
    if waiting is None:
        return
    yield from _let_go(account, scene, waiting, "unanswered", None)
    task = account.customer.tasks[TASK]
    cancelled = TaskCancelled(task=task.id, kind=TASK, cases=list(task.about), why="unanswered")
    yield on_customer(account.customer.id, cancelled)


def open_question(account: Account) -> Withheld | None:
    """The message that waits for an answer."""
    withheld = account.customer.withheld
    return withheld if withheld and withheld.advised is None else None


def _let_go(account: Account, scene: Scene, waiting: Withheld, why: str, words: str | None) -> Iterator[Happened]:
    """With the message that leaves next for the same person: one a day, whatever waited (C3)."""
    _, contact, channel = waiting.message.split("~")[:3]
    person = account.customer.contacts.get(contact)
    leaves, at = waiting.message, scene.workdays.next_moment(scene.now)
    if person:
        there = slot(account, scene, person, channel, service=False)
        leaves, at = there.message, there.at
    event = MessageAdvised(
        message=waiting.message,
        cases=list(account.customer.tasks[TASK].about),
        why=why,
        leaves_as=leaves,
        day=scene.workdays.today(at),
        slot=at,
        own_words=words is not None,
    )
    yield on_customer(account.customer.id, event, {"": {"text": words}} if words else None)
