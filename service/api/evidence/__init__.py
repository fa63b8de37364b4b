"""Evidence of one bill for a court or an expert: a bundle that can be checked offline (I2)."""

import base64
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.evidence.bundle import Found, packed
from service.api.failures import language_of
from service.api.guards import House, Principal, needs
from service.api.models.problems import responses
from service.api.outlooks import case_answers
from service.api.problems import Problem
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.refusals import NotFound
from service.engine.desk import Session
from service.store import evidence, lookups, sayings

router = APIRouter(prefix="/v1/cases/{case}", tags=["cases"])

MOST_EVENTS = 50_000
MOST_MESSAGES = 5_000


@router.get(
    "/evidence",
    response_class=Response,
    responses={**responses(404, 413), 200: {"content": {"application/zip": {}}}},
    summary="Export the evidence of a case",
)
def export_evidence(
    case: str,
    request: Request,
    house: House,
    reader: Annotated[Principal, Depends(needs(Right.EVIDENCE))],
    texts: Annotated[bool, Query(description="With what our people wrote beside events: reasons, notes, receipts.")] = True,
) -> Response:
    """A zip with the bill's log, its messages as they were sent, receipts, and `verify.py`, which finds what was changed.

    Keep its `Content-Digest`, or the manifest's own that `verify.py` prints, with a third party: whoever holds it can tell
    later that the log was not written anew.
    """
    known_id(case, "unknown_invoice", invoice=case)
    with house.desk.open(reader.tenant, snapshot=True) as session:
        customer, found = _found(session, case, texts, language_of(request))
        body = packed(found, reader.tenant, case, customer, session.scene.now, reader.user)
    digest = base64.b64encode(sha256(body).digest()).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="evidence-{case}.zip"',
        "Content-Digest": f"sha-256=:{digest}:",
        "Cache-Control": "no-store",
    }
    return Response(body, 200, headers, media_type="application/zip")


def _found(session: Session, case: str, texts: bool, language: str) -> tuple[str, Found]:
    tx = session.tx
    known = lookups.case(tx, case)
    if known is None:
        raise NotFound("unknown_invoice", None, invoice=case)
    whole = evidence.whole_streams(tx, case)
    events = evidence.events(tx, case, whole, MOST_EVENTS + 1)
    messages = evidence.messages(tx, case, MOST_MESSAGES + 1)
    if len(events) > MOST_EVENTS or len(messages) > MOST_MESSAGES:
        raise Problem(413, "evidence_too_large", {"limit": MOST_EVENTS})
    keys = [(row["stream"], row["version"]) for row in events]
    (answer,) = case_answers(session, [known], language)
    found = Found(
        events=events,
        whole=whole,
        heads=evidence.heads(tx, sorted({stream for stream, _ in keys})),
        messages=messages,
        lines=sayings.bills(tx, [row["id"] for row in messages]),
        deliveries=evidence.deliveries(tx, keys),
        texts=evidence.texts(tx, keys) if texts else [],
        case=answer,
    )
    return known[0].customer, found
