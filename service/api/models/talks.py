"""What people tell of their exchange with a customer."""

from typing import Annotated

from pydantic import Field, StrictStr

from service.api.models.fields import Body, Id, Instant, Said, Text


class ReplyBody(Body):
    """The customer answered."""

    text: Text | None = Field(None, description="What they wrote.", examples=["We pay on Friday."])


class BouncedBody(Body):
    """It reached nobody."""

    code: Annotated[StrictStr, Field(pattern=r"^[a-z0-9_.]{1,40}$")] = Field(
        "undelivered", description="Why, in the gateway's own short word.", examples=["unknown_number"]
    )


class AppointmentBody(Body):
    """Somebody who can decide agreed to be met."""

    contact: Id = Field(description="A contact whose role is decision_maker.", examples=["wu"])
    at: Instant


Opening = Annotated[Text, Field(max_length=500)]


class WithholdBody(Body):
    """A message waits for one's superior."""

    question: Said = Field(examples=["Their CFO is new; may we write more gently this once?"])
    text: Opening | None = Field(
        None, description="The words with which it should open.", examples=["We know that you took over last week."]
    )


class AdviceBody(Body):
    """The superior's answer."""

    text: Opening | None = Field(None, description="The words with which it opens; those proposed when left out.")
    standard: bool = Field(False, description="Leave the proposed words out: it goes as it always does.")
