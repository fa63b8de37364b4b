"""The log as a feed: everything that happened, in the order in which it was committed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.api.answers import json
from service.api.entries import event_answers
from service.api.guards import House, Principal, needs
from service.api.models.cases import FeedPage
from service.api.models.problems import responses
from service.api.models.queries import FeedAsked
from service.api.queries import listing
from service.api.roles import Right
from service.store import log

START = (0, 0, 0)

router = APIRouter(prefix="/v1", tags=["events"])


@router.get("/events", response_model=FeedPage, responses=responses(422), summary="Read the log as a feed")
def read_feed(
    asked: Annotated[FeedAsked, Query()],
    house: House,
    reader: Annotated[Principal, Depends(needs(Right.READ))],
) -> Response:
    """Keep `next_cursor`, which is always there, and ask again with it: no event is ever skipped, not even one that was
    committed late. A page may be short or empty under a filter though more is to come. `position` is no order across
    streams."""
    pages = listing(house, reader, "feed", asked)
    epoch, xid, position = (int(value or 0) for value in pages.after() or START)
    with house.desk.open(reader.tenant) as session:
        rows, here = log.feed(session.tx, (epoch, xid, position), asked.limit, asked.type, asked.customer)
        data = event_answers(session, reader, rows)
    return json({"data": data, "next_cursor": house.cursors.write(reader.tenant, "feed", asked.filters(), here)})
