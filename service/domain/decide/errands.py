"""Tasks about a customer: one open of a kind, which further bills join and whose day may move (C4, C9)."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from service.domain.account import Account, Happened, on_customer
from service.domain.case import ERRANDS, Case
from service.domain.customer import Customer, OpenTask
from service.domain.decide.tasks import NAMED, is_raised, task_id
from service.domain.events.task import TaskCancelled, TaskChanged, TaskCreated
from service.domain.scene import Scene

ENDING = ("follow_up", "confirm_call", "whose_payment", "documents", "reconciliation")
"""Errands that end with their bills; the others are about the person, or the books."""

CALLS = frozenset({"confirm_call"})
SUPERVISOR = "supervisor"


def beyond(customer: Customer) -> list[str]:
    """The open errands about more bills than are kept with them: a decision needs the rows that name the others."""
    return [task.id for kind, task in customer.tasks.items() if kind in ERRANDS and task.bills > len(task.about)]


def named(account: Account, task: OpenTask) -> AbstractSet[str]:
    """The bills that the errand is about: those kept with it, or where it is about more, those of its row as it is now."""
    if task.bills <= len(task.about):
        return set(task.about)
    _, _, cases = account.tasks.get(task.id, ("", "", task.about))
    found = set(cases)
    for one in account.happened:
        if isinstance(one.event, TaskCreated | TaskChanged) and one.event.task == task.id:
            found |= set(one.event.cases)
        if isinstance(one.event, TaskChanged) and one.event.task == task.id:
            found -= set(one.event.removed)
    return found


def superior(account: Account, scene: Scene, cases: Sequence[str]) -> tuple[str, str]:
    """The role and user above whoever works the bills; the role alone while the directory names nobody."""
    owners = [account.cases[id].owner for id in cases if id in account.cases]
    user = scene.people.superior(owners[0] if owners else account.customer.owner)
    return (user.role, user.id) if user else (SUPERVISOR, SUPERVISOR)


def works(account: Account, cases: Sequence[str]) -> tuple[str, str]:
    """The role and user who work the bills: their owner, or the supervisor once one of them was raised."""
    owed = [account.cases[id] for id in cases]
    if any(is_raised(case) for case in owed):
        return SUPERVISOR, SUPERVISOR
    return "collector", owed[0].owner if owed else account.customer.owner


def send(
    account: Account,
    scene: Scene,
    kind: str,
    whose: tuple[str, str],
    reason: tuple[str, str],
    cases: Sequence[str],
    due_on: date,
    contact: str | None = None,
) -> Iterator[Happened]:
    """Somebody is to do it by that day; `whose` is a role and a user, `reason` a rule and its code."""
    role, owner = whose
    customer = account.customer
    open_task = customer.tasks.get(kind)
    if open_task:
        about = named(account, open_task)
        more = [id for id in cases if id not in about]
        if more or due_on != open_task.due_on:
            changed = TaskChanged(
                task=open_task.id,
                kind=kind,
                cases=more[:NAMED],
                bills=open_task.bills + len(more),
                on=scene.today,
                role=role,
                owner=owner,
                due_on=due_on,
            )
            yield on_customer(customer.id, changed)
        return
    best_from, best_until = scene.workdays.best_time(due_on, scene.now) if kind in CALLS else (None, None)
    created = TaskCreated(
        task=task_id(account, kind),
        kind=kind,
        role=role,
        owner=owner,
        cases=list(cases[:NAMED]),
        bills=len(cases),
        rule=reason[0],
        why=reason[1],
        on=scene.today,
        due_on=due_on,
        best_from=best_from,
        best_until=best_until,
        contact=contact,
    )
    yield on_customer(customer.id, created)


def leave(account: Account, scene: Scene, case: Case, why: str) -> Iterator[Happened]:
    """Nothing is left to do about the bill; without any the errand is cancelled."""
    for kind in ENDING:
        task = account.customer.tasks.get(kind)
        if task is None or case.id not in named(account, task):
            continue
        if task.bills <= 1:
            cancelled = TaskCancelled(task=task.id, kind=kind, cases=[case.id], why=why)
            yield on_customer(account.customer.id, cancelled)
        else:
            changed = TaskChanged(
                task=task.id,
                kind=kind,
                removed=[case.id],
                bills=task.bills - 1,
                on=scene.today,
                role=task.role,
                owner=task.owner,
            )
            yield on_customer(account.customer.id, changed)
