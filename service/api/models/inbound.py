"""What became of a mail that came in."""

from typing import Literal

from pydantic import Field

from service.api.models.fields import Answer, Id


class InboundMailAnswer(Answer):
    """As what it was recognised, and of which message."""

    recognised: Literal["reply", "bounce", "delay", "auto_reply", "unknown"] = Field(
        description="`unknown`: it speaks of no message of ours, and nothing of it is kept."
    )
    status: Literal["accepted", "duplicate", "ignored"] = Field(
        description="`duplicate`: the same mail came before. `ignored`: nothing follows from it."
    )
    message: str | None = Field(examples=["C-1~zhang~email~2026-03-10"])
    customer: Id | None
    contact: Id | None
    position: int | None = Field(description="Of the event that tells of it.")
