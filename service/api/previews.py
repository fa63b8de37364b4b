"""What resuming would lead to: rehearsed in memory by the very rules, so that it is what would happen (F1)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from service.api.acts import Asking, Reply
from service.api.answers import local, sentence
from service.api.models import previews as m
from service.api.models.cases import NextAction
from service.domain import commands as c
from service.domain.account import Happened
from service.domain.case import Case
from service.domain.events import case as e
from service.domain.events.approval import ApprovalRequested
from service.domain.events.customer import LetterIssued
from service.domain.rehearsal import Rehearsal
from service.engine.desk import Session
from service.engine.standing import account_of
from service.store import cases, lookups

HORIZON = timedelta(90)

Told = list[tuple[datetime, Happened]]


def previewed(asking: Asking, chosen: Callable[[Session], Sequence[str]]) -> Response:
    """What would go out about the cases, all of one customer, and what would be left out."""
    with asking.house.desk.open(asking.tenant) as session:
        ids = chosen(session)
        states = {id: one.state for id, one in cases.load(session.tx, ids).items()}
        told = _rehearsed(session, asking, states)
        answer = m.ResumePreview(
            cases=[m.Resumed(case=id, next_action=_next(session, told, id, asking.language)) for id in ids],
            contacts=_contacts(session, told),
            escalations=[
                _rising(session, at, one.id, one.event) for at, one in told if isinstance(one.event, e.Escalated)
            ],
            requests=[_asking(session, at, one.event) for at, one in told if isinstance(one.event, ApprovalRequested)],
            skipped=[
                _left_out(one.id, one.event, asking.language) for _, one in told if isinstance(one.event, e.StepSkipped)
            ],
        )
    return Reply(answer, language=asking.language).response()


def _rehearsed(session: Session, asking: Asking, states: dict[str, Case]) -> Told:
    """Resumed, then day by day until something has gone out and a day brings nothing that was missed."""
    (customer,) = {case.customer for case in states.values()}
    known = lookups.customer(session.tx, customer)
    assert known is not None
    scene = session.scene
    rehearsal = Rehearsal(account_of(session, known, states.values()), scene)
    resume = c.ResumeCases(customer=customer, cases=tuple(states))
    told: Told = [(scene.now, one) for one in rehearsal.do(resume, asking.asker)]
    has_gone = False
    for at, happened in rehearsal.walk(scene.now + HORIZON):
        if has_gone and not any(_is_missed(one, scene.workdays.today(at)) for one in happened):
            break
        told += [(at, one) for one in happened]
        has_gone = has_gone or any(_goes_out(one) for one in happened)
    return told


def _goes_out(one: Happened) -> bool:
    return isinstance(one.event, e.Reminded | LetterIssued)


def _is_missed(one: Happened, today: date) -> bool:
    return isinstance(one.event, e.Escalated | e.StepFired) and one.event.missed_on == today


def _next(session: Session, told: Told, case: str, language: str) -> NextAction | None:
    for at, one in told:
        if one.id == case and isinstance(one.event, e.Reminded):
            event = one.event
            params = {"rule": event.rule, "channel": event.channel}
            return NextAction(
                step=event.step,
                rule=event.rule,
                at=local(session, event.slot or at),
                why=sentence("schedule.after_pause", language, params),
                why_code="schedule.after_pause",
            )
    return None


def _contacts(session: Session, told: Told) -> list[m.Outgoing]:
    """One for each message, call, visit and letter; the events come bill by bill."""
    found: dict[tuple[datetime, str], dict[str, Any]] = {}
    for key, at, channel, contact, bills, rule in _said(told):
        blank: dict[str, Any] = {
            "at": local(session, at),
            "channel": channel,
            "contact": contact,
            "cases": {},
            "rules": {},
        }
        one = found.setdefault((at, key), blank)
        one["cases"] |= dict.fromkeys(bills)
        one["rules"] |= {rule: None}
    lists = ({**one, "cases": list(one["cases"]), "rules": list(one["rules"])} for _, one in sorted(found.items()))
    return [m.Outgoing.model_validate(one) for one in lists]


def _said(told: Told) -> Iterator[tuple[str, datetime, str, str | None, list[str], str]]:
    for at, one in told:
        match one.event:
            case e.Reminded() as event:
                key = event.message or event.task or event.step
                yield key, event.slot or at, event.channel, event.contact, [one.id], event.rule
            case LetterIssued() as event:
                yield event.letter, event.slot or at, "letter", event.contact, event.cases, event.rule
            case _:
                continue


def _rising(session: Session, at: datetime, case: str, event: e.Escalated) -> m.Rising:
    return m.Rising(case=case, at=local(session, at), level=event.level, step=event.step, rule=event.rule)


def _asking(session: Session, at: datetime, event: ApprovalRequested) -> m.Asking:
    return m.Asking(at=local(session, at), kind=event.kind, role=event.role, cases=event.cases, rule=event.rule)


def _left_out(case: str, event: e.StepSkipped, language: str) -> m.LeftOut:
    code = f"skipped.{event.why}"
    return m.LeftOut(
        case=case,
        step=event.step,
        rule=event.rule,
        count=event.count,
        until=event.on,
        why=sentence(code, language, {}),
        why_code=code,
    )
