"""What people tell of their exchange with a customer."""

from pydantic import Field

from service.api.models.fields import Body, Id, Instant, Text


class ReplyBody(Body):
    """The customer answered."""

    text: Text | None = Field(None, description="What they wrote.", examples=["We pay on Friday."])


class AppointmentBody(Body):
    """Somebody who can decide agreed to be met."""

    contact: Id = Field(description="A contact whose role is decision_maker.", examples=["wu"])
    at: Instant
