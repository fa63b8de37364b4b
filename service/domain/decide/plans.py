"""Instalment plans (D3): dated parts that sum to what is open, agreed at once or with somebody else's consent."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from service.domain.account import Account, Happened, Private, on_case
from service.domain.case import Case
from service.domain.commands import AgreePlan, PlanTerms
from service.domain.commitments import MOST_PARTS, Part, total
from service.domain.deadlines import in_time_until
from service.domain.decide import consents
from service.domain.decide.amounts import day, money
from service.domain.decide.pauses import weigh
from service.domain.decide.promises import who
from service.domain.events.agreed import PlanAgreed, PlanPart
from service.domain.events.case import PromiseCancelled
from service.domain.money import format, parse
from service.domain.offsets import Offset, OffsetError, add
from service.domain.offsets import parse as parse_offset
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Asker, Scene

Split = list[tuple[Case, list[Part]]]
"""Per bill its own parts, oldest due first."""


def agree(command: AgreePlan, account: Account, scene: Scene, asker: Asker, details: Private) -> Iterator[Happened]:
    """Parts that sum to all that is open and undisputed, split over the bills oldest due first; above the tenant's limits
    somebody else must agree first."""
    cases = [account.case(id) for id in dict.fromkeys(command.cases)]
    for case in cases:
        _check_open(case)
    if len({case.currency for case in cases}) > 1:
        raise Refused("currency_mismatch", "/parts")
    owed = sum(case.undisputed for case in cases)
    if not owed:
        raise Refused("nothing_to_plan", "/cases")
    parts = _parts(command.terms, owed, cases[0].currency, scene)
    split = _split(cases, parts)
    contact = who(account, command.promised_by, details)
    if _needs_consent(parts, cases[0].currency, scene):
        bills = [_told(case, share) for case, share in split]
        deed: dict[str, Any] = {"currency": cases[0].currency, "bills": bills}
        if contact:
            deed["contact"] = contact
        names = [case.id for case, _ in split]
        yield from consents.ask(account, scene, asker, "plan", "D3", names, deed, command.reason)
        return
    told = {"promised_by": command.promised_by, "reason": command.reason}
    said = {name: text for name, text in told.items() if text}
    yield from _agreed(account, scene, split, None, contact, {"": said} if said else None)


def _check_open(case: Case) -> None:
    if case.stage == "closed":
        raise Conflict("case_closed", None, case=case.id)
    if case.standing_plan():
        raise Conflict("plan_open", None, case=case.id)


def _parts(terms: PlanTerms, owed: int, currency: str, scene: Scene) -> list[Part]:
    """The parts as they were named, or equal ones whose last takes what rounding leaves (I5)."""
    if terms.parts:
        parts = [
            Part(day(part.due_on, scene, f"/parts/{n}/due_on"), money(part.amount, currency, f"/parts/{n}/amount"))
            for n, part in enumerate(terms.parts)
        ]
    else:
        parts = _equal(terms, owed, currency, scene)
    for n, part in enumerate(parts):
        if part.due_on < scene.today:
            raise Refused("date_in_past", f"/parts/{n}/due_on", due_on=part.due_on)
        if n and part.due_on <= parts[n - 1].due_on:
            raise Refused("parts_order", f"/parts/{n}/due_on", due_on=part.due_on)
    if total(parts) != owed:
        raise Refused("plan_sum", "/parts", sum=format(total(parts), currency), open=format(owed, currency))
    if len(parts) > MOST_PARTS:
        raise Refused("too_many", "/parts", limit=MOST_PARTS)
    return parts


def _equal(terms: PlanTerms, owed: int, currency: str, scene: Scene) -> list[Part]:
    first = day(terms.first_on, scene, "/first_on")
    if terms.count > owed:
        raise Refused("parts_too_small", "/count", open=format(owed, currency))
    each = owed // terms.count
    try:
        every = parse_offset(terms.every)
        days = [day(add(first, Offset(every.months * n, every.days * n)), scene, "/every") for n in range(terms.count)]
    except OffsetError as error:
        raise Refused(error.code, "/every", given=terms.every) from None
    return [Part(on, each) for on in days[:-1]] + [Part(days[-1], owed - each * (terms.count - 1))]


def _split(cases: Sequence[Case], parts: Sequence[Part]) -> Split:
    """Money goes to the oldest bill first, so its parts come first."""
    left = [(part.due_on, part.amount) for part in parts]
    split: Split = []
    for case in sorted(cases, key=lambda c: (c.due_on is None, c.due_on, c.id)):
        share, owed = [], case.undisputed
        while owed:
            (due_on, amount), *left = left
            share.append(Part(due_on, min(owed, amount)))
            if amount > owed:
                left.insert(0, (due_on, amount - owed))
            owed -= share[-1].amount
        if share:
            split.append((case, share))
    return split


def _needs_consent(parts: Sequence[Part], currency: str, scene: Scene) -> bool:
    limits = scene.settings
    most = limits.plan_amounts.get(currency)
    return (
        len(parts) > limits.plan_parts
        or (parts[-1].due_on - scene.today).days > limits.plan_days
        or (most is not None and total(parts) > parse(most, currency))
    )


def _told(case: Case, parts: Sequence[Part]) -> dict[str, Any]:
    """A bill's parts as a request says them: amounts as decimal text."""
    told = [{"due_on": part.due_on.isoformat(), "amount": format(part.amount, case.currency)} for part in parts]
    return {"case": case.id, "parts": told}


def granted(account: Account, scene: Scene, deed: dict[str, Any], approval: str) -> Iterator[Happened]:
    """Exactly the parts that were asked for; refused when they are no longer what is open, or their day has passed."""
    split: Split = []
    for bill in deed["bills"]:
        case = account.case(bill["case"])
        parts = [
            Part(date.fromisoformat(part["due_on"]), parse(part["amount"], deed["currency"])) for part in bill["parts"]
        ]
        fits = total(parts) == case.undisputed and not case.standing_plan() and case.stage != "closed"
        if not fits or parts[0].due_on < scene.today:
            raise Conflict("content_stale", None, approval=approval)
        split.append((case, parts))
    yield from _agreed(account, scene, split, approval, deed.get("contact"), None)


def _agreed(
    account: Account, scene: Scene, split: Split, approval: str | None, contact: str | None, private: Private | None
) -> Iterator[Happened]:
    """One agreement: its bills share the id, and fall with one another."""
    plan = ""
    for case, parts in split:
        # Its id is that of the event, before which the promise that it replaces is cancelled.
        plan = plan or f"{case.id}.{case.version + 1 + bool(case.standing_promise())}"
        agreed = PlanAgreed(
            plan=plan,
            amount=total(parts),
            parts=[PlanPart(due_on=part.due_on, amount=part.amount) for part in parts],
            on=scene.today,
            until=in_time_until(parts[-1], scene.workdays),
            already=case.paid,
            bills=len(split),
            approval=approval,
            contact=contact,
        )
        yield from begin(account, scene, case.id, agreed, private)


def begin(account: Account, scene: Scene, id: str, agreed: PlanAgreed, private: Private | None) -> Iterator[Happened]:
    """The bill's part of a plan, in the place of what was promised."""
    promise = account.cases[id].standing_promise()
    if promise:
        yield on_case(id, PromiseCancelled(promise=promise.id))
    yield on_case(id, agreed, private)
    yield from weigh(account, scene, id, "plan_agreed")
