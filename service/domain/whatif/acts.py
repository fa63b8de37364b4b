"""What was done and agreed about bills, done again."""

from collections.abc import Iterator

from service.domain import commands as c
from service.domain.account import Account, Happened, on_case
from service.domain.decide import decide, disputes, due_dates, hand_overs, plans, tasks
from service.domain.decide.pauses import pause_case
from service.domain.events import agreed as g
from service.domain.events import bill as b
from service.domain.events import case as e
from service.domain.events import claim as k
from service.domain.money import format
from service.domain.refusals import Conflict
from service.domain.scene import Scene
from service.domain.whatif.deeds import Record


def promised(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The promise as it was given; it pauses where it did."""
    event = record.event
    assert isinstance(event, e.PromiseMade)
    _open(account, record.id)
    yield on_case(record.id, event)
    if event.pauses:
        case = account.cases[record.id]
        yield from pause_case(account, scene, case, "promise", event.until, event.promise)


def _open(account: Account, id: str) -> None:
    if account.case(id).stage == "closed":
        raise Conflict("case_closed", None, case=id)


def paused(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """A person's pause."""
    _open(account, record.id)
    yield from tasks.leave(account, scene, account.cases[record.id], "paused")
    yield Happened(record.stream, record.id, record.event)


def resumed(account: Account, _: Scene, record: Record) -> Iterator[Happened]:
    """A person took contact up again."""
    if account.case(record.id).pause is None:
        raise Conflict("not_paused", None, case=record.id)
    yield Happened(record.stream, record.id, record.event)


def planned(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """Instalments as they were agreed."""
    event = record.event
    assert isinstance(event, g.PlanAgreed)
    _open(account, record.id)
    yield from plans.begin(account, scene, record.id, event, None)


def disputed(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """So much was contested."""
    event = record.event
    assert isinstance(event, g.DisputeOpened)
    _open(account, record.id)
    yield from disputes.begin(account, scene, record.id, event, None)


def resolved(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The dispute was decided."""
    event = record.event
    assert isinstance(event, g.DisputeResolved)
    amount = format(event.amount, account.case(record.id).currency) if event.amount else None
    command = c.ResolveDispute(
        customer=account.customer.id,
        case=record.id,
        dispute=event.dispute,
        outcome=event.outcome,  # type: ignore[arg-type]
        text="",
        amount=amount,
        root_cause=event.root_cause,
    )
    yield from disputes.resolve(command, account, scene)


def due_date(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """Another day was agreed (D4)."""
    event = record.event
    assert isinstance(event, b.DueDateChanged)
    account.case(record.id)
    yield from due_dates.new_due_date(account, scene, record.id, event.due_on, None, event.first)


def taken_back(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The bill is ours again."""
    command = c.TakeBack(customer=account.customer.id, cases=(record.id,), reason="")
    yield from hand_overs.take_back(command, account, scene)


def reached(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """Whoever pursues it came so far."""
    event = record.event
    assert isinstance(event, k.MilestoneReached)
    command = c.ReachMilestone(customer=account.customer.id, cases=(record.id,), milestone=event.milestone, on=event.on)
    yield from hand_overs.reach(command, account, scene)


def moved(account: Account, scene: Scene, record: Record) -> Iterator[Happened]:
    """The case was made to follow another playbook or version."""
    event = record.event
    assert isinstance(event, e.CaseMoved)
    move = c.MoveCases(
        customer=account.customer.id, cases=(record.id,), playbook=event.playbook, version=event.playbook_version
    )
    return decide(move, account, scene, record.asker, {})


