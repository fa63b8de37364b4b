"""What people agree about one bill - above the tenant's limits somebody else is asked first - and what is contested of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api.acts import Asking, Reply, act, asks
from service.api.agreed import consent, dispute_answer, disputes_opened, plans_or_request
from service.api.bodies import CommandRoute
from service.api.models.agreements import DisputeAnswer, DisputeBody, PlanAnswer, PlanBody, ResolveBody
from service.api.models.problems import responses
from service.api.roles import Right
from service.api.work import CaseId, owing
from service.domain import commands as c
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import agreed, cases, log

router = APIRouter(prefix="/v1/cases/{case}", tags=["cases"], route_class=CommandRoute)

_PROBLEMS = consent(404, 409, 412, 422)


@router.post("/plans", status_code=201, response_model=PlanAnswer, responses=_PROBLEMS, summary="Agree instalments")
def plan(case: CaseId, body: PlanBody, asking: Annotated[Asking, Depends(asks(Right.PLAN))]) -> Response:
    """The parts sum to all that is open and undisputed; while they come in time nobody dunns, and the first that does not
    ends the plan (D3). Of too many parts, too far ahead or above an amount it waits for consent: 202."""

    def plan(session: Session) -> c.AgreePlan:
        return c.AgreePlan(customer=owing(session, case), cases=(case,), **body.terms())

    return act(asking, plan, plans_or_request(asking, body.promised_by, f"/v1/cases/{case}/plans"), ("case", case))


@router.post(
    "/disputes",
    status_code=201,
    response_model=DisputeAnswer,
    responses=responses(404, 409, 412, 422),
    summary="Record a dispute",
)
def dispute(case: CaseId, body: DisputeBody, asking: Annotated[Asking, Depends(asks(Right.DISPUTE))]) -> Response:
    """The disputed part stands still and the rest goes on: messages ask only for that; a dispute of all pauses the case.
    Its owner has a task, and their superior is told when it is not resolved in time (D5)."""

    def plan(session: Session) -> c.OpenDispute:
        return c.OpenDispute(customer=owing(session, case), cases=(case,), **body.said())

    return act(asking, plan, disputes_opened(body.text, f"/v1/cases/{case}/disputes"), ("case", case))


@router.post(
    "/disputes/{dispute}/resolve",
    response_model=DisputeAnswer,
    responses=responses(404, 409, 412, 422),
    summary="Resolve a dispute",
)
def resolve(
    case: CaseId,
    dispute: Annotated[int, Path(ge=1, le=100_000, description="Which of the bill's disputes.", examples=[1])],
    body: ResolveBody,
    asking: Annotated[Asking, Depends(asks(Right.RESOLVE_DISPUTE))],
) -> Response:
    """For us: what was disputed is asked for again, not before the next open day. For the customer: a credit of the amount
    is expected of finance, and until it comes it is not asked for; `invoice.credited` ends that."""

    def plan(session: Session) -> c.ResolveDispute:
        return c.ResolveDispute(
            customer=owing(session, case),
            case=case,
            dispute=dispute,
            outcome=body.outcome,
            text=body.text,
            amount=body.amount,
            root_cause=body.root_cause,
        )

    def reply(session: Session, _: Done) -> Reply:
        (one,) = (one for one in agreed.disputes_of(session.tx, case) if one.opened.dispute == dispute)
        state = cases.load(session.tx, [case])[case].state
        said = log.private_of(session.tx, [(f"case/{case}", one.version)])
        text = next(iter(said.values()), {}).get("", {}).get("text")
        return Reply(DisputeAnswer.model_validate(dispute_answer(state, one, text)))

    return act(asking, plan, reply, ("case", case))
