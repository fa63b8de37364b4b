"""What resuming would lead to: the outlook of the cases as they would be, without changing them."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response

from service.api.acts import Asking, Reply
from service.api.models.cases import NextAction, Resumed, ResumePreview
from service.api.outlooks import outlook, schedule_answer
from service.domain.account import Account
from service.domain.case import Case
from service.domain.events.case import Resumed as ResumedEvent
from service.domain.evolve import evolve_case
from service.domain.refusals import Conflict
from service.engine.desk import Session
from service.store import cases, lookups

_REACHES_OUT = ("message:", "task:call", "task:visit")


def previewed(asking: Asking, chosen: Callable[[Session], Sequence[str]]) -> Response:
    """What would go out next about each of the cases."""
    with asking.house.desk.open(asking.tenant) as session:
        ids = chosen(session)
        states = cases.load(session.tx, ids)
        found = [Resumed(case=id, next_action=_next(session, states[id].state, asking.language)) for id in ids]
    return Reply(ResumePreview(cases=found), language=asking.language).response()


def _next(session: Session, case: Case, language: str) -> NextAction | None:
    if case.pause is None:
        raise Conflict("not_paused", None, case=case.id)
    customer = lookups.customer(session.tx, case.customer)
    assert customer is not None
    today, workdays = session.scene.today, session.scene.workdays
    resumed = evolve_case(case, ResumedEvent(why="person", on=today, not_before=workdays.add_open(today, 1)))
    rows = schedule_answer(session, outlook(session, resumed, Account(customer)), language)
    going = [row for row in rows if row["at"] is not None and _goes(row)]
    # What was missed goes as one, in the words of the ladder's last step.
    last = next((row for row in reversed(going) if row["at"] == going[0]["at"]), None)
    return NextAction.model_validate({name: last[name] for name in NextAction.model_fields}) if last else None


def _goes(row: dict[str, Any]) -> bool:
    reaches_out = any(one["applies"] and one["code"].startswith(_REACHES_OUT) for one in row["actions"])
    return reaches_out and (not row["held_back"] or row["why_code"] == "schedule.after_resume")
