"""Cases and customers as other programs see them: the contract's names, money as decimal text."""

from datetime import date
from typing import Any

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.interest import Accrued, accrued
from service.domain.limitation import Law, lapse
from service.domain.money import format
from service.domain.scene import Scene


def case_view(case: Case, customer: Customer, today: date, law: Law) -> dict[str, Any]:
    """A case as of `today`; what comes next, and where in the log its limitation was set, is the reader's to add. A bill has
    owner and playbook once it is a case.
    """
    overdue = max(0, (today - case.due_on).days) if case.due_on and case.stage != "closed" else 0
    return {
        "id": case.id,
        "customer": case.customer,
        "customer_name": customer.name or None,
        "stage": case.stage,
        "level": case.level,
        "amount": format(case.amount, case.currency),
        "open_amount": format(case.open, case.currency),
        "disputed_amount": format(case.disputed, case.currency),
        "currency": case.currency,
        "period": case.period,
        "reference": case.reference,
        "issued_on": case.issued_on,
        "confirmed_on": case.confirmed_on,
        "due_on": case.due_on,
        "days_overdue": overdue,
        "owner": case.owner or None,
        "playbook": {"name": case.playbook, "version": case.playbook_version} if case.playbook else None,
        "paused": {"reason": case.pause.reason, "until": case.pause.until} if case.pause else None,
        "tax_invoice": tax_view(case),
        "progress_on": progress_on(case),
        "closed_as": case.closed_as,
        "closed_on": case.closed_on,
        "written_off": _written_off(case),
        "handed_over": _handed_over(case),
        "flags": case.flags,
        "limitation": _limitation(case, law),
        "version": case.version,
    }


def progress_on(case: Case) -> date | None:
    """The latest progress after the start of the clock that runs: D once collection has begun, else S."""
    start = case.due_on if case.stage not in ("review", "confirmation") else case.start
    return case.progress_after(start) if start else None


def _limitation(case: Case, law: Law) -> dict[str, Any] | None:
    found = lapse(case, law)
    if found is None:
        return None
    return {"expires_on": found.expires_on, "set_by": found.set_by, "position": None, "law": law.code}


def interest_of(case: Case, customer: Customer, scene: Scene) -> Accrued | None:
    """The late interest of a bill by its customer's terms, else the tenant's (D8); None while none runs."""
    terms = customer.late_interest or scene.settings.late_interest
    if terms is None or case.due_on is None:
        return None
    late = scene.settings.in_time_on_next_open_day
    return accrued(case, terms, scene.today, scene.workdays.next_open(case.due_on) if late else None)


def interest_view(case: Case, customer: Customer, scene: Scene) -> dict[str, Any] | None:
    """The same as other programs see it."""
    found = interest_of(case, customer, scene)
    if found is None:
        return None
    return {
        "amount": format(found.amount, case.currency),
        "since": found.since,
        "until": found.until,
        "annual_rate": found.terms.annual_rate,
        "day_count": found.terms.day_count,
        "grace_days": found.terms.grace_days,
    }


def _written_off(case: Case) -> dict[str, str] | None:
    if not case.written_off:
        return None
    return {
        "amount": format(case.written_off, case.currency),
        "recovered": format(case.recovered, case.currency),
    }


def _handed_over(case: Case) -> dict[str, Any] | None:
    handed = case.handed
    if handed is None:
        return None
    return {
        "to": handed.to,
        "name": handed.name,
        "reference": handed.reference,
        "on": handed.on,
        "back_on": handed.back_on,
        "milestones": handed.milestones,
        "deadlines": [{"deadline": one.n, "what": one.what, "on": one.on} for one in handed.deadlines],
        "costs": [{"currency": code, "amount": format(cost, code)} for code, cost in sorted(handed.costs.items())],
        "recovered": format(max(0, case.paid - handed.paid), case.currency),
    }


def tax_view(case: Case) -> dict[str, Any] | None:
    """Where the bill's tax invoice is; None while nobody has asked for one."""
    if case.tax is None:
        return None
    return {
        "state": case.tax.state,
        "number": case.tax.number,
        "courier": case.tax.courier,
        "tracking": case.tax.tracking,
    }


def customer_view(customer: Customer) -> dict[str, Any]:
    """A customer without their people's details."""
    return {
        "id": customer.id,
        "name": customer.name or None,
        "segment": customer.segment,
        "language": customer.language,
        "owner": customer.owner,
        "hold": hold_view(customer),
        "version": customer.version,
    }


def hold_view(customer: Customer) -> dict[str, Any] | None:
    """The hold that stands, if one does."""
    if customer.hold is None:
        return None
    return {"id": customer.hold.id, "since": customer.hold.on, "acknowledged_on": customer.hold.acknowledged_on}
