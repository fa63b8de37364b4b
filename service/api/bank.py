"""Bank statements: what came in, matched to open bills."""

from typing import Annotated, Any

import msgspec
from anyio import to_thread
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.api import bodies
from service.api.failures import problem_data
from service.api.guards import House, Principal, needs
from service.api.models.bank import StatementAnswer
from service.api.models.problems import responses
from service.api.problems import Problem, fault, of_refusal
from service.api.roles import Right
from service.channels.camt import StatementMistake, read
from service.domain.money import format
from service.engine.banking import STATUSES, Cleared, clear

XML = ("application/xml", "text/xml")
LARGEST = 16 * 1024 * 1024

router = APIRouter(prefix="/v1", tags=["payments"])

_BODY = {"required": True, "content": {XML[0]: {"schema": {"type": "string"}}}}


@router.post(
    "/bank-statements",
    response_model=StatementAnswer,
    responses=responses(413, 415, 422),
    openapi_extra={"requestBody": _BODY},
    summary="Post a bank statement",
)
async def post_statement(
    request: Request, house: House, principal: Annotated[Principal, Depends(needs(Right.PAYMENT))]
) -> Response:
    """A camt.053 statement or a camt.054 notification as the bank wrote it. Each credit that is booked is matched to open
    bills: where two of reference, amount and payer's name agree it is applied as a payment, else finance has a task with the
    bills that it may be for. A credit that was told before, in whatever message, changes nothing."""
    if bodies.media_type(request.headers.get("content-type")) not in XML:
        raise Problem(415, "unsupported_media_type")
    body = await bodies.read(request, LARGEST)
    return await to_thread.run_sync(_post, request, house, principal, body)


def _post(request: Request, house: House, principal: Principal, body: bytes) -> Response:
    try:
        statement = read(body)
    except StatementMistake as mistake:
        raise fault("", mistake.code, where=mistake.where) from None
    fingerprint = house.fingerprints.of(principal.secret)
    cleared = clear(house.desk, principal.tenant, principal.asker(request), fingerprint, statement.credits)
    counts = {name: sum(one.status == name for one in cleared) for name in STATUSES}
    results = [_result(one, request) for one in cleared]
    content = {"credits": len(cleared), **counts, "passed_over": statement.passed_over, "results": results}
    return Response(msgspec.json.encode(content), 200, media_type="application/json")


def _result(one: Cleared, request: Request) -> dict[str, Any]:
    credit, currency = one.credit, one.credit.currency
    return {
        "id": credit.id,
        "status": one.status,
        "amount": str(credit.amount),
        "currency": currency,
        "on": credit.on,
        "payer": credit.payer,
        "reference": credit.reference,
        "payment": one.payment,
        "customer": one.customer,
        "allocations": [{"invoice": id, "amount": format(amount, currency)} for id, amount in one.allocations],
        "candidates": [
            {"invoice": bill.id, "customer": bill.customer, "open_amount": format(bill.open_amount, currency)}
            for bill in one.candidates
        ],
        "error": problem_data(of_refusal(one.refused, in_event=True), request) if one.refused else None,
    }
