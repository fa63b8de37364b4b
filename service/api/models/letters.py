"""A letter that a person has sent."""

from pydantic import Field, StrictStr

from service.api.models.commands import Cases
from service.api.models.fields import Body, Id


class LetterBody(Body):
    """Which letter."""

    kind: StrictStr = Field(pattern=r"^[a-z_]{1,40}$", examples=["reminder"])


class CustomerLetterBody(LetterBody):
    """The same about several of a customer's bills."""

    cases: list[Id] | None = Cases
