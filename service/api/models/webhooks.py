"""Webhook endpoints and what was sent to them."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.fields import Answer, Audience, Body, Cursor, Instant, Text
from service.api.models.work import ApprovalAnswer

Topic: TypeAlias = Annotated[
    StrictStr,
    Field(
        max_length=64,
        pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+))$",
        description="An event type, all of one kind (`hold.*`), or all (`*`).",
    ),
]
Topics: TypeAlias = Annotated[list[Topic], Field(min_length=1, max_length=100, examples=[["case.escalated", "hold.*"]])]
Caller: TypeAlias = Annotated[
    Audience | None, Field(description="Only events that call on this audience; null: all of the types.")
]


class WebhookEndpointCreate(Body):
    """Where webhooks shall go."""

    url: StrictStr = Field(max_length=2048, examples=["https://erp.example.com/dunlog"])
    types: Topics
    audience: Caller = None
    description: Text | None = None


class WebhookEndpointPatch(Body):
    """What shall change; absent fields stay."""

    enabled: bool | None = Field(None, description="An endpoint that failed throughout was disabled; true tries again.")
    types: Topics | None = None
    audience: Caller = None
    description: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_to_change", "nothing to change")
        return self


class ReplayBody(Body):
    """What was missed: events recorded from `after` (inclusive) to `until` (exclusive, default now)."""

    after: Instant
    until: Instant | None = None


class WebhookEndpoint(Answer):
    """An endpoint."""

    id: str = Field(examples=["we_3f9c"])
    url: str = Field(examples=["https://erp.example.com/dunlog"])
    types: list[str] = Field(examples=[["case.escalated", "hold.*"]])
    audience: str | None
    description: str | None
    enabled: bool
    state: Literal["enabled", "disabled"]
    failing_since: Instant | None = Field(None, description="First failure since the last success.")
    created_at: Instant


class WebhookEndpointList(Answer):
    """All endpoints."""

    data: list[WebhookEndpoint]
    next_cursor: Cursor = None


class WebhookSecret(Answer):
    """A signing secret, shown once."""

    secret: str = Field(description="Standard Webhooks secret.", examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class WebhookSecretAsked(WebhookSecret):
    """A signing secret, shown once, and the request without whose grant it never signs."""

    approval: ApprovalAnswer


class WebhookEndpointCreated(WebhookEndpoint, WebhookSecret):
    """The new endpoint with its secret, shown once."""


class Attempt(Answer):
    """One try."""

    number: int
    started_at: Instant
    finished_at: Instant | None
    outcome: str = Field(
        description="`delivered`, `started`, `unknown`, or the code of the failure.", examples=["delivered", "timeout"]
    )
    status: int | None = Field(description="HTTP status.", examples=[200])
    duration_ms: int | None
    detail: str | None = Field(description="Why it failed.")
    head: str | None = Field(description="The beginning of the receiver's answer.")


class Delivery(Answer):
    """One event on its way to one endpoint; every try carries the same `webhook_id`."""

    id: str
    webhook_id: str = Field(examples=["msg_MZXW6YTBOI"])
    type: str = Field(examples=["case.escalated"])
    state: Literal["pending", "delivered", "exhausted", "cancelled"]
    created_at: Instant
    next_at: Instant | None
    attempts: list[Attempt] = []


class DeliveryList(Answer):
    """A page of deliveries."""

    data: list[Delivery]
    next_cursor: Cursor


class Replayed(Answer):
    """How many deliveries were queued once more."""

    queued: int = Field(examples=[120])
    complete: bool = Field(description="false: the range holds more; go on with `after` = `until`.")
    until: Instant = Field(description="Up to where the range has been looked at.")
