"""What would happen, without its happening: after contact is taken up again."""

from pydantic import Field

from service.api.models.cases import NextAction
from service.api.models.fields import Answer, Channel, Day, Id, Instant


class Resumed(Answer):
    """What would go out next about a case if it were resumed now; null: nothing."""

    case: Id
    next_action: NextAction | None


class Outgoing(Answer):
    """One e-mail, letter, call or visit, with the bills it would be about."""

    at: Instant
    channel: Channel
    contact: str | None = Field(description="Who would be written to; null for a call or a visit.", examples=["zhang"])
    cases: list[Id]
    rules: list[str] = Field(examples=[["B3"]])


class Rising(Answer):
    """A level that a case would reach."""

    case: Id
    at: Instant
    level: str = Field(examples=["supervisor"])
    step: str = Field(examples=["overdue-supervisor"])
    rule: str = Field(examples=["B4"])


class Asking(Answer):
    """Consent that would be asked for."""

    at: Instant
    kind: str = Field(examples=["hold"])
    role: str = Field(examples=["boss"])
    cases: list[Id]
    rule: str = Field(examples=["B8"])


class LeftOut(Answer):
    """What would not be made up for, and why."""

    case: Id
    step: str = Field(examples=["overdue-daily"])
    rule: str = Field(examples=["B3"])
    count: int = Field(description="So many of its days, up to `until`.", examples=[3])
    until: Day
    why: str
    why_code: str = Field(examples=["skipped.paused"])


class ResumePreview(Answer):
    """What resuming would lead to, until all that was missed is made up for; nothing has been changed."""

    cases: list[Resumed]
    contacts: list[Outgoing]
    escalations: list[Rising]
    requests: list[Asking]
    skipped: list[LeftOut]
