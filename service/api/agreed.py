"""What agreements and disputes answer: what was agreed, or the request for consent that it waits for."""

from collections.abc import Iterable
from typing import Any

from service.api.acts import Asking, Reply, Replying
from service.api.approvals import asked_for
from service.api.models.agreements import DiscountAnswer, DisputeAnswer, DisputeList, PlanAnswer, PlanList
from service.api.models.problems import responses
from service.api.models.work import ApprovalAnswer
from service.domain.case import Case
from service.domain.commitments import Plan, total
from service.domain.events.agreed import DiscountOffered, DisputeOpened, PlanAgreed
from service.domain.events.approval import ApprovalRequested
from service.domain.money import format
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import cases
from service.store.agreed import Disputed, Offered

_SHOWN = {"fallen": "broken"}


def consent(*statuses: int) -> dict[int | str, Any]:
    """The answers of a route that may need consent."""
    return {202: {"model": ApprovalAnswer, "description": "It waits for consent."}, **responses(*statuses)}


def waits(done: Done) -> bool:
    """Whether somebody must consent first."""
    return any(isinstance(fact.event, ApprovalRequested) for fact in done.happened)


def plans_or_request(asking: Asking, promised_by: str | None, location: str, several: bool = False) -> Replying:
    """The plans that were agreed, or the request for them."""

    def reply(session: Session, done: Done) -> Reply:
        if waits(done):
            return asked_for(asking)(session, done)
        ids = [fact.id for fact in done.happened if isinstance(fact.event, PlanAgreed)]
        states = cases.load(session.tx, ids)
        data = [
            PlanAnswer.model_validate(plan_answer(id, states[id].state.currency, plan, promised_by=promised_by))
            for id in ids
            if (plan := states[id].state.plan)
        ]
        return Reply(PlanList(data=data) if several else data[0], 201, location)

    return reply


def plan_answer(
    case: str, currency: str, plan: Plan, promised_by: str | None = None, approval: str | None = None
) -> dict[str, Any]:
    """A plan with what became of its parts."""
    return {
        "id": plan.id,
        "case": case,
        "amount": format(total(plan.parts), currency),
        "currency": currency,
        "agreed_on": plan.agreed_on,
        "until": plan.until,
        "parts": [
            {"due_on": part.due_on, "amount": format(part.amount, currency), "state": state}
            for part, state in zip(plan.parts, _states(plan), strict=True)
        ],
        "promised_by": promised_by,
        "approval": approval,
        "state": _SHOWN.get(plan.state, plan.state),
    }


def _states(plan: Plan) -> Iterable[str]:
    for n in range(len(plan.parts)):
        missed = n == plan.kept and plan.state == "broken"
        yield "kept" if n < plan.kept else "missed" if missed else "open"


def disputes_opened(text: str, location: str, several: bool = False) -> Replying:
    """The disputes that were opened."""

    def reply(session: Session, done: Done) -> Reply:
        made = [(fact.id, fact.event) for fact in done.happened if isinstance(fact.event, DisputeOpened)]
        states = cases.load(session.tx, [id for id, _ in made])
        data = [
            DisputeAnswer.model_validate(dispute_answer(states[id].state, Disputed(version=0, opened=event), text))
            for id, event in made
        ]
        return Reply(DisputeList(data=data) if several else data[0], 201, location)

    return reply


def dispute_answer(case: Case, one: Disputed, text: str | None) -> dict[str, Any]:
    """A dispute with what became of it; `text` is what was said when it was opened."""
    resolved, currency = one.resolved, case.currency
    left = next((standing.amount for standing in case.disputes if standing.n == one.opened.dispute), 0)
    conceded = resolved is not None and resolved.outcome == "customers"
    return {
        "case": case.id,
        "dispute": one.opened.dispute,
        "reason": one.opened.reason,
        "root_cause": (resolved.root_cause if resolved else None) or one.opened.root_cause,
        "amount": format(one.opened.amount, currency),
        "currency": currency,
        "owner": one.opened.owner,
        "text": text,
        "opened_on": one.opened.on,
        "until": one.opened.until,
        "state": "resolved" if resolved else "open",
        "outcome": resolved.outcome if resolved else None,
        "resolved_on": resolved.on if resolved else None,
        "conceded": format(resolved.amount, currency) if resolved and conceded else None,
        "credit_expected": format(left, currency) if conceded else None,
    }


def discount_or_request(asking: Asking, location: str) -> Replying:
    """The discount that was offered, or the request for it."""

    def reply(session: Session, done: Done) -> Reply:
        if waits(done):
            return asked_for(asking)(session, done)
        made = [(fact.id, fact.version, e) for fact in done.happened if isinstance(e := fact.event, DiscountOffered)]
        ((id, version, event),) = made
        currency = cases.load(session.tx, [id])[id].state.currency
        answer = discount_answer(id, currency, Offered(version=version, event=event))
        return Reply(DiscountAnswer.model_validate(answer), 201, location)

    return reply


def discount_answer(case: str, currency: str, one: Offered) -> dict[str, Any]:
    """A discount with what became of it."""
    return {
        "id": one.event.discount,
        "case": case,
        "amount": format(one.event.amount, currency),
        "currency": currency,
        "offered_on": one.event.on,
        "ends_on": one.event.ends_on,
        "until": one.event.until,
        "state": one.state,
        "taken": format(one.taken, currency) if one.state == "taken" else None,
        "approval": one.event.approval,
    }
