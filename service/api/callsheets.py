"""The call sheet of a task: facts, people, the last conversation, what stands open, and what will probably be said (C5)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from service.api.answers import local, sentence
from service.api.customers import habits_of
from service.api.people import contact_answers
from service.domain.callsheet import deadline, signs, to_say
from service.domain.case import Case
from service.domain.conditions import days_overdue
from service.domain.customer import Customer
from service.domain.money import format
from service.domain.views import tax_view
from service.engine.desk import Session
from service.store import balances, cases, conversations, lookups
from service.words.languages import language_of
from service.words.objections import filled, likely
from service.words.writing import amount, day, listed

KINDS = frozenset({"call", "visit", "follow_up", "lost_contact", "find_contact", "reply", "confirm_call"})
BILLS_SHOWN = 50
REPLY_LINES, REPLY_SHOWN = 12, 1000
COMMITMENTS_AT_MOST = 200
_FIRST = {"details": 0, "call_back": 1, "nothing": 2}


def sheet(session: Session, row: dict[str, Any], role: str, language: str) -> dict[str, Any] | None:
    """What to know before the task's conversation; None for tasks that are none, and for customers without bills."""
    customer = lookups.customer(session.tx, row["customer"])
    if row["kind"] not in KINDS or customer is None:
        return None
    bills = _bills(session, row)
    known = conversations.last(session.tx, customer.id)
    found = signs(customer, bills, known[0] if known else None, session.scene.today)
    days = session.scene.workdays.in_zone(customer.time_zone) if customer.time_zone else session.scene.workdays
    best = days.best_time(session.scene.today, session.scene.now)
    return {
        "customer": customer.id,
        "name": customer.name or None,
        "segment": customer.segment,
        "time_zone": days.zone,
        "flags": customer.flags,
        "habits": habits_of(session, customer),
        "people": _people(session, customer, role),
        "last": _last(session, known),
        "reply": _reply(session, customer.id) if row["kind"] == "reply" else None,
        "appointment": _appointment(session, customer, row),
        "commitments": list(_commitments(session, customer, bills)),
        "bills": [_bill(session, case) for case in bills[:BILLS_SHOWN]],
        "bills_in_all": len(bills),
        "open": _sums(bills),
        "overdue": _sums([case for case in bills if days_overdue(case, session.scene.today)]),
        "deadline": _deadline(session, bills, language),
        "best_time": {"from": local(session, best[0]), "until": local(session, best[1])},
        "objections": _objections(session, bills, found, language),
    }


def _bills(session: Session, row: dict[str, Any]) -> list[Case]:
    """The task's open bills, else those overdue; the oldest first."""
    named = [one.state for one in cases.load(session.tx, row["cases"]).values() if one.state.stage != "closed"]
    found = named or cases.overdue(session.tx, row["customer"], session.scene.today, BILLS_SHOWN)
    return sorted(found, key=lambda case: (case.due_on is None, case.due_on, case.id))


def _bill(session: Session, case: Case) -> dict[str, Any]:
    return {
        "case": case.id,
        "reference": case.reference,
        "amount": format(case.amount, case.currency),
        "open_amount": format(case.open, case.currency),
        "disputed_amount": format(case.disputed, case.currency),
        "currency": case.currency,
        "issued_on": case.issued_on,
        "due_on": case.due_on,
        "days_overdue": days_overdue(case, session.scene.today),
        "confirmed_on": case.confirmed_on,
        "level": case.level,
        "promises_broken": case.promises_broken,
        "disputes": [dispute.reason for dispute in case.disputes],
        "tax_invoice": tax_view(case),
    }


def _people(session: Session, customer: Customer, role: str) -> list[dict[str, Any]]:
    people = [
        {
            **one,
            "to_say": to_say(customer.contacts[one["id"]]),
            "missed": customer.missed.get(one["id"], 0),
        }
        for one in contact_answers(session, customer, role)
    ]
    return sorted(people, key=lambda one: _FIRST[one["to_say"]])


def _last(session: Session, known: tuple[Any, dict[str, Any], dict[str, Any]] | None) -> dict[str, Any] | None:
    if known is None:
        return None
    event, private, who = known
    told = ("channel", "contact", "outcome", "cause", "willingness", "ability", "next_on")
    said = {name: private.get(name, []) for name in ("verified", "met")}
    said |= {name: private.get(name) for name in ("notes", "agreed", "next_step")}
    return {
        "at": local(session, who["at"]),
        "actor": who["actor"],
        **{name: getattr(event, name) for name in told},
        **said,
    }


def _reply(session: Session, customer: str) -> dict[str, Any] | None:
    """Its first lines: the whole stands in the log."""
    known = conversations.last_reply(session.tx, customer)
    if known is None:
        return None
    event, private, who = known
    text = "\n".join(private.get("text", "").splitlines()[:REPLY_LINES])[:REPLY_SHOWN]
    return {"at": local(session, who["at"]), "contact": event.contact, "message": event.message, "text": text or None}


def _appointment(session: Session, customer: Customer, row: dict[str, Any]) -> dict[str, Any] | None:
    task = customer.tasks.get(row["kind"])
    arranged = task.appointment if task and task.id == row["id"] else None
    return {"contact": arranged.contact, "at": local(session, arranged.at)} if arranged else None


def _commitments(session: Session, customer: Customer, bills: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """Whatever stands open with the customer, also on bills that the task does not name."""
    committed = balances.committed(session.tx, customer.id, COMMITMENTS_AT_MOST)
    for case in {case.id: case for case in (*bills, *committed)}.values():
        promise, plan, discount = case.standing_promise(), case.standing_plan(), case.discount
        if promise:
            yield _commitment("promise", case, promise.amount, promise.due_on)
        if plan and plan.next_part:
            yield _commitment("plan", case, plan.next_part.amount, plan.next_part.due_on)
        if discount and discount.state == "open":
            yield _commitment("discount", case, discount.amount, discount.ends_on)


def _commitment(kind: str, case: Case, amount: int, due_on: Any) -> dict[str, Any]:
    money = format(amount, case.currency)
    return {"kind": kind, "case": case.id, "amount": money, "currency": case.currency, "due_on": due_on}


def _sums(bills: Sequence[Case]) -> dict[str, str]:
    return {currency: format(sum_, currency) for currency, sum_ in sorted(_totals(bills).items())}


def _totals(bills: Sequence[Case]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for case in bills:
        totals[case.currency] += case.open
    return totals


def _deadline(session: Session, bills: Sequence[Case], language: str) -> dict[str, Any]:
    named = deadline(bills[:BILLS_SHOWN], session.scene)
    code = "sheet.before_escalation" if named.before else "sheet.open_days"
    return {"on": named.on, "why_code": code, "why": sentence(code, language, {"before": named.before})}


def _objections(session: Session, bills: Sequence[Case], found: frozenset[str], language: str) -> list[dict[str, Any]]:
    tongue = language_of(language)
    totals = [amount(sum_, currency) for currency, sum_ in sorted(_totals(bills).items())]
    values = {
        "total": listed(totals, tongue),
        "deadline": day(deadline(bills[:BILLS_SHOWN], session.scene).on, tongue),
        "bills": listed([case.id for case in bills], tongue),
    }
    return [
        {
            "code": one.code,
            "tactic": one.tactic,
            "says": filled(one.says[tongue], values),
            "answer": filled(one.answer[tongue], values),
            "signs": sorted(one.signs & found),
        }
        for one in likely(found)
    ]
