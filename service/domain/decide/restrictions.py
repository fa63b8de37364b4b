"""Whom nobody writes to or calls (E5): by the ERP's word or by ours; dunning stops at once, and legal has it."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import RestrictCustomer
from service.domain.decide import tasks
from service.domain.events.standing import CustomerRestricted
from service.domain.events.task import TaskCancelled
from service.domain.refusals import Conflict
from service.domain.scene import Scene

CONTACTS = ("call", "visit", "find_contact", "follow_up", "lost_contact", "documents", "reconciliation")
"""Tasks that reach out to the customer, or are there to do so."""


def restrict(command: RestrictCustomer, account: Account, scene: Scene) -> Iterator[Happened]:
    """Ours stands beside the ERP's word, and only ours is lifted here."""
    customer, name = account.customer, command.restriction
    before = customer.restrictions
    if command.off and name not in customer.barred:
        raise Conflict("not_restricted", "/restriction", customer=customer.id)
    if not command.off and name in customer.barred:
        return
    event = CustomerRestricted(restriction=name, on=scene.today, lifted=command.off)
    yield on_customer(customer.id, event, {"": {"reason": command.reason}})
    yield from follow(account, scene, before)


def follow(account: Account, scene: Scene, before: tuple[str, ...]) -> Iterator[Happened]:
    """What a change of restrictions leads to: contacts end with the first, legal's task with the last."""
    customer = account.customer
    new = [one for one in customer.restrictions if one not in before]
    if not customer.restrictions and "restriction" in customer.tasks:
        yield _cancelled(account, "restriction", "restriction_lifted")
    if not new:
        return
    for kind in CONTACTS:
        if kind in customer.tasks:
            yield _cancelled(account, kind, "restricted")
    owed = [case.id for case in account.open_cases()]
    if owed:
        yield from tasks.open_for_customer(account, scene, "restriction", "legal", "E5", new[0], owed)


def _cancelled(account: Account, kind: str, why: str) -> Happened:
    task = account.customer.tasks[kind]
    inside = [case.id for case in account.cases.values() if case.tasks.get(kind) == task.id]
    return on_customer(account.customer.id, TaskCancelled(task=task.id, kind=kind, cases=inside, why=why))
