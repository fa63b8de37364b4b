"""What comes next for a case, in words: its next action, and the whole of its schedule."""

from collections.abc import Sequence
from typing import Any, assert_never

from service.api.answers import local, sentence, sentences
from service.domain import playbook as p
from service.domain.account import Account
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.limitation import lapse
from service.domain.outlook import Ahead, Outlook
from service.domain.reasons import Reason
from service.domain.views import case_view, interest_view
from service.engine.desk import Session
from service.engine.standing import kin_of
from service.store import links


def outlook(session: Session, case: Case, account: Account, feed_is_late: bool = False) -> Outlook:
    """The case's outlook on the tenant's clock."""
    scene = session.scene
    return Outlook(case, account, scene.plan_of(case), scene.workdays, scene.law, scene.now, scene.channels, feed_is_late)


def case_answers(session: Session, found: Sequence[tuple[Case, Customer]], language: str) -> list[dict[str, Any]]:
    """Cases as `GET /v1/cases/{id}` answers them."""
    law = session.scene.law
    lapses = {case.id: one for case, _ in found if (one := lapse(case, law))}
    setters = links.setters(session.tx, lapses)
    kin = kin_of(session, (customer for _, customer in found))
    return [_case_answer(session, case, Account(customer, kin=kin), setters.get(case.id), language) for case, customer in found]


def _case_answer(
    session: Session, case: Case, account: Account, setter: tuple[str, int] | None, language: str
) -> dict[str, Any]:
    customer = account.customer
    ahead = outlook(session, case, account).next() if case.stage != "closed" else None
    view = case_view(case, customer, session.scene.today, session.scene.law)
    if setter:
        view["limitation"] |= {"set_by": setter[0], "position": setter[1]}
    interest = interest_view(case, customer, session.scene)
    return {**view, "next_action": _next(session, ahead, language), "late_interest": interest}


def _next(session: Session, ahead: Ahead | None, language: str) -> dict[str, Any] | None:
    if ahead is None or ahead.at is None:
        return None
    return {
        "step": ahead.step,
        "rule": ahead.rule,
        "at": local(session, ahead.at),
        "why": sentences(ahead.why, language),
        "why_code": ahead.why[0].code,
    }


def schedule_answer(
    session: Session, found: Outlook, waiting: Sequence[dict[str, Any]], language: str, step: p.Step | None = None
) -> list[dict[str, Any]]:
    """What is filled and waits, every step still to come, and what is held back; of one step also that nothing is, with
    why."""
    rows = [*waiting, *(_row(session, found, ahead, language) for ahead in found.all())]
    if step:
        rows = [row for row in rows if row["step"] == step.name] or [
            _row(session, found, ahead, language) for ahead in found.of(step)
        ]
    return sorted(rows, key=lambda row: (row["at"] is None, row["at"] or found.now))


def _row(session: Session, found: Outlook, ahead: Ahead, language: str) -> dict[str, Any]:
    actions: list[dict[str, Any]] = [
        {
            **_action(one.deed, language),
            "applies": found.goes(ahead.step, one, ahead.at),
            "rule": one.rule or ahead.rule,
            **_hindered(found.hindrance(one, ahead.at), language),
        }
        for one in ahead.actions
    ]
    said = [str(one["text"]) for one in actions if one["applies"]] or [sentence(f"step.{ahead.step}", language, {})]
    return {
        "step": ahead.step,
        "rule": ahead.rule,
        "at": local(session, ahead.at) if ahead.at else None,
        "action": "; ".join(said),
        "actions": actions,
        "held_back": ahead.held_back,
        "why": sentences(ahead.why, language),
        "why_code": ahead.why[0].code,
        "why_codes": [reason.code for reason in ahead.why],
        "message": None,
    }


def _hindered(reason: Reason | None, language: str) -> dict[str, str | None]:
    if reason is None:
        return {"why": None, "why_code": None}
    return {"why": sentence(reason.code, language, reason.params), "why_code": reason.code}


def _action(deed: p.Deed, language: str) -> dict[str, str]:
    code, params = _code(deed)
    return {"code": code, "text": sentence(f"action.{code.partition(':')[0]}", language, params)}


def _code(deed: p.Deed) -> tuple[str, dict[str, Any]]:
    match deed:
        case p.Message():
            return f"message:{deed.channel}", {"channel": deed.channel, "template": deed.template}
        case p.TaskWanted():
            return f"task:{deed.kind}", {"kind": deed.kind, "role": deed.role}
        case p.Notice():
            return f"notice:{deed.text}", {"audience": ", ".join(deed.audience)}
        case p.Letter():
            return f"letter:{deed.kind}", {"kind": deed.kind}
        case p.Request():
            return f"request:{deed.kind}", {"kind": deed.kind, "role": deed.role}
        case p.Escalate():
            return f"escalate:{deed.level}", {"level": deed.level}
        case p.PutHold():
            return "hold", {}
        case p.Propose():
            return f"propose:{deed.what}", {"what": deed.what}
        case _:
            assert_never(deed)
