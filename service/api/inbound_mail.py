"""Mail that comes in: bounces, delays, automatic answers and replies, posted by the ERP or the mail server."""

import base64
import binascii
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.api import bodies
from service.api.guards import House, Principal, needs
from service.api.models.inbound import InboundMailAnswer
from service.api.models.problems import responses
from service.api.problems import Problem, fault, of_refusal
from service.api.roles import Right
from service.channels.inbound import MailMistake, read
from service.domain.refusals import Refused
from service.engine.mail_in import NotYet, take_in

RAW = "message/rfc822"
LARGEST = 16 * 1024 * 1024
IN_A_MOMENT = 5

router = APIRouter(prefix="/v1", tags=["messages"])

_JSON = {
    "type": "object",
    "required": ["raw"],
    "additionalProperties": False,
    "properties": {"raw": {"type": "string", "description": "The mail, base64.", "examples": ["RnJvbTogYXBAYy0xLmV4YW1wbGU="]}},
}
_BODY = {"required": True, "content": {RAW: {"schema": {"type": "string"}}, "application/json": {"schema": _JSON}}}


@router.post(
    "/inbound-mail",
    status_code=202,
    response_model=InboundMailAnswer,
    responses=responses(413, 415, 422, 503),
    openapi_extra={"requestBody": _BODY},
    summary="Post a mail that came in",
)
async def post_mail(
    request: Request, house: House, principal: Annotated[Principal, Depends(needs(Right.INBOUND_MAIL))]
) -> Response:
    """A mail as it came (RFC 5322). A report that a message of ours reached nobody makes that `bounced` and counts for its
    contact (C9); one that it is late is noted; what a machine answers is no reply. Anything else from a person who was written
    to, or about a message of ours, is a reply: dunning messages wait until the owner has looked (C12). The same mail again,
    known by its Message-ID, changes nothing. Of mail that speaks of no message of ours nothing is kept: leave it to people."""
    media = bodies.media_type(request.headers.get("content-type"))
    if media != RAW and not bodies.is_json(media):
        raise Problem(415, "unsupported_media_type")
    body = await bodies.read(request, LARGEST)
    return await to_thread.run_sync(_post, request, house, principal, body, media)


def _post(request: Request, house: House, principal: Principal, body: bytes, media: str) -> Response:
    raw = body if media == RAW else _raw(body)
    fingerprint = house.fingerprints.of(principal.secret)
    try:
        taken = take_in(house.desk, principal.tenant, principal.asker(request), fingerprint, read(raw), raw)
    except MailMistake as mistake:
        raise fault("" if media == RAW else "/raw", mistake.code) from None
    except NotYet:
        raise Problem(503, "busy", retry_after=IN_A_MOMENT) from None
    except Refused as refused:
        raise of_refusal(refused) from None
    answer = InboundMailAnswer.model_validate({name: getattr(taken, name) for name in taken.__struct_fields__})
    return Response(answer.model_dump_json(), 202, media_type="application/json")


def _raw(body: bytes) -> bytes:
    given = bodies.checked(*bodies.decode(body))
    if not isinstance(given, dict) or set(given) != {"raw"} or not isinstance(given["raw"], str):
        raise fault("/raw", "mail_missing")
    try:
        return base64.b64decode(given["raw"], validate=True)
    except (binascii.Error, ValueError):
        raise fault("/raw", "mail_no_base64") from None
