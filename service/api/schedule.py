"""What lies ahead of one case: every step still to come, and what is held back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from service.api.answers import json
from service.api.failures import language_of
from service.api.guards import House, Principal, needs
from service.api.models.cases import Schedule
from service.api.models.problems import responses
from service.api.outlooks import outlook, schedule_answer
from service.api.queries import known_id
from service.api.roles import Right
from service.api.waiting import waiting_rows
from service.domain.outlook import HORIZON, OCCURRENCES
from service.domain.refusals import NotFound
from service.engine.gates import Gates
from service.engine.standing import account_of
from service.store import lookups

router = APIRouter(prefix="/v1", tags=["cases"])

Reader = Annotated[Principal, Depends(needs(Right.READ))]


@router.get(
    "/cases/{case}/schedule", response_model=Schedule, responses=responses(404), summary="What comes, and what waits"
)
def get_schedule(
    case: str,
    request: Request,
    house: House,
    reader: Reader,
    step: Annotated[str | None, Query(max_length=100, description="This step alone, also when it is over.")] = None,
) -> Response:
    """Every step still to come as things stand, were nobody to pay, answer or agree: the next 10 occurrences of each
    within a year, and messages that are filled and have not left (`message`); then the steps that are held back with nothing to
    say when. `why` says what each waits for, and of which part of the bill it does not speak; asked for one
    `step` it says why nothing is to be expected, too."""
    known_id(case, "unknown_invoice", invoice=case)
    language = language_of(request)
    with house.desk.open(reader.tenant) as session:
        found = lookups.case(session.tx, case)
        if found is None:
            raise NotFound("unknown_invoice", None, invoice=case)
        state, customer = found
        account = account_of(session, customer, [state])
        wanted = session.scene.plan_of(state).step(step) if step else None
        if step and wanted is None:
            raise NotFound("unknown_step", None, step=step, playbook=state.playbook)
        gates = Gates(session)
        gates.expect((), [customer])
        ahead = outlook(session, state, account, gates.feed_is_late)
        waiting = list(waiting_rows(session, gates, ahead, customer, language))
        rows = schedule_answer(session, ahead, waiting, language, wanted)
    bounds = {"occurrences": OCCURRENCES, "days": HORIZON.days}
    return json({"data": rows, "bounds": bounds}, language)
