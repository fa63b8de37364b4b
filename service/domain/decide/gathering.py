"""What several bills of a customer want of the same person becomes one task, one notice, one request."""

from collections.abc import Iterator
from datetime import date

from service.domain.account import Account, Happened, on_customer
from service.domain.case import Case
from service.domain.conditions import customer_meets
from service.domain.decide import measures, tasks
from service.domain.decide.content import Content, deeds, sealed
from service.domain.events.approval import ApprovalJoined, ApprovalRequested
from service.domain.events.customer import NoticeRaised
from service.domain.offsets import add
from service.domain.playbook import Letter, Request, Step, TaskWanted
from service.domain.scene import CLOCK, Scene

PROPOSED_TO = {"hand_over": "legal", "statement": "collector"}
"""Who takes up what a step proposes."""


class Gathering:
    """Wants in the order in which they came; `finish` makes them events."""

    def __init__(self, account: Account, scene: Scene) -> None:
        self.account = account
        self.scene = scene
        self._tasks: dict[str, tasks.Joining] = {}
        self._letters: dict[str, tuple[Letter, Step, list[str]]] = {}
        self._notices: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        self._requests: dict[str, tuple[str, list[str], Request, tuple[str, str]]] = {}

    def task(self, case: Case, rule: str, wanted: TaskWanted) -> str | None:
        """The bill joins the customer's task of that kind; its id, or None when one may not be asked for again yet."""
        kind, customer = wanted.kind, self.account.customer
        last = customer.tasks_on.get(kind)
        is_open = kind in customer.tasks or kind in self._tasks
        too_soon = wanted.at_most_every and last and self.scene.today < add(last, wanted.at_most_every)
        if wanted.at_most_every and (tasks.is_in(self.account, case, kind) or (too_soon and not is_open)):
            return None
        if kind not in self._tasks:
            self._tasks[kind] = tasks.Joining(tasks.task_id(self.account, kind), kind, rule, wanted.why)
        joining = self._tasks[kind]
        joining.requires |= set(wanted.requires)
        joining.points = joining.points or wanted.points
        if not tasks.is_in(self.account, case, kind) and case.id not in joining.cases:
            joining.cases.append(case.id)
        return joining.id

    def shared_task(self, case: Case, rule: str, wanted: TaskWanted, due_on: date | None) -> str | None:
        """The bill joins a task about all the customer's bills that is somebody's own; its id, or None when it stands
        in it already."""
        kind = wanted.kind
        if tasks.is_in(self.account, case, kind):
            return None
        if kind not in self._tasks:
            role = "collector" if wanted.role == "owner" else wanted.role
            id = tasks.task_id(self.account, kind)
            self._tasks[kind] = tasks.Joining(id, kind, rule, wanted.why, role=role, due_on=due_on)
        self._tasks[kind].cases.append(case.id)
        return self._tasks[kind].id

    def find_contact(self, case: Case, rule: str) -> None:
        """One search for a person is enough, for however many bills and days (C11)."""
        kind = "find_contact"
        if kind in self.account.customer.tasks:
            return
        if kind not in self._tasks:
            self._tasks[kind] = tasks.Joining(tasks.task_id(self.account, kind), kind, rule, "no_contact")
        if case.id not in self._tasks[kind].cases:
            self._tasks[kind].cases.append(case.id)

    def joining(self, case: str) -> set[str]:
        """The kinds of task that the bill is about to join."""
        return {kind for kind, joining in self._tasks.items() if case in joining.cases}

    def letter(self, wanted: Letter, step: Step, case: str) -> None:
        """One letter of a kind names all the bills it is about."""
        self._letters.setdefault(wanted.kind, (wanted, step, []))[2].append(case)

    def notice(self, rule: str, text: str, audience: tuple[str, ...], case: str) -> None:
        """The same notice about several bills is raised once."""
        self._notices.setdefault((rule, text, audience), []).append(case)

    def request(self, request: Request, case: Case, step: str, rule: str) -> str:
        """The bill stands behind the customer's one request of that kind; its id. `step` and `rule` are those that ask."""
        customer = self.account.customer
        if request.kind not in self._requests:
            standing = customer.requests.get(request.kind)
            id = standing.id if standing else f"{request.kind}~{customer.id}.{customer.version + 1}"
            self._requests[request.kind] = (id, [], request, (step, rule))
        id, cases, _, _ = self._requests[request.kind]
        cases.append(case.id)
        return id

    def finish(self) -> Iterator[Happened]:
        """Tasks, letters, notices and requests, each with all its bills."""
        for joining in self._tasks.values():
            if joining.cases or joining.requires:
                yield from tasks.join(self.account, self.scene, joining)
        for wanted, step, names in self._letters.values():
            yield from measures.letter(self.account, self.scene, names, wanted.kind, step.rule, None)
            if wanted.level:
                yield from measures.rise(self.account, self.scene, names, wanted.level, step.name, step.rule, None)
        customer = self.account.customer.id
        for (rule, text, audience), names in self._notices.items():
            notice = NoticeRaised(
                rule=rule, audience=list(audience), text=text, customers=[customer], cases=names, on=self.scene.today
            )
            yield on_customer(customer, notice)
        for id, names, request, (by, rule) in self._requests.values():
            yield self._asked(id, names, request, by, rule)

    def _asked(self, id: str, names: list[str], request: Request, step: str, rule: str) -> Happened:
        customer = self.account.customer
        standing = customer.requests.get(request.kind)
        if standing:
            bills = standing.bills + len(names)
            return on_customer(customer.id, ApprovalJoined(approval=id, kind=request.kind, cases=names, bills=bills))
        refusal = customer.refusals.get(request.kind)
        first = request.first if request.first and customer_meets(request.first_when, self.account) else None
        content, content_hash = sealed(
            Content(
                kind=request.kind,
                customer=customer.id,
                step=step,
                rule=rule,
                granted=deeds(request.granted),
                then=request.role if first else None,
            )
        )
        asked = ApprovalRequested(
            approval=id,
            kind=request.kind,
            role=first or request.role,
            customer=customer.id,
            cases=names,
            bills=len(names),
            rule=rule,
            asked_by=CLOCK,
            asked_on=self.scene.today,
            content=content,
            content_hash=content_hash,
            remind_open_days=request.remind_open_days,
            previous=refusal.approval if refusal else None,
        )
        return on_customer(customer.id, asked)
