"""The events of a tenant: its settings, calendars, playbooks, people, keys and endpoints, each with who and why."""

from datetime import date, datetime
from typing import Any, ClassVar, TypeAlias

from service.domain.events.approval import ApprovalEvent
from service.domain.events.customer import NoticeRaised
from service.domain.events.shape import Shape


class TenantCreated(Shape, frozen=True, kw_only=True):
    """A company of its own, live or a sandbox with its own clock."""

    type: ClassVar[str] = "tenant.created"
    name: str
    kind: str
    now: datetime | None = None


class TenantClosed(Shape, frozen=True, kw_only=True):
    """The company leaves: keys are refused, clocks and deliveries stand still, and after that instant nothing is kept."""

    type: ClassVar[str] = "tenant.closed"
    delete_after: datetime


class TenantReopened(Shape, frozen=True, kw_only=True):
    """It stays after all, and goes on where it stopped."""

    type: ClassVar[str] = "tenant.reopened"


class SettingsChanged(Shape, frozen=True, kw_only=True):
    """Settings as they are after the change; `changed` names what moved."""

    type: ClassVar[str] = "settings.changed"
    settings: dict[str, Any]
    changed: list[str]


class CalendarPublished(Shape, frozen=True, kw_only=True):
    """Open and closed days; alarms not yet fired are computed anew (T7)."""

    type: ClassVar[str] = "calendar.published"
    calendar: dict[str, Any]


class PlaybookPublished(Shape, frozen=True, kw_only=True):
    """A version of a playbook, immutable from now on; `text` is its YAML."""

    type: ClassVar[str] = "playbook.published"
    playbook: str
    version: int
    text: str


class TemplatePublished(Shape, frozen=True, kw_only=True):
    """What letters of a kind say in a language from now on, in the company's own words; without `texts`, ours again."""

    type: ClassVar[str] = "template.published"
    language: str
    kind: str
    version: int
    texts: dict[str, str] | None = None


class PaymentsKnown(Shape, frozen=True, kw_only=True):
    """All payments up to that day have been told, though there may have been none (C12)."""

    type: ClassVar[str] = "payments.known"
    through: date


class UserChanged(Shape, frozen=True, kw_only=True):
    """Somebody on our side; name, title, phone and e-mail are private."""

    type: ClassVar[str] = "user.changed"
    user: str
    role: str
    reports_to: str | None = None
    away_from: date | None = None
    away_until: date | None = None
    cover: str | None = None


class TargetSet(Shape, frozen=True, kw_only=True):
    """What a collector is to bring in during a month, in one currency; nothing takes an earlier target back."""

    type: ClassVar[str] = "target.set"
    collector: str
    month: str
    currency: str
    amount: int


class KeyCreated(Shape, frozen=True, kw_only=True):
    """Somebody may call the API in a role; only a hash of the key is kept, and not here."""

    type: ClassVar[str] = "key.created"
    key: str
    role: str
    user: str


class KeyRevoked(Shape, frozen=True, kw_only=True):
    """Nobody may with this key any more."""

    type: ClassVar[str] = "key.revoked"
    key: str


class EndpointCreated(Shape, frozen=True, kw_only=True):
    """Webhooks go here from now on. `url` ends behind host and port: what follows may be a secret, and all may read this."""

    type: ClassVar[str] = "webhook_endpoint.created"
    endpoint: str
    url: str
    types: list[str]
    audience: str | None = None


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    return "/".join(url.split("/", 3)[:3]).partition("?")[0]


class EndpointChanged(Shape, frozen=True, kw_only=True):
    """What an endpoint gets, or whether it gets anything."""

    type: ClassVar[str] = "webhook_endpoint.changed"
    endpoint: str
    types: list[str]
    audience: str | None = None
    enabled: bool = True


class EndpointDisabled(Shape, frozen=True, kw_only=True):
    """It failed throughout, or said that it is gone: nothing is sent there until somebody enables it."""

    type: ClassVar[str] = "webhook_endpoint.disabled"
    endpoint: str
    why: str


class EndpointSecretRotated(Shape, frozen=True, kw_only=True):
    """A new signing secret; the old one signs beside it for a day."""

    type: ClassVar[str] = "webhook_endpoint.secret_rotated"
    endpoint: str


class EndpointRemoved(Shape, frozen=True, kw_only=True):
    """Webhooks no longer go here."""

    type: ClassVar[str] = "webhook_endpoint.removed"
    endpoint: str


class EndpointTested(Shape, frozen=True, kw_only=True):
    """Somebody asked for a test message to this endpoint."""

    type: ClassVar[str] = "webhook_endpoint.tested"
    endpoint: str


class ReassignmentBegun(Shape, frozen=True, kw_only=True):
    """What of these customers is `previous`'s goes to others: by new owner, whom (E6). `by` told so, in that role."""

    type: ClassVar[str] = "reassignment.begun"
    reassignment: str
    by: str
    role: str
    previous: str
    moves: dict[str, list[str]]


class ReassignmentDone(Shape, frozen=True, kw_only=True):
    """All of it has happened."""

    type: ClassVar[str] = "reassignment.done"
    reassignment: str


class DelegationGiven(Shape, frozen=True, kw_only=True):
    """Somebody's word on requests is another's too, to the end of `until`; of these kinds, or of all."""

    type: ClassVar[str] = "delegation.given"
    delegation: str
    by: str
    role: str
    to: str
    on: date
    until: date
    kinds: list[str] = []


class DelegationEnded(Shape, frozen=True, kw_only=True):
    """Before its time."""

    type: ClassVar[str] = "delegation.ended"
    delegation: str


TenantEvent: TypeAlias = (
    TenantCreated
    | TenantClosed
    | TenantReopened
    | SettingsChanged
    | CalendarPublished
    | PlaybookPublished
    | TemplatePublished
    | PaymentsKnown
    | UserChanged
    | TargetSet
    | KeyCreated
    | KeyRevoked
    | EndpointCreated
    | EndpointChanged
    | EndpointDisabled
    | EndpointSecretRotated
    | EndpointRemoved
    | EndpointTested
    | ReassignmentBegun
    | ReassignmentDone
    | DelegationGiven
    | DelegationEnded
    | ApprovalEvent
    | NoticeRaised
)
