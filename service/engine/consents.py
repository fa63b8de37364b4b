"""Requests about the company itself (I32): asked, answered by another than who asked, over when nobody answers in time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from service.domain.authority import in_place_of
from service.domain.decide.content import Content, opened, sealed
from service.domain.events.approval import ApprovalExpired, ApprovalGranted, ApprovalRejected, ApprovalRequested
from service.domain.refusals import Conflict
from service.domain.scene import CLOCKWORK, Asker, Scene
from service.domain.tenant import Tenant
from service.engine.administer import Change, administer
from service.engine.desk import Desk, Session
from service.store.database import Tx

EXPIRES_AFTER = timedelta(30)
OPEN_AT_MOST = 50
RULE = "I32"

_DAY = timedelta(1)


def ask(
    tenant: Tenant, asker: Asker, today: date, kind: str, about: str, role: str, deed: dict[str, Any], reason: str | None
) -> Change:
    """The deed waits for somebody of the role, thirty days at most; one of a kind about the same thing at a time."""
    for id in tenant.requests:
        if id.rpartition(".")[0] == f"{kind}~{about}":
            raise Conflict("request_open", None, kind=kind, approval=id)
    if len(tenant.requests) >= OPEN_AT_MOST:
        raise Conflict("requests_exhausted", None, limit=OPEN_AT_MOST)
    content, content_hash = sealed(
        Content(kind=kind, customer="", step=about, rule=RULE, granted=[{"deed": kind, **deed}])
    )
    event = ApprovalRequested(
        approval=f"{kind}~{about}.{tenant.version + 1}",
        kind=kind,
        role=role,
        customer="",
        cases=[],
        bills=0,
        rule=RULE,
        asked_by=asker.actor,
        asked_on=today,
        content=content,
        content_hash=content_hash,
        expires_on=today + EXPIRES_AFTER,
    )
    return Change(event, {"": {"reason": reason}} if reason else None)


def granted(
    tenant: Tenant, scene: Scene, asker: Asker, row: dict[str, Any], seen: str | None
) -> tuple[Change, dict[str, Any]]:
    """Agreed, and what is to be done now; `seen` is the hash of what the answer is about. Raises Refused."""
    represented = _represented(tenant, scene, asker, row)
    if seen is not None and seen != row["content_hash"]:
        raise Conflict("content_changed", "/content_hash", approval=row["id"])
    (deed,) = opened(row["content"], row["content_hash"]).granted
    event = ApprovalGranted(
        approval=row["id"],
        kind=row["kind"],
        cases=[],
        on=scene.today,
        by=asker.actor,
        content_hash=row["content_hash"],
        in_place_of=represented,
    )
    return Change(event), deed


def rejected(tenant: Tenant, scene: Scene, asker: Asker, row: dict[str, Any], reason: str) -> Change:
    """Not agreed. Raises Refused."""
    represented = _represented(tenant, scene, asker, row)
    event = ApprovalRejected(
        approval=row["id"], kind=row["kind"], cases=[], on=scene.today, by=asker.actor, in_place_of=represented
    )
    return Change(event, {"": {"reason": reason}})


def _represented(tenant: Tenant, scene: Scene, asker: Asker, row: dict[str, Any]) -> str | None:
    request = tenant.requests.get(row["id"])
    if request is None:
        raise Conflict("approval_closed", None, approval=row["id"], state=row["state"])
    return in_place_of(scene.people, scene.today, asker, request.role, row["kind"], request.asked_by)


def next_look(session: Session) -> datetime | None:
    """When the next request is over without an answer."""
    days = [request.expires_on for request in session.tenancy.tenant.requests.values()]
    return session.scene.workdays.midnight(min(days) + _DAY) if days else None


def expire(desk: Desk, id: str, now: datetime | None) -> None:
    """The requests that nobody answered in time."""
    with desk.open(id, now) as session:
        at, scene = next_look(session), session.scene
    if at is None or at > scene.now:
        return

    def over(tenant: Tenant) -> Iterator[Change]:
        for approval, request in tenant.requests.items():
            if request.expires_on < scene.today:
                yield Change(ApprovalExpired(approval=approval, kind=approval.partition("~")[0], cases=[]))

    def decide(_: Tx, tenant: Tenant) -> Sequence[Change]:
        return list(over(tenant))

    administer(desk.engine, id, decide, CLOCKWORK, scene.now)
