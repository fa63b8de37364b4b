"""Events from the ERP: one, a batch or a stream; durable before they are acknowledged."""

from asyncio import wrap_future
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

import msgspec
from anyio import to_thread
from fastapi import APIRouter, Depends
from msgspec.structs import replace
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from service.api import bodies, cloudevents, lines
from service.api.cloudevents import Inbound
from service.api.failures import answer, problem_data
from service.api.fingerprints import Print
from service.api.guards import House, Principal, needs, still
from service.api.problems import Problem, of_refusal
from service.api.roles import Right
from service.domain.scene import Asker
from service.engine.asks import Ask, Done
from service.engine.handle import handle
from service.store import inbox

REJECTIONS_TOLD = 1000

SMALL = 32 * 1024
"""Bytes of a body that may be read on the event loop: a single event is hardly larger."""

router = APIRouter(prefix="/v1", tags=["events"])


@router.post("/events", summary="Post events from the ERP")
async def post_events(
    request: Request, house: House, principal: Annotated[Principal, Depends(needs(Right.EVENTS))]
) -> Response:
    """One CloudEvent (structured, binary or plain JSON), a batch of up to 1 000, or an NDJSON stream of any length.

    `(source, id)` identifies an event: the same one again is a success that changes nothing, with other content it is
    `event_id_reused`. Nothing is acknowledged before it is durable, and one bad event never blocks the others.
    """
    bodies.check_encoding(request)
    if cloudevents.is_stream(request.headers.get("content-type")):
        return await _stream(request, house, principal)
    body = await bodies.read(request)
    parse = partial(cloudevents.parse_body, request.headers.get("content-type"), request.headers, body)
    parsed = parse() if len(body) <= SMALL else await to_thread.run_sync(parse)
    if parsed.is_batch:
        return await to_thread.run_sync(_batch, request, house, principal, parsed.events)
    return await _single(request, house, principal, parsed.events[0])


def _batch(request: Request, house: House, principal: Principal, events: Sequence[Inbound]) -> Response:
    results = _take_in(request, house, principal, events)
    return _json(207, _counted(results) | {"results": [_result(one, done, request) for one, done in results]})


async def _single(request: Request, house: House, principal: Principal, inbound: Inbound) -> Response:
    """Waited for on the event loop: a thread each for all who travel together would cost more than the way."""
    ask = _ask(principal.asker(request), house.fingerprints.of(principal.secret), inbound)
    came: Done | None = None
    if ask is not None:
        came = await wrap_future(house.convoy.join(principal.tenant, ask))
    _, done = _told(inbound, came)
    if isinstance(done, Problem):
        return answer(done, request)
    status = 201 if done.status == "accepted" else 200
    response = _json(status, {"id": inbound.id, "status": done.status, "position": done.position})
    if status == 201:
        response.headers["Location"] = _location(inbound)
    return response


Result = tuple[Inbound, Done | Problem]


def _take_in(request: Request, house: House, principal: Principal, events: Sequence[Inbound]) -> list[Result]:
    fingerprint = house.fingerprints.of(principal.secret)
    return take_in(principal.asker(request), fingerprint, partial(handle, house.desk, principal.tenant), events)


def take_in(
    asker: Asker, fingerprint: Print, road: Callable[[Sequence[Ask]], list[Done]], events: Sequence[Inbound]
) -> list[Result]:
    """Carry the events out in order; each with what came of it."""
    asks = [_ask(asker, fingerprint, one) for one in events]
    done = iter(road([ask for ask in asks if ask is not None]))
    return [_told(one, next(done) if ask is not None else None) for one, ask in zip(events, asks, strict=True)]


def _ask(asker: Asker, fingerprint: Print, one: Inbound) -> Ask | None:
    """What the event asks for; None of one with which something is wrong."""
    if one.command is None or not one.source or not one.id:
        return None
    return Ask(
        command=one.command,
        asker=_said_by(asker, one),
        identity=inbox.Identity(one.source, one.id, fingerprint(one.content)),
        occurred_at=one.time,
        extra=one.extra or None,
    )


def _told(one: Inbound, came: Done | None) -> Result:
    if came is None:
        return one, one.error or Problem(422, "invalid")
    return one, of_refusal(came.refused, in_event=True) if came.refused else came


def _location(inbound: Inbound) -> str:
    """What the event is about: its bill, its payment, else its customer."""
    for field, place in (("invoice", "cases"), ("payment", "payments"), ("customer", "customers")):
        id = getattr(inbound.command, field, None)
        if id is not None:
            return f"/v1/{place}/{id}"
    return "/v1/events"


def _said_by(asker: Asker, one: Inbound) -> Asker:
    """The ERP's own source and trace stand in the log."""
    return replace(asker, source=one.source or asker.source, traceparent=one.traceparent or asker.traceparent)


def _counted(results: Sequence[Result]) -> dict[str, int]:
    counts = {"accepted": 0, "duplicate": 0, "rejected": 0}
    for _, done in results:
        counts["rejected" if isinstance(done, Problem) else done.status] += 1
    return counts


def _result(one: Inbound, done: Done | Problem, request: Request) -> dict[str, Any]:
    if isinstance(done, Problem):
        error = problem_data(done, request)
        return {"id": one.id, "source": one.source, "status": "rejected", "position": None, "error": error}
    return {"id": one.id, "source": one.source, "status": done.status, "position": done.position, "error": None}


async def _stream(request: Request, house: House, principal: Principal) -> Response:
    """Chunks of lines become durable one after the other; the one answer after the last line tells what came of all. A key
    revoked meanwhile ends it with 401: what was taken in stays, as with a stream that broke off."""
    counts = {"accepted": 0, "duplicate": 0, "rejected": 0}
    read, complete = 0, True
    rejected: list[dict[str, Any]] = []

    def batch_in(batch: list[lines.Line]) -> None:
        still(request)
        events = cloudevents.parse_lines(batch, request.headers.get("traceparent"))
        results = _take_in(request, house, principal, events)
        for status, count in _counted(results).items():
            counts[status] += count
        for line, (one, done) in zip(batch, results, strict=True):
            if isinstance(done, Problem) and len(rejected) < REJECTIONS_TOLD:
                rejected.append({"line": line.number} | _result(one, done, request))

    try:
        async for batch in lines.batches(bodies.pieces(request)):
            await to_thread.run_sync(batch_in, batch)
            read += len(batch)
    except ClientDisconnect:
        complete = False
    return _json(207, counts | {"lines": read, "complete": complete, "results": rejected})


def _json(status: int, content: Any) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
