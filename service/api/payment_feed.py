"""Word of the payment feed: up to which day all payments are known, though there may have been none."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.acts import Asking, Reply, administer, asks
from service.api.bodies import CommandRoute
from service.api.models.payment_feed import PaymentFeedAnswer, PaymentFeedBody
from service.api.models.problems import responses
from service.api.problems import fault
from service.api.roles import Right
from service.domain.events.tenant import PaymentsKnown
from service.domain.payment_feed import is_late
from service.domain.tenant import Tenant
from service.engine.administer import Change
from service.engine.gates import feed_is_late
from service.store import payments
from service.store.database import Tx

router = APIRouter(prefix="/v1/payment-feed", tags=["payments"], route_class=CommandRoute)


@router.get("", response_model=PaymentFeedAnswer, summary="How far payments are known")
def get_feed(asking: Annotated[Asking, Depends(asks(Right.READ))]) -> Response:
    """`late` while dunning messages wait for it, which only tenants with `payment_feed_days` see (C12)."""
    with asking.house.desk.open(asking.tenant) as session:
        tenant = session.tenancy.tenant
        return Reply(
            PaymentFeedAnswer(
                known_through=tenant.payments_known,
                last_payment_on=payments.last_received_on(session.tx, session.scene.today),
                late=feed_is_late(session),
            )
        ).response()


@router.put("", response_model=PaymentFeedAnswer, responses=responses(422), summary="All payments to a day are known")
def put_feed(body: PaymentFeedBody, asking: Annotated[Asking, Depends(asks(Right.PAYMENT_FEED))]) -> Response:
    """For days without a payment: else the feed would seem silent. It never goes back."""
    with asking.house.desk.open(asking.tenant) as session:
        scene = session.scene
        if body.known_through > scene.today:
            raise fault("/known_through", "date_in_future", given=body.known_through, today=scene.today)
        last = payments.last_received_on(session.tx, scene.today)

    def decide(_: Tx, tenant: Tenant) -> tuple[Sequence[Change], Reply]:
        known = max(filter(None, (tenant.payments_known, body.known_through)))
        changes = [Change(PaymentsKnown(through=known))] if known != tenant.payments_known else []
        heard = max(known, last) if last else known
        late = is_late(heard, scene.today, tenant.settings.payment_feed_days, scene.workdays)
        return changes, Reply(PaymentFeedAnswer(known_through=known, last_payment_on=last, late=late))

    return administer(asking, decide)
