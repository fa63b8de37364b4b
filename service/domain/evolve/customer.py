"""What each event of a customer means for them: total, for any state."""

from typing import Any, assert_never

from msgspec import UNSET
from msgspec.structs import asdict, replace

from service.domain.case import ERRANDS
from service.domain.customer import THIRD_PARTIES, Contact, Customer, Hold, OpenRequest, OpenTask, Refusal
from service.domain.events import approval as a
from service.domain.events import conversation as s
from service.domain.events import customer as e
from service.domain.events import standing as k
from service.domain.events import task as t
from service.domain.events.letter import LetterPrinted, LetterReceived
from service.domain.events.reconciliation import ReconciliationEvent
from service.domain.evolve.conversation import evolve_conversation
from service.domain.evolve.reconciliation import evolve_reconciliation
from service.domain.evolve.standing import both, evolve_standing

ABOUT = 10
"""So many bills of an errand are kept with it."""

_DETAILED = frozenset({"accounts_payable", "decision_maker"})


def evolve_customer(customer: Customer, event: e.CustomerEvent) -> Customer:
    """The customer after the event."""
    customer = replace(customer, version=customer.version + 1)
    if isinstance(event, k.StandingEvent):
        return evolve_standing(customer, event)
    if isinstance(event, ReconciliationEvent):
        return evolve_reconciliation(customer, event)
    match event:
        case t.TaskCreated() | t.TaskChanged() | t.TaskCompleted() | t.TaskCancelled():
            return _task(customer, event)
        case (
            a.ApprovalRequested()
            | a.ApprovalJoined()
            | a.ApprovalPassed()
            | a.ApprovalGranted()
            | a.ApprovalRejected()
            | a.ApprovalCancelled()
            | a.ApprovalExpired()
        ):
            return _request(customer, event)
        case e.HoldApplied() | e.HoldAcknowledged() | e.HoldReleased() | e.HoldReleaseAcknowledged():
            return _hold(customer, event)
        case e.CustomerUpdated():
            return _updated(customer, event)
        case e.CustomerAssigned():
            return replace(customer, **{"taken_by" if event.in_turn else "assigned": event.owner})
        case e.ContactChanged():
            return replace(customer, contacts=_merged(customer, event.contact))
        case e.ContactErased():
            return replace(customer, contacts={id: one for id, one in customer.contacts.items() if id != event.contact})
        case e.CustomerFlagged():
            return _flagged(customer, event)
        case e.NoticeRaised():
            return _told(customer, event)
        case (
            s.ContactLogged()
            | s.MessageHandedOver()
            | s.MessageBounced()
            | s.MessageReplied()
            | s.MessageWithheld()
            | s.MessageAdvised()
            | s.VisitArranged()
        ):
            return evolve_conversation(customer, event)
        case e.LetterIssued() | LetterPrinted() | LetterReceived() | e.CustomerNoted():
            return customer
        case _:
            assert_never(event)


def _updated(customer: Customer, event: e.CustomerUpdated) -> Customer:
    facts: dict[str, Any] = {name: value for name, value in asdict(event).items() if value is not UNSET}
    contacts = facts.pop("contacts")
    if "restrictions" in facts:
        facts["restrictions"] = tuple(facts["restrictions"])
        if customer.restrictions_said is not None:
            facts["restrictions_said"] = facts["restrictions"]
            facts["restrictions"] = both(facts["restrictions"], customer.barred)
    if customer.segment_said and "segment" in facts:
        facts["segment_said"] = facts.pop("segment")  # a person's decision stands (E2)
    if facts.get("collector", customer.collector) != customer.collector:
        facts["assigned"] = None  # another word of the ERP's is newer than ours; the same one again is not
    customer = replace(customer, **facts)
    for contact in contacts:
        customer = replace(customer, contacts=_merged(customer, contact))
    return customer


def _flagged(customer: Customer, event: e.CustomerFlagged) -> Customer:
    """A danger signal brings the next review forward (E2)."""
    flags = {flag: on for flag, on in customer.flags.items() if flag != event.flag}
    customer = replace(customer, flags=flags if event.cleared else {**flags, event.flag: event.on})
    if event.review_on is None or (customer.review_on and customer.review_on <= event.review_on):
        return customer
    return replace(customer, review_on=event.review_on)


def _merged(customer: Customer, facts: e.ContactFacts) -> dict[str, Contact]:
    contacts = dict(customer.contacts)
    if facts.removed:
        contacts.pop(facts.id, None)
        return contacts
    contact = contacts.get(facts.id) or Contact(facts.id)
    if facts.role is not UNSET:
        contact = replace(contact, role=facts.role, may_receive_details=facts.role in _DETAILED)
    if facts.may_receive_details is not UNSET and contact.role not in THIRD_PARTIES:
        contact = replace(contact, may_receive_details=facts.may_receive_details)
    if facts.reachable_by is not UNSET:
        contact = replace(contact, reachable_by=tuple(facts.reachable_by), mark=None, points={})
    if facts.has_details:
        contact = replace(contact, details=customer.version)
    contacts[facts.id] = replace(contact, mark=facts.mark) if facts.mark else contact
    return contacts


def _task(customer: Customer, event: t.TaskEvent) -> Customer:
    others = {kind: task for kind, task in customer.tasks.items() if kind != event.kind}
    match event:
        case t.TaskCreated():
            task = OpenTask(
                id=event.task,
                role=event.role,
                owner=event.owner,
                bills=event.bills,
                created_on=event.on,
                raised=event.raised,
                due_on=event.due_on,
                requires=tuple(event.requires),
                about=tuple(event.cases[:ABOUT]) if event.kind in ERRANDS else (),
            )
            tasks_on = customer.tasks_on if event.kind in ERRANDS else {**customer.tasks_on, event.kind: event.on}
            return replace(customer, tasks={**others, event.kind: task}, tasks_on=tasks_on)
        case t.TaskChanged():
            task = customer.tasks.get(event.kind) or OpenTask(event.task, event.role, event.owner, 0, event.on)
            task = replace(
                task,
                role=event.role,
                owner=event.owner,
                bills=event.bills,
                raised=event.raised,
                due_on=event.due_on or task.due_on,
                requires=tuple(sorted({*task.requires, *event.requires})),
                about=_about(task, event) if event.kind in ERRANDS else (),
                told=task.told and not (event.kind in ERRANDS and event.due_on),
            )
            return replace(customer, tasks={**others, event.kind: task})
        case t.TaskCompleted() | t.TaskCancelled():
            missed = {} if event.kind == "lost_contact" else customer.missed
            waits_until = None if event.kind == "reply" else customer.waits_until
            return replace(customer, tasks=others, missed=missed, waits_until=waits_until)
        case _:
            assert_never(event)


def _about(task: OpenTask, event: t.TaskChanged) -> tuple[str, ...]:
    names = dict.fromkeys((*task.about, *event.cases))
    return tuple(id for id in names if id not in event.removed)[:ABOUT]


def _request(
    customer: Customer,
    event: a.ApprovalRequested
    | a.ApprovalJoined
    | a.ApprovalPassed
    | a.ApprovalGranted
    | a.ApprovalRejected
    | a.ApprovalCancelled
    | a.ApprovalExpired,
) -> Customer:
    known = customer.request(event.approval)
    others = {key: request for key, request in customer.requests.items() if request is not known}
    match event:
        case a.ApprovalRequested():
            key = event.approval if event.bound else event.kind
            request = OpenRequest(
                id=event.approval,
                role=event.role,
                bills=event.bills,
                rule=event.rule,
                asked_by=event.asked_by,
                asked_on=event.asked_on,
                told_on=event.asked_on,
                expires_on=event.expires_on,
                remind_open_days=event.remind_open_days,
                content="[]" if event.bound else event.content,
                content_hash="" if event.bound else event.content_hash,
                bound=event.bound,
            )
            return replace(customer, requests={**others, key: request})
        case a.ApprovalJoined():
            if known is None:
                return customer
            key = known.id if known.bound else event.kind
            return replace(customer, requests={**others, key: replace(known, bills=event.bills)})
        case a.ApprovalPassed():
            if known is None:
                return customer
            key = known.id if known.bound else event.kind
            passed = replace(known, role=event.role, told_on=event.on, passed_by=event.by)
            return replace(customer, requests={**others, key: passed})
        case a.ApprovalRejected() if known and known.bound:
            return replace(customer, requests=others)
        case a.ApprovalRejected():
            refusals = {**customer.refusals, event.kind: Refusal(event.approval, event.on)}
            return replace(customer, requests=others, refusals=refusals)
        case a.ApprovalGranted():
            refusals = {kind: refusal for kind, refusal in customer.refusals.items() if kind != event.kind}
            return replace(customer, requests=others, refusals=refusals)
        case a.ApprovalCancelled() | a.ApprovalExpired():
            return replace(customer, requests=others)
        case _:
            assert_never(event)


def _hold(
    customer: Customer, event: e.HoldApplied | e.HoldAcknowledged | e.HoldReleased | e.HoldReleaseAcknowledged
) -> Customer:
    match event:
        case e.HoldApplied():
            return replace(customer, hold=Hold(event.hold, event.on))
        case e.HoldAcknowledged():
            if customer.hold is None or customer.hold.id != event.hold:
                return customer
            return replace(customer, hold=replace(customer.hold, acknowledged_on=event.on))
        case e.HoldReleased():
            return replace(customer, hold=None, released=event.hold, release_acknowledged=False)
        case e.HoldReleaseAcknowledged():
            return replace(customer, release_acknowledged=True)
        case _:
            assert_never(event)


def _told(customer: Customer, event: e.NoticeRaised) -> Customer:
    """A reminder is raised once: of a hold, a task, or every few days of a request."""
    if event.about is None:
        return customer
    if customer.hold and customer.hold.id == event.about:
        return replace(customer, hold=replace(customer.hold, told=True))
    tasks = {k: replace(task, told=True) if task.id == event.about else task for k, task in customer.tasks.items()}
    requests = {
        k: replace(request, told_on=event.on) if request.id == event.about else request
        for k, request in customer.requests.items()
    }
    return replace(customer, tasks=tasks, requests=requests)
