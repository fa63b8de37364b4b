"""A template of a letter or a message as it is given and answered."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.models.fields import Answer, Body, Cursor, Instant

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n\t]*\S[^\r\n\t]*$")]


class TemplateBody(Body):
    """The texts of a kind of letter or message; `{pay_by}` and the like stand for what is known when it leaves."""

    subject: Line = Field(examples=["Reminder: {headline}"])
    title: Line = Field(examples=["REMINDER"], description="In a message: heads its part where there are several.")
    opening: Text = Field(examples=["As of {today} the following is open. Please pay it by {pay_by}."])
    closing: Text = Field(examples=["For any question please turn to {answer_to}."])
    opening_when_nothing_is_open: Text | None = Field(None, description="Instead of `opening`; the same when left out.")
    ask: Text | None = Field(
        None, description="Of a message's template alone: opens its part when another one leads. Left out, the shipped words."
    )


class TemplatesAsked(BaseModel):
    """Which version."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    version: int | None = Field(None, ge=0, le=1_000_000, description="The one in force when left out; 0 is the shipped one.")


class PreviewAsked(BaseModel):
    """What to look at."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    page: int = Field(1, ge=1, le=20)
    leads: bool = Field(True, description="With false a message's template as it reads below a severer part.")


class TemplateRow(Answer):
    """A template by its language and kind."""

    language: Literal["zh", "en"]
    kind: str = Field(examples=["reminder"])
    version: int = Field(ge=0, description="In force: 0 is the shipped one.")


class TemplateList(Answer):
    """All of them."""

    data: list[TemplateRow]
    next_cursor: Cursor = None


class TemplateVersion(Answer):
    """A version that was published; one without texts put the shipped one back."""

    version: int
    published_at: Instant
    is_shipped: bool


class TemplateAnswer(TemplateRow):
    """A version of a template, which never changes."""

    subject: str
    title: str
    opening: str
    closing: str
    opening_when_nothing_is_open: str | None
    ask: str | None
    places: list[str] = Field(description="What may stand in braces.", examples=[["customer", "pay_by"]])
    versions: list[TemplateVersion]
