"""What people and the ERP did, to be done again, read back from what it left in the log: the facts stay as they happened, and
all that followed from them is left to the rules."""

from collections.abc import Callable, Iterator
from typing import Any

from service.domain import commands as c
from service.domain.account import Account, Happened
from service.domain.decide import decide
from service.domain.decide.watch import is_look
from service.domain.events import agreed as g
from service.domain.events import approval as a
from service.domain.events import bill as b
from service.domain.events import case as e
from service.domain.events import claim as k
from service.domain.events import conversation as s
from service.domain.events import customer as u
from service.domain.events import standing as d
from service.domain.events import task as t
from service.domain.events.letter import LetterReceived
from service.domain.scene import CLOCK, Scene
from service.domain.whatif import acts, exchanges
from service.domain.whatif.deeds import Deed, Record
from service.domain.whatif.facts import READ_BACK, command_of

Again = Callable[[Account, Scene, Record], Iterator[Happened]]


def again(deed: Deed) -> list[Record]:
    """The records of a deed that are to be done again; the others followed from them."""
    return [one for n, one in enumerate(deed.records) if _is_own(deed, n, one.event)]


def _is_own(deed: Deed, n: int, event: Any) -> bool:
    if deed.is_clocks:
        looks = is_look(event) and not any(is_look(one.event) for one in deed.records[:n])
        return looks or isinstance(event, s.MessageHandedOver | s.MessageBounced | k.Interrupted)
    match event:
        case u.CustomerUpdated():
            return n == 0 or not isinstance(deed.records[n - 1].event, e.CaseOpened)
        case u.CustomerFlagged() | u.ContactChanged() | t.TaskCompleted():
            return n == 0
        case t.TaskChanged() | t.TaskCreated():
            return len(deed.records) == 1
        case e.Paused():
            return event.reason == "manual"
        case e.Resumed():
            return event.why == "person"
        case u.CustomerAssigned():
            return not event.in_turn
        case b.DueDateChanged() | g.PlanAgreed() | g.DiscountOffered():
            return event.approval is None
        case g.DisputeResolved():
            return event.outcome != "lapsed"
        case a.ApprovalRequested():
            return event.asked_by != CLOCK
        case _:
            return type(event) in AGAIN


def do_again(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """What it means here and now; raises Refused where it has no object."""
    event = record.event
    if record.asker.role == CLOCK and is_look(event):
        return decide(c.Watch(customer=account.customer.id), account, scene, record.asker, {})
    return AGAIN[type(event)](account, scene, record)


def _fact(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    command = command_of(record.id, record.event, _currency(account, record))
    return decide(command, account, scene, record.asker, {})


def _currency(account: Account, record: Record) -> str:
    if record.stream == "payment":
        return account.payments[record.id].currency if record.id in account.payments else ""
    return account.cases[record.id].currency if record.id in account.cases else ""


def _kept(account: Account, _: Scene, record: Record) -> Iterator[Happened]:
    """A fact that means the same whatever the rules."""
    if record.stream == "case":
        account.case(record.id)
    yield Happened(record.stream, record.id, record.event)


AGAIN: dict[type[Any], Again] = {
    **dict.fromkeys(READ_BACK, _fact),
    u.CustomerUpdated: exchanges.updated,
    u.CustomerFlagged: _kept,
    u.CustomerAssigned: _kept,
    u.ContactChanged: exchanges.contact,
    u.ContactErased: _kept,
    u.HoldAcknowledged: exchanges.acknowledged,
    u.HoldReleaseAcknowledged: exchanges.acknowledged,
    d.CustomerReviewed: _kept,
    d.CustomerRestricted: exchanges.restricted,
    e.CaseMoved: acts.moved,
    e.PromiseMade: acts.promised,
    e.Paused: acts.paused,
    e.Resumed: acts.resumed,
    e.Assigned: _kept,
    e.Flagged: _kept,
    b.DueDateChanged: acts.due_date,
    g.PlanAgreed: acts.planned,
    g.DisputeOpened: acts.disputed,
    g.DisputeResolved: acts.resolved,
    g.DiscountOffered: _kept,
    k.Interrupted: _kept,
    k.TakenBack: acts.taken_back,
    k.MilestoneReached: acts.reached,
    k.DeadlineSet: _kept,
    k.DeadlineEnded: _kept,
    k.CostIncurred: _kept,
    a.ApprovalRequested: exchanges.asked,
    a.ApprovalGranted: exchanges.answered,
    a.ApprovalPassed: exchanges.answered,
    a.ApprovalRejected: exchanges.answered,
    s.ContactLogged: exchanges.said,
    s.MessageHandedOver: _kept,
    s.MessageBounced: exchanges.bounced,
    s.MessageReplied: exchanges.replied,
    t.TaskCompleted: exchanges.done,
    t.TaskChanged: exchanges.changed,
    t.TaskCreated: _kept,
    LetterReceived: _kept,
}
"""Whatever people and the ERP do that steps may hang on."""
