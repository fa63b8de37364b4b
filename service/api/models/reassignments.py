"""Customers given from one of ours to others, many at once."""

from pydantic import Field

from service.api.models.fields import Answer, Body, Id, Said, Segment, UserId


class ReassignmentBody(Body):
    """Whose customers go to whom."""

    from_: UserId = Field(alias="from", description="Whose they are now; `collector` are the collectors' as a whole.")
    to: list[UserId] = Field(min_length=1, max_length=50, description="Several share them: each to who has fewest.")
    customers: list[Id] = Field([], max_length=500, description="Only these.")
    segments: list[Segment] = Field([], description="Only of these segments.")
    reason: Said


class ReassignmentAnswer(Answer):
    """What went to whom."""

    customers: int = Field(description="How many.", examples=[12])
    moves: dict[UserId, list[Id]] = Field(description="By new owner, the customers.")
    more: bool = Field(description="Whether others are left for another time: 500 at most go at once.")
