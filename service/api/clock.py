"""A sandbox's clock: where it stands, and moving it forward."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from service.api.bodies import CommandRoute
from service.api.guards import House, Principal, needs
from service.api.roles import Right
from service.domain.refusals import Conflict
from service.engine import walk

router = APIRouter(prefix="/v1", tags=["test clock"], route_class=CommandRoute)


class TestClockBody(BaseModel):
    """Either an instant to move to, or `follow`: catch up with the real time and run with it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"now": "2026-03-20T09:00:00+08:00"}]})
    now: AwareDatetime | None = Field(None, description="RFC 3339 with offset; not before where the clock stands.")
    follow: bool = Field(False, description="Catch up with the real time and let the clock run with it.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "TestClockBody":
        if (self.now is None) == (not self.follow):
            raise ValueError("give either now or follow")
        return self


@router.get("/test-clock", summary="Where the sandbox's clock stands")
def get_clock(house: House, principal: Annotated[Principal, Depends(needs(Right.READ))]) -> dict[str, Any]:
    """The tenant's present, and whether it runs."""
    with house.desk.open(principal.tenant) as session:
        if session.clock.kind != "sandbox":
            raise Conflict("not_sandbox", None, tenant=principal.tenant)
        return {"now": session.scene.now, "follow": session.clock.follows}


@router.post("/test-clock", summary="Move the sandbox's clock forward")
def post_clock(
    body: TestClockBody, house: House, principal: Annotated[Principal, Depends(needs(Right.TEST_CLOCK))]
) -> dict[str, Any]:
    """Returns once everything due on the way has been decided, in order of time; deliveries follow in real time.

    After a crash send the same call again: what had been decided stays decided.
    """
    here = walk.move(house.desk, principal.tenant, body.now, body.follow, house.render, _quiet)
    return {"now": here, "follow": body.follow}


def _quiet(_: datetime) -> None:
    """Nobody watches the walk over HTTP."""
