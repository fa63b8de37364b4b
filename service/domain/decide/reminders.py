"""What our own people are reminded of: a task left open, a request unanswered, a hold the ERP has not acknowledged."""

from collections.abc import Iterator

from service.domain import due
from service.domain.account import Account, Happened, on_customer
from service.domain.decide import advice, consents, reconciliations
from service.domain.events.customer import NoticeRaised
from service.domain.scene import Scene


def remind(account: Account, scene: Scene) -> Iterator[Happened]:
    """Every reminder of this customer that is due; those bound to a window only inside one."""
    for one in list(due.customer_dues(account.customer, scene.workdays)):
        if one.at <= scene.now and (not one.windowed or scene.in_window()):
            yield from _one(account, scene, one.what)


def _one(account: Account, scene: Scene, what: due.What) -> Iterator[Happened]:
    customer = account.customer
    match what:
        case due.TaskNeglected():
            task = customer.tasks.get(what.kind)
            if task:
                yield _notice(account, scene, "C10", "supervisor", "task_neglected", task.id)
        case due.RequestUnanswered():
            request = customer.request(what.approval)
            if request:
                yield _notice(account, scene, request.rule, request.role, "request_unanswered", request.id)
        case due.RequestExpires():
            yield from consents.expire(account, scene, what.approval)
        case due.AdviceAwaited():
            yield from advice.lapse(account, scene)
        case due.ReconciliationUnanswered():
            yield from reconciliations.silent(account, scene, what.reconciliation)
        case due.HoldUnacknowledged():
            if customer.hold:
                yield _notice(account, scene, "B8", "manager", "hold_unacknowledged", customer.hold.id)


def _notice(account: Account, scene: Scene, rule: str, audience: str, text: str, about: str) -> Happened:
    customer = account.customer.id
    notice = NoticeRaised(rule=rule, audience=[audience], text=text, customers=[customer], about=about, on=scene.today)
    return on_customer(customer, notice)
