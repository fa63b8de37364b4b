"""Whose word on requests somebody else may give for a time."""

from pydantic import Field

from service.api.models.fields import Answer, Body, Cursor, Day, Role, Said, UserId
from service.api.models.work import ApprovalKind


class DelegationBody(Body):
    """To whom, to the end of which day, for which kinds of request."""

    to: UserId
    until: Day
    kinds: list[ApprovalKind] = Field([], max_length=50, description="All when empty.")
    reason: Said = Field(examples=["Travelling until Friday."])


class DelegationAnswer(Answer):
    """Somebody's word in somebody else's mouth."""

    id: str = Field(examples=["delegation~chen.41"])
    by: UserId
    role: Role = Field(description="As whom they answer.")
    to: UserId
    until: Day
    kinds: list[ApprovalKind]


class DelegationList(Answer):
    """All that have not run out."""

    data: list[DelegationAnswer]
    next_cursor: Cursor = None
