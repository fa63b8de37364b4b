"""A letter that a person has sent."""

from typing import Annotated, TypeAlias

from pydantic import StrictStr

from service.api.models.commands import Cases
from service.api.models.fields import Body, Id, listed, one_of
from service.words.templates import known_letters

LetterKind: TypeAlias = Annotated[
    StrictStr, one_of(known_letters()), listed(known_letters(), "See `GET /v1/templates`.", "reminder")
]


class LetterBody(Body):
    """Which letter."""

    kind: LetterKind


class CustomerLetterBody(LetterBody):
    """The same about several of a customer's bills."""

    cases: list[Id] | None = Cases
