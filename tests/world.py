"""A customer's story told in memory: commands, and a clock that walks from alarm to alarm.

world = World("2026-03-02")
world.owed("INV-1", due="2026-04-01")
assert world.walk("2026-04-10").days("overdue-first-week") == ["04-02", "04-07", "04-08"]
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from service.domain import commands as c
from service.domain import habits
from service.domain.account import Account, ApprovalRow, Private
from service.domain.customer import Customer
from service.domain.decide import run
from service.domain.directory import Directory
from service.domain.due import customer_dues, due
from service.domain.playbook import Playbook
from service.domain.reliability import judged_on, record
from service.domain.scene import Asker, Scene
from service.domain.settings import Settings
from service.domain.workdays import Calendar, Workdays
from service.store.laws import law_of
from tests.examples import CHINA, CLOCK, ERP, STANDARD, ZONE, a_contact, by, maybe, moment

MOST_ALARMS = 5000


class World:
    """One customer with their bills; what the store keeps beside the states is filled from the events."""

    def __init__(
        self,
        start: str = "2026-01-05",
        playbook: Playbook = STANDARD,
        calendar: Calendar = CHINA,
        settings: Settings | None = None,
        contacts: Iterable[c.ContactGiven] | None = None,
        **customer: Any,
    ) -> None:
        self.playbook = playbook
        self.settings = settings or Settings()
        self.workdays: Workdays = self.settings.workdays(calendar)
        self.now = moment(start)
        self.loads: dict[str, int] = {}
        self.account = Account(Customer(id="C-1"), loads=lambda: self.loads)
        self.log: list[tuple[datetime, Any]] = []
        self.slots: dict[str, datetime] = {}
        self.people = Directory()
        self.habits_by_hand: dict[str, frozenset[str]] | None = None
        self.published = {"standard", playbook.name}
        people = [a_contact()] if contacts is None else list(contacts)
        self.do(c.UpdateCustomer(customer="C-1", name="Acme", contacts=people, **customer))

    # What happens

    @property
    def scene(self) -> Scene:
        return Scene(
            now=self.now,
            today=self.workdays.today(self.now),
            settings=self.settings,
            workdays=self.workdays,
            law=law_of(self.settings),
            playbook=lambda name, version: self.playbook,
            newest=lambda name: replace(dict.fromkeys(self.published, self.playbook)[name], name=name),
            people=self.people,
        )

    def do(self, command: c.Command, who: Asker = ERP) -> list[Any]:
        """Carry it out now; what happened."""
        return self.do_with(command, {}, who)

    def do_with(self, command: c.Command, details: Private, who: Asker = ERP) -> list[Any]:
        """The same, with the private details that are kept of the customer's people."""
        self.account.gone = frozenset(id for id, slot in self.slots.items() if slot < self.now)
        if self.habits_by_hand is not None:
            self.account.habits = self.habits_by_hand
        elif isinstance(command, c.Wake):
            self.account.habits = habits_of(self)
        self.account.ability = next((e.ability for e in self.events("contact.logged")[::-1] if e.ability), None)
        if isinstance(command, c.Wake):
            judged = [one for case in self.account.cases.values() for one in judged_on(case)]
            self.account.reliability = record(judged).word
        happened = list(run(command, self.account, self.scene, who, details))
        for one in happened:
            self.log.append((self.now, one))
            _keep_rows(self, one.event)
        return happened

    def bill(self, id: str, issued: str, due: str | None, amount: str = "1000.00", **more: Any) -> list[Any]:
        """A bill is issued, and recorded now."""
        more = {"currency": "CNY", **more}
        issue = c.IssueInvoice(
            invoice=id, customer="C-1", amount=amount, issued_on=date.fromisoformat(issued), due_on=maybe(due), **more
        )
        return self.do(issue)

    def owed(self, id: str, due: str, amount: str = "1000.00", issued: str | None = None) -> list[Any]:
        """A bill that needs no confirmation."""
        return self.bill(id, issued or due, due, amount, confirmation_required=False)

    def confirm(self, id: str, on: str | None = None) -> list[Any]:
        return self.do(c.ConfirmInvoice(invoice=id, confirmed_on=maybe(on)))

    def pay(self, payment: str, amount: str, on: str | None = None, **more: Any) -> list[Any]:
        more = {"currency": "CNY", **more}
        return self.do(c.ReceivePayment(payment=payment, customer="C-1", amount=amount, received_on=maybe(on), **more))

    def promise(self, case: str, on: str, amount: str | None = None, role: str = "collector") -> list[Any]:
        made = c.MakePromise(customer="C-1", cases=(case,), amount=amount, due_on=date.fromisoformat(on))
        return self.do(made, by(role))

    def grant(self, kind: str, role: str = "boss") -> list[Any]:
        request = self.account.customer.requests[kind]
        return self.do(c.GrantApproval(customer="C-1", approval=request.id), by(role))

    def reject(self, kind: str, role: str = "boss") -> list[Any]:
        request = self.account.customer.requests[kind]
        return self.do(c.RejectApproval(customer="C-1", approval=request.id, reason="not now"), by(role))

    def finish(self, kind: str, record: c.ContactRecord | None = None) -> list[Any]:
        """Complete the customer's open call or visit."""
        task = self.account.customer.tasks[kind]
        record = record or c.ContactRecord(channel="phone", outcome="reached")
        return self.do(c.CompleteTask(customer="C-1", task=task.id, record=record), by("collector"))

    # Time

    def next_alarm(self) -> datetime | None:
        """When the clock next looks at this customer: a thing that waits for a window is moved to one."""
        plan, workdays = self.playbook, self.workdays
        found = [
            one for case in self.account.cases.values() if (one := due(case, plan, workdays, law_of(self.settings)))
        ]
        found += customer_dues(self.account.customer, workdays)
        ats = [workdays.next_moment(max(one.at, self.now)) if one.windowed else max(one.at, self.now) for one in found]
        return min(ats, default=None)

    def walk(self, until: str | datetime) -> Self:
        """Everything due up to then is decided, in order of time; then it is that moment."""
        end = moment(until) if isinstance(until, datetime) or " " in until else moment(f"{until} 23:59")
        for _ in range(MOST_ALARMS):
            at = self.next_alarm()
            if at is None or at > end:
                self.now = max(self.now, end)
                return self
            self.now = at
            assert self.do(c.Wake(customer="C-1"), CLOCK), f"nothing happened at {at}"
        raise AssertionError("the clock does not come to an end")

    def live(self, until: str) -> Self:
        """Days with their look at the customer as a whole before everything else that is due."""
        end = moment(f"{until} 23:59")
        while True:
            today = self.workdays.today(self.now)
            opens = self.workdays.opening(self.workdays.next_open(today))
            if opens < self.now:
                opens = self.workdays.opening(self.workdays.add_open(today, 1))
            if opens > end:
                return self.walk(end)
            self.walk(opens - timedelta(seconds=1))
            self.now = opens
            self.watch()
            self.walk(opens)
            self.now += timedelta(seconds=1)

    def sleep(self, until: str) -> Self:
        """The service is down until then."""
        self.now = moment(until)
        return self

    def wake(self) -> list[Any]:
        return self.do(c.Wake(customer="C-1"), CLOCK)

    def watch(self) -> list[Any]:
        """The clock's daily look at the customer as a whole, now."""
        exposure: dict[str, int] = {}
        for case in self.account.open_cases():
            exposure[case.currency] = exposure.get(case.currency, 0) + case.open
        self.account.exposure = exposure
        return self.do(c.Watch(customer="C-1"), CLOCK)

    # What is asked of it

    def case(self, id: str) -> Any:
        """The case; its optional fields are read as the story knows them."""
        return self.account.cases[id]

    @property
    def customer(self) -> Any:
        return self.account.customer

    def events(self, type: str, **wanted: Any) -> list[Any]:
        """The events of a type whose fields are as wanted, in order."""
        return [one.event for _, one in self._found(type, wanted)]

    def dated(self, type: str, **wanted: Any) -> list[str]:
        """The days of those events, as `03-02`."""
        return [f"{at.astimezone(ZONE):%m-%d}" for at, _ in self._found(type, wanted)]

    def timed(self, type: str, **wanted: Any) -> list[str]:
        """Their moments, as `03-02 09:00`."""
        return [f"{at.astimezone(ZONE):%m-%d %H:%M}" for at, _ in self._found(type, wanted)]

    def days(self, step: str, channel: str = "email", case: str | None = None) -> list[str]:
        """The days on which a step reached out by the channel."""
        wanted = {"step": step, "channel": channel, **({"id": case} if case else {})}
        return self.dated("case.reminded", **wanted)

    def levels(self, id: str) -> list[str]:
        """`03-16 supervisor`: how the case rose."""
        found = self._found("case.escalated", {"id": id})
        return [f"{at.astimezone(ZONE):%m-%d} {one.event.level}" for at, one in found]

    def notices(self, text: str) -> list[str]:
        """`03-16 supervisor`: who was told of it."""
        found = self._found("notice.raised", {"text": text})
        return [f"{at.astimezone(ZONE):%m-%d} {','.join(one.event.audience)}" for at, one in found]

    def digests(self) -> list[str]:
        """`03-16 supervisor INV-1`: which bills went to whose digest, in order."""
        found = self._found("step.skipped", {})
        told = [(f"{at.astimezone(ZONE):%m-%d} {role}", one.id) for at, one in found for role in one.event.digest]
        return sorted({f"{day} {id}" for day, id in told})

    def _found(self, type: str, wanted: dict[str, Any]) -> Iterator[tuple[datetime, Any]]:
        id = wanted.pop("id", None)
        for at, one in list(self.log):
            fits = all(getattr(one.event, name) == value for name, value in wanted.items() if one.event.type == type)
            if one.event.type == type and fits and id in (None, one.id):
                yield at, one


def _keep_rows(world: World, event: Any) -> None:
    """Approvals, tasks and messages as the store's tables have them."""
    account = world.account
    match event.type:
        case "approval.requested":
            row = ApprovalRow(
                event.approval,
                event.kind,
                "open",
                event.role,
                event.asked_by,
                tuple(event.cases),
                event.content_hash,
                event.content,
            )
            account.approvals[event.approval] = row
        case "approval.joined":
            row = account.approvals[event.approval]
            cases = tuple(id for id in (*row.cases, *event.cases) if id not in event.removed)
            account.approvals[event.approval] = msgspec.structs.replace(row, cases=cases)
        case "approval.granted" | "approval.rejected" | "approval.cancelled" | "approval.expired":
            row = account.approvals[event.approval]
            account.approvals[event.approval] = msgspec.structs.replace(row, state=event.type.partition(".")[2])
        case "task.created":
            account.tasks[event.task] = (event.kind, "open", tuple(event.cases))
        case "task.changed":
            kind, state, cases = account.tasks[event.task]
            kept = tuple(id for id in (*cases, *event.cases) if id not in event.removed)
            account.tasks[event.task] = (kind, state, kept)
        case "task.completed" | "task.cancelled":
            kind, _, cases = account.tasks[event.task]
            account.tasks[event.task] = (kind, event.type.partition(".")[2], cases)
        case "reconciliation.sent":
            account.reconciled[event.reconciliation] = tuple(event.cases)
        case "case.reminded" if event.message:
            world.slots[event.message] = event.slot


def habits_of(world: World) -> dict[str, frozenset[str]]:
    """A10 and B5, judged now over the last three bills with an earlier S: two late ones make a habit."""
    rules = habits.rules_of(world.scene)
    bills = world.account.cases.values()
    return {case.id: habits.habits_of(case, bills, world.scene.today, rules) for case in world.account.open_cases()}
