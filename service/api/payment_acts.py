"""What finance does about money: credit on account used for bills, drafts honoured, payments that went back (D7)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api.acts import Asking, Reply, Replying, act, asks
from service.api.bodies import CommandRoute
from service.api.models.claims import AllocateBody, PaymentEndBody
from service.api.models.customers import PaymentAnswer
from service.api.models.problems import responses
from service.api.payments import payment_answer
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.commands import AllocatePayment, Allocation, HonourPayment, ReversePayment
from service.domain.refusals import NotFound
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import lookups, payments

router = APIRouter(prefix="/v1/payments/{payment}", tags=["payments"], route_class=CommandRoute)

PaymentId = Annotated[str, Path(description="The ERP's id of the payment.", examples=["P-1"])]
Paying = Annotated[Asking, Depends(asks(Right.PAYMENT))]
_PROBLEMS = responses(404, 409, 422)


@router.post("/allocate", response_model=PaymentAnswer, responses=_PROBLEMS, summary="Use a payment's rest for bills")
def allocate(payment: PaymentId, body: AllocateBody, asking: Paying) -> Response:
    """Each bill up to what is open on it, also one that was written off (J2); credit is used only on request (D7)."""

    def plan(session: Session) -> AllocatePayment:
        wanted = [Allocation(invoice=one.invoice, amount=one.amount) for one in body.allocations]
        return AllocatePayment(payment=_known(session, payment), allocations=wanted)

    return act(asking, plan, _as_it_stands(payment))


@router.post("/honour", response_model=PaymentAnswer, responses=_PROBLEMS, summary="A draft turned into money")
def honour(payment: PaymentId, body: PaymentEndBody, asking: Paying) -> Response:
    """It is applied to the bills it covered, the rest to the oldest (D7)."""

    def plan(session: Session) -> HonourPayment:
        return HonourPayment(payment=_known(session, payment), on=body.on, reason=body.reason)

    return act(asking, plan, _as_it_stands(payment))


@router.post("/reverse", response_model=PaymentAnswer, responses=_PROBLEMS, summary="The money went back")
def reverse(payment: PaymentId, body: PaymentEndBody, asking: Paying) -> Response:
    """Its applications are taken back, bills it had settled open at the level they closed with, and the customer is flagged
    (`payment_reversed`, a cheque or draft `instrument_returned` too)."""

    def plan(session: Session) -> ReversePayment:
        return ReversePayment(payment=_known(session, payment), on=body.on, reason=body.reason)

    return act(asking, plan, _as_it_stands(payment))


def _known(session: Session, payment: str) -> str:
    known_id(payment, "unknown_payment", payment=payment)
    if payment not in payments.customers_of(session.tx, [payment]):
        raise NotFound("unknown_payment", None, payment=payment)
    return payment


def _as_it_stands(payment: str) -> Replying:
    def reply(session: Session, _: Done) -> Reply:
        found = lookups.payment(session.tx, payment)
        assert found is not None
        return Reply(PaymentAnswer.model_validate(payment_answer(found)))

    return reply
