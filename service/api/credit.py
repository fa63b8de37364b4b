"""A customer's credit and standing: conditions asked for and lifted by consent of finance, and the half-yearly review."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, Reply, act, asks
from service.api.answers import json
from service.api.approvals import asked_for
from service.api.bodies import CommandRoute
from service.api.customer_acts import CustomerId, known
from service.api.guards import House, Principal, needs
from service.api.models import commands as b
from service.api.models.credit import ReviewAnswer
from service.api.models.customers import CommandAnswer
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer
from service.api.roles import Right
from service.domain import commands as c
from service.domain.conditions import over_limit
from service.domain.customer import Customer
from service.domain.money import format
from service.domain.offsets import Offset, add
from service.domain.review import Figures, figures, suggested
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import balances, reviews

router = APIRouter(prefix="/v1/customers/{customer}", tags=["customers"], route_class=CommandRoute)

_PROBLEMS = responses(404, 409, 412, 422)
_LOOKED_AT = Offset(months=-12)


@router.post(
    "/credit",
    status_code=202,
    response_model=ApprovalAnswer,
    responses=_PROBLEMS,
    summary="Ask to deliver on a condition only",
)
def restrict(
    customer: CustomerId, body: b.CreditBody, asking: Annotated[Asking, Depends(asks(Right.CREDIT_STOP))]
) -> Response:
    """Finance is asked; who asked may not answer (E3). Granted, `credit.restricted` tells sales, the front desk and tills
    and the ERP, and the customer has a letter about a stop."""

    def plan(session: Session) -> c.RestrictCredit:
        known(session, customer)
        return c.RestrictCredit(customer=customer, **body.model_dump())

    return act(asking, plan, asked_for(asking), ("customer", customer))


@router.post(
    "/credit/restore", status_code=202, response_model=ApprovalAnswer, responses=_PROBLEMS, summary="Ask to lift a condition"
)
def restore(
    customer: CustomerId, body: b.CreditRestoreBody, asking: Annotated[Asking, Depends(asks(Right.CREDIT_STOP))]
) -> Response:
    """Finance is asked; who asked may not answer (E3)."""

    def plan(session: Session) -> c.RestoreCredit:
        known(session, customer)
        return c.RestoreCredit(customer=customer, measure=body.measure, reason=body.reason)

    return act(asking, plan, asked_for(asking), ("customer", customer))


@router.post(
    "/restrictions", response_model=CommandAnswer, responses=_PROBLEMS, summary="Say that nobody may contact a customer"
)
def bar(
    customer: CustomerId, body: b.RestrictionBody, asking: Annotated[Asking, Depends(asks(Right.RESTRICT))]
) -> Response:
    """Dunning stops at once, and legal has a task when something is open (E5). It stands beside what the ERP says."""

    def plan(session: Session) -> c.RestrictCustomer:
        known(session, customer)
        return c.RestrictCustomer(customer=customer, **body.model_dump())

    return act(asking, plan, replies.did([]), ("customer", customer))


@router.get("/review", response_model=ReviewAnswer, responses=responses(404), summary="How a customer pays")
def get_review(
    customer: CustomerId, house: House, reader: Annotated[Principal, Depends(needs(Right.READ))]
) -> Response:
    """The figures by which a review decides, over the bills that came due within a year, and the segment they speak for."""
    with house.desk.open(reader.tenant) as session:
        found = known(session, customer)
        answer = _review(session, found)
    return json(answer)


@router.post("/segment", response_model=ReviewAnswer, responses=_PROBLEMS, summary="Decide a customer's segment")
def review(
    customer: CustomerId, body: b.SegmentBody, asking: Annotated[Asking, Depends(asks(Right.SEGMENT))]
) -> Response:
    """Ends the review that is due, if one is. The decision stands against the ERP's feed until the next one, in six months
    or after a danger signal (E2); cases that are open keep their playbook and grace (E1)."""

    def plan(session: Session) -> c.ReviewCustomer:
        found = known(session, customer)
        _, by_figures = _judged(session, found)
        return c.ReviewCustomer(customer=customer, segment=body.segment, suggested=by_figures, reason=body.reason)

    def reply(session: Session, _: Done) -> Reply:
        return Reply(ReviewAnswer.model_validate(_review(session, known(session, customer))))

    return act(asking, plan, reply, ("customer", customer))


def _judged(session: Session, customer: Customer) -> tuple[Figures, str]:
    scene = session.scene
    bills = reviews.bills(session.tx, customer.id, scene.today, add(scene.today, _LOOKED_AT))
    found = figures(bills, scene.today, scene.in_time)
    owed = balances.of_customers(session.tx, [customer.id], scene.today)[customer.id]
    too_much = over_limit(customer, {one.currency: one.exposure for one in owed})
    return found, suggested(found, too_much, bool(_dangers(customer)))


def _dangers(customer: Customer) -> dict[str, date]:
    """The signals that no review has seen."""
    seen = customer.reviewed_on
    return {flag: on for flag, on in sorted(customer.flags.items()) if seen is None or on > seen}


def _review(session: Session, customer: Customer) -> dict[str, Any]:
    found, by_figures = _judged(session, customer)
    owed = balances.of_customers(session.tx, [customer.id], session.scene.today)[customer.id]
    return {
        **{name: getattr(found, name) for name in found.__struct_fields__},
        "exposure": {one.currency: format(one.exposure, one.currency) for one in owed},
        "overdue": {one.currency: format(one.overdue, one.currency) for one in owed},
        "danger_signals": _dangers(customer),
        "segment": customer.segment,
        "segment_by_erp": customer.segment_said or customer.segment,
        "segment_suggested": by_figures,
        "reviewed_on": customer.reviewed_on,
        "review_on": customer.review_on,
        "task": customer.tasks["review"].id if "review" in customer.tasks else None,
    }
