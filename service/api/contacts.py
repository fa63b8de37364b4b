"""The people on a customer's side: found, corrected, or marked as no longer reachable."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api.acts import Asking, Reply, act, asks
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, known
from service.api.models.commands import ContactBody, ContactPatchBody, EraseBody, NamedContactPatchBody
from service.api.models.customers import ContactAnswer, ErasedAnswer
from service.api.models.fields import Id
from service.api.models.problems import responses
from service.api.people import contact_answers
from service.api.problems import fault
from service.api.roles import Right
from service.domain.commands import ChangeContact, ContactGiven, EraseContact
from service.domain.refusals import Conflict, NotFound
from service.engine.asks import Done
from service.engine.desk import Session

router = APIRouter(prefix="/v1/customers/{customer}/contacts", tags=["customers"], route_class=CommandRoute)

ContactId = Annotated[Id, Path(description="The person's id.")]
Correcting = Annotated[Asking, Depends(asks(Right.CONTACTS))]
_PROBLEMS = responses(404, 409, 412, 422)


def _person(session: Session, asking: Asking, customer: str, id: str) -> ContactAnswer:
    people = contact_answers(session, known(session, customer), asking.principal.role)
    return ContactAnswer.model_validate(next(one for one in people if one["id"] == id))


@router.post("", status_code=201, response_model=ContactAnswer, responses=_PROBLEMS, summary="Add a person")
def add(customer: CustomerId, body: ContactBody, asking: Correcting) -> Response:
    """Somebody found at the customer's. Only people who may receive details are written to (C7)."""
    id = body.id or f"person-{secrets.token_hex(4)}"

    def plan(session: Session) -> ChangeContact:
        if id in known(session, customer).contacts:
            raise Conflict("contact_exists", "/id", contact=id)
        return ChangeContact(customer=customer, contact=ContactGiven(id=id, **body.given()))

    def reply(session: Session, _: Done) -> Reply:
        return Reply(_person(session, asking, customer, id), 201, f"/v1/customers/{customer}/contacts/{id}")

    return act(asking, plan, reply, ("customer", customer))


@router.patch(
    "", response_model=ContactAnswer, responses=_PROBLEMS, summary="Correct or mark a person named in the body"
)
def change_named(customer: CustomerId, body: NamedContactPatchBody, asking: Correcting) -> Response:
    """Absent fields stay, null clears. A marked person is neither written to nor called."""
    return _change(customer, body.id, body, asking)


@router.patch("/{contact}", response_model=ContactAnswer, responses=_PROBLEMS, summary="Correct or mark a person")
def change(
    customer: CustomerId,
    contact: ContactId,
    body: ContactPatchBody,
    asking: Correcting,
) -> Response:
    """Absent fields stay, null clears. A marked person is neither written to nor called."""
    if body.id not in (None, contact):
        raise fault("/id", "id_differs", given=body.id, wanted=contact)
    return _change(customer, contact, body, asking)


def _change(customer: str, contact: str, body: ContactPatchBody, asking: Asking) -> Response:
    mark = {"mark": body.mark} if "mark" in body.model_fields_set else {}

    def plan(session: Session) -> ChangeContact:
        if contact not in known(session, customer).contacts:
            raise NotFound("unknown_contact", None, contact=contact)
        return ChangeContact(customer=customer, contact=ContactGiven(id=contact, **body.given()), **mark)

    def reply(session: Session, _: Done) -> Reply:
        return Reply(_person(session, asking, customer, contact))

    return act(asking, plan, reply, ("customer", customer))


@router.post(
    "/{contact}/erase", response_model=ErasedAnswer, responses=_PROBLEMS, summary="Keep nothing of a person any more"
)
def erase(
    customer: CustomerId, contact: ContactId, body: EraseBody, asking: Annotated[Asking, Depends(asks(Right.ERASE))]
) -> Response:
    """Details, contact records with them, words that name them, texts of messages and letters to them, stored answers:
    gone from every table at once. The log keeps ids and stays whole. Whatever is said of the same id later begins anew.

    What was sent to people and programs is beyond reach; `contact.erased` tells webhook receivers to follow.
    """

    def plan(session: Session) -> EraseContact:
        known(session, customer)
        return EraseContact(customer=customer, contact=contact, reason=body.reason)

    def reply(session: Session, done: Done) -> Reply:
        answer = {"customer": customer, "contact": contact, "position": done.position, "at": session.scene.now}
        return Reply(ErasedAnswer.model_validate(answer))

    return act(asking, plan, reply, ("customer", customer))
