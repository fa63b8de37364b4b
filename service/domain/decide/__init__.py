"""The second verb: what follows from a command. Decisions yield events; the caller applies each before the next.

A decision may refuse (`Refused`); nothing yielded means that there was nothing to do, as for a repeat.
"""

from collections.abc import Iterator
from typing import assert_never

from service.domain import commands as c
from service.domain.account import Account, Happened, Private
from service.domain.decide import (
    advice,
    approvals,
    bills,
    completing,
    consents,
    conversations,
    credit,
    customers,
    demands,
    discounts,
    disputes,
    due_dates,
    hand_overs,
    holds,
    letters,
    moves,
    owners,
    pauses,
    payments,
    plans,
    promises,
    reconciliations,
    records,
    reminders,
    replies,
    requests,
    restrictions,
    reviews,
    task_acts,
    visits,
    watch,
    write_offs,
)
from service.domain.decide.firing import Firing
from service.domain.decide.settling import settle
from service.domain.scene import Asker, Scene


def run(
    command: c.Command, account: Account, scene: Scene, asker: Asker, details: Private | None = None
) -> list[Happened]:
    """Carry a command out on the account: what happened, in order. A refusal leaves the account as it was."""
    return follow(decide(command, account, scene, asker, details or {}), account, scene)


def follow(told: Iterator[Happened], account: Account, scene: Scene) -> list[Happened]:
    """What is told happens, and all that follows from it at once."""
    before = len(account.happened)
    finished = False
    try:
        for one in told:
            account.apply(one)
        for id in dict.fromkeys(h.id for h in account.happened[before:] if h.stream == "case"):
            for one in settle(account, scene, id):
                account.apply(one)
        for one in consents.review(account, scene, before):
            account.apply(one)
        for one in reviews.signals(account, scene, before):
            account.apply(one)
        finished = True
    finally:
        if not finished:
            account.undo_to(before)
    return account.happened[before:]


def decide(command: c.Command, account: Account, scene: Scene, asker: Asker, details: Private) -> Iterator[Happened]:
    """What follows from the command, by who asked it."""
    match command:
        case c.Wake():
            return wake(account, scene)
        case c.Watch():
            return watch.look(account, scene)
        case c.UpdateCustomer():
            return customers.update(command, account, scene, details)
        case c.ReceivePayment():
            return payments.receive(command, account, scene)
        case c.HonourPayment():
            return payments.honour(command, account, scene)
        case c.ReversePayment():
            return payments.reverse(command, account, scene)
        case c.AllocatePayment():
            return payments.allocate(command, account, scene)
        case c.AcknowledgeHold() | c.AcknowledgeRelease():
            return holds.acknowledge(command, account, scene)
        case c.ReportMessage() | c.ReturnMessage() | c.KeepLetter() | c.SetLetterAside():
            return _reported(command, account, scene)
        case (
            c.SubmitInvoice()
            | c.IssueInvoice()
            | c.AmendInvoice()
            | c.ConfirmInvoice()
            | c.CompletePod()
            | c.RequestTaxInvoice()
            | c.IssueTaxInvoice()
            | c.DispatchTaxInvoice()
            | c.CreditInvoice()
            | c.ChangeDueDate()
            | c.VoidInvoice()
        ):
            return _bill(command, account, scene)
        case c.AgreePlan():
            return plans.agree(command, account, scene, asker, details)
        case c.OpenDispute():
            return disputes.open(command, account, scene)
        case c.ExtendCase():
            return due_dates.extend(command, account, scene, asker)
        case c.OfferDiscount():
            return discounts.offer(command, account, scene, asker)
        case c.ResolveDispute():
            return disputes.resolve(command, account, scene)
        case c.WithholdMessage():
            return advice.withhold(command, account, scene, asker)
        case c.AdviseMessage():
            return advice.advise(command, account, scene)
        case c.ArrangeVisit():
            return visits.arrange(command, account, scene)
        case c.Reconcile() | c.AnswerReconciliation():
            return reconciliations.compare(command, account, scene)
        case c.RecordReply():
            return replies.received(command, account, scene)
        case c.HandOver() | c.TakeBack() | c.ReachMilestone() | c.SetDeadline() | c.EndDeadline() | c.IncurCost():
            return _pursuit(command, account, scene, asker)
        case _:
            return _person(command, account, scene, asker, details)


def wake(account: Account, scene: Scene) -> Iterator[Happened]:
    """The clock: deadlines at any hour, steps and reminders while a window is open (T2, T3)."""
    for id in [case.id for case in account.open_cases()]:
        yield from settle(account, scene, id)
    if scene.in_window():
        yield from Firing(account, scene).run()
    yield from reminders.remind(account, scene)


def _bill(command: c.BillCommand, account: Account, scene: Scene) -> Iterator[Happened]:
    match command:
        case c.IssueInvoice():
            return bills.issue(command, account, scene)
        case c.ConfirmInvoice():
            return bills.confirm(command, account, scene)
        case c.SubmitInvoice():
            return bills.submit(command, account, scene)
        case c.AmendInvoice():
            return bills.amend(command, account, scene)
        case c.CompletePod():
            return bills.complete_pod(command, account, scene)
        case c.RequestTaxInvoice() | c.IssueTaxInvoice() | c.DispatchTaxInvoice():
            return bills.tax_invoice(command, account, scene)
        case c.CreditInvoice():
            return bills.credit(command, account, scene)
        case c.ChangeDueDate():
            return due_dates.change_due_date(command, account, scene)
        case c.VoidInvoice():
            return bills.void(command, account, scene)
        case _:
            assert_never(command)


def _pursuit(command: c.PursuitCommand, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    match command:
        case c.HandOver():
            return hand_overs.ask(command, account, scene, asker)
        case c.TakeBack():
            return hand_overs.take_back(command, account, scene)
        case c.ReachMilestone():
            return hand_overs.reach(command, account, scene)
        case c.SetDeadline():
            return hand_overs.set_deadline(command, account, scene)
        case c.EndDeadline():
            return hand_overs.end_deadline(command, account, scene)
        case c.IncurCost():
            return hand_overs.incur(command, account, scene)
        case _:
            assert_never(command)


def _person(
    command: c.PersonCommand, account: Account, scene: Scene, asker: Asker, details: Private
) -> Iterator[Happened]:
    match command:
        case c.MakePromise():
            return promises.make(command, account, scene, asker, details)
        case c.PauseCases():
            return pauses.pause(command, account, scene, asker)
        case c.ResumeCases():
            return pauses.resume(command, account, scene)
        case c.MoveCases():
            return moves.move(command, account, scene)
        case c.AssignCase():
            return owners.assign_case(command, account, scene)
        case c.AssignCustomer():
            return owners.assign_customer(command, account, scene)
        case c.AddNote():
            return records.note(command, account, scene)
        case c.LookIntoPayment():
            return records.look_into(command, account, scene)
        case c.FlagCases():
            return records.flag(command, account, scene)
        case c.FlagCustomer():
            return records.flag_customer(command, account, scene)
        case c.LogContact():
            return conversations.log(command, account, scene, asker)
        case c.CompleteTask():
            return completing.complete(command, account, scene, asker)
        case c.AssignTask():
            return task_acts.assign(command, account, scene)
        case c.SnoozeTask():
            return task_acts.snooze(command, account, scene, asker)
        case c.ChangeContact():
            return customers.change_contact(command, account, scene, details)
        case c.EraseContact():
            return customers.erase_contact(command, account, details)
        case c.GrantApproval():
            return approvals.grant(command, account, scene, asker)
        case c.RejectApproval():
            return approvals.reject(command, account, scene, asker)
        case c.ApplyHold() | c.ReleaseHold():
            return requests.ask_by_person(command, account, scene, asker)
        case c.RecordReceipt():
            return demands.receipt(command, account, scene)
        case c.IssueLetter():
            return letters.issue(command, account, scene)
        case c.WriteOff():
            return write_offs.ask(command, account, scene, asker)
        case c.RestrictCredit():
            return credit.ask_to_restrict(command, account, scene, asker)
        case c.RestrictCustomer():
            return restrictions.restrict(command, account, scene)
        case c.RestoreCredit():
            return credit.ask_to_restore(command, account, scene, asker)
        case c.ReviewCustomer():
            return reviews.decide(command, account, scene, asker)
        case _:
            assert_never(command)


def _reported(
    command: c.ReportMessage | c.ReturnMessage | c.KeepLetter | c.SetLetterAside, account: Account, scene: Scene
) -> Iterator[Happened]:
    """How a message fared, and whether a letter could be printed; said twice, it stands twice only when it differs."""
    match command:
        case c.KeepLetter():
            yield from letters.printed(command, account)
        case c.SetLetterAside():
            yield from letters.set_aside(command, account, scene)
        case c.ReturnMessage():
            yield from conversations.bounced(command, account, scene, returned=True)
        case c.ReportMessage(outcome="handed_over"):
            yield from demands.handed_over(command, account, scene)
        case c.ReportMessage():
            yield from conversations.bounced(command, account, scene)
        case _:
            assert_never(command)
