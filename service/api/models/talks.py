"""What people tell of their exchange with a customer."""

from pydantic import Field

from service.api.models.fields import Body, Text


class ReplyBody(Body):
    """The customer answered."""

    text: Text | None = Field(None, description="What they wrote.", examples=["We pay on Friday."])
