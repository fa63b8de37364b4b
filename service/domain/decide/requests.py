"""What people ask others to agree to: a hold, its release (B8, B10, E4)."""

from collections.abc import Iterator
from datetime import timedelta

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import ApplyHold, ReleaseHold
from service.domain.decide.content import Content, sealed
from service.domain.events.approval import ApprovalRequested
from service.domain.refusals import Conflict
from service.domain.scene import Asker, Scene

EXPIRES_AFTER = timedelta(30)


def ask_by_person(command: ApplyHold | ReleaseHold, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """The request waits for the boss, thirty days at most; one of a kind at a time."""
    customer = account.customer
    kind = "hold" if isinstance(command, ApplyHold) else "release"
    if kind in customer.requests:
        raise Conflict("request_open", None, kind=kind, approval=customer.requests[kind].id)
    if (customer.hold is not None) == (kind == "hold"):
        raise Conflict("hold_stands" if kind == "hold" else "no_hold", None, customer=customer.id)
    granted = [{"deed": "hold"}] if kind == "hold" else []
    content, content_hash = sealed(Content(kind=kind, customer=customer.id, step=kind, rule="E4", granted=granted))
    event = ApprovalRequested(
        approval=f"{kind}~{customer.id}.{customer.version + 1}",
        kind=kind,
        role="boss",
        customer=customer.id,
        cases=[],
        bills=0,
        rule="E4",
        asked_by=asker.actor,
        asked_on=scene.today,
        content=content,
        content_hash=content_hash,
        expires_on=scene.today + EXPIRES_AFTER,
        previous=customer.refusals[kind].approval if kind in customer.refusals else None,
    )
    yield on_customer(customer.id, event, {"": {"reason": command.reason}})
