"""What becomes of claims that are not simply paid: write-offs, of one bill or several."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.acts import Asking, act, asks
from service.api.approvals import asked_for
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, chosen, some
from service.api.models.claims import CustomerWriteOffBody, WriteOffBody
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer
from service.api.roles import Right
from service.api.work import CaseId, owing
from service.domain.commands import WriteOff
from service.engine.desk import Session

router = APIRouter(prefix="/v1", route_class=CommandRoute)

_PROBLEMS = responses(404, 409, 412, 422)


@router.post(
    "/cases/{case}/write-off",
    status_code=202,
    response_model=ApprovalAnswer,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Ask to write a bill off",
)
def write_off(case: CaseId, body: WriteOffBody, asking: Annotated[Asking, Depends(asks(Right.WRITE_OFF))]) -> Response:
    """The lowest role whose limit (`write_off_limits`) covers what is open is asked, else the boss; nothing is deleted, and
    money that comes later is a recovery (J2)."""

    def plan(session: Session) -> WriteOff:
        return WriteOff(customer=owing(session, case), cases=(case,), reason=body.reason)

    return act(asking, plan, asked_for(asking), ("case", case))


@router.post(
    "/customers/{customer}/write-off",
    status_code=202,
    response_model=ApprovalAnswer,
    responses=_PROBLEMS,
    tags=["customers"],
    summary="Ask to write bills off",
)
def write_off_several(
    customer: CustomerId, body: CustomerWriteOffBody, asking: Annotated[Asking, Depends(asks(Right.WRITE_OFF))]
) -> Response:
    """The bills named, or all that are overdue, at most 100 in one request; their sum decides who is asked (J2)."""

    def plan(session: Session) -> WriteOff:
        ids = some(chosen(session, customer, body.cases, lambda _: True), customer)
        return WriteOff(customer=customer, cases=ids, reason=body.reason)

    return act(asking, plan, asked_for(asking), ("customer", customer))
