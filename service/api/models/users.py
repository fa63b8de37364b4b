"""Our people: who they are, whom they report to, and who stands in for them."""

from typing import Literal

from pydantic import ConfigDict, Field

from service.api.models.fields import Answer, Body, Cursor, Day, Email, Instant, Language, Line, Role, UserId


class Away(Body):
    """Who stands in meanwhile."""

    model_config = ConfigDict(validate_by_alias=True, serialize_by_alias=True)

    from_: Day = Field(alias="from")
    until: Day
    cover: UserId | None = None


class UserPut(Body):
    """Somebody on our side, whole: what is left out is empty."""

    role: Role
    name: Line = Field(min_length=1, examples=["Li Na"])
    title: Line | None = Field(None, examples=["collector"])
    phone: Line | None = None
    email: Email | None = Field(None, examples=["li.na@example.com"])
    language: Language | None = Field(None, description="Of what they are told by mail; the tenant's when left out.")
    reports_to: UserId | None = Field(None, description="Who is told when something stays undone.")
    away: Away | None = None


class UserList(Answer):
    """The directory."""

    data: list["UserAnswer"]
    next_cursor: Cursor = None


class UserAnswer(Answer):
    """Somebody on our side."""

    id: UserId
    role: Role
    name: str | None = None
    title: str | None = None
    phone: str | None = None
    email: str | None = None
    language: Language | None = None
    reports_to: UserId | None = None
    away: Away | None = None


class MeAnswer(Answer):
    """Who the key stands for."""

    tenant: str = Field(examples=["acme"])
    kind: Literal["live", "sandbox"]
    user: UserId
    role: Role
    key: str = Field(description="The key's id.", examples=["k1"])
    rights: list[str] = Field(description="What the role may.", examples=[["read", "promise"]])
    now: Instant = Field(description="The tenant's clock.")
