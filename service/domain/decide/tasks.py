"""Tasks: one call and one visit at most for a customer, which bills join and leave (C10); others belong to one bill."""

from collections.abc import Container, Iterable, Iterator
from datetime import date

from msgspec import Struct

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import CONSOLIDATED, RANK, Case, task_key
from service.domain.customer import OpenTask
from service.domain.events.case import Reminded
from service.domain.events.task import TaskCancelled, TaskChanged, TaskCompleted, TaskCreated
from service.domain.scene import Scene

NAMED = 500
"""So many bills of a task are named in its events; all are counted."""


def is_raised(case: Case) -> bool:
    """At a supervisor's level or above: its call and visit are the supervisor's (A8, B4, C10)."""
    return RANK[case.level] >= RANK["supervisor"]


def is_in(account: Account, case: Case, kind: str) -> bool:
    """Whether the bill stands in the customer's open task of that kind."""
    task = account.customer.tasks.get(kind)
    return task is not None and case.tasks.get(kind) == task.id


def is_customers(account: Account, kind: str, task: str) -> bool:
    """Whether the open task stands in the customer's stream, for all their bills together."""
    shared = account.customer.tasks.get(kind)
    return shared is not None and shared.id == task


def task_id(account: Account, kind: str) -> str:
    """The open task's id, or the one that a task created next will have."""
    task = account.customer.tasks.get(kind)
    return task.id if task else f"{kind}~{account.customer.id}.{account.customer.version + 1}"


class Joining(Struct):
    """Bills on their way into the customer's one task of a kind, which opens with them when none is open.

    A `role` of its own keeps the task whatever the level of its bills.
    """

    id: str
    kind: str
    rule: str
    why: str
    cases: list[str] = []
    requires: set[str] = set()
    points: tuple[str, ...] = ()
    role: str | None = None
    due_on: date | None = None


def join(account: Account, scene: Scene, joining: Joining) -> Iterator[Happened]:
    """The bills stand in the task from now on."""
    kind = joining.kind
    cases = [account.cases[id] for id in joining.cases]
    requires = sorted(joining.requires)
    task = account.customer.tasks.get(kind)
    if task and not cases and joining.requires <= set(task.requires):
        return
    bills = (task.bills if task else 0) + len(cases)
    raised = (task.raised if task else 0) + sum(is_raised(case) for case in cases)
    role, owner = _belongs_to(account, scene, raised, cases[0].owner if cases else "", task)
    if joining.role:
        role, owner = joining.role, task.owner if task and task.role == joining.role else joining.role
    names = joining.cases[:NAMED]
    if task:
        event = TaskChanged(
            task=task.id,
            kind=kind,
            cases=names,
            bills=bills,
            raised=raised,
            on=scene.today,
            role=role,
            owner=owner,
            requires=requires,
        )
        yield on_customer(account.customer.id, event)
        return
    best_from, best_until = scene.workdays.best_time(scene.today, scene.now) if kind == "call" else (None, None)
    created = TaskCreated(
        task=joining.id,
        kind=kind,
        role=role,
        owner=owner,
        cases=names,
        bills=bills,
        raised=raised,
        rule=joining.rule,
        why=joining.why,
        on=scene.today,
        due_on=joining.due_on or scene.today,
        best_from=best_from,
        best_until=best_until,
        requires=requires,
        points=list(joining.points),
    )
    yield on_customer(account.customer.id, created)


def _belongs_to(account: Account, scene: Scene, raised: int, owner: str, task: OpenTask | None) -> tuple[str, str]:
    """Whose task it is: while its role stays, whoever has it keeps it. Raised, it goes to the owner's supervisor."""
    role = "supervisor" if raised else "collector"
    if task and task.role == role:
        return role, task.owner
    owner = owner or account.customer.owner
    return role, scene.people.supervisor_of(owner) if raised else owner


def leave(account: Account, scene: Scene, case: Case, why: str) -> Iterator[Happened]:
    """The bill leaves the customer's call and visit; a task without bills is cancelled (C10)."""
    for kind in ("call", "visit"):
        if is_in(account, case, kind):
            yield from _left(account, scene, case, kind, why)


def leave_all(account: Account, scene: Scene, case: Case, why: str) -> Iterator[Happened]:
    """The bill leaves whatever its customer is to do about it; the search for a person is for the other bills too."""
    for kind in sorted({*account.customer.tasks} - {"find_contact"}):
        if is_in(account, case, kind):
            yield from _left(account, scene, case, kind, why)


def _left(account: Account, scene: Scene, case: Case, kind: str, why: str) -> Iterator[Happened]:
    task = account.customer.tasks[kind]
    if task.bills <= 1:
        cancelled = TaskCancelled(task=task.id, kind=kind, cases=[case.id], why=why)
        yield on_customer(account.customer.id, cancelled)
        return
    raised = task.raised - is_raised(case)
    role, owner = _belongs_to(account, scene, raised, case.owner, task) if kind in CONSOLIDATED else (task.role, task.owner)
    changed = TaskChanged(
        task=task.id,
        kind=kind,
        removed=[case.id],
        bills=task.bills - 1,
        raised=raised,
        on=scene.today,
        role=role,
        owner=owner,
    )
    yield on_customer(account.customer.id, changed)


def raise_to_supervisor(
    account: Account, scene: Scene, cases: Iterable[Case], joining: Container[str] = ()
) -> Iterator[Happened]:
    """Escalated bills take the tasks they stand in along (A8, B4). `cases` as they are before they rise; tasks they
    are only `joining` count them when they join.
    """
    rising = [case for case in cases if not is_raised(case)]
    for kind in ("call", "visit"):
        if kind in joining:
            continue
        inside = [case for case in rising if is_in(account, case, kind)]
        task = account.customer.tasks.get(kind)
        if inside and task:
            changed = TaskChanged(
                task=task.id,
                kind=kind,
                bills=task.bills,
                raised=task.raised + len(inside),
                on=scene.today,
                role="supervisor",
                owner=scene.people.supervisor_of(inside[0].owner),
            )
            yield on_customer(account.customer.id, changed)


def open_own(
    case: Case, scene: Scene, kind: str, role: str, owner: str, rule: str, why: str, due_on: date | None, task: str = ""
) -> Iterator[Happened]:
    """A task about this bill alone, unless one of its kind and role is open. `task` is its id where that is known before."""
    if task_key(kind, role, task) in case.tasks:
        return
    event = TaskCreated(
        task=task or f"{kind}~{case.id}.{case.version + 1}",
        kind=kind,
        role=role,
        owner=owner,
        cases=[case.id],
        bills=1,
        rule=rule,
        why=why,
        on=scene.today,
        due_on=due_on,
    )
    yield on_case(case.id, event)


def open_for_customer(
    account: Account, scene: Scene, kind: str, role: str, rule: str, why: str, cases: Iterable[str] = ()
) -> Iterator[Happened]:
    """A task about the customer as a whole, unless one of its kind is open."""
    customer = account.customer
    if kind in customer.tasks:
        return
    names = list(cases)
    created = TaskCreated(
        task=task_id(account, kind),
        kind=kind,
        role=role,
        owner=role,
        cases=names[:NAMED],
        bills=len(names),
        rule=rule,
        why=why,
        on=scene.today,
        due_on=scene.today,
    )
    yield on_customer(customer.id, created)


def close_own(
    case: Case,
    scene: Scene,
    why: str,
    kinds: Container[str] | None = None,
    done: bool = False,
    only: str | None = None,
) -> Iterator[Happened]:
    """The bill's own tasks, of those kinds or all, or that one `only`, are completed or cancelled."""
    for key, task in case.tasks.items():
        kind, own, _ = key.partition(":")
        if not own or (kinds is not None and kind not in kinds) or only not in (None, task):
            continue
        if done:
            yield on_case(case.id, TaskCompleted(task=task, kind=kind, cases=[case.id], on=scene.today))
        else:
            yield on_case(case.id, TaskCancelled(task=task, kind=kind, cases=[case.id], why=why))


def call_if_may(account: Account, scene: Scene, id: str, rule: str, why: str) -> Iterator[Happened]:
    """Somebody calls, unless the bill is left alone, is with others, or stands in the call already."""
    case = account.cases[id]
    is_ours = case.pause is None and case.stage != "legal" and not account.customer.restrictions
    if is_ours and not is_in(account, case, "call"):
        yield from call_about(account, scene, case, rule, why)


def call_about(account: Account, scene: Scene, case: Case, rule: str, why: str) -> Iterator[Happened]:
    """One more bill in the customer's call, and the call in the bill's log."""
    id = task_id(account, "call")
    yield from join(account, scene, Joining(id, "call", rule, why, [case.id]))
    reminded = Reminded(
        step=why,
        rule=rule,
        anchor=scene.today,
        on=scene.today,
        due_at=scene.now,
        channel="phone",
        task=id,
    )
    yield on_case(case.id, reminded)
