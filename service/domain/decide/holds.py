"""Holds (B8, E4): applied, acknowledged by the ERP, released, each with who and why."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_customer
from service.domain.case import RANK
from service.domain.commands import AcknowledgeHold, AcknowledgeRelease
from service.domain.decide.content import Content, sealed
from service.domain.events.approval import ApprovalCancelled, ApprovalRequested
from service.domain.events.customer import HoldAcknowledged, HoldApplied, HoldReleaseAcknowledged, HoldReleased
from service.domain.refusals import Refused
from service.domain.scene import CLOCK, Scene


def apply(account: Account, scene: Scene, cases: list[str], approval: str | None) -> Iterator[Happened]:
    """Deliveries stop with this event; nothing happens when they are stopped already."""
    if account.customer.hold:
        return
    customer = account.customer
    event = HoldApplied(
        hold=f"hold~{customer.id}.{customer.version + 1}",
        customer=customer.id,
        cases=cases,
        on=scene.today,
        approval=approval,
    )
    yield on_customer(customer.id, event)


def release(
    account: Account, scene: Scene, why: str, approval: str | None = None, reason: str | None = None
) -> Iterator[Happened]:
    """Deliveries may go on."""
    hold = account.customer.hold
    if hold is None:
        return
    event = HoldReleased(
        hold=hold.id, customer=account.customer.id, cases=[], on=scene.today, why=why, approval=approval
    )
    yield on_customer(account.customer.id, event, {"": {"reason": reason}} if reason else None)


def propose_release(account: Account, scene: Scene) -> Iterator[Happened]:
    """When the last bill behind the hold is closed: release at once or ask the boss, as the tenant chose (B10)."""
    customer = account.customer
    if customer.hold is None or any(
        c.stage != "closed" and RANK[c.level] >= RANK["hold"] for c in account.cases.values()
    ):
        return
    if scene.settings.automatic_release:
        yield from release(account, scene, "paid")
        return
    if "release" in customer.requests:
        return
    content, content_hash = sealed(
        Content(kind="release", customer=customer.id, step="release", rule="B10", granted=[])
    )
    event = ApprovalRequested(
        approval=f"release~{customer.id}.{customer.version + 1}",
        kind="release",
        role="boss",
        customer=customer.id,
        cases=[],
        bills=0,
        rule="B10",
        asked_by=CLOCK,
        asked_on=scene.today,
        content=content,
        content_hash=content_hash,
    )
    yield on_customer(customer.id, event)


def keep(account: Account) -> Iterator[Happened]:
    """A bill stands behind the hold again: the clock's own proposal to release it has lost its object."""
    request = account.customer.requests.get("release")
    if request and request.asked_by == CLOCK:
        cancelled = ApprovalCancelled(approval=request.id, kind="release", cases=[], why="bills_behind_hold")
        yield on_customer(account.customer.id, cancelled)


def acknowledge(command: AcknowledgeHold | AcknowledgeRelease, account: Account, scene: Scene) -> Iterator[Happened]:
    """The ERP says that it stopped or resumed deliveries."""
    on = command.on or scene.today
    hold = account.customer.hold
    stands = hold is not None and hold.id == command.hold
    released = account.customer.released == command.hold
    if isinstance(command, AcknowledgeHold) and (stands or released):
        # Late or not, the ERP's word is a fact; said twice it is none.
        if hold is None or not stands or hold.acknowledged_on is None:
            yield on_customer(account.customer.id, HoldAcknowledged(hold=command.hold, on=on))
    elif isinstance(command, AcknowledgeRelease) and released:
        if not account.customer.release_acknowledged:
            yield on_customer(account.customer.id, HoldReleaseAcknowledged(hold=command.hold, on=on))
    else:
        raise Refused("unknown_hold", "/data/hold", hold=command.hold)
