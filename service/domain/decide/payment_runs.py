"""Payment runs (E7): an e-mail two open days before, a call on the day; the week's reminders of overdue bills move there."""

from collections.abc import Iterator
from datetime import date, timedelta

from service.domain.account import Account, Happened, on_case
from service.domain.case import Case
from service.domain.decide import conversations, messages, tasks
from service.domain.events.case import Reminded, StepSkipped
from service.domain.payment_run import Contacts, contacts
from service.domain.scene import Scene

RULE = "E7"
MAIL, CALL = "payment-run-mail", "payment-run-call"
TEMPLATE = "payment-run"
SOON = timedelta(7)
"""What falls due so shortly after the run is asked to be included: B1's reminder would stand in its week."""


def contact(account: Account, scene: Scene) -> Iterator[Happened]:
    """What is due of the run before us; once for each bill and run."""
    run = account.customer.payment_run
    if run is None or account.customer.restrictions:
        return
    for due in contacts(run, scene.today, scene.workdays):
        bills = [case for case in account.open_cases() if _is_asked_for(case, due)]
        if scene.today < due.call_on:
            yield from _write(account, scene, due, [case for case in bills if not _is_done(case, MAIL, due)])
        else:
            yield from _call(account, scene, due, [case for case in bills if not _is_done(case, CALL, due)])


def moves(account: Account, case: Case, day: date) -> bool:
    """Whether a reminder of that day is left to its week's run."""
    run = account.customer.payment_run
    return run is not None and case.stage == "collection" and run.in_week_of(day) is not None


def _is_asked_for(case: Case, due: Contacts) -> bool:
    is_worked = case.stage == "collection" and case.pause is None and case.taken_up
    return is_worked and case.due_on is not None and case.due_on <= due.run + SOON


def _is_done(case: Case, step: str, due: Contacts) -> bool:
    mark = case.done.get(step)
    return mark is not None and mark.anchor == due.run


def _write(account: Account, scene: Scene, due: Contacts, bills: list[Case]) -> Iterator[Happened]:
    """Every reminder of such a week is left to this one, so a person is looked for here too when there is none (C11)."""
    unreachable = []
    for case in bills:
        to = messages.addressed(account, case.level, "email")
        if not to.people:
            unreachable.append(case.id)
            skipped = StepSkipped(
                step=MAIL,
                rule=RULE,
                anchor=due.run,
                on=due.mail_on,
                due_at=scene.workdays.opening(due.mail_on),
                why="no_contact",
            )
            yield on_case(case.id, skipped)
        for person in to.people:
            slot = messages.slot(account, scene, person, "email", service=False, whose=to.whose)
            reminded = Reminded(
                step=MAIL,
                rule=RULE,
                anchor=due.run,
                on=due.mail_on,
                due_at=scene.workdays.opening(due.mail_on),
                channel="email",
                template=TEMPLATE,
                contact=person.id,
                message=slot.message,
                slot=slot.at,
                bills=len(bills),
            )
            yield on_case(case.id, reminded)
    if unreachable:
        yield from conversations.look_for_another(account, scene, unreachable, RULE, "no_contact")


def _call(account: Account, scene: Scene, due: Contacts, bills: list[Case]) -> Iterator[Happened]:
    """The bills stand in the customer's one call; without any there is none."""
    if not bills:
        return
    id = tasks.task_id(account, "call")
    new = [case.id for case in bills if not tasks.is_in(account, case, "call")]
    yield from tasks.join(account, scene, tasks.Joining(id, "call", RULE, "payment_run", new))
    for case in bills:
        reminded = Reminded(
            step=CALL,
            rule=RULE,
            anchor=due.run,
            on=due.call_on,
            due_at=scene.workdays.opening(due.call_on),
            channel="phone",
            task=id,
            bills=len(bills),
        )
        yield on_case(case.id, reminded)
