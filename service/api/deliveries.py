"""What was sent to a webhook endpoint, attempt by attempt, and sending it once more."""

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from service.api.acts import Reply, administer
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.queries import Paged
from service.api.models.webhooks import Delivery, DeliveryList, ReplayBody, Replayed
from service.api.pages import Listing
from service.api.problems import fault
from service.api.queries import known_id
from service.api.webhooks import Decided, EndpointId, Managing, found
from service.domain.events.tenant import EndpointTested
from service.domain.refusals import Conflict, NotFound
from service.domain.tenant import Tenant
from service.engine.administer import STREAM, Change
from service.store import endpoints, outbox
from service.store.database import Tx

router = APIRouter(prefix="/v1/webhook-endpoints/{endpoint}", tags=["webhooks"], route_class=CommandRoute)

AT_ONCE = 10_000
"""Events that one replay looks at."""


def _enabled(tx: Tx, endpoint: str) -> dict[str, Any]:
    row = found(tx, endpoint, lock=True)
    if row["state"] != "enabled":
        raise Conflict("endpoint_disabled", None, endpoint=endpoint)
    return row


def _once_more() -> str:
    """What tells new deliveries from the first ones; their webhook ids stay."""
    return f"_{secrets.token_hex(4)}"


def _shown(row: dict[str, Any]) -> Delivery:
    names = ("id", "type", "state", "created_at", "next_at")
    told = {name: row[name] for name in names} | {"webhook_id": row["webhook"], "attempts": row["tries"]}
    return Delivery.model_validate(told)


@router.get("/deliveries", response_model=DeliveryList, responses=responses(404, 422), summary="What was sent there")
def get_deliveries(endpoint: EndpointId, asking: Managing, asked: Annotated[Paged, Query()]) -> Response:
    """Newest first, each with every attempt: status, duration, the beginning of the answer."""
    listing = Listing(asking.house.cursors, asking.tenant, f"deliveries/{endpoint}", asked)
    after = listing.after()
    behind = (datetime.fromisoformat(str(after[0])), str(after[1])) if after else None
    with asking.house.desk.open(asking.tenant) as session:
        found(session.tx, endpoint)
        rows = outbox.deliveries(session.tx, endpoint, behind, asked.limit)
    cursor = listing.next_cursor(rows, lambda row: (row["created_at"].isoformat(), row["id"]))
    return Reply(DeliveryList(data=[_shown(row) for row in rows], next_cursor=cursor)).response()


@router.post(
    "/deliveries/{delivery}/redeliver",
    response_model=Delivery,
    responses=responses(404, 409),
    summary="Send one event once more",
)
def redeliver(
    endpoint: EndpointId,
    delivery: Annotated[str, Path(description="The delivery's id.")],
    asking: Managing,
) -> Response:
    """A new delivery with the same `webhook-id` and body, so that receivers can tell that they have seen it."""

    def decide(tx: Tx, _: Tenant) -> Decided:
        _enabled(tx, endpoint)
        known_id(delivery, "unknown_delivery", made=True, delivery=delivery)
        earlier = outbox.delivery(tx, endpoint, delivery)
        if earlier is None:
            raise NotFound("unknown_delivery", None, delivery=delivery)
        again = _once_more()
        outbox.add_again(tx, endpoint, [(earlier["stream"], earlier["version"])], again)
        row = outbox.delivery(tx, endpoint, outbox.delivery_id(earlier["webhook"]) + again)
        if row is None:  # its time was over this moment
            raise NotFound("unknown_delivery", None, delivery=delivery)
        return [], Reply(_shown(row))

    return administer(asking, decide)


@router.post(
    "/replay", response_model=Replayed, responses=responses(404, 409, 422), summary="Send what was missed once more"
)
def replay(endpoint: EndpointId, body: ReplayBody, asking: Managing) -> Response:
    """Events of the range that match the endpoint's types and audience, with the `webhook-id`s they have or would have had.

    At most 10 000 events are looked at; `complete` is false when there are more: go on with `after` = `until`.
    """

    def decide(tx: Tx, _: Tenant) -> Decided:
        row = _enabled(tx, endpoint)
        until = body.until or tx.now
        if until <= body.after:
            raise fault("/until", "range_empty")
        looked = endpoints.kept(tx, body.after, until, AT_ONCE)
        listener = outbox.Listener(endpoint, tuple(row["types"]), row["audience"])
        wanted = [(one.stream, one.version) for one in looked if listener.wants(one.type, one.audience)]
        queued = outbox.add_again(tx, endpoint, wanted, _once_more())
        complete = len(looked) < AT_ONCE
        answer = Replayed(queued=queued, complete=complete, until=until if complete else looked[-1].recorded_at)
        return [], Reply(answer)

    return administer(asking, decide)


@router.post("/test", response_model=Delivery, responses=responses(404, 409), summary="Send a test event there")
def test(endpoint: EndpointId, asking: Managing) -> Response:
    """A `webhook_endpoint.tested` event, to this endpoint only, whatever its types and audience."""

    def decide(tx: Tx, tenant: Tenant) -> Decided:
        _enabled(tx, endpoint)
        event = EndpointTested(endpoint=endpoint)
        webhook = outbox.webhook_id(tx.tenant, endpoint, STREAM, tenant.version + 1)
        answer = Delivery(
            id=webhook.replace("msg_", "dlv_"),
            webhook_id=webhook,
            type=event.type,
            state="pending",
            created_at=tx.now,
            next_at=tx.now,
        )
        return [Change(event)], Reply(answer)

    return administer(asking, decide)
