"""What would happen, without its happening: after contact is taken up again, after cases are moved to another playbook."""

from pydantic import Field

from service.api.models.cases import NextAction
from service.api.models.fields import Answer, Body, Channel, Day, Id, Instant


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


class MoveBody(Body):
    """Which open cases are to follow the playbook: those of its other versions, unless told otherwise."""

    version: int | None = Field(None, ge=1, description="The version to follow; the newest when left out.", examples=[2])
    from_playbook: Id | None = Field(
        None, description="Those that follow this one now; the same when left out.", examples=["standard"]
    )
    from_version: int | None = Field(None, ge=1, description="Those of this version alone.", examples=[1])
    customers: list[Id] | None = Field(None, min_length=1, max_length=500, description="Those of these customers alone.")
    cases: list[Id] | None = Field(None, min_length=1, max_length=500, description="These alone.")
    at_most: int = Field(1000, ge=1, le=2000, description="So many in one call; ask again while some remain.")


class Origin(Answer):
    """How many cases would come from a version."""

    version: int = Field(examples=[1])
    cases: int = Field(examples=[120])
    customers: int = Field(examples=[34])


class StepChanges(Answer):
    """How the steps of the version that most cases follow differ from those of the new one."""

    added: list[str] = Field(examples=[["overdue-weekly"]])
    removed: list[str]
    changed: list[str]


class MovedCase(Answer):
    """One of the cases, and what comes next for it before and after; `follows` are steps of earlier days that would be
    made up for, one an open day."""

    case: Id
    customer: Id
    version: int = Field(examples=[1])
    now: NextAction | None
    then: NextAction | None
    follows: list[str] = Field(examples=[["overdue-supervisor"]])


class MovePreview(Answer):
    """Whom a move touches, and what changes; nothing has been changed."""

    playbook: str = Field(examples=["standard"])
    version: int = Field(examples=[2])
    origins: list[Origin]
    steps: StepChanges
    cases: list[MovedCase] = Field(description="The first hundred.")


class MoveAnswer(Answer):
    """What was moved."""

    playbook: str = Field(examples=["standard"])
    version: int = Field(examples=[2])
    moved: int = Field(examples=[1000])
    remaining: int = Field(description="Still to be moved: send the same call again.", examples=[0])
