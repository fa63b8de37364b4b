"""What was said with a customer, asked of our people and done by them, done again."""

from collections.abc import Iterator

from msgspec import UNSET
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.decide import approvals, conversations, holds, replies, restrictions, visits
from service.domain.events import agreed as g
from service.domain.events import approval as a
from service.domain.events import conversation as s
from service.domain.events import customer as u
from service.domain.events import task as t
from service.domain.refusals import Conflict
from service.domain.scene import Asker, Scene
from service.domain.whatif.deeds import Record


def updated(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """What the ERP said of the customer."""
    event, before = record.event, account.customer.restrictions
    assert isinstance(event, u.CustomerUpdated)
    yield on_customer(account.customer.id, event)
    if event.restrictions is not UNSET:
        yield from restrictions.follow(account, scene, before)


def restricted(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """What people of ours said of contacts with the customer."""
    before = account.customer.restrictions
    yield Happened(record.stream, record.id, record.event)
    yield from restrictions.follow(account, scene, before)


def contact(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """A person of the customer's was found, corrected or crossed out."""
    event = record.event
    assert isinstance(event, u.ContactChanged)
    before = account.customer.contacts.get(event.contact.id)
    yield on_customer(account.customer.id, event)
    if event.contact.mark and before and before.mark != event.contact.mark:
        yield from conversations.look_for_another(account, scene)


def asked(account: Account, _: Scene, record: Record) -> Iterator[Happened]:
    """By a person; what a playbook asks is asked by the rules."""
    event = record.event
    assert isinstance(event, a.ApprovalRequested)
    customer = account.customer
    if not event.bound and event.kind in customer.requests:
        raise Conflict("request_open", None, kind=event.kind, approval=customer.requests[event.kind].id)
    yield on_customer(customer.id, event)
    for id in event.cases if event.bound else ():
        yield on_case(account.case(id).id, g.Asked(kind=event.kind, approval=event.approval))


def answered(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The very request, else the one of that kind which stands in its place."""
    event = record.event
    assert isinstance(event, a.ApprovalGranted | a.ApprovalPassed | a.ApprovalRejected)
    request = account.customer.request(event.approval) or account.customer.requests.get(event.kind)
    if request is None:
        raise Conflict("approval_closed", None, approval=event.approval, state="")
    whose, who = account.customer.id, Asker(actor=event.by, role=request.role)
    if isinstance(event, a.ApprovalRejected):
        command = c.RejectApproval(customer=whose, approval=request.id, reason="")
        yield from approvals.reject(command, account, scene, who)
    else:
        yield from approvals.grant(c.GrantApproval(customer=whose, approval=request.id), account, scene, who)


def acknowledged(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """Of the hold that stands here, by whatever name."""
    event, customer = record.event, account.customer
    if isinstance(event, u.HoldAcknowledged):
        hold = customer.hold.id if customer.hold else event.hold
        yield from holds.acknowledge(c.AcknowledgeHold(customer=customer.id, hold=hold, on=event.on), account, scene)
    elif isinstance(event, u.HoldReleaseAcknowledged):
        released = c.AcknowledgeRelease(customer=customer.id, hold=customer.released or event.hold, on=event.on)
        yield from holds.acknowledge(released, account, scene)


def said(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """What was said in a conversation."""
    event = record.event
    assert isinstance(event, s.ContactLogged)
    cases = [id for id in event.cases if id in account.cases]
    said = c.ContactRecord(
        channel=event.channel,
        outcome=event.outcome,
        contact=event.contact,
        point=event.point,
        willingness=event.willingness,
        ability=event.ability,
        cause=event.cause,
        next_on=event.next_on,
    )
    yield from conversations.recorded(account, scene, record.asker, said, cases, event.task)
    if event.task and event.task.startswith("visit~"):
        yield from visits.confirm(account, scene, record.asker, said, cases)


def bounced(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """A message that reached nobody."""
    event = record.event
    assert isinstance(event, s.MessageBounced)
    command = c.ReportMessage(
        customer=account.customer.id,
        message=event.message,
        contact=event.contact,
        channel=event.channel,
        cases=tuple(event.cases),
        outcome="bounced",
        code=event.code,
    )
    yield from conversations.bounced(command, account, scene)


def replied(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The customer answered."""
    event = record.event
    assert isinstance(event, s.MessageReplied)
    command = c.RecordReply(
        customer=account.customer.id,
        message=event.message,
        contact=event.contact,
        channel=event.channel,
        cases=tuple(event.cases),
    )
    yield from replies.received(command, account, scene)


def done(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The customer's one open task of that kind, or the bill's own, by whatever name."""
    event = record.event
    assert isinstance(event, t.TaskCompleted)
    if record.stream == "customer":
        task = account.customer.tasks.get(event.kind)
        if task is None:
            raise Conflict("task_closed", None, task=event.task, state="")
        inside = [id for id, case in account.cases.items() if case.tasks.get(event.kind) == task.id]
        yield on_customer(account.customer.id, replace(event, task=task.id, cases=inside, on=scene.today))
        return
    own = account.case(record.id).tasks
    name = event.task if event.task in own.values() else _alike(own, event.kind)
    if name is None:
        raise Conflict("task_closed", None, task=event.task, state="")
    yield on_case(record.id, replace(event, task=name, on=scene.today))


def _alike(own: dict[str, str], kind: str) -> str | None:
    return next((task for key, task in own.items() if key.partition(":")[0] == kind), None)


def changed(account: Account, _: Scene, record: Record) -> Iterator[Happened]:
    """Put off, or given to somebody."""
    event = record.event
    assert isinstance(event, t.TaskChanged)
    task = account.customer.tasks.get(event.kind)
    if record.stream == "customer" and task:
        here = replace(event, task=task.id, bills=task.bills, raised=task.raised, role=task.role)
        yield on_customer(account.customer.id, here)


