"""What people do about a message: a reply that came to it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api import replies
from service.api.acts import Asking, act, asks
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.talks import ReplyBody
from service.api.models.work import Logged
from service.api.problems import Problem
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.commands import RecordReply
from service.domain.refusals import Conflict
from service.engine.desk import Session
from service.store import messages, sayings

router = APIRouter(prefix="/v1/messages/{message}", tags=["messages"], route_class=CommandRoute)

MessageId = Annotated[str, Path(description="The message's id.", examples=["C-1~zhang~email~2026-03-10"])]
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
        bills = sayings.bills(session.tx, [message])[message]
        return RecordReply(
            customer=row["customer"],
            message=message,
            contact=row["contact"],
            channel=row["channel"],
            cases=tuple(sorted({bill["case_id"] for bill in bills if bill["struck"] is None})),
            text=body.text,
        )

    return act(asking, plan, replies.recorded(f"/v1/messages/{message}"))


def _row(session: Session, id: str) -> dict[str, Any]:
    row = messages.get(session.tx, known_id(id, "not_found", made=True))
    if row is None:
        raise Problem(404, "not_found")
    return row
