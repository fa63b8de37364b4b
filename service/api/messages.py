"""What was said to customers, and how it fared: messages, and letters as documents."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.answers import json, local, may_read_texts
from service.api.guards import House, Principal, needs
from service.api.message_acts import asked_of
from service.api.models.problems import responses
from service.api.models.queries import MessagesAsked
from service.api.models.work import LetterAnswer, MessageAnswer, MessageList
from service.api.pages import page
from service.api.problems import Problem
from service.api.queries import known_id, listing
from service.api.roles import Right
from service.api.wishes import Counting, prefers
from service.engine.desk import Session
from service.store import documents, listings, lookups, sayings
from service.store.documents import PDF

router = APIRouter(prefix="/v1", tags=["messages"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get("/messages", response_model=MessageList, responses=responses(422), summary="List messages")
def list_messages(asked: Annotated[MessagesAsked, Query()], counting: Counting, house: House, reader: Reader) -> Response:
    """The last first. A customer's are those to its parent, too, that speak of its bills. Subject and text are not told to
    viewers and the ERP."""
    pages = listing(house, reader, "messages", asked)
    position = pages.after()
    after = (listings.value_of(position[0], "next_action_at"), str(position[1])) if position else None
    with house.desk.open(reader.tenant) as session:
        rows = sayings.messages(session.tx, asked.customer, asked.case, asked.state, after, asked.limit)
        asked_for = asked.customer, asked.case, asked.state
        total = sayings.count_messages(session.tx, *asked_for) if counting else None
        data = _answers(session, reader, rows)
    next_cursor = pages.next_cursor(rows, lambda row: (listings.position_of(row["queued_at"]), row["id"]))
    return json(page(pages, MessageAnswer, data, next_cursor, total))


@router.get("/messages/{message}", response_model=MessageAnswer, responses=responses(404), summary="Read a message")
def get_message(message: str, house: House, reader: Reader) -> Response:
    """What was said to whom, about which bills."""
    with house.desk.open(reader.tenant) as session:
        row = _found(session, message)
        (answer,) = _answers(session, reader, [row])
        answer |= {"withheld": _withheld(session, row) if may_read_texts(reader) else None}
    return json(answer)


def _withheld(session: Session, row: dict[str, Any]) -> dict[str, Any] | None:
    customer = lookups.customer(session.tx, row["customer"])
    withheld = customer.withheld if customer else None
    if withheld is None or withheld.advised is not None or withheld.message != row["id"]:
        return None
    words = asked_of(session, row["customer"], withheld)
    return {"question": words.get("question", ""), "text": words.get("text"), "until": withheld.until}


@router.get(
    "/letters/{letter}",
    response_model=LetterAnswer,
    responses={**responses(404, 406), 200: {"content": {PDF: {}, "text/plain": {}}}, 304: {"description": "As it was."}},
    summary="Read a letter",
)
def get_letter(
    letter: str, request: Request, house: House, reader: Annotated[Principal, Depends(needs(Right.TEXTS))]
) -> Response:
    """The letter as it went out, a PDF whose ETag is the SHA-256 that the log tells; or plain text, or JSON with whom it went
    to. Before it is made, and once its person is erased, there is no PDF."""
    with house.desk.open(reader.tenant) as session:
        row = _found(session, letter)
        if row["channel"] != "letter":
            raise Problem(404, "not_found")
        (answer,) = _answers(session, reader, [row])
        document = documents.of(session.tx, letter)
    form = prefers(request, *([PDF] if document else []), "application/json", "text/plain")
    if document and form == PDF:
        return _sent(document, request)
    if form == "text/plain":
        return Response(row["text"] or "", media_type="text/plain")
    return json({**answer, "kind": row["kind"], "issued_on": row["day"]})


def _sent(document: documents.Document, request: Request) -> Response:
    tag = f'"{document.sha256}"'
    headers = {"ETag": tag, "Content-Disposition": f'inline; filename="{document.name}"', "Vary": "Accept"}
    if tag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(document.body, headers=headers, media_type=PDF)


def _found(session: Session, id: str) -> dict[str, Any]:
    row = sayings.message(session.tx, known_id(id, "not_found", made=True))
    if row is None:
        raise Problem(404, "not_found")
    return row


def _answers(session: Session, reader: Principal, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    bills = sayings.bills(session.tx, [row["id"] for row in rows])
    return [_answer(session, reader, row, bills[row["id"]]) for row in rows]


def _answer(session: Session, reader: Principal, row: dict[str, Any], bills: list[dict[str, Any]]) -> dict[str, Any]:
    """A composed message speaks of the bills it kept; one still queued of those it holds so far."""
    may_read = may_read_texts(reader)
    return {
        "id": row["id"],
        "customer": row["customer"],
        "contact": row["contact"],
        "channel": row["channel"],
        "cases": sorted({bill["case_id"] for bill in bills if bill["struck"] is None}),
        "struck": [
            {"case": bill["case_id"], "why_code": f"struck.{bill['struck']}"} for bill in bills if bill["struck"]
        ],
        "subject": row["subject"] if may_read else None,
        "text": row["text"] if may_read else None,
        "state": "queued" if row["state"] in sayings.WAITING else row["state"],
        "at": local(session, row["at"]),
        "withheld": None,
    }
