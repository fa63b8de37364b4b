"""Reviews (E2): a task when one is due or a danger signal has brought it forward; a person decides the segment."""

from collections.abc import Callable, Iterator
from typing import Any

from service.domain.account import Account, Happened, on_customer
from service.domain.case import Case
from service.domain.commands import ReviewCustomer
from service.domain.decide import tasks
from service.domain.events.case import PromiseBroken
from service.domain.events.customer import ContactChanged, CustomerFlagged, CustomerUpdated
from service.domain.events.standing import CustomerReviewed
from service.domain.events.task import TaskCompleted
from service.domain.offsets import Offset, add
from service.domain.refusals import Conflict
from service.domain.scene import Asker, Scene

EVERY = Offset(months=6)
TASK, ROLE = "review", "manager"


def come_due(account: Account, scene: Scene) -> Iterator[Happened]:
    """The task, once."""
    customer = account.customer
    if not is_due(account, scene):
        return
    danger = customer.review_on and customer.flags and max(customer.flags.values()) >= customer.review_on
    why = "review_after_danger" if danger else "review_customer"
    yield from tasks.open_for_customer(account, scene, TASK, ROLE, "E2", why)


def is_due(account: Account, scene: Scene) -> bool:
    """Of customers from before there were reviews the first bill says since when."""
    customer = account.customer
    if customer.review_on:
        return customer.review_on <= scene.today
    issued = [case.issued_on for case in account.cases.values() if case.issued_on]
    return bool(issued) and add(min(issued), EVERY) <= scene.today


def decide(command: ReviewCustomer, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """The person's word stands against the ERP's until the next review; the task is done with it."""
    customer = account.customer
    if not customer.version:
        raise Conflict("nothing_to_review", None, customer=customer.id)
    task = customer.tasks.get(TASK)
    reviewed = CustomerReviewed(
        segment=command.segment,
        previous=customer.segment,
        suggested=command.suggested,
        on=scene.today,
        next_on=add(scene.today, EVERY),
        by=asker.actor,
    )
    yield on_customer(customer.id, reviewed, {"": {"reason": command.reason}})
    if task:
        yield on_customer(customer.id, TaskCompleted(task=task.id, kind=TASK, cases=[], on=scene.today))


def signals(account: Account, scene: Scene, before: int) -> Iterator[Happened]:
    """Of what has just happened, what brings the next review forward: told once a day each."""
    for one in account.happened[before:]:
        find = _SIGNALS.get(type(one.event))
        flag = find(account, one) if find else None
        if flag and account.customer.flags.get(flag) != scene.today:
            flagged = CustomerFlagged(flag=flag, on=scene.today, review_on=scene.today)
            yield on_customer(account.customer.id, flagged)


def _broken(account: Account, one: Happened) -> str | None:
    case: Case = account.cases[one.id]
    return "promises_broken" if case.promises_broken >= 2 else None


def _marked(_: Account, one: Happened) -> str | None:
    event = one.event
    return "moved" if isinstance(event, ContactChanged) and event.contact.mark == "moved" else None


def _said(_: Account, one: Happened) -> str | None:
    event = one.event
    insolvent = isinstance(event, CustomerUpdated) and event.restrictions and "insolvent" in event.restrictions
    return "insolvent" if insolvent else None


_SIGNALS: dict[type[Any], Callable[[Account, Happened], str | None]] = {
    PromiseBroken: _broken,
    ContactChanged: _marked,
    CustomerUpdated: _said,
}
