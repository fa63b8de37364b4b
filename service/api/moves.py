"""Open cases moved to another playbook or version on purpose, with a preview of whom it touches and what changes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.api.acts import Asking, Reply, asks, once
from service.api.answers import local, sentences
from service.api.bodies import CommandRoute
from service.api.models import previews as m
from service.api.models.cases import NextAction
from service.api.models.problems import responses
from service.api.outlooks import outlook
from service.api.playbooks import Name
from service.api.roles import Right
from service.domain import due as d
from service.domain.account import Account
from service.domain.case import Case
from service.domain.commands import MoveCases
from service.domain.decide import run
from service.domain.outlook import Ahead
from service.domain.playbook import Playbook
from service.domain.refusals import Conflict, NotFound
from service.engine.asks import Ask
from service.engine.desk import Session
from service.engine.handle import handle
from service.engine.standing import kin_of
from service.store import cases, lookups, moving
from service.store.moving import Following

router = APIRouter(prefix="/v1/playbooks", tags=["playbooks"], route_class=CommandRoute)

SHOWN = 100
SLICE = 200
"""Cases in one transaction."""


@router.post(
    "/{name}/move",
    response_model=m.MoveAnswer | m.MovePreview,
    responses=responses(404, 409, 422),
    summary="Move open cases to a version",
)
def move(
    name: Name,
    body: m.MoveBody,
    asking: Annotated[Asking, Depends(asks(Right.PLAYBOOKS))],
    preview: Annotated[bool, Query(description="Change nothing; answer whom it touches and what changes.")] = False,
) -> Response:
    """They go on where they stand: what the new version would have said on earlier days is not said again, levels and
    requests of earlier days follow, one a case and open day. Done already, it does nothing: a call that broke off may be
    sent again."""
    if preview:
        with asking.house.desk.open(asking.tenant) as session:
            return Reply(_preview(session, name, body, asking), language=asking.language).response()
    return once(asking, lambda: _move(name, body, asking))


def _wanted(session: Session, name: str, body: m.MoveBody) -> Following:
    published = session.tenancy.tenant.playbooks
    version = body.version or published.get(name, 0)
    source = body.from_playbook or name
    if not 1 <= version <= published.get(name, 0):
        raise NotFound("unknown_playbook", None, playbook=name)
    if source not in published:
        raise NotFound("unknown_playbook", "/from_playbook", playbook=source)
    return Following(
        playbook=source,
        version=body.from_version,
        to=name,
        to_version=version,
        customers=body.customers,
        cases=body.cases,
    )


def _move(name: str, body: m.MoveBody, asking: Asking) -> Reply:
    desk = asking.house.desk
    moved = 0
    with desk.open(asking.tenant) as session:
        wanted = _wanted(session, name, body)
        found = moving.following(session.tx, wanted, body.at_most)
    for start in range(0, len(found), SLICE):
        desk.go_on()
        bills: dict[str, list[str]] = {}
        for customer, case in found[start : start + SLICE]:
            bills.setdefault(customer, []).append(case)
        commands = [
            MoveCases(customer=customer, cases=tuple(ids), playbook=name, version=wanted.to_version)
            for customer, ids in bills.items()
        ]
        done = handle(desk, asking.tenant, [Ask(command=command, asker=asking.asker) for command in commands])
        if refused := next((one.refused for one in done if one.refused), None):
            raise refused
        moved += sum(fact.event.type == "case.moved" for one in done for fact in one.happened)
    with desk.open(asking.tenant) as session:
        left = sum(row["cases"] for row in moving.count(session.tx, wanted))
    return Reply(m.MoveAnswer(playbook=name, version=wanted.to_version, moved=moved, remaining=left))


def _preview(session: Session, name: str, body: m.MoveBody, asking: Asking) -> m.MovePreview:
    wanted = _wanted(session, name, body)
    counted = moving.count(session.tx, wanted)
    if not counted:
        raise Conflict("nothing_to_move", None, playbook=name)
    most = max(counted, key=lambda row: row["cases"])["version"]
    plan = session.scene.playbook(name, wanted.to_version)
    loaded = cases.load(session.tx, [case for _, case in moving.following(session.tx, wanted, SHOWN)])
    return m.MovePreview(
        playbook=name,
        version=wanted.to_version,
        origins=[m.Origin(**row) for row in counted],
        steps=_changes(session.scene.playbook(wanted.playbook, most), plan),
        cases=[_case(session, one.state, wanted, asking) for one in loaded.values()],
    )


def _changes(before: Playbook, after: Playbook) -> m.StepChanges:
    old, new = ({step.name: step for step in plan.steps} for plan in (before, after))
    return m.StepChanges(
        added=[name for name in new if name not in old],
        removed=[name for name in old if name not in new],
        changed=[name for name in new if name in old and new[name] != old[name]],
    )


def _case(session: Session, case: Case, wanted: Following, asking: Asking) -> m.MovedCase:
    customer = lookups.customer(session.tx, case.customer)
    assert customer is not None
    kin = kin_of(session, [customer])
    account = Account(customer, kin=kin)
    account.cases[case.id] = case
    now = outlook(session, case, Account(customer, kin=kin)).next()
    command = MoveCases(customer=customer.id, cases=(case.id,), playbook=wanted.to, version=wanted.to_version)
    run(command, account, session.scene, asking.asker)
    moved = account.cases[case.id]
    then = outlook(session, moved, Account(customer, kin=kin)).next()
    return m.MovedCase(
        case=case.id,
        customer=customer.id,
        version=case.playbook_version,
        now=_next(session, now, asking.language),
        then=_next(session, then, asking.language),
        follows=_follows(session, moved),
    )


def _follows(session: Session, case: Case) -> list[str]:
    """The steps of earlier days that are still to come."""
    scene = session.scene
    today = scene.workdays.midnight(scene.today)
    found = d.dues(case, scene.plan_of(case), scene.workdays, scene.law)
    return [one.what.step.name for one in found if isinstance(one.what, d.StepDue) and one.at < today]


def _next(session: Session, ahead: Ahead | None, language: str) -> NextAction | None:
    if ahead is None or ahead.at is None:
        return None
    return NextAction(
        step=ahead.step,
        rule=ahead.rule,
        at=local(session, ahead.at),
        why=sentences(ahead.why, language),
        why_code=ahead.why[0].code,
    )
