"""What people agree with a customer about several bills at once: split over them, oldest due first."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.acts import Asking, act, asks
from service.api.agreed import consent, disputes_opened, plans_or_request
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, chosen, some
from service.api.models.agreements import CustomerDisputeBody, CustomerPlanBody, DisputeList, PlanList
from service.api.models.problems import responses
from service.api.roles import Right
from service.domain import commands as c
from service.domain.case import Case
from service.engine.desk import Session

router = APIRouter(prefix="/v1/customers/{customer}", tags=["customers"], route_class=CommandRoute)

_PROBLEMS = consent(404, 409, 412, 422)


def _may_be_planned(case: Case) -> bool:
    return case.standing_plan() is None and case.undisputed > 0


@router.post("/plans", status_code=201, response_model=PlanList, responses=_PROBLEMS, summary="Agree instalments")
def plan(
    customer: CustomerId, body: CustomerPlanBody, asking: Annotated[Asking, Depends(asks(Right.PLAN))]
) -> Response:
    """One plan for the bills named, or for all overdue ones that have none: the parts sum to what is open and undisputed
    on them all, and the first that does not come in time ends it for all (D3). Above the limits it waits for consent."""

    def plan(session: Session) -> c.AgreePlan:
        ids = some(chosen(session, customer, body.cases, _may_be_planned), customer)
        return c.AgreePlan(customer=customer, cases=ids, **body.terms())

    reply = plans_or_request(asking, body.promised_by, f"/v1/customers/{customer}", several=True)
    return act(asking, plan, reply, ("customer", customer))


@router.post(
    "/disputes",
    status_code=201,
    response_model=DisputeList,
    responses=responses(404, 409, 412, 422),
    summary="Record a dispute",
)
def dispute(
    customer: CustomerId, body: CustomerDisputeBody, asking: Annotated[Asking, Depends(asks(Right.DISPUTE))]
) -> Response:
    """A dispute on each of the bills named, or of all overdue ones: the amount is split over them, oldest due first; left
    out, all that is open and not disputed already is meant (D5)."""

    def plan(session: Session) -> c.OpenDispute:
        ids = some(chosen(session, customer, body.cases, lambda case: case.undisputed > 0), customer)
        return c.OpenDispute(customer=customer, cases=ids, **body.said())

    reply = disputes_opened(body.text, f"/v1/customers/{customer}", several=True)
    return act(asking, plan, reply, ("customer", customer))
