"""Webhook endpoints: where events go, what of them, and with which secret they are signed."""

import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from msgspec.structs import replace
from starlette.responses import Response

from service.api.acts import Asking, Read, Reply, administer, asks
from service.api.approvals import waits
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.webhooks import (
    WebhookEndpoint,
    WebhookEndpointCreate,
    WebhookEndpointCreated,
    WebhookEndpointList,
    WebhookEndpointPatch,
    WebhookSecret,
    WebhookSecretAsked,
)
from service.api.problems import Fault, invalid
from service.api.queries import known_id
from service.api.roles import Right
from service.channels.addresses import UrlRefused, check_url
from service.domain.events.tenant import (
    EndpointChanged,
    EndpointCreated,
    EndpointRemoved,
    EndpointSecretRotated,
    origin,
)
from service.domain.refusals import Conflict, NotFound
from service.domain.tenant import Tenant
from service.engine import consents
from service.engine.administer import Change
from service.engine.desk import Session
from service.store import endpoints
from service.store.database import Tx

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhooks"], route_class=CommandRoute)

EndpointId = Annotated[str, Path(description="The endpoint's id.", examples=["we_3f9c2a70b1d84e65"])]
Managing = Annotated[Asking, Depends(asks(Right.WEBHOOKS))]
MOST = 50
"""Endpoints of a tenant: every event asks each of them."""

Decided = tuple[Sequence[Change], Reply]


def found(tx: Tx, id: str, lock: bool = False) -> dict[str, Any]:
    """The endpoint; raises NotFound."""
    known_id(id, "unknown_endpoint", made=True, endpoint=id)
    row = endpoints.get(tx, id, lock=lock)
    if row is None:
        raise NotFound("unknown_endpoint", None, endpoint=id)
    return row


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """An endpoint without its secrets."""
    names = ("id", "url", "types", "audience", "description", "state", "failing_since", "created_at")
    return {name: row[name] for name in names} | {"enabled": row["state"] == "enabled"}


@router.post(
    "",
    status_code=201,
    response_model=WebhookEndpointCreated,
    responses=responses(409, 422),
    summary="Say where webhooks shall go",
)
def create(body: WebhookEndpointCreate, asking: Managing) -> Response:
    """Answers the signing secret, once: deliveries follow Standard Webhooks. Private addresses are refused. Only
    administrators read the whole URL again: the log, which all may read, names its host."""
    try:
        check_url(body.url, asking.house.reach)
    except UrlRefused as refused:
        raise invalid([Fault("/url", refused.code, refused.params)]) from None
    id, secret = f"we_{secrets.token_hex(8)}", asking.house.new_secret()

    def decide(tx: Tx, _: Tenant) -> Decided:
        if len(endpoints.listing(tx)) >= MOST:
            raise Conflict("endpoints_exhausted", None, limit=MOST)
        sealed = asking.house.seal(secret, f"{asking.tenant}/{id}")
        endpoints.insert(tx, id, body.url, body.types, body.audience, body.description, sealed)
        event = EndpointCreated(endpoint=id, url=origin(body.url), types=list(body.types), audience=body.audience)
        answer = WebhookEndpointCreated.model_validate(shown(found(tx, id)) | {"secret": secret})
        return [Change(event)], Reply(answer, 201, f"/v1/webhook-endpoints/{id}", secret=True)

    return administer(asking, decide)


@router.get("", response_model=WebhookEndpointList, summary="Where webhooks go")
def get_endpoints(asking: Managing) -> Response:
    """All of them; there are at most fifty."""
    with asking.house.desk.open(asking.tenant) as session:
        rows = endpoints.listing(session.tx)
    data = [WebhookEndpoint.model_validate(shown(row)) for row in rows]
    return Reply(WebhookEndpointList(data=data)).response()


@router.get("/{endpoint}", response_model=WebhookEndpoint, responses=responses(404), summary="One endpoint")
def get_endpoint(endpoint: EndpointId, asking: Managing) -> Response:
    """What it gets, and since when it has been failing."""
    with asking.house.desk.open(asking.tenant) as session:
        return Reply(WebhookEndpoint.model_validate(shown(found(session.tx, endpoint)))).response()


@router.patch(
    "/{endpoint}", response_model=WebhookEndpoint, responses=responses(404, 409, 422), summary="Change what it gets"
)
def change(endpoint: EndpointId, body: WebhookEndpointPatch, asking: Managing) -> Response:
    """Disabled, it gets nothing and what waited for it is cancelled; once enabled the missed range can be replayed."""
    clearable = ("audience", "description")
    sent = {
        name: value
        for name, value in body.model_dump(exclude_unset=True).items()
        if value is not None or name in clearable
    }

    def decide(tx: Tx, _: Tenant) -> Decided:
        row = found(tx, endpoint, lock=True)
        values = {name: sent[name] for name in ("types", "audience", "description") if name in sent}
        enabled = sent.get("enabled", row["state"] == "enabled")
        if enabled and row["state"] != "enabled":
            endpoints.streak(tx, endpoint, None, 0, 0)
        if not enabled:
            endpoints.cancel_pending(tx, endpoint)
        endpoints.update(tx, endpoint, **values, state="enabled" if enabled else "disabled")
        now = found(tx, endpoint)
        event = EndpointChanged(endpoint=endpoint, types=list(now["types"]), audience=now["audience"], enabled=enabled)
        changes = [] if shown(now) == shown(row) else [Change(event)]
        return changes, Reply(WebhookEndpoint.model_validate(shown(now)))

    return administer(asking, decide)


@router.delete("/{endpoint}", status_code=204, responses=responses(404), summary="Send nothing there any more")
def remove(endpoint: EndpointId, asking: Managing) -> Response:
    """What waited for it is cancelled; its deliveries can no longer be read."""

    def decide(tx: Tx, _: Tenant) -> Decided:
        found(tx, endpoint, lock=True)
        endpoints.cancel_pending(tx, endpoint)
        endpoints.update(tx, endpoint, state="removed")
        return [Change(EndpointRemoved(endpoint=endpoint))], Reply(None, 204)

    return administer(asking, decide)


@router.post(
    "/{endpoint}/rotate-secret",
    response_model=WebhookSecret,
    responses={
        202: {"model": WebhookSecretAsked, "description": "It signs once somebody has agreed."},
        **responses(404, 409),
    },
    summary="A new secret",
)
def rotate(endpoint: EndpointId, asking: Managing) -> Response:
    """Answers the new signing secret, once. The old one signs beside it for 24 hours. Where the settings' `consents` name a
    role for it, somebody of that role agrees first; they never see the secret."""
    secret = asking.house.new_secret()
    sealed = asking.house.seal(secret, f"{asking.tenant}/{endpoint}")
    with asking.house.desk.open(asking.tenant) as session:
        role = session.scene.settings.consents.get("webhook_secret")

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Reply | Read]:
        found(tx, endpoint, lock=True)
        if role is None:
            endpoints.rotate(tx, endpoint, sealed)
            return [Change(EndpointSecretRotated(endpoint=endpoint))], Reply(WebhookSecret(secret=secret), secret=True)
        deed = {"endpoint": endpoint, "sealed": sha256(sealed).hexdigest()}
        asked = consents.ask(
            tenant, asking.asker, session.scene.today, "webhook_secret", endpoint, role, deed, None
        )
        endpoints.update(tx, endpoint, next_secret=sealed)
        return [asked], lambda tx: _asked(asking, replace(session, tx=tx), asked, secret)

    return administer(asking, decide)


def _asked(asking: Asking, session: Session, asked: Change, secret: str) -> Reply:
    waiting = waits(asking, session, asked)
    body = WebhookSecretAsked.model_validate({"secret": secret, "approval": waiting.body})
    return waiting._replace(body=body, secret=True)
