"""Books compared by a letter that the customer signs and returns (H1): asked for, answered, or met with silence.

A difference is a task, not a dispute: it is a sum by currency of unknown cause - a payment on its way, a bill that never
arrived - and contests no bill. Who finds the cause opens a dispute about the very bills where there is one (D5).
"""

from collections.abc import Iterator, Sequence
from typing import assert_never

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import AnswerReconciliation, Reconcile, ReconciliationCommand
from service.domain.decide import demands, errands, measures
from service.domain.decide.amounts import day, money
from service.domain.events.reconciliation import (
    ReconciliationConfirmed,
    ReconciliationDiffered,
    ReconciliationSilent,
    Stated,
)
from service.domain.events.task import TaskCancelled
from service.domain.reconciliation import KIND, Reconciliation
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Scene

RULE = "H1"
FINANCE = ("finance", "finance")
TASKS = {"silent": "reconciliation", "differs": "difference"}
"""By how the customer stands to it, what somebody has to do."""


def compare(command: ReconciliationCommand, account: Account, scene: Scene) -> Iterator[Happened]:
    """The letter goes out, or an answer came back."""
    match command:
        case Reconcile():
            return ask(command, account, scene)
        case AnswerReconciliation():
            return answer(command, account, scene)
        case _:
            assert_never(command)


def ask(command: Reconcile, account: Account, scene: Scene) -> Iterator[Happened]:
    """The letter is decided now and leaves in the next window, about what has gone out and is open."""
    customer = account.customer
    if customer.restrictions:
        raise Conflict("customer_restricted", None, customer=customer.id)
    for id in command.cases:
        case = account.case(id, "/cases")
        if case.stage in ("review", "legal", "closed") or not case.open:
            raise Conflict("not_to_reconcile", "/cases", case=id)
    yield from measures.letter(account, scene, list(command.cases), KIND, RULE, None)


def answer(command: AnswerReconciliation, account: Account, scene: Scene) -> Iterator[Happened]:
    """Signed, it acknowledges every bill that it names (I1). It is no progress: nobody has committed to a day (B)."""
    id, customer = command.reconciliation, account.customer
    known = customer.reconciliations.get(id)
    if known is None:
        raise Conflict("reconciliation_over", None, reconciliation=id)
    on = day(command.on, scene, "/on")
    if not known.on <= on <= scene.today:
        raise Refused("date_out_of_range", "/on", given=on, earliest=known.on, latest=scene.today)
    said = {name: text for name in ("signed_by", "title", "proof", "text") if (text := getattr(command, name))}
    private = {"": said} if said else None
    cases = list(command.cases)
    if not command.differs:
        confirmed = ReconciliationConfirmed(reconciliation=id, cases=cases, on=on)
        yield on_customer(customer.id, confirmed, private)
        yield from demands.interrupt(account, cases, "acknowledgement", confirmed.type, on)
        yield from _settled(account, cases, "silent", "differs")
        return
    balances = _balances(command, known)
    yield on_customer(customer.id, ReconciliationDiffered(reconciliation=id, cases=cases, balances=balances, on=on), private)
    yield from _settled(account, cases, "silent")
    due_on, reason = scene.workdays.add_open(scene.today, 1), (RULE, "reconciliation_differs")
    yield from errands.send(account, scene, TASKS["differs"], FINANCE, reason, _owed(account, cases), due_on)


def silent(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Nothing came back in time: whoever works the bills asks for it, unless nothing of it is owed any more or nobody may
    contact the customer (E5)."""
    cases = account.reconciled.get(id, ())
    yield on_customer(account.customer.id, ReconciliationSilent(reconciliation=id, cases=list(cases), on=scene.today))
    owed = _owed(account, cases)
    if owed and not account.customer.restrictions:
        whose, reason = errands.works(account, owed), (RULE, "reconciliation_silent")
        yield from errands.send(account, scene, TASKS["silent"], whose, reason, owed, scene.today)


def _balances(command: AnswerReconciliation, known: Reconciliation) -> list[Stated]:
    """In every currency of the letter: where the customer says nothing, their books say the same."""
    said = dict(known.balances)
    for n, one in enumerate(command.differs):
        if one.currency not in known.balances:
            raise Refused("currency_not_stated", f"/balances/{n}/currency", known=", ".join(sorted(known.balances)))
        said[one.currency] = money(one.amount, one.currency, f"/balances/{n}/amount", positive=False)
    if said == known.balances:
        raise Refused("nothing_differs", "/balances")
    return [Stated(currency, amount) for currency, amount in sorted(said.items())]


def _owed(account: Account, cases: Sequence[str]) -> list[str]:
    return [id for id in cases if id in account.cases and account.cases[id].stage != "closed"]


def _settled(account: Account, cases: Sequence[str], *states: str) -> Iterator[Happened]:
    """Nobody has to ask for an answer that is there, or to look for a difference that is gone."""
    for state in states:
        task = account.customer.tasks.get(TASKS[state])
        if task and all(one.state != state for one in account.customer.reconciliations.values()):
            cancelled = TaskCancelled(task=task.id, kind=TASKS[state], cases=list(cases), why="answered")
            yield on_customer(account.customer.id, cancelled)
