"""Letters that people have sent: about one bill, or several of a customer's."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, Reply, Replying, act, asks
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, chosen, some
from service.api.models.letters import CustomerLetterBody, LetterBody
from service.api.models.problems import responses
from service.api.models.work import Logged
from service.api.roles import Right
from service.api.work import CaseId, owing
from service.domain.commands import IssueLetter
from service.domain.events.customer import LetterIssued
from service.engine.asks import Done
from service.engine.desk import Session

router = APIRouter(prefix="/v1", route_class=CommandRoute)

_PROBLEMS = responses(404, 409, 412, 422)


@router.post(
    "/cases/{case}/letters",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Send a letter about a bill",
)
def issue_letter(case: CaseId, body: LetterBody, asking: Annotated[Asking, Depends(asks(Right.LETTER))]) -> Response:
    """It leaves in the next window, as a PDF to whoever decides at the customer's. Formal dunning letters, lawyers' letters and
    credit-stop notices go out with consent only: a playbook asks for it (B9, E3)."""

    def plan(session: Session) -> IssueLetter:
        return IssueLetter(customer=owing(session, case), cases=(case,), kind=body.kind)

    return act(asking, plan, _issued(), ("case", case))


@router.post(
    "/customers/{customer}/letters",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    tags=["customers"],
    summary="Send a letter about several bills",
)
def issue_customer_letter(
    customer: CustomerId, body: CustomerLetterBody, asking: Annotated[Asking, Depends(asks(Right.LETTER))]
) -> Response:
    """About the bills named, or all that are overdue."""

    def plan(session: Session) -> IssueLetter:
        ids = some(chosen(session, customer, body.cases, lambda _: True), customer)
        return IssueLetter(customer=customer, cases=ids, kind=body.kind)

    return act(asking, plan, _issued(), ("customer", customer))


def _issued() -> Replying:
    """Where the letter is read."""

    def reply(session: Session, done: Done) -> Reply:
        issued = next(fact.event for fact in done.happened if isinstance(fact.event, LetterIssued))
        return replies.recorded(f"/v1/letters/{issued.letter}")(session, done)

    return reply
