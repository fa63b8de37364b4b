"""Problems as OpenAPI shows them (RFC 9457), and the responses that routes declare."""

from typing import Any

from pydantic import Field

from service.api.models.fields import Answer
from service.api.problems import MEDIA_TYPE


class ProblemFault(Answer):
    """One thing wrong with the input."""

    pointer: str = Field(
        description="JSON pointer into the body, or `/query/…`, `/path/…`, `/header/…`.", examples=["/due_on"]
    )
    code: str = Field(examples=["date_in_past"])
    detail: str


class ProblemAnswer(Answer):
    """Why a request was not carried out. `code` is stable; `title` and `detail` follow Accept-Language."""

    type: str = Field(examples=["/problems/date_in_past"])
    title: str = Field(examples=["Not acceptable as it stands"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["The date has passed. Name today or a later day."])
    instance: str | None = Field(None, examples=["/v1/cases/INV-1/promises"])
    code: str = Field(examples=["date_in_past"])
    errors: list[ProblemFault] = []
    request: str | None = Field(None, description="The request's id, as in X-Request-Id.", examples=["req_5f1d7a84"])


_DESCRIPTIONS = {
    400: "The request could not be read.",
    401: "No key, or a bad one.",
    403: "The key's role may not.",
    404: "There is no such thing, or it is another tenant's.",
    406: "Not available in the form asked for.",
    409: "Not as things stand.",
    410: "What a repeat would be answered has been erased.",
    412: "`If-Match` named an older version.",
    413: "Too large.",
    415: "A media type, charset or encoding that is not understood.",
    422: "Invalid input; `errors` says where.",
    429: "Too many requests; see `Retry-After`.",
    503: "The database is away or busy; see `Retry-After`.",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer, for its declaration; 401, 403, 429 and 503 any route may."""
    return {
        status: {
            "description": _DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}},
        }
        for status in sorted({401, 403, 429, 503, *statuses})
    }
