"""What-if: a playbook tried out on recorded history, beside the one that ran. Nothing is written."""

import time
from datetime import timedelta
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends
from msgspec.structs import replace
from starlette.responses import Response

from service.api.acts import Asking, Reply, asks
from service.api.bodies import CommandRoute
from service.api.mistakes import checked, faults
from service.api.models.problems import responses
from service.api.models.simulations import Simulation, SimulationBody
from service.api.playbooks import Name
from service.api.problems import Problem, fault
from service.api.roles import Right
from service.api.simulated import Frame, simulation
from service.domain.playbook import Playbook
from service.domain.refusals import NotFound
from service.domain.whatif.setting import Choice
from service.engine.desk import Desk, Session
from service.engine.whatif import Found, Wanted, tell
from service.store.shipped import shipped_playbooks

router = APIRouter(prefix="/v1/playbooks", tags=["playbooks"], route_class=CommandRoute)

SECONDS = 15.0
"""So long one may take, and the whole core of a processor is its own meanwhile."""

BREATH = 0.0005
"""Seconds between two customers in which other requests get their turn."""

_room = Lock()
"""One at a time in a process: it is work for a processor, and others want theirs."""


@router.post(
    "/{name}/simulate",
    response_model=Simulation,
    responses=responses(404, 422, 429),
    summary="What if: try a playbook out on recorded history",
)
def simulate(name: Name, body: SimulationBody, asking: Annotated[Asking, Depends(asks(Right.SIMULATE))]) -> Response:
    """Bills, payments, confirmations, promises, disputes and what people did come as they came; the steps are decided anew,
    once by the playbooks that did run (`now`) and once by this one (`then`), with the tenant's days and settings of each
    moment. Cases open on the first day go over to it as `move` would bring them there.

    At most fifteen seconds; what is left over is told in `truncated`. `assumptions` say what nobody can know, `fidelity` how
    exactly the log is reproduced. The command line has no limit: `dunlog simulate`.
    """
    desk = asking.house.desk
    with desk.open(asking.tenant, snapshot=True) as session:
        wanted = planned(session, name, body)
        frame = framed(session, body, wanted)
    if not _room.acquire(blocking=False):
        raise Problem(429, "simulation_running", retry_after=5)
    try:
        found, why = _until_enough(desk, asking.tenant, wanted)
    finally:
        _room.release()
    answer = simulation(wanted, found, frame, why, asking.language)
    return Reply(answer, language=asking.language).response()


class _TimeOver(Exception):
    """It has taken as long as it may."""


def _until_enough(desk: Desk, tenant: str, wanted: Wanted) -> tuple[Found, str | None]:
    """What was found, and why there is not all of it."""
    ends = time.monotonic() + SECONDS
    so_far: list[Found] = []

    def go_on() -> None:
        desk.go_on()
        if so_far and time.monotonic() > ends:
            raise _TimeOver

    why = "cases"
    try:
        for found in tell(desk, tenant, wanted, go_on):
            so_far = [found]
            time.sleep(BREATH)
    except _TimeOver:
        why = "time"
    return so_far[0], None if so_far[0].is_whole else why


def planned(session: Session, name: str, body: SimulationBody) -> Wanted:
    """What is asked for, with the playbook read. Raises Problem with every mistake in it."""
    scene, published = session.scene, session.tenancy.tenant.playbooks
    plan = _playbook(session, name, body)
    try:
        first, last = body.period(scene.today)
    except ValueError:
        raise fault("/from", "simulation_period") from None
    replaced = body.replaces or [name if name in published else scene.settings.playbook]
    for one in replaced:
        if one not in published:
            raise NotFound("unknown_playbook", "/replaces", playbook=one)
    days = scene.workdays
    until = scene.now if body.to is None else days.midnight(last + timedelta(1)) - timedelta.resolution
    return Wanted(
        choice=Choice(plan, frozenset(replaced)),
        since=days.midnight(first),
        until=max(until, days.midnight(first)),
        customers=body.customers,
        segment=body.segment,
        after=body.after or "",
        most=body.at_most,
        samples=body.samples,
    )


def framed(session: Session, body: SimulationBody, wanted: Wanted) -> Frame:
    """What the answer says of the question."""
    scene = session.scene
    return Frame(body.version is None, body.period(scene.today), wanted.until > scene.now, scene.workdays.zone)


def _playbook(session: Session, name: str, body: SimulationBody) -> Playbook:
    newest = session.tenancy.tenant.playbooks.get(name, 0)
    if body.version is not None:
        if body.version > newest:
            raise NotFound("unknown_playbook", None, playbook=name)
        return session.scene.playbook(name, body.version)
    text = shipped_playbooks().get(name) if body.shipped else body.text
    if text is None:
        raise NotFound("unknown_playbook", None, playbook=name)
    found = checked(text, f"{name}.yaml", name)
    if not isinstance(found, Playbook):
        raise Problem(422, "playbook_invalid", errors=faults(found))
    return replace(found, version=newest + 1)
