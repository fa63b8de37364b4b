"""What people do about a customer: as on one bill, on several at once; deliveries stopped and resumed; people found."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, Reply, act, asks
from service.api.approvals import asked_for
from service.api.bodies import CommandRoute
from service.api.models import commands as b
from service.api.models.cases import PromiseList
from service.api.models.claims import FlagBody
from service.api.models.customers import CommandAnswer
from service.api.models.previews import ResumePreview
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer, Logged
from service.api.previews import previewed
from service.api.problems import fault
from service.api.queries import known_id
from service.api.roles import Right
from service.domain import commands as c
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.refusals import Conflict, NotFound
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import cases, lookups

router = APIRouter(prefix="/v1/customers/{customer}", tags=["customers"], route_class=CommandRoute)

CustomerId = Annotated[str, Path(description="The ERP's id of the customer.", examples=["C-1"])]
_PROBLEMS = responses(404, 409, 412, 422)

AT_ONCE = 500
"""Bills of one command."""


def known(session: Session, customer: str) -> Customer:
    """The customer; raises NotFound."""
    known_id(customer, "unknown_customer", customer=customer)
    found = lookups.customer(session.tx, customer)
    if found is None:
        raise NotFound("unknown_customer", None, customer=customer)
    return found


def chosen(session: Session, customer: str, named: list[str] | None, fits: Callable[[Case], bool]) -> tuple[str, ...]:
    """The cases named, which must be the customer's; else all its overdue bills that the act is for."""
    known(session, customer)
    if named is None:
        found = cases.overdue(session.tx, customer, session.scene.today, AT_ONCE + 1)
        if len(found) > AT_ONCE:
            raise fault("/cases", "too_many", limit=AT_ONCE)
        return tuple(case.id for case in found if fits(case))
    owners = cases.customers_of(session.tx, named)
    for index, id in enumerate(named):
        if id not in owners:
            raise fault(f"/cases/{index}", "unknown_invoice", invoice=id)
        if owners[id] != customer:
            raise fault(f"/cases/{index}", "other_customer", invoice=id)
    return tuple(dict.fromkeys(named))


def some(ids: tuple[str, ...], customer: str) -> tuple[str, ...]:
    if not ids:
        raise Conflict("nothing_overdue", None, customer=customer)
    return ids


def _any(_: Case) -> bool:
    return True


def _paused(case: Case) -> bool:
    return case.pause is not None


@router.post(
    "/contact-log",
    status_code=201,
    response_model=Logged,
    responses=_PROBLEMS,
    summary="Record a call, visit or message",
)
def log_contact(
    customer: CustomerId, body: b.CustomerContactLogBody, asking: Annotated[Asking, Depends(asks(Right.CONTACT_LOG))]
) -> Response:
    """What was said about the bills named, or all that are overdue; about none when nothing is (C4)."""

    def plan(session: Session) -> c.LogContact:
        return c.LogContact(customer=customer, cases=chosen(session, customer, body.cases, _any), record=body.record())

    return act(asking, plan, replies.recorded(f"/v1/customers/{customer}"), ("customer", customer))


@router.post(
    "/promises", status_code=201, response_model=PromiseList, responses=_PROBLEMS, summary="Record a promise to pay"
)
def promise(
    customer: CustomerId, body: b.CustomerPromiseBody, asking: Annotated[Asking, Depends(asks(Right.PROMISE))]
) -> Response:
    """The amount is split over the bills, oldest due first; left out, all that is open is promised (D1)."""
    made: list[c.MakePromise] = []

    def plan(session: Session) -> c.MakePromise:
        ids = chosen(session, customer, body.cases, lambda case: case.standing_promise() is None)
        made.append(c.MakePromise(customer=customer, cases=some(ids, customer), **body.terms()))
        return made[0]

    def reply(session: Session, done: Done) -> Reply:
        promises = replies.promises_of(session, done, made[0])
        return Reply(PromiseList(data=promises, next_cursor=None), 201, f"/v1/customers/{customer}")

    return act(asking, plan, reply, ("customer", customer))


@router.post("/pause", response_model=CommandAnswer, responses=_PROBLEMS, summary="Stop contact until a day")
def pause(
    customer: CustomerId, body: b.CustomerPauseBody, asking: Annotated[Asking, Depends(asks(Right.PAUSE))]
) -> Response:
    """The bills named, or all overdue ones that are not paused for longer already (F1)."""
    ids: list[str] = []

    def ends_before(case: Case) -> bool:
        return case.pause is None or (case.pause.until is not None and case.pause.until < body.until)

    def plan(session: Session) -> c.PauseCases:
        ids.extend(some(chosen(session, customer, body.cases, ends_before), customer))
        return c.PauseCases(customer=customer, cases=tuple(ids), until=body.until, reason=body.reason)

    return act(asking, plan, replies.did(ids), ("customer", customer))


@router.post(
    "/resume", response_model=CommandAnswer | ResumePreview, responses=_PROBLEMS, summary="Take contact up again"
)
def resume(
    customer: CustomerId,
    body: b.CustomerResumeBody,
    asking: Annotated[Asking, Depends(asks(Right.RESUME))],
    preview: Annotated[bool, Query(description="Change nothing; answer what would go out next.")] = False,
) -> Response:
    """The bills named, or all overdue ones that are paused; not before the next open day (F1)."""

    def found(session: Session) -> tuple[str, ...]:
        return some(chosen(session, customer, body.cases, _paused), customer)

    if preview:
        return previewed(asking, found)
    ids: list[str] = []

    def plan(session: Session) -> c.ResumeCases:
        ids.extend(found(session))
        return c.ResumeCases(customer=customer, cases=tuple(ids), reason=body.reason)

    return act(asking, plan, replies.did(ids), ("customer", customer))


@router.post(
    "/flags", response_model=CommandAnswer, responses=_PROBLEMS, summary="Mark the customer, or take a mark off"
)
def flag(customer: CustomerId, body: FlagBody, asking: Annotated[Asking, Depends(asks(Right.FLAG))]) -> Response:
    """Playbooks ask for it as `customer_flag`. Marks of the house itself (`payment_reversed`, `instrument_returned`) are taken
    off here too, once somebody has looked; at most 20."""

    def plan(session: Session) -> c.FlagCustomer:
        known(session, customer)
        return c.FlagCustomer(customer=customer, flag=body.flag, off=not body.set)

    return act(asking, plan, replies.did([]), ("customer", customer))


@router.post("/notes", status_code=201, response_model=Logged, responses=_PROBLEMS, summary="Write something down")
def note(
    customer: CustomerId, body: b.CustomerNoteBody, asking: Annotated[Asking, Depends(asks(Right.NOTE))]
) -> Response:
    """On the bills named, or all that are overdue; on the customer when nothing is."""

    def plan(session: Session) -> c.AddNote:
        return c.AddNote(customer=customer, cases=chosen(session, customer, body.cases, _any), text=body.text)

    return act(asking, plan, replies.recorded(f"/v1/customers/{customer}"), ("customer", customer))


@router.post(
    "/hold", status_code=202, response_model=ApprovalAnswer, responses=_PROBLEMS, summary="Ask to stop deliveries"
)
def hold(customer: CustomerId, body: b.HoldBody, asking: Annotated[Asking, Depends(asks(Right.HOLD))]) -> Response:
    """The boss is asked; who asked may not answer (B8, E4)."""

    def plan(session: Session) -> c.ApplyHold:
        known(session, customer)
        return c.ApplyHold(customer=customer, reason=body.reason)

    return act(asking, plan, asked_for(asking), ("customer", customer))


@router.post(
    "/release", status_code=202, response_model=ApprovalAnswer, responses=_PROBLEMS, summary="Ask to resume deliveries"
)
def release(
    customer: CustomerId, body: b.HoldBody, asking: Annotated[Asking, Depends(asks(Right.RELEASE))]
) -> Response:
    """The boss is asked; who asked may not answer (B10, E4)."""

    def plan(session: Session) -> c.ReleaseHold:
        known(session, customer)
        return c.ReleaseHold(customer=customer, reason=body.reason)

    return act(asking, plan, asked_for(asking), ("customer", customer))
