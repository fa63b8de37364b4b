"""Whose bills are (E6): by word or rule when they open, and given to somebody else, one or all of a customer's."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.assignment import ANYBODY, least_loaded
from service.domain.case import CONSOLIDATED, SEVERAL, Case
from service.domain.commands import AssignCase, AssignCustomer
from service.domain.events.case import Assigned
from service.domain.events.customer import CustomerAssigned
from service.domain.events.task import TaskChanged
from service.domain.refusals import Refused
from service.domain.scene import Scene


def chosen(account: Account, case: Case, scene: Scene) -> tuple[str, bool]:
    """Whose the new bill is, and whether that was settled by whose turn it is. Who has had a turn keeps the customer, for a
    customer is worked as a whole; those who are away are passed over."""
    customer = account.customer
    if customer.named_owner:
        return customer.named_owner, False
    for rule in scene.settings.assignment:
        if rule.fits(customer.id, customer.segment, case.currency, case.amount):
            if len(rule.to) == 1 or customer.taken_by in rule.to:
                return customer.taken_by if customer.taken_by in rule.to else rule.to[0], False
            return least_loaded(scene.people.here(rule.to, scene.today) or rule.to, account.loads), True
    return ANYBODY, False


def took(account: Account, owner: str) -> Iterator[Happened]:
    """It was somebody's turn: they have the customer from now on."""
    customer = account.customer
    yield on_customer(customer.id, CustomerAssigned(owner=owner, previous=customer.owner, in_turn=True))


def assign_case(command: AssignCase, account: Account, scene: Scene) -> Iterator[Happened]:
    """One bill, to somebody whom the directory knows; tasks that are open keep their owners."""
    case = account.case(command.case)
    if case.owner != command.owner:
        if scene.people.role_of(command.owner) is None:
            raise Refused("unknown_user", "/owner", user=command.owner)
        yield on_case(case.id, Assigned(owner=command.owner, previous=case.owner))


def assign_customer(command: AssignCustomer, account: Account, scene: Scene) -> Iterator[Happened]:
    """What of a customer is one person's becomes another's: the customer, the loaded bills, and the tasks about them.
    Nothing follows for what is theirs no longer; who owns a dispute keeps it."""
    customer, old, new = account.customer, command.previous, command.owner
    if customer.owner == old and new != old:
        yield on_customer(customer.id, CustomerAssigned(owner=new, previous=old))
    for case in account.open_cases():
        if case.owner == old and new != old:
            yield on_case(case.id, Assigned(owner=new, previous=old))
            yield from _own_tasks(account, scene, case, old, new)
    for kind, task in account.customer.tasks.items():
        if task.owner == old and new != old:
            changed = TaskChanged(
                task=task.id, kind=kind, bills=task.bills, raised=task.raised, on=scene.today, role=task.role, owner=new
            )
            yield on_customer(customer.id, changed)


def _own_tasks(account: Account, scene: Scene, case: Case, old: str, new: str) -> Iterator[Happened]:
    for key, task in case.tasks.items():
        kind, _, role = key.partition(":")
        if kind not in CONSOLIDATED | SEVERAL and account.task_owners.get(task) == old:
            yield on_case(case.id, TaskChanged(task=task, kind=kind, bills=1, on=scene.today, role=role, owner=new))
