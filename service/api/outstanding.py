"""What stands between us and a customer on their open bills: what is to come and when, and what is contested."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from service.domain.case import Case
from service.domain.money import format
from service.domain.reliability import Record


def outstanding(cases: Iterable[Case]) -> dict[str, Any]:
    """Commitments, the receipts that they let expect day by day, and open disputes."""
    known = list(cases)
    coming = [one for case in known for one in _coming(case)]
    expected: dict[tuple[date, str], int] = {}
    for one in coming:
        key = one["due_on"], one["currency"]
        expected[key] = expected.get(key, 0) + one.pop("expected")
    receipts = [
        {"on": on, "currency": currency, "amount": format(amount, currency)}
        for (on, currency), amount in sorted(expected.items())
        if amount
    ]
    return {
        "commitments": [{**one, "amount": format(one["amount"], one["currency"])} for one in coming],
        "expected_receipts": receipts,
        "disputes": [one for case in known for one in _disputes(case)],
    }


def _coming(case: Case) -> Iterator[dict[str, Any]]:
    """The open promise, the plan's parts still to come, drafts until they mature; `expected` is what has not come yet."""
    same = {"case": case.id, "currency": case.currency}
    promise, plan = case.standing_promise(), case.standing_plan()
    if promise:
        left = max(0, min(promise.amount - case.received_for(promise), case.open))
        yield _one("promise", promise.id, promise.due_on, promise.amount, left, promise.contact) | same
    if plan:
        for part in plan.parts[plan.kept :]:
            yield _one("plan", plan.id, part.due_on, part.amount, part.amount, plan.contact) | same
    for draft in case.drafts:
        yield _one("draft", draft.payment, draft.matures_on, draft.amount, draft.amount, None) | same


def _one(kind: str, id: str, due_on: date, amount: int, expected: int, contact: str | None) -> dict[str, Any]:
    return {"kind": kind, "id": id, "due_on": due_on, "amount": amount, "expected": expected, "contact": contact}


def _disputes(case: Case) -> Iterator[dict[str, Any]]:
    for one in case.disputes:
        yield {
            "case": case.id,
            "dispute": one.n,
            "reason": one.reason,
            "amount": format(one.amount, case.currency),
            "currency": case.currency,
            "owner": one.owner,
            "opened_on": one.opened_on,
            "credit_expected": one.credit,
        }


def counted(one: Record) -> dict[str, Any]:
    """How far somebody's word has held."""
    return {
        "kept": one.kept,
        "partially_kept": one.partially_kept,
        "broken": one.broken,
        "reliability": one.word,
    }
