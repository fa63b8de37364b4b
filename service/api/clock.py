"""A sandbox's clock: where it stands, and moving it forward."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.acts import Asking, Reply, asks, once
from service.api.answers import local
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.tenant import TestClockAnswer, TestClockBody
from service.api.problems import fault
from service.api.roles import Right
from service.domain.decide.amounts import EARLIEST, LATEST
from service.domain.refusals import Conflict
from service.engine import walk

router = APIRouter(prefix="/v1", tags=["test clock"], route_class=CommandRoute)


@router.get(
    "/test-clock", response_model=TestClockAnswer, responses=responses(409), summary="Where the sandbox's clock stands"
)
def get_clock(asking: Annotated[Asking, Depends(asks(Right.READ))]) -> Response:
    """The tenant's present, and whether it runs."""
    return _present(asking).response()


@router.post(
    "/test-clock",
    response_model=TestClockAnswer,
    responses=responses(409, 422),
    summary="Move the sandbox's clock forward",
)
def post_clock(body: TestClockBody, asking: Annotated[Asking, Depends(asks(Right.TEST_CLOCK))]) -> Response:
    """Returns once everything due on the way has been decided, in order of time; deliveries follow in real time.

    After a crash send the same call again: what had been decided stays decided.
    """

    if body.now is not None and not EARLIEST <= body.now.date() <= LATEST:
        raise fault("/now", "date_out_of_range", given=body.now, earliest=EARLIEST, latest=LATEST)

    def work() -> Reply:
        house = asking.house
        walk.move(house.desk, asking.tenant, body.now, bool(body.follow), house.render, _quiet)
        return _present(asking)

    return once(asking, work)


def _present(asking: Asking) -> Reply:
    with asking.house.desk.open(asking.tenant) as session:
        if session.clock.kind != "sandbox":
            raise Conflict("not_sandbox", None, tenant=asking.tenant)
        return Reply(TestClockAnswer(now=local(session, session.scene.now), follow=session.clock.follows))


def _quiet(_: datetime) -> None:
    """Nobody watches the walk over HTTP."""
