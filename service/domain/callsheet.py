"""What somebody should know before a conversation (C5): what it will probably turn on, and which day of ours to name."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from service.domain import due
from service.domain.case import Case
from service.domain.conditions import days_overdue
from service.domain.customer import THIRD_PARTIES, Contact, Customer
from service.domain.events.conversation import ContactLogged
from service.domain.scene import Scene

PAY_WITHIN_OPEN_DAYS = 3
LONG_OVERDUE = 60
_DAY = timedelta(1)


class Deadline(Struct, frozen=True):
    """The day by which to ask for payment; `before` when it lies before what follows on our side."""

    on: date
    before: date | None = None


def deadline(cases: Sequence[Case], scene: Scene) -> Deadline:
    """Three open days from now, but before the next escalation or request; never today itself."""
    workdays, today = scene.workdays, scene.today
    first, usual = workdays.add_open(today, 1), workdays.add_open(today, PAY_WITHIN_OPEN_DAYS)
    ahead = [workdays.today(at) for case in cases for at in _escalations(case, scene) if workdays.today(at) > today]
    if not ahead or workdays.previous_open(min(ahead) - _DAY) >= usual:
        return Deadline(usual)
    return Deadline(max(first, workdays.previous_open(min(ahead) - _DAY)), min(ahead))


def _escalations(case: Case, scene: Scene) -> Iterator[datetime]:
    for step in scene.plan_of(case).during[case.stage]:
        if step.escalates_to or step.request:
            one = due.step_due(case, step, scene.workdays)
            if one:
                yield one.at


def signs(customer: Customer, cases: Sequence[Case], last: ContactLogged | None, today: date) -> frozenset[str]:
    """What speaks for one objection or another, by the codes that the catalogue of objections knows."""
    found = {
        "unreached": bool(customer.missed),
        "promise_broken": any(case.promises_broken for case in cases),
        "unconfirmed": any(case.confirmation_required and not case.confirmed_on for case in cases),
        "disputed": any(case.disputed for case in cases),
        "no_tax_invoice": any(case.confirmed_on and not _dispatched(case) for case in cases),
        "discount_offered": any(case.discount and case.discount.state == "open" for case in cases),
        "long_overdue": any(days_overdue(case, today) > LONG_OVERDUE for case in cases),
    }
    return frozenset(name for name, there in found.items() if there) | (_said(last) if last else frozenset())


def _dispatched(case: Case) -> bool:
    return case.tax is not None and case.tax.state == "dispatched"


def _said(last: ContactLogged) -> frozenset[str]:
    """What the last conversation left behind."""
    words = {last.outcome, last.cause, last.willingness and f"willing_{last.willingness}"}
    words.add(last.ability and f"able_{last.ability}")
    return frozenset(word for word in words if word)


def to_say(contact: Contact) -> str:
    """How far one may go with this person: `details`, no more than `call_back`, or not to be called at all (C7)."""
    if contact.mark is not None:
        return "nothing"
    return "details" if contact.may_receive_details and contact.role not in THIRD_PARTIES else "call_back"
