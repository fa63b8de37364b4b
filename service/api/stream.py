"""What happens to cases, as it happens: server-sent events for front ends, from any point of the feed on."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
import msgspec
import psycopg
from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import StreamingResponse

from service.api.context import Context
from service.api.cursors import Position
from service.api.guards import House, Principal, needs, still
from service.api.models.cases import CaseChange
from service.api.models.problems import responses
from service.api.models.queries import ChangesAsked
from service.api.problems import Problem, overloaded
from service.api.roles import Right
from service.engine.desk import Closing, UnknownTenant
from service.store import log

LOOK_SECONDS = 1.0
ALIVE_SECONDS = 15.0
"""A comment goes out at least so often, for proxies cut what is silent."""

RETRY_MILLISECONDS = 2000
PAGE = 200
MOST_STREAMS = 200
"""Of one process: each looks at the feed once a second."""

MEDIA_TYPE = "text/event-stream"

router = APIRouter(prefix="/v1", tags=["events"])

_encode = msgspec.json.Encoder().encode
_ENDS = (Closing, Problem, UnknownTenant, SQLAlchemyError, psycopg.Error)
"""After these there is nothing more to tell; the client comes again and hears why."""


class _Streams:
    """How many are open in this process."""

    open = 0


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One message a change, until the client leaves.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={**_STREAM, **responses(422, 503)},
    summary="Follow what happens to cases",
)
async def stream(
    asked: Annotated[ChangesAsked, Query()],
    request: Request,
    house: House,
    reader: Annotated[Principal, Depends(needs(Right.READ))],
    last_event_id: Annotated[str | None, Header(max_length=2048)] = None,
) -> StreamingResponse:
    """Server-sent events, each an `id` and as `data` a `CaseChange`: which case or cases an event of the log is about, and
    which. Ask for the case to see it as it is now.

    It begins now, or behind `Last-Event-ID`: the last `id` that was seen, which browsers send by themselves when the
    connection breaks, or a `next_cursor` of `GET /v1/events` with the same filters. Changes come within about a second, none
    is left out and none comes twice. It ends when the key is revoked and when the service restarts; come again.
    """
    after = house.cursors.read(last_event_id, reader.tenant, "feed", asked.filters()) if last_event_id else None
    if _Streams.open >= MOST_STREAMS:
        raise overloaded()
    if after is None:
        after = await to_thread.run_sync(_now, house, reader)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(house, request, reader, asked, after), 200, headers, MEDIA_TYPE)


async def _told(
    house: Context, request: Request, reader: Principal, asked: ChangesAsked, after: Position
) -> AsyncIterator[bytes]:
    _Streams.open += 1
    try:
        yield b"retry: %d\n\n" % RETRY_MILLISECONDS
        silent = 0.0
        while True:
            try:
                rows, here = await to_thread.run_sync(_look, house, request, reader, asked, after)
            except _ENDS:
                return
            if rows:
                yield b"".join(rows)
            elif silent >= ALIVE_SECONDS:
                yield b": alive\n\n"
            silent = 0.0 if rows or silent >= ALIVE_SECONDS else silent + LOOK_SECONDS
            if here == after:
                await anyio.sleep(LOOK_SECONDS)
            after = here
    finally:
        _Streams.open -= 1


def _now(house: Context, reader: Principal) -> Position:
    with house.desk.open(reader.tenant) as session:
        return log.tip(session.tx)


def _look(
    house: Context, request: Request, reader: Principal, asked: ChangesAsked, after: Position
) -> tuple[list[bytes], Position]:
    """The changes behind a position as messages, and where the feed stands now. Raises Closing, and Problem when the key
    was revoked meanwhile."""
    house.desk.go_on()
    still(request)
    epoch, xid, position = (int(value or 0) for value in after)
    with house.desk.open(reader.tenant) as session:
        rows, here = log.feed(session.tx, (epoch, xid, position), PAGE, asked.type, asked.customer)
    filters = asked.filters()
    messages = []
    for row in rows:
        change = _change(row)
        if change is not None:
            id = house.cursors.write(reader.tenant, "feed", filters, (row["epoch"], int(row["xid"]), row["position"]))
            messages.append(b"id: %s\nevent: case\ndata: %s\n\n" % (id.encode(), _encode(change)))
    return messages, here


def _change(row: dict[str, Any]) -> dict[str, Any] | None:
    """What a CaseChange says; None for an event that is about no case."""
    kind, _, id = row["stream"].partition("/")
    cases = [id] if kind == "case" else msgspec.json.decode(row["data"]).get("cases") or []
    if not cases:
        return None
    return CaseChange.model_construct(
        position=row["position"],
        type=row["type"],
        customer=row["customer"],
        cases=cases,
        version=row["version"] if kind == "case" else None,
        occurred_at=row["occurred_at"],
    ).model_dump()
