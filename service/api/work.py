"""What people do about one bill: record a contact, take a promise, pause and resume, assign, note."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, Reply, act, asks
from service.api.bodies import CommandRoute
from service.api.models.cases import PromiseAnswer
from service.api.models.claims import FlagBody
from service.api.models.commands import (
    AssignBody,
    ContactLogBody,
    NoteBody,
    PauseBody,
    PromiseBody,
    ResumeBody,
)
from service.api.models.customers import CommandAnswer
from service.api.models.previews import ResumePreview
from service.api.models.problems import responses
from service.api.models.work import Logged
from service.api.previews import previewed
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.commands import AddNote, AssignCase, FlagCases, LogContact, MakePromise, PauseCases, ResumeCases
from service.domain.refusals import NotFound
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import cases

router = APIRouter(prefix="/v1/cases/{case}", tags=["cases"], route_class=CommandRoute)

CaseId = Annotated[str, Path(description="The case's id, which is its invoice's.", examples=["INV-1"])]
_PROBLEMS = responses(404, 409, 412, 422)


def owing(session: Session, case: str) -> str:
    """Whose bill it is; raises NotFound."""
    known_id(case, "unknown_invoice", invoice=case)
    customer = cases.customers_of(session.tx, [case]).get(case)
    if customer is None:
        raise NotFound("unknown_invoice", None, invoice=case)
    return customer


@router.post(
    "/contact-log",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    summary="Record a call, visit or message",
)
def log_contact(
    case: CaseId, body: ContactLogBody, asking: Annotated[Asking, Depends(asks(Right.CONTACT_LOG))]
) -> Response:
    """What was said, by whom, and what comes next (C4). It closes no task and is no progress."""

    def plan(session: Session) -> LogContact:
        return LogContact(customer=owing(session, case), cases=(case,), record=body.record())

    return act(asking, plan, replies.recorded(f"/v1/cases/{case}/events"), ("case", case))


@router.post(
    "/promises", status_code=201, response_model=PromiseAnswer, responses=_PROBLEMS, summary="Record a promise to pay"
)
def promise(case: CaseId, body: PromiseBody, asking: Annotated[Asking, Depends(asks(Right.PROMISE))]) -> Response:
    """A promise that covers what is open pauses the case until it is kept or broken; a smaller one is watched (D1)."""
    made: list[MakePromise] = []

    def plan(session: Session) -> MakePromise:
        made.append(MakePromise(customer=owing(session, case), cases=(case,), **body.terms()))
        return made[0]

    def reply(session: Session, done: Done) -> Reply:
        (answer,) = replies.promises_of(session, done, made[0])
        return Reply(answer, 201, f"/v1/cases/{case}/promises")

    return act(asking, plan, reply, ("case", case))


@router.post("/pause", response_model=CommandAnswer, responses=_PROBLEMS, summary="Stop contact until a day")
def pause(case: CaseId, body: PauseBody, asking: Annotated[Asking, Depends(asks(Right.PAUSE))]) -> Response:
    """Nothing is sent to the end of that day; clocks keep running (F1). A collector's own pause has at most 14 days."""

    def plan(session: Session) -> PauseCases:
        return PauseCases(customer=owing(session, case), cases=(case,), until=body.until, reason=body.reason)

    return act(asking, plan, replies.did([case]), ("case", case))


@router.post(
    "/resume", response_model=CommandAnswer | ResumePreview, responses=_PROBLEMS, summary="Take contact up again"
)
def resume(
    case: CaseId,
    body: ResumeBody,
    asking: Annotated[Asking, Depends(asks(Right.RESUME))],
    preview: Annotated[bool, Query(description="Change nothing; answer what would go out next.")] = False,
) -> Response:
    """Not before the next open day, and then what was missed goes as one e-mail and one call (F1)."""
    if preview:
        return previewed(asking, lambda session: [case] if owing(session, case) else [])

    def plan(session: Session) -> ResumeCases:
        return ResumeCases(customer=owing(session, case), cases=(case,), reason=body.reason)

    return act(asking, plan, replies.did([case]), ("case", case))


@router.post("/assign", response_model=CommandAnswer, responses=_PROBLEMS, summary="Give the case to somebody")
def assign(case: CaseId, body: AssignBody, asking: Annotated[Asking, Depends(asks(Right.ASSIGN))]) -> Response:
    """The case has that owner from now on; tasks that are open keep theirs."""

    def plan(session: Session) -> AssignCase:
        return AssignCase(customer=owing(session, case), case=case, owner=body.owner)

    return act(asking, plan, replies.did([case]), ("case", case))


@router.post("/flags", response_model=CommandAnswer, responses=_PROBLEMS, summary="Mark the case, or take a mark off")
def flag(case: CaseId, body: FlagBody, asking: Annotated[Asking, Depends(asks(Right.FLAG))]) -> Response:
    """Playbooks start steps from a flag and ask for it (`wilful_default` asks for the hand-over in `ageing`); at most 20."""

    def plan(session: Session) -> FlagCases:
        return FlagCases(customer=owing(session, case), cases=(case,), flag=body.flag, off=not body.set)

    return act(asking, plan, replies.did([case]), ("case", case))


@router.post("/notes", status_code=201, response_model=Logged, responses=_PROBLEMS, summary="Write something down")
def note(case: CaseId, body: NoteBody, asking: Annotated[Asking, Depends(asks(Right.NOTE))]) -> Response:
    """For whoever works the case next."""

    def plan(session: Session) -> AddNote:
        return AddNote(customer=owing(session, case), cases=(case,), text=body.text)

    return act(asking, plan, replies.recorded(f"/v1/cases/{case}/events"), ("case", case))
