"""A company that uses the service: its settings, its calendar, and which version of each is in force."""

from datetime import date, datetime
from typing import assert_never

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from service.domain import payment_feed, weeks
from service.domain.digests import DIGEST
from service.domain.directory import Delegation
from service.domain.events import approval as a
from service.domain.events import tenant as e
from service.domain.events.customer import NoticeRaised
from service.domain.settings import Settings
from service.domain.workdays import Calendar


class TenantRequest(Struct, frozen=True, omit_defaults=True):
    """A request about the company itself that waits for an answer; what it says lies with its row."""

    role: str
    asked_by: str
    expires_on: date


class Reassignment(Struct, frozen=True):
    """Customers on their way from one of ours to others, by new owner; `by` told so, in that role."""

    by: str
    role: str
    previous: str
    moves: dict[str, list[str]]


class TemplateInForce(Struct, frozen=True, array_like=True):
    """A company's own template: its version, and where in the tenant's stream it stands; `own` unless ours holds again."""

    version: int
    place: int
    own: bool


class Tenant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state that the tenant's stream leaves; keys, users and endpoints have rows of their own."""

    id: str
    version: int = 0
    name: str = ""
    kind: str = "live"
    settings: Settings = Settings()
    calendar: Calendar | None = None
    playbooks: dict[str, int] = {}
    digest_on: dict[str, date] = {}
    """When each role last had its digest (F2)."""
    delete_after: datetime | None = None
    delegations: dict[str, Delegation] = {}
    requests: dict[str, TenantRequest] = {}
    moving: dict[str, Reassignment] = {}
    payments_known: date | None = None
    feed_told_on: date | None = None
    week_told_on: date | None = None
    templates: dict[str, TemplateInForce] = {}
    """By `language/kind`, as far as there ever was one of its own."""


def evolve_tenant(tenant: Tenant, event: e.TenantEvent) -> Tenant:
    """The tenant after the event; total."""
    tenant = replace(tenant, version=tenant.version + 1)
    match event:
        case e.TenantCreated():
            return replace(tenant, name=event.name, kind=event.kind)
        case e.TenantClosed():
            return replace(tenant, delete_after=event.delete_after)
        case e.TenantReopened():
            return replace(tenant, delete_after=None)
        case e.SettingsChanged():
            return replace(tenant, settings=msgspec.convert(event.settings, Settings))
        case e.CalendarPublished():
            return replace(tenant, calendar=msgspec.convert(event.calendar, Calendar))
        case e.PlaybookPublished():
            return replace(tenant, playbooks={**tenant.playbooks, event.playbook: event.version})
        case e.TemplatePublished():
            found = TemplateInForce(event.version, tenant.version, event.texts is not None)
            return replace(tenant, templates={**tenant.templates, f"{event.language}/{event.kind}": found})
        case e.PaymentsKnown():
            return replace(tenant, payments_known=event.through)
        case (
            e.UserChanged()
            | e.TargetSet()
            | e.KeyCreated()
            | e.KeyRevoked()
            | e.EndpointCreated()
            | e.EndpointChanged()
            | e.EndpointDisabled()
            | e.EndpointSecretRotated()
            | e.EndpointRemoved()
            | e.EndpointTested()
        ):
            return tenant
        case e.ReassignmentBegun():
            begun = Reassignment(event.by, event.role, event.previous, event.moves)
            return replace(tenant, moving={**tenant.moving, event.reassignment: begun})
        case e.ReassignmentDone():
            return replace(tenant, moving={id: one for id, one in tenant.moving.items() if id != event.reassignment})
        case e.DelegationGiven() | e.DelegationEnded():
            return replace(tenant, delegations=_delegations(tenant, event))
        case (
            a.ApprovalRequested()
            | a.ApprovalJoined()
            | a.ApprovalPassed()
            | a.ApprovalGranted()
            | a.ApprovalRejected()
            | a.ApprovalCancelled()
            | a.ApprovalExpired()
        ):
            return replace(tenant, requests=_requests(tenant, event))
        case NoticeRaised(text=payment_feed.LATE):
            return replace(tenant, feed_told_on=event.on)
        case NoticeRaised(text=weeks.TOLD):
            return replace(tenant, week_told_on=event.on)
        case NoticeRaised():
            digested = dict.fromkeys(event.audience if event.text == DIGEST else (), event.on)
            return replace(tenant, digest_on={**tenant.digest_on, **digested})
        case _:
            assert_never(event)


def _delegations(tenant: Tenant, event: e.DelegationGiven | e.DelegationEnded) -> dict[str, Delegation]:
    """Those that have run out go with the next one."""
    if isinstance(event, e.DelegationEnded):
        return {id: one for id, one in tenant.delegations.items() if id != event.delegation}
    standing = {id: one for id, one in tenant.delegations.items() if one.until >= event.on}
    given = Delegation(
        id=event.delegation, by=event.by, role=event.role, to=event.to, until=event.until, kinds=tuple(event.kinds)
    )
    return {**standing, given.id: given}


def _requests(tenant: Tenant, event: a.ApprovalEvent) -> dict[str, TenantRequest]:
    others = {id: one for id, one in tenant.requests.items() if id != event.approval}
    if isinstance(event, a.ApprovalPassed) and (known := tenant.requests.get(event.approval)):
        return {**others, event.approval: replace(known, role=event.role)}
    if isinstance(event, a.ApprovalRequested) and event.expires_on:
        return {**others, event.approval: TenantRequest(event.role, event.asked_by, event.expires_on)}
    return others
