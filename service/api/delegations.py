"""Whose word on requests somebody else may give for a time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api.acts import Asking, Reply, administer, asks
from service.api.bodies import CommandRoute
from service.api.models.delegations import DelegationAnswer, DelegationBody, DelegationList
from service.api.models.problems import responses
from service.api.problems import Problem, fault
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.directory import Delegation
from service.domain.events.tenant import DelegationEnded, DelegationGiven
from service.domain.refusals import NotFound
from service.domain.tenant import Tenant
from service.engine.administer import Change
from service.store.database import Tx

router = APIRouter(prefix="/v1/delegations", tags=["users"], route_class=CommandRoute)

DelegationId = Annotated[str, Path(description="The delegation's id.", examples=["delegation~chen.41"])]
Approving = Annotated[Asking, Depends(asks(Right.APPROVE))]
LONGEST = timedelta(90)
MOST = 200

Decided = tuple[Sequence[Change], Reply]


@router.get("", response_model=DelegationList, summary="Who may give whose word")
def get_delegations(asking: Annotated[Asking, Depends(asks(Right.READ))]) -> Response:
    """Those that have not run out."""
    with asking.house.desk.open(asking.tenant) as session:
        known = session.tenancy.tenant.delegations.values()
        data = [_answer(one) for one in known if one.until >= session.scene.today]
    return Reply(DelegationList(data=data)).response()


@router.post(
    "",
    status_code=201,
    response_model=DelegationAnswer,
    responses=responses(409, 422),
    summary="Let somebody answer in your place",
)
def delegate(body: DelegationBody, asking: Approving) -> Response:
    """They answer what your role is asked, to the end of that day, at most 90 days ahead; of some kinds or of all. Not what you
    asked yourself, and they cannot pass it on. Their own key must be one that may answer requests."""
    with asking.house.desk.open(asking.tenant) as session:
        scene = session.scene
    if body.to == asking.principal.user:
        raise fault("/to", "delegate_yourself")
    if body.to not in scene.people.users:
        raise fault("/to", "unknown_user", user=body.to)
    if not scene.today <= body.until <= scene.today + LONGEST:
        latest = scene.today + LONGEST
        raise fault("/until", "date_out_of_range", given=body.until, earliest=scene.today, latest=latest)

    def decide(_: Tx, tenant: Tenant) -> Decided:
        if sum(one.until >= scene.today for one in tenant.delegations.values()) >= MOST:
            raise Problem(409, "delegations_exhausted", {"limit": MOST})
        event = DelegationGiven(
            delegation=f"delegation~{asking.principal.user}.{tenant.version + 1}",
            by=asking.principal.user,
            role=asking.principal.role,
            to=body.to,
            on=scene.today,
            until=body.until,
            kinds=list(body.kinds),
        )
        given = Delegation(
            id=event.delegation, by=event.by, role=event.role, to=event.to, until=event.until, kinds=tuple(event.kinds)
        )
        return [Change(event, {"": {"reason": body.reason}})], Reply(_answer(given), 201, "/v1/delegations")

    return administer(asking, decide)


@router.delete("/{delegation}", status_code=204, responses=responses(404), summary="Take your word back")
def end(delegation: DelegationId, asking: Approving) -> Response:
    """At once; only who gave it may."""
    known_id(delegation, "unknown_delegation", made=True, delegation=delegation)

    def decide(_: Tx, tenant: Tenant) -> Decided:
        given = tenant.delegations.get(delegation)
        if given is None or given.by != asking.principal.user:
            raise NotFound("unknown_delegation", None, delegation=delegation)
        return [Change(DelegationEnded(delegation=delegation))], Reply(None, 204)

    return administer(asking, decide)


def _answer(one: Delegation) -> DelegationAnswer:
    return DelegationAnswer(id=one.id, by=one.by, role=one.role, to=one.to, until=one.until, kinds=list(one.kinds))
