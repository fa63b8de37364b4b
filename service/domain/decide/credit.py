"""Credit (E3): a stop proposed by the clock, other conditions asked for by people; finance agrees, then everybody is told."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import Case
from service.domain.commands import RestoreCredit, RestrictCredit
from service.domain.conditions import days_overdue, over_limit
from service.domain.credit import ASKED_AGAIN, DAYS_OVERDUE, PREPAID_SHARE, SHORTER_TERMS, STOP
from service.domain.decide.content import Content, deeds, sealed
from service.domain.decide.gathering import Gathering
from service.domain.due import BACKFILL_QUIET_DAYS
from service.domain.events.approval import ApprovalRequested
from service.domain.events.case import StepFired
from service.domain.events.standing import CreditRestored, CreditRestricted
from service.domain.offsets import Offset, OffsetError, add, parse
from service.domain.playbook import CREDIT_STOP
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Asker, Scene

RULE = "E3"
STEP = "credit-stop"
EXPIRES_AFTER = timedelta(30)


def propose(account: Account, scene: Scene) -> Iterator[Happened]:
    """The clock proposes a stop to finance: too much is open, or something for too long. Bills first recorded late have
    their quiet week (F2)."""
    customer, today = account.customer, scene.today
    if STOP in customer.credit or CREDIT_STOP.kind in customer.requests:
        return
    refusal = customer.refusals.get(CREDIT_STOP.kind)
    if refusal and add(refusal.on, ASKED_AGAIN) > today:
        return
    # What is with legal is theirs, its credit too (J1).
    known = [case for case in account.open_cases() if case.stage != "legal" and not _is_quiet(case, today)]
    behind = [case for case in known if days_overdue(case, today) > DAYS_OVERDUE and case.pause is None]
    if not behind and over_limit(customer, _exposure(account, today)):
        behind = [case for case in known if case.currency == customer.currency]
    gathering = Gathering(account, scene)
    for case in behind:
        approval = gathering.request(CREDIT_STOP, case, STEP, RULE)
        fired = StepFired(
            step=STEP,
            rule=RULE,
            anchor=scene.today,
            on=scene.today,
            due_at=scene.now,
            did=[f"request:{CREDIT_STOP.kind}"],
            kind=CREDIT_STOP.kind,
            approval=approval,
        )
        yield on_case(case.id, fired)
    yield from gathering.finish()


def _is_quiet(case: Case, today: date) -> bool:
    late = case.since is not None and case.issued_on is not None and case.issued_on < case.since
    return late and case.since is not None and today < case.since + timedelta(BACKFILL_QUIET_DAYS)


def _exposure(account: Account, today: date) -> dict[str, int]:
    """What is open by currency, without the bills that are left in peace yet."""
    owed = dict(account.exposure)
    for case in account.open_cases():
        if _is_quiet(case, today):
            owed[case.currency] = owed.get(case.currency, 0) - case.open
    return owed


def _asked(
    account: Account, scene: Scene, asker: Asker, kind: str, granted: list[dict[str, Any]], reason: str
) -> Happened:
    """Finance is asked by a person, about no bill in particular, thirty days at most."""
    customer = account.customer
    content, content_hash = sealed(Content(kind=kind, customer=customer.id, step=STEP, rule=RULE, granted=granted))
    event = ApprovalRequested(
        approval=f"{kind}~{customer.id}.{customer.version + 1}",
        kind=kind,
        role=CREDIT_STOP.role,
        customer=customer.id,
        cases=[],
        bills=0,
        rule=RULE,
        asked_by=asker.actor,
        asked_on=scene.today,
        content=content,
        content_hash=content_hash,
        expires_on=scene.today + EXPIRES_AFTER,
        previous=customer.refusals[kind].approval if kind in customer.refusals else None,
    )
    return on_customer(customer.id, event, {"": {"reason": reason}})


def ask_to_restrict(command: RestrictCredit, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """A person wants goods to leave on a condition only; the customer is told in writing of a stop."""
    deed: dict[str, Any] = {"deed": "credit", "measure": command.measure}
    deed |= _particulars(command)
    standing = account.customer.credit.get(command.measure)
    if standing and (standing.terms, standing.percent) == (command.terms, command.percent):
        raise Conflict("credit_measure_stands", "/measure", customer=account.customer.id)
    kind = CREDIT_STOP.kind if command.measure == STOP else "credit_terms"
    granted = deeds(CREDIT_STOP.granted) if command.measure == STOP else [deed]
    _not_asked_yet(account, kind)
    yield _asked(account, scene, asker, kind, granted, command.reason)


def _particulars(command: RestrictCredit) -> dict[str, Any]:
    """The terms or the share that the measure is about: exactly what it needs, and nothing beside it."""
    wanted = {SHORTER_TERMS: "terms", PREPAID_SHARE: "percent"}.get(command.measure)
    given = {"terms": command.terms, "percent": command.percent}
    for name, value in given.items():
        if (value is None) == (name == wanted):
            raise Refused("credit_particulars", f"/{name}", measure=command.measure)
    if command.terms is not None and _is_no_distance(command.terms):
        raise Refused("duration_format", "/terms", given=command.terms)
    return {wanted: given[wanted]} if wanted else {}


def _is_no_distance(text: str) -> bool:
    try:
        return parse(text) < Offset()
    except OffsetError:
        return True


def ask_to_restore(command: RestoreCredit, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """A person wants a condition lifted."""
    if command.measure not in account.customer.credit:
        raise Conflict("no_credit_measure", "/measure", customer=account.customer.id)
    _not_asked_yet(account, "credit_restore")
    granted = [{"deed": "credit_restored", "measure": command.measure}]
    yield _asked(account, scene, asker, "credit_restore", granted, command.reason)


def _not_asked_yet(account: Account, kind: str) -> None:
    if request := account.customer.requests.get(kind):
        raise Conflict("request_open", None, kind=kind, approval=request.id)


def restrict(account: Account, scene: Scene, deed: dict[str, Any], cases: list[str], approval: str) -> Iterator[Happened]:
    """Agreed: the condition stands from this moment, in place of an earlier one of its kind."""
    customer = account.customer.id
    event = CreditRestricted(
        customer=customer,
        measure=deed.get("measure", STOP),
        cases=cases,
        on=scene.today,
        approval=approval,
        terms=deed.get("terms"),
        percent=deed.get("percent"),
    )
    yield on_customer(customer, event)


def restore(account: Account, scene: Scene, deed: dict[str, Any], cases: list[str], approval: str) -> Iterator[Happened]:
    """Agreed: the condition is lifted. What a stop was proposed for may still be there: so soon it is not proposed again."""
    customer, measure = account.customer.id, deed["measure"]
    refuses = CREDIT_STOP.kind if measure == STOP else None
    event = CreditRestored(customer=customer, measure=measure, on=scene.today, approval=approval, refuses=refuses)
    yield on_customer(customer, event)
