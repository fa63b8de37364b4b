"""Many customers from one of ours to others: at once, or above a limit by somebody's consent."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from msgspec.structs import replace
from starlette.responses import Response

from service.api.acts import Asking, Read, Reply, administer, asks
from service.api.approvals import waits
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.reassignments import ReassignmentAnswer, ReassignmentBody
from service.api.models.work import ApprovalAnswer
from service.api.problems import fault
from service.api.roles import Right
from service.domain.directory import above
from service.domain.refusals import Conflict
from service.domain.tenant import Tenant
from service.engine import consents, reassigning
from service.engine.administer import Change
from service.engine.desk import Session
from service.store.database import Tx

router = APIRouter(prefix="/v1/reassignments", tags=["users"], route_class=CommandRoute)


@router.post(
    "",
    response_model=ReassignmentAnswer,
    responses={202: {"model": ApprovalAnswer, "description": "It waits for consent."}, **responses(409, 422)},
    summary="Give somebody's customers to others",
)
def reassign(
    body: ReassignmentBody,
    asking: Annotated[Asking, Depends(asks(Right.ASSIGN))],
    preview: Annotated[bool, Query(description="Change nothing; answer what would go to whom.")] = False,
) -> Response:
    """The customers with their open bills and tasks, as far as those are theirs; what is somebody else's stays. Shared out
    by who has fewest customers. More of them than the setting `bulk_customers` need the consent of the next role above: the
    very customers are kept, and a grant is refused when one of them has changed hands meanwhile."""
    wanted = reassigning.Wanted(
        previous=body.from_, to=tuple(body.to), customers=tuple(body.customers), segments=tuple(body.segments)
    )
    with asking.house.desk.open(asking.tenant) as session:
        _check(session, body)
        if preview:
            return _answer(*_planned(session.tx, wanted)).response()

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Reply | Read]:
        moves, more = _planned(tx, wanted)
        if sum(map(len, moves.values())) <= session.scene.settings.bulk_customers:
            return [reassigning.begun(tenant, asking.asker, wanted.previous, moves, body.reason)], _answer(moves, more)
        role, today = above(asking.principal.role), session.scene.today
        deed = {"previous": wanted.previous, "moves": moves, "by": asking.principal.user, "role": asking.principal.role}
        asked = consents.ask(
            tenant, asking.asker, today, "reassignment", wanted.previous, role, deed, body.reason
        )
        return [asked], lambda tx: waits(asking, replace(session, tx=tx), asked)

    response = administer(asking, decide)
    reassigning.carry_on(asking.house.desk, asking.tenant)
    return response


def _check(session: Session, body: ReassignmentBody) -> None:
    for n, user in enumerate(body.to):
        if user not in session.scene.people.users or user == body.from_:
            raise fault(f"/to/{n}", "unknown_user", user=user)


def _planned(tx: Tx, wanted: reassigning.Wanted) -> tuple[dict[str, list[str]], bool]:
    moves, more = reassigning.planned(tx, wanted)
    if not moves:
        raise Conflict("nothing_to_reassign", None, user=wanted.previous)
    return moves, more


def _answer(moves: dict[str, list[str]], more: bool) -> Reply:
    return Reply(ReassignmentAnswer(customers=sum(map(len, moves.values())), moves=moves, more=more))
