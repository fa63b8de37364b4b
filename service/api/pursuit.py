"""Bills that are handed over (J1): to whom, how far they have come, what must not be missed, what it costs, and back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, act, asks
from service.api.approvals import asked_for
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, chosen, some
from service.api.models import pursuit as b
from service.api.models.customers import CommandAnswer
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer, Logged
from service.api.roles import Right
from service.api.work import CaseId, owing
from service.domain import commands as c
from service.domain.refusals import Conflict
from service.engine.desk import Session

router = APIRouter(prefix="/v1", route_class=CommandRoute)

HandsOver = Annotated[Asking, Depends(asks(Right.HAND_OVER))]
Follows = Annotated[Asking, Depends(asks(Right.MILESTONE))]
_PROBLEMS = responses(404, 409, 412, 422)


@router.post(
    "/cases/{case}/hand-over",
    status_code=202,
    response_model=ApprovalAnswer,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Ask to hand a bill over",
)
def hand_over(case: CaseId, body: b.HandOverBody, asking: HandsOver) -> Response:
    """To an agency, a law firm or our own legal department; the next role above the asker's agrees, for legal the manager.
    Dunning by the playbook stops with the grant (J1)."""

    def plan(session: Session) -> c.HandOver:
        return c.HandOver(customer=owing(session, case), cases=(case,), **body.model_dump())

    return act(asking, plan, asked_for(asking), ("case", case))


@router.post(
    "/customers/{customer}/hand-over",
    status_code=202,
    response_model=ApprovalAnswer,
    responses=_PROBLEMS,
    tags=["customers"],
    summary="Ask to hand bills over",
)
def hand_several_over(customer: CustomerId, body: b.CustomerHandOverBody, asking: HandsOver) -> Response:
    """The bills named, or all that are overdue, at most 100 in one request (J1)."""

    def plan(session: Session) -> c.HandOver:
        ids = some(chosen(session, customer, body.cases, lambda _: True), customer)
        return c.HandOver(customer=customer, cases=ids, **body.model_dump(exclude={"cases"}))

    return act(asking, plan, asked_for(asking), ("customer", customer))


@router.post(
    "/cases/{case}/take-back",
    response_model=CommandAnswer,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Collect a handed-over bill again",
)
def take_back(case: CaseId, body: b.TakeBackBody, asking: HandsOver) -> Response:
    """The playbook goes on at the level that the case had; what it would have done meanwhile is only logged (F2)."""

    def plan(session: Session) -> c.TakeBack:
        return c.TakeBack(customer=owing(session, case), cases=(case,), reason=body.reason)

    return act(asking, plan, replies.did([case]), ("case", case))


@router.post(
    "/cases/{case}/milestones",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Record how far a handed-over bill has come",
)
def reach_milestone(case: CaseId, body: b.MilestoneBody, asking: Follows) -> Response:
    """A deadline that was set for the milestone has been met with it, and the limitation period begins anew where the tenant's
    law counts it (I1). After `closed` legal has a task to decide what becomes of the rest."""

    def plan(session: Session) -> c.ReachMilestone:
        return c.ReachMilestone(customer=owing(session, case), cases=(case,), **body.model_dump())

    return act(asking, plan, replies.recorded(f"/v1/cases/{case}/events"), ("case", case))


@router.post(
    "/customers/{customer}/milestones",
    response_model=CommandAnswer,
    responses=_PROBLEMS,
    tags=["customers"],
    summary="Record how far a suit about several bills has come",
)
def reach_several(customer: CustomerId, body: b.CustomerMilestoneBody, asking: Follows) -> Response:
    """On the bills named, or on all overdue ones that are handed over."""
    ids: list[str] = []

    def plan(session: Session) -> c.ReachMilestone:
        ids[:] = chosen(session, customer, body.cases, lambda case: case.stage == "legal")
        if not ids:
            raise Conflict("none_handed_over", None, customer=customer)
        return c.ReachMilestone(customer=customer, cases=tuple(ids), **body.model_dump(exclude={"cases"}))

    return act(asking, plan, replies.did(ids), ("customer", customer))


@router.post(
    "/cases/{case}/deadlines",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Set a deadline of a handed-over bill",
)
def set_deadline(case: CaseId, body: b.DeadlineBody, asking: Follows) -> Response:
    """Legal is told a week before and on the day, legal and the managers on the next open day when it was missed; at most 8 are
    open at a time."""

    def plan(session: Session) -> c.SetDeadline:
        return c.SetDeadline(customer=owing(session, case), case=case, **body.model_dump())

    return act(asking, plan, replies.recorded(f"/v1/cases/{case}/events"), ("case", case))


@router.post(
    "/cases/{case}/deadlines/{deadline}/end",
    response_model=CommandAnswer,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="A deadline was met, or dropped",
)
def end_deadline(
    case: CaseId,
    deadline: Annotated[int, Path(ge=1, le=1_000_000)],
    body: b.DeadlineEndBody,
    asking: Follows,
) -> Response:
    """Nobody is told of it any more."""

    def plan(session: Session) -> c.EndDeadline:
        return c.EndDeadline(customer=owing(session, case), case=case, deadline=deadline, **body.model_dump())

    return act(asking, plan, replies.did([case]), ("case", case))


@router.post(
    "/cases/{case}/costs",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    tags=["cases"],
    summary="Record what pursuing a bill costs",
)
def incur_cost(case: CaseId, body: b.CostBody, asking: Follows) -> Response:
    """In any currency, also long after the end; shown beside what was recovered, and never added to what is owed."""

    def plan(session: Session) -> c.IncurCost:
        return c.IncurCost(customer=owing(session, case), case=case, **body.model_dump())

    return act(asking, plan, replies.recorded(f"/v1/cases/{case}/events"), ("case", case))
