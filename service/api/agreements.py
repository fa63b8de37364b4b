"""What people agree about one bill - above the tenant's limits somebody else is asked first - and what is contested of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, Reply, act, asks
from service.api.agreed import (
    consent,
    discount_or_request,
    dispute_answer,
    disputes_opened,
    plans_or_request,
    waits,
)
from service.api.approvals import asked_for
from service.api.bodies import CommandRoute
from service.api.models.agreements import (
    DiscountAnswer,
    DiscountBody,
    DisputeAnswer,
    DisputeBody,
    ExtendBody,
    PlanAnswer,
    PlanBody,
    ResolveBody,
)
from service.api.models.customers import CommandAnswer
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


@router.post("/extend", response_model=CommandAnswer, responses=_PROBLEMS, summary="Extend the due date")
def extend(case: CaseId, body: ExtendBody, asking: Annotated[Asking, Depends(asks(Right.EXTEND))]) -> Response:
    """The earlier day stays in the log. Ahead of today it is a new ladder from level `none`; still past, the level stays and
    nothing is repeated (D4). Too far from the first due date, or of too much, it waits for consent: 202."""

    def plan(session: Session) -> c.ExtendCase:
        return c.ExtendCase(customer=owing(session, case), case=case, due_on=body.due_on, reason=body.reason)

    def reply(session: Session, done: Done) -> Reply:
        return asked_for(asking)(session, done) if waits(done) else replies.did([case])(session, done)

    return act(asking, plan, reply, ("case", case))


@router.post(
    "/discounts", status_code=201, response_model=DiscountAnswer, responses=_PROBLEMS, summary="Offer a discount"
)
def discount(case: CaseId, body: DiscountBody, asking: Annotated[Asking, Depends(asks(Right.DISCOUNT))]) -> Response:
    """When all but so much has been paid in time, the rest is credited and the case closes; else it lapses. Messages ask for
    the whole amount all the same (D6). Of too large a share, or too much, it waits for consent: 202."""

    def plan(session: Session) -> c.OfferDiscount:
        return c.OfferDiscount(
            customer=owing(session, case), case=case, amount=body.amount, ends_on=body.ends_on, reason=body.reason
        )

    return act(asking, plan, discount_or_request(asking, f"/v1/cases/{case}/discounts"), ("case", case))


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
