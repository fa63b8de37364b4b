"""Playbooks: their texts and versions, what is wrong with them, and those that come with the service."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.fields import Answer, Body, Cursor, Id, Instant, Version


class PlaybookBody(Body):
    """A playbook as YAML text."""

    text: StrictStr = Field(min_length=1, max_length=262_144, examples=["grammar: 1\nname: gentle\n"])


class PlaybookWanted(Body):
    """One of the two: a text, or the name of a playbook that comes with the service, to be published as it is."""

    text: StrictStr | None = Field(None, min_length=1, max_length=262_144, examples=["grammar: 1\nname: gentle\n"])
    shipped: Id | None = Field(None, examples=["ageing"])

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.shipped is None):
            raise PydanticCustomError("text_or_shipped", "one of the two")
        return self


class PlaybookFault(Answer):
    """A mistake in a playbook, with its remedy."""

    file: str = Field(examples=["gentle.yaml"])
    line: int
    column: int
    path: str = Field(examples=["ladders/0/steps/3/every"])
    code: str = Field(examples=["repetition_without_end"])
    detail: str


class PlaybookCheck(Answer):
    """Whether a playbook could be published."""

    valid: bool
    errors: list[PlaybookFault] = []


class PlaybookAsked(BaseModel):
    """Which version."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    version: int | None = Field(None, ge=1, le=1_000_000, description="The newest when left out.")


class PlaybookRow(Answer):
    """A playbook with its newest version; 0 while it only comes with the service and was never published here."""

    name: str = Field(examples=["standard"])
    version: Version
    versions: list[int] = Field(description="All that were published.", examples=[[1, 2]])
    published: bool
    published_at: Instant | None
    shipped: bool = Field(description="Whether one of that name comes with the service.")
    shipped_is_news: bool = Field(
        description="Whether that was never published here, or has changed since; `POST /v1/playbooks` publishes it."
    )


class PlaybookList(Answer):
    """All playbooks."""

    data: list[PlaybookRow]
    next_cursor: Cursor = None


class PlaybookAnswer(PlaybookRow):
    """A published version, which never changes."""

    title: dict[str, str] = Field(description="By language.")
    steps: list[dict[str, Any]] = Field(description="Its steps in ladder order, as data.")
    text: str = Field(description="Its YAML.")
