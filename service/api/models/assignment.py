"""Whose bills are, as the tenant's rules say."""

from typing import Annotated

from pydantic import Field, StrictStr

from service.api.models.fields import Body, Id, Money, Segment, UserId


class AssignmentRule(Body):
    """Whose the bills are that fit (E6); what is left out binds nothing."""

    to: list[UserId] = Field(min_length=1, max_length=50, description="One owner, or several who take turns.")
    customers: list[Id] = Field([], max_length=500)
    segments: list[Segment] = []
    amounts: dict[Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")], Money] = Field(
        {}, description="The least by currency; bills of other currencies do not fit then."
    )
