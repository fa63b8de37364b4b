"""What people agree about one bill: plans. Above the tenant's limits somebody else is asked first."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.acts import Asking, act, asks
from service.api.agreed import consent, plans_or_request
from service.api.bodies import CommandRoute
from service.api.models.agreements import PlanAnswer, PlanBody
from service.api.roles import Right
from service.api.work import CaseId, owing
from service.domain import commands as c
from service.engine.desk import Session

router = APIRouter(prefix="/v1/cases/{case}", tags=["cases"], route_class=CommandRoute)

_PROBLEMS = consent(404, 409, 412, 422)


@router.post("/plans", status_code=201, response_model=PlanAnswer, responses=_PROBLEMS, summary="Agree instalments")
def plan(case: CaseId, body: PlanBody, asking: Annotated[Asking, Depends(asks(Right.PLAN))]) -> Response:
    """The parts sum to all that is open and undisputed; while they come in time nobody dunns, and the first that does not
    ends the plan (D3). Of too many parts, too far ahead or above an amount it waits for consent: 202."""

    def plan(session: Session) -> c.AgreePlan:
        return c.AgreePlan(customer=owing(session, case), cases=(case,), **body.terms())

    return act(asking, plan, plans_or_request(asking, body.promised_by, f"/v1/cases/{case}/plans"), ("case", case))
