"""Letters that reached the customer, and those that came back signed: recorded by hand, with their proof."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, act, asks
from service.api.bodies import CommandRoute
from service.api.models.claims import ReceiptBody
from service.api.models.problems import responses
from service.api.models.work import Logged
from service.api.problems import Problem
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.commands import RecordReceipt
from service.domain.events.customer import LetterIssued
from service.engine.desk import Session
from service.store import links

router = APIRouter(prefix="/v1/letters/{letter}", tags=["messages"], route_class=CommandRoute)

LetterId = Annotated[str, Path(description="The letter's id.", examples=["formal_dunning~C-1.31"])]


@router.post(
    "/receipt",
    status_code=201,
    response_model=Logged,
    responses=responses(404, 409, 422),
    summary="A letter was delivered, or came back signed",
)
def record_receipt(
    letter: LetterId, body: ReceiptBody, asking: Annotated[Asking, Depends(asks(Right.RECEIPT))]
) -> Response:
    """Printed letters leave no trace of their arrival by themselves. A demand that arrived, and a statement or reconciliation
    letter that came back signed, begin the limitation period anew where the tenant's law counts them (I1)."""

    def plan(session: Session) -> RecordReceipt:
        customer, issued = _issued(session, letter)
        return RecordReceipt(
            customer=customer,
            letter=letter,
            kind=issued.kind,
            cases=tuple(issued.cases),
            issued_on=issued.on,
            on=body.on,
            signed=body.signed,
            received_by=body.received_by,
            proof=body.proof,
        )

    return act(asking, plan, replies.recorded(f"/v1/letters/{letter}"))


def _issued(session: Session, letter: str) -> tuple[str, LetterIssued]:
    """The customer and the event; a letter's id names the place where it was issued. Raises Problem `not_found`."""
    customer, _, version = known_id(letter, "not_found", made=True).partition("~")[2].rpartition(".")
    found = (
        links.event(session.tx, f"customer/{customer}", int(version))
        if version.isdecimal() and len(version) < 10
        else None
    )
    if not isinstance(found, LetterIssued) or found.letter != letter:
        raise Problem(404, "not_found")
    return customer, found
