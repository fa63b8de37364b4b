"""What people do about a message: a reply that came to it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, act, asks
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.talks import AdviceBody, BouncedBody, ReplyBody, WithholdBody
from service.api.models.work import Logged
from service.api.problems import Problem
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.commands import AdviseMessage, RecordReply, ReturnMessage, WithholdMessage
from service.domain.customer import Withheld
from service.domain.refusals import Conflict
from service.engine.desk import Session
from service.store import log, lookups, messages, sayings

router = APIRouter(prefix="/v1/messages/{message}", tags=["messages"], route_class=CommandRoute)

MessageId = Annotated[str, Path(description="The message's id.", examples=["C-1~zhang~email~2026-03-10"])]
CHANNELS = ("email", "sms")
_LEFT = frozenset({"captured", "handed_over", "replied", "bounced"})


@router.post(
    "/reply", status_code=201, response_model=Logged, responses=responses(404, 409, 422), summary="The customer answered"
)
def reply(
    message: MessageId, body: ReplyBody, asking: Annotated[Asking, Depends(asks(Right.CONTACT_LOG))]
) -> Response:
    """Dunning messages to this customer wait until a person has looked: a task for the owner. Completed, they go on; left open
    for two open days, they go on by themselves (C12). What asks for nothing, and letters, leave all the same."""

    def plan(session: Session) -> RecordReply:
        row = _row(session, message)
        if row["state"] not in _LEFT:
            raise Conflict("message_not_left", None, message=message, state=row["state"])
        return RecordReply(**_about(session, row), text=body.text)

    return act(asking, plan, replies.recorded(f"/v1/messages/{message}"))


@router.post(
    "/bounced", status_code=201, response_model=Logged, responses=responses(404, 409, 422), summary="It reached nobody"
)
def bounced(
    message: MessageId, body: BouncedBody, asking: Annotated[Asking, Depends(asks(Right.INBOUND_MAIL))]
) -> Response:
    """What the company's gateway learned of a message after it had taken it. It counts for its contact (C9)."""

    def plan(session: Session) -> ReturnMessage:
        row = _row(session, message)
        if row["state"] != "handed_over":
            raise Conflict("message_not_handed_over", None, message=message, state=row["state"])
        return ReturnMessage(**_about(session, row), code=body.code)

    return act(asking, plan, replies.recorded(f"/v1/messages/{message}"))


@router.post(
    "/withhold",
    status_code=201,
    response_model=Logged,
    responses=responses(404, 409, 422),
    summary="Hold a message back and ask one's superior",
)
def withhold(
    message: MessageId, body: WithholdBody, asking: Annotated[Asking, Depends(asks(Right.CONTACT_LOG))]
) -> Response:
    """A dunning message that has not left - today's, or the next open day's though no step has put anything into it - waits for
    the superior's answer; unanswered by the end of the next open day it goes as it always does (C14). One message of a customer
    at a time."""

    def plan(session: Session) -> WithholdMessage:
        row = messages.get(session.tx, known_id(message, "not_found", made=True))
        if row is None:
            return WithholdMessage(**_to_come(session, message), question=body.question, text=body.text)
        if row["state"] not in sayings.WAITING or row["service"]:
            raise Conflict("message_left", None, message=message, state=row["state"])
        return WithholdMessage(**_about(session, row), question=body.question, text=body.text)

    return act(asking, plan, replies.recorded(f"/v1/messages/{message}"))


@router.post(
    "/advise", status_code=201, response_model=Logged, responses=responses(404, 409, 422), summary="Answer who asked"
)
def advise(
    message: MessageId, body: AdviceBody, asking: Annotated[Asking, Depends(asks(Right.ADVISE))]
) -> Response:
    """It leaves with these words at its head, else with those proposed, else as always. Bills, sums and bank details stay; if
    its day is over it goes with the next message to the same person."""

    def plan(session: Session) -> AdviseMessage:
        row = _row(session, message)
        customer = lookups.customer(session.tx, row["customer"])
        proposed = asked_of(session, row["customer"], customer.withheld).get("text") if customer else None
        return AdviseMessage(**_about(session, row), text=body.text, proposed=None if body.standard else proposed)

    return act(asking, plan, replies.recorded(f"/v1/messages/{message}"))


def asked_of(session: Session, customer: str, withheld: Withheld | None) -> dict[str, Any]:
    """What was asked about a message that is held back: `question` and `text`."""
    if withheld is None:
        return {}
    key = (f"customer/{customer}", withheld.asked)
    words: dict[str, Any] = log.private_of(session.tx, [key]).get(key, {}).get("", {})
    return words


def _to_come(session: Session, id: str) -> dict[str, Any]:
    """Whose message it will be when a step asks for it. Raises Problem `not_found` for what can be none."""
    scene = session.scene
    days = [scene.today, scene.workdays.add_open(scene.today, 1)]
    customer, _, rest = id.partition("~")
    known = lookups.customer(session.tx, customer)
    for contact in known.contacts if known else ():
        for channel in CHANNELS:
            if rest in [f"{contact}~{channel}~{day}" for day in days]:
                return {"customer": customer, "message": id, "contact": contact, "channel": channel, "cases": ()}
    raise Problem(404, "not_found")


def _about(session: Session, row: dict[str, Any]) -> dict[str, Any]:
    """Whose message it is, and about which bills."""
    bills = sayings.bills(session.tx, [row["id"]])[row["id"]]
    return {
        "customer": row["customer"],
        "message": row["id"],
        "contact": row["contact"],
        "channel": row["channel"],
        "cases": tuple(sorted({bill["case_id"] for bill in bills if bill["struck"] is None})),
    }


def _row(session: Session, id: str) -> dict[str, Any]:
    row = messages.get(session.tx, known_id(id, "not_found", made=True))
    if row is None:
        raise Problem(404, "not_found")
    return row
