"""What each event of a bill means for its case: total, for any state; it never raises and never reads a clock."""

from typing import assert_never

from msgspec.structs import replace

from service.domain.case import CONSOLIDATED, Answer, Case, Draft, Mark, Pause, Promise, Receipt, TaxInvoice, task_key
from service.domain.events import bill as b
from service.domain.events import case as e
from service.domain.events import task as t
from service.domain.events.agreed import AgreedEvent
from service.domain.events.claim import ClaimEvent
from service.domain.events.shape import Occurrence
from service.domain.evolve.agreed import booked, evolve_agreed, without_credit
from service.domain.evolve.claim import came, evolve_claim, lessened, went

_RECEIPTS_KEPT = 12
_JUDGED_KEPT = 5


def evolve_case(case: Case, event: e.CaseEvent) -> Case:
    """The case after the event; total, for any state."""
    before, case = case, replace(case, version=case.version + 1)
    if isinstance(event, e.LadderEvent):
        case = _ladder(case, event)
        if isinstance(event, e.Reminded | e.StepSkipped) and event.missed_on is None:
            case.keep_asked(before, event.step)  # of all that says when steps are due only its own mark has moved
        return case
    if isinstance(event, b.BillFact):
        return _bill(case, event)
    if isinstance(event, e.PersonEvent):
        return _person(case, event)
    if isinstance(event, AgreedEvent):
        return evolve_agreed(case, event)
    if isinstance(event, ClaimEvent):
        return evolve_claim(case, event)
    return _task(case, event)


def _ladder(case: Case, event: e.LadderEvent) -> Case:
    match event:
        case e.Reminded():
            return replace(_fired(case, event), tasks=_with_task(case, event))
        case e.StepSkipped():
            return _fired(case, event)
        case e.StepFired():
            requests = {**case.requests, event.kind: event.approval} if event.kind and event.approval else case.requests
            dropped = tuple(kind for kind in case.dropped if kind != event.kind)
            return replace(_fired(case, event), requests=requests, dropped=dropped, tasks=_with_task(case, event))
        case e.Escalated():
            # A backfilled rung is not done yet: it comes up in the next window, for the digest and the log (F2).
            case = case if event.backfill else _fired(case, event)
            return replace(case, level=event.level, levels={**case.levels, event.level: event.reached_on})
        case e.CaseOpened():
            return replace(
                case,
                customer=event.customer,
                playbook=event.playbook,
                playbook_version=event.playbook_version,
                grace_days=event.grace_days,
                owner=event.owner,
                stage=event.stage,
                monthly=event.monthly,
                pod=event.pod,
                recorded_on=event.recorded_on,
                since=event.since,
                taken_up=event.since <= event.recorded_on,
            )
        case e.CaseMoved():
            done = {step: Mark(days[0], days[-1]) for step, days in event.done.items() if days}
            to = {"playbook": event.playbook, "playbook_version": event.playbook_version, "grace_days": event.grace_days}
            return replace(case, done=done, **to)
        case e.CaseTakenUp():
            return replace(case, taken_up=True)
        case e.StageChanged():
            case = replace(case, stage=event.stage, tasks=_own_tasks(case))
            return case if event.level is None else _new_ladder(case, event.level)
        case e.Lettered():
            return replace(case, letters={**case.letters, event.kind: event.on})
        case e.Decided():
            return _answered(case, event)
        case e.CaseClosed():
            return _closed(case, event)
        case e.CaseReopened():
            return replace(case, stage=event.stage, closed_as=None, closed_on=None, since=event.since)
        case _:
            assert_never(event)


def _fired(case: Case, event: Occurrence) -> Case:
    done = {**case.done, event.step: Mark(event.anchor, event.on)}
    return replace(case, done=done, missed_on=event.missed_on or case.missed_on)


def _with_task(case: Case, event: e.Reminded | e.StepFired) -> dict[str, str]:
    return {**case.tasks, event.task.partition("~")[0]: event.task} if event.task else case.tasks


def _closed(case: Case, event: e.CaseClosed) -> Case:
    reopens_to = case.reopens_to if case.stage == "closed" else case.stage
    return replace(
        case,
        stage="closed",
        reopens_to=reopens_to,
        closed_as=event.closed_as,
        closed_on=event.on,
        pause=None,
        requests={},
        dropped=tuple(event.asked) or case.dropped,
        tasks={},
    )


def _new_ladder(case: Case, level: str) -> Case:
    """Nothing of the earlier climb binds the new one."""
    return replace(
        case, level=level, levels={}, answers={}, requests={}, dropped=(), letters={}, missed_on=None, tasks=_own_tasks(case)
    )


def _own_tasks(case: Case) -> dict[str, str]:
    """A bill that pauses or changes stage leaves its customer's call and visit (C10)."""
    return {kind: task for kind, task in case.tasks.items() if kind not in CONSOLIDATED}


def _answered(case: Case, event: e.Decided) -> Case:
    requests = {kind: approval for kind, approval in case.requests.items() if kind != event.kind}
    if event.outcome in ("cancelled", "expired"):
        return replace(case, requests=requests)
    earlier = case.answers.get(event.kind)
    granted_on = event.on if event.outcome == "granted" else earlier.granted_on if earlier else None
    answer = Answer(earlier.first_on if earlier else event.on, event.on, event.outcome, granted_on)
    return replace(case, answers={**case.answers, event.kind: answer}, requests=requests)


def _bill(case: Case, event: b.BillFact) -> Case:
    match event:
        case b.PaymentApplied():
            return _received(case, event)
        case b.PaymentUnapplied():
            return _taken_back(case, event)
        case b.InvoiceIssued():
            return _issued(case, event)
        case b.InvoiceConfirmed():
            return replace(case, confirmed_on=event.confirmed_on)
        case b.InvoiceSubmitted():
            return replace(
                case, amount=event.amount, currency=event.currency, period=event.period, submitted_on=event.submitted_on
            )
        case b.InvoiceAmended():
            return _amended(case, event)
        case b.PodCompleted():
            return replace(case, pod_on=event.completed_on)
        case b.TaxInvoiceRequested():
            return replace(case, tax=case.tax or TaxInvoice("requested", event.on, event.number))
        case b.TaxInvoiceIssued():
            return replace(case, tax=TaxInvoice("issued", event.on, event.number))
        case b.TaxInvoiceDispatched():
            number = event.number or (case.tax.number if case.tax else None)
            return replace(case, tax=TaxInvoice("dispatched", event.on, number, event.courier, event.tracking))
        case b.InvoiceCredited():
            case = booked(case, event.booked)
            more = event.amount - event.booked
            credited = min(case.credited + more, case.amount)
            return lessened(replace(case, credited=credited, disputes=without_credit(case.disputes, more)))
        case b.DueDateSet():
            return replace(case, due_on=event.due_on)
        case b.DueDateChanged():
            return _due_date(case, event)
        case b.InvoiceVoided():
            return replace(case, credited=case.amount - case.paid, written_off=0, recovered=0)
        case b.DraftReceived():
            draft = Draft(event.payment, event.amount, event.received_on, event.matures_on)
            return replace(case, drafts=(*case.drafts, draft))
        case b.DraftEnded():
            return replace(case, drafts=tuple(d for d in case.drafts if d.payment != event.payment))
        case _:
            assert_never(event)


def _amended(case: Case, event: b.InvoiceAmended) -> Case:
    amount = case.amount if event.amount is None else event.amount
    # A voided bill stays worth nothing, and no credit note is worth more than its bill.
    credited = amount - case.paid if case.closed_as == "voided" else min(case.credited, amount)
    case = lessened(replace(case, amount=amount, credited=credited, due_on=event.due_on or case.due_on))
    return _new_ladder(replace(case, resent_on=event.resent_on), "none") if event.resent_on else case


def _issued(case: Case, event: b.InvoiceIssued) -> Case:
    return replace(
        case,
        customer=event.customer,
        amount=event.amount,
        credited=min(case.credited, event.amount),
        currency=event.currency,
        issued_on=event.issued_on,
        issued_as=issued_as(event),
        due_on=event.due_on,
        terms=event.terms,
        terms_from=event.terms_from,
        confirmation_required=event.confirmation_required,
        period=event.period or case.period,
        reference=event.reference,
        contract=event.contract,
        document_url=event.document_url,
    )


def issued_as(event: b.InvoiceIssued) -> tuple[int, str]:
    """What a repeat of the bill is known by, whatever becomes of it later."""
    return event.amount, str(event.due_on or f"{event.terms} {event.terms_from}")


def _received(case: Case, event: b.PaymentApplied) -> Case:
    receipts = (*case.receipts, Receipt(event.payment, event.amount, event.received_on))
    if len(receipts) > _RECEIPTS_KEPT:
        first, second, *rest = receipts
        merged = Receipt("", first.amount + second.amount, max(first.on, second.on))
        receipts = (merged, *rest)
    return came(replace(case, paid=case.paid + event.amount, receipts=receipts), event)


def _taken_back(case: Case, event: b.PaymentUnapplied) -> Case:
    """From the payment's own receipts, then from the merged one that old receipts became."""
    left = event.amount
    kept: list[Receipt] = []
    for receipt in sorted(case.receipts, key=lambda r: not r.payment):
        taken = min(left, receipt.amount) if receipt.payment in (event.payment, "") else 0
        left -= taken
        if receipt.amount > taken:
            kept.append(Receipt(receipt.payment, receipt.amount - taken, receipt.on))
    kept.sort(key=lambda r: bool(r.payment))
    return went(replace(case, paid=case.paid - event.amount, receipts=tuple(kept)), event)


def _due_date(case: Case, event: b.DueDateChanged) -> Case:
    case = replace(case, first_due_on=event.first)
    if event.level is not None:
        return _new_ladder(replace(case, due_on=event.due_on), event.level)
    carried = {step: Mark(event.due_on, on) for step, on in event.carried.items()}
    return replace(case, due_on=event.due_on, done={**case.done, **carried})


def _person(case: Case, event: e.PersonEvent) -> Case:
    match event:
        case e.PromiseMade():
            promise = Promise(
                id=event.promise,
                amount=event.amount,
                due_on=event.due_on,
                until=event.until,
                made_on=event.made_on,
                pauses=event.pauses,
                already=event.already,
                contact=event.contact,
            )
            pausing = case.promises_pausing + event.pauses
            return replace(case, promises=(*case.promises, promise), promises_pausing=pausing)
        case e.PromiseKept():
            late = any(p.id == event.promise and p.state in ("broken", "partially_kept") for p in case.promises)
            return replace(_judged(case, event.promise, "kept"), promises_broken=case.promises_broken - late)
        case e.PromiseBroken():
            return replace(_judged(case, event.promise, event.state), promises_broken=case.promises_broken + 1)
        case e.PromiseCancelled():
            return _judged(case, event.promise, "cancelled")
        case e.Paused():
            pause = Pause(event.reason, event.since, event.until, event.promise)
            return replace(case, pause=pause, tasks=_own_tasks(case))
        case e.Resumed():
            return replace(case, pause=None, resumed_on=event.on, not_before=event.not_before or case.not_before)
        case e.Assigned():
            return replace(case, owner=event.owner)
        case e.Flagged():
            others = {flag: on for flag, on in case.flags.items() if flag != event.flag}
            return replace(case, flags=others if event.removed else {**others, event.flag: event.on})
        case e.Noted():
            return case
        case _:
            assert_never(event)


def _judged(case: Case, promise: str, state: str) -> Case:
    promises = tuple(replace(p, state=state) if p.id == promise else p for p in case.promises)
    judged = [p for p in promises if p.state != "open"]
    forgotten = judged[:-_JUDGED_KEPT]
    return replace(case, promises=tuple(p for p in promises if p not in forgotten))


def _task(case: Case, event: t.TaskEvent) -> Case:
    match event:
        case t.TaskCreated():
            return replace(case, tasks={**case.tasks, task_key(event.kind, event.role, event.task): event.task})
        case t.TaskChanged():
            return case
        case t.TaskCompleted() | t.TaskCancelled():
            return replace(case, tasks={kind: task for kind, task in case.tasks.items() if task != event.task})
        case _:
            assert_never(event)
