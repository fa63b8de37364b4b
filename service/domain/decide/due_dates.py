"""When a bill falls due (T1, D4): terms become a day with the fact that completes them, and a day may be changed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from service.domain import commands as c
from service.domain.account import Account, Happened, Private, on_case
from service.domain.case import RANK, Case, TaxInvoice
from service.domain.decide import consents, holds, tasks
from service.domain.decide.amounts import LATEST, because, day
from service.domain.decide.closing import leave_requests
from service.domain.events import bill as b
from service.domain.money import parse as money_of
from service.domain.occurrences import day_of
from service.domain.offsets import Offset, OffsetError, add, parse
from service.domain.playbook import Playbook, Step
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Asker, Scene
from service.domain.workdays import Workdays


def read_terms(text: str) -> Offset:
    """Terms of payment as a distance that leads to a day there is."""
    try:
        terms = parse(text)
        add(LATEST, terms)
    except ValueError:
        raise Refused("duration_format", "/data/terms", given=text) from None
    return terms


def complete_terms(case: Case, scene: Scene) -> Iterator[Happened]:
    """D becomes known with the fact that the terms count from (T1)."""
    anchor = _terms_anchor(case)
    if case.due_on is None and case.terms and case.terms_from and anchor:
        due_on = add(anchor, read_terms(case.terms))
        yield on_case(case.id, b.DueDateSet(due_on=due_on, terms=case.terms, terms_from=case.terms_from))


def _terms_anchor(case: Case) -> date | None:
    match case.terms_from:
        case "issued":
            return case.issued_on
        case "month_end":
            return add(case.issued_on.replace(day=1), Offset(months=1, days=-1)) if case.issued_on else None
        case "confirmed":
            return case.confirmed_on
        case "tax_invoice":
            return case.tax.on if isinstance(case.tax, TaxInvoice) and case.tax.state != "requested" else None
    return None


def change_due_date(command: c.ChangeDueDate, account: Account, scene: Scene) -> Iterator[Happened]:
    """Another D (D4)."""
    case = account.case(command.invoice)
    due_on = day(command.due_on, scene, "/data/due_on")
    if case.issued_on and due_on < case.issued_on:
        raise Refused("due_before_issued", "/data/due_on", due_on=due_on, issued_on=case.issued_on)
    yield from new_due_date(account, scene, case.id, due_on, because(command.reason))


def extend(command: c.ExtendCase, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """A later D, by one of ours; beyond the tenant's limits somebody else must agree first."""
    case = account.case(command.case)
    if case.stage == "closed":
        raise Conflict("case_closed", None, case=case.id)
    if case.due_on is None:
        raise Conflict("due_unknown", None, case=case.id)
    due_on = day(command.due_on, scene, "/due_on")
    if due_on <= case.due_on:
        raise Refused("due_not_later", "/due_on", due_on=case.due_on)
    first = case.first_due_on or case.due_on
    limit = scene.settings.extension_amounts.get(case.currency)
    if (due_on - first).days > scene.settings.extension_days or (limit and case.open > money_of(limit, case.currency)):
        deed = {"case": case.id, "due_on": due_on.isoformat(), "previous": case.due_on.isoformat()}
        yield from consents.ask(account, scene, asker, "extension", "D4", [case.id], deed, command.reason)
        return
    yield from new_due_date(account, scene, case.id, due_on, because(command.reason), first)


def extended(account: Account, scene: Scene, deed: dict[str, Any], approval: str) -> Iterator[Happened]:
    """Exactly the day that was asked for; refused when the bill falls due on another one by now."""
    case = account.case(deed["case"])
    due_on = date.fromisoformat(deed["due_on"])
    if case.stage == "closed" or case.due_on is None or case.due_on.isoformat() != deed["previous"]:
        raise Conflict("content_stale", None, approval=approval)
    yield from new_due_date(account, scene, case.id, due_on, None, case.first_due_on or case.due_on, approval)


def new_due_date(
    account: Account,
    scene: Scene,
    id: str,
    due_on: date,
    private: Private | None,
    first: date | None = None,
    approval: str | None = None,
) -> Iterator[Happened]:
    """In the future a new ladder from level none; still past, what has fired is not repeated (D4)."""
    case = account.cases[id]
    if case.due_on == due_on:
        return
    ahead = due_on >= scene.today
    anew = ahead and case.stage == "collection"
    if anew:
        yield from tasks.leave(account, scene, case, "due_date_changed")
        yield from tasks.close_own(case, scene, "due_date_changed", {"assist", "legal"})
        yield from leave_requests(account, scene, case, "due_date_changed")
    changed = b.DueDateChanged(
        due_on=due_on,
        previous=case.due_on,
        level="none" if anew else None,
        carried={} if ahead else _carried(case, scene.plan_of(case), due_on, scene.workdays),
        first=first,
        approval=approval,
    )
    yield on_case(id, changed, private)
    if anew and RANK[case.level] >= RANK["hold"]:
        yield from holds.propose_release(account, scene)


def _carried(case: Case, plan: Playbook, due_on: date, workdays: Workdays) -> dict[str, date]:
    """The marks of the steps that fired on the old D, for the new one: what has fired is not repeated."""
    found = {}
    for name, mark in case.done.items():
        step = plan.step(name)
        if step and step.start.fact == "due" and case.due_on and mark.anchor == case.due_on:
            found[name] = _mark(case, step, mark.on, due_on, workdays)
    return found


def _mark(case: Case, step: Step, on: date, due_on: date, workdays: Workdays) -> date:
    if step.every is not None or step.request is not None:
        # A repetition goes on from its last day; a request comes again by its refusal alone.
        return on
    try:
        old = [day_of(case, at, case.due_on, workdays) for at in step.at] if case.due_on else []
        new = [day_of(case, at, due_on, workdays) for at in step.at]
    except OffsetError:
        return on
    return max((after for before, after in zip(old, new, strict=True) if before <= on), default=on)
