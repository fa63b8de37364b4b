"""What is answered to events from the ERP; how they may be posted is told by `document.inbound`, read by `cloudevents`."""

from typing import Literal

from pydantic import Field

from service.api.models.fields import Answer, Position
from service.api.models.problems import ProblemAnswer


class EventResult(Answer):
    """What came of one event. `position` names its first entry in the log; null when it changed nothing."""

    id: str | None = Field(examples=["8f0c"])
    source: str | None = Field(examples=["erp/sales"])
    status: Literal["accepted", "duplicate", "rejected"]
    position: Position | None
    error: ProblemAnswer | None = None
    line: int | None = Field(None, description="Of a stream: the number of the line, from 1.", examples=[3])


class BatchResult(Answer):
    """What came of a batch, in its order."""

    accepted: int
    duplicate: int
    rejected: int
    results: list[EventResult]


class StreamResult(BatchResult):
    """What came of a stream: all counts, and the first 1 000 rejections."""

    lines: int = Field(description="Lines read, blank ones not counted.")
    complete: bool = Field(description="false: the stream broke or was refused half-way; send it again whole.")


class EventAccepted(Answer):
    """What came of a single event."""

    id: str = Field(examples=["8f0c"])
    status: Literal["accepted", "duplicate"]
    position: Position | None
