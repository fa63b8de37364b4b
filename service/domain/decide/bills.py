"""What the ERP says of bills (A3-A5, A9, A11, A12, T1, D4): facts go into the log, and the case follows them."""

from collections.abc import Iterator
from datetime import date

from service.domain import commands as c
from service.domain.account import Account, Happened, Private, on_case, on_customer
from service.domain.case import Case
from service.domain.decide import backfill, discounts, disputes, instalments, money_back, owners, settling, tasks
from service.domain.decide.amounts import LATEST, because, day, known_currency, money, period
from service.domain.decide.closing import close, close_when_settled, reopen_when_owed
from service.domain.decide.due_dates import complete_terms, new_due_date, read_terms
from service.domain.decide.moves import grace
from service.domain.decide.pauses import weigh
from service.domain.decide.reviews import EVERY
from service.domain.events import bill as b
from service.domain.events.case import CaseOpened, StageChanged
from service.domain.events.customer import CustomerUpdated
from service.domain.evolve.case import issued_as
from service.domain.offsets import add
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Scene


def submit(command: c.SubmitInvoice, account: Account, scene: Scene) -> Iterator[Happened]:
    """Put up for review (A1)."""
    known_currency(command.currency, "/data/currency")
    amount = money(command.amount, command.currency, "/data/amount")
    period(command.period, "/data/period")
    earlier = account.cases.get(command.invoice)
    if earlier:
        same = (earlier.customer, earlier.amount, earlier.currency, earlier.period)
        if same != (command.customer, amount, command.currency, command.period) or not earlier.submitted_on:
            raise Conflict("invoice_exists", "/data/invoice", invoice=command.invoice)
        return
    submitted_on = day(command.submitted_on, scene, "/data/submitted_on")
    yield on_case(
        command.invoice,
        b.InvoiceSubmitted(
            customer=command.customer,
            amount=amount,
            currency=command.currency,
            period=command.period,
            submitted_on=submitted_on,
        ),
    )
    yield from _opened(command.invoice, account, scene, "review")


def issue(command: c.IssueInvoice, account: Account, scene: Scene) -> Iterator[Happened]:
    """The bill went out: its case opens, or leaves the review."""
    event = _issued(command, account, scene)
    earlier = account.cases.get(command.invoice)
    if earlier and earlier.issued_on:
        if _same(earlier, event):
            return
        raise Conflict("invoice_exists", "/data/invoice", invoice=command.invoice)
    if earlier and (earlier.stage == "closed" or earlier.currency != event.currency):
        raise Conflict("invoice_exists", "/data/invoice", invoice=command.invoice)
    id = command.invoice
    yield on_case(id, event)
    confirmed = earlier is not None and earlier.confirmed_on is not None
    stage = "confirmation" if event.confirmation_required and not confirmed else "collection"
    if earlier:
        if earlier.stage == "review":
            yield on_case(id, StageChanged(stage=stage, previous="review", why="issued"))
    else:
        yield from _opened(id, account, scene, stage)
    case = account.cases[id]
    if case.due_on is None and event.terms:
        yield from complete_terms(case, scene)
    if earlier:
        # Credited or paid ahead of its issue, it may be worth less than that now.
        yield from _money_follows(account, scene, id, "issued", scene.today)
        case = account.cases[id]
    is_late = event.issued_on < scene.today or (case.due_on is not None and case.due_on < scene.today)
    if case.stage != "closed" and case.taken_up and is_late:
        yield from settling.deadlines(account, scene, id)
        yield from backfill.take_level(account, scene, id)


def _issued(command: c.IssueInvoice, account: Account, scene: Scene) -> b.InvoiceIssued:
    known_currency(command.currency, "/data/currency")
    amount = money(command.amount, command.currency, "/data/amount")
    issued_on = day(command.issued_on, scene, "/data/issued_on")
    if command.due_on is None and command.terms is None:
        raise Refused("due_required", "/data/due_on")
    if command.due_on is not None and day(command.due_on, scene, "/data/due_on") < issued_on:
        raise Refused("due_before_issued", "/data/due_on", due_on=command.due_on, issued_on=issued_on)
    if command.terms and add(issued_on, read_terms(command.terms)) > LATEST:
        raise Refused("date_out_of_range", "/data/terms", given=command.terms, earliest=issued_on, latest=LATEST)
    required = command.confirmation_required
    if required is None:
        required = account.customer.confirmation_required
    if required is None:
        required = scene.settings.confirmation_required
    return b.InvoiceIssued(
        customer=command.customer,
        amount=amount,
        currency=command.currency,
        issued_on=issued_on,
        due_on=command.due_on,
        terms=command.terms if command.due_on is None else None,
        terms_from=command.terms_from,
        period=period(command.period, "/data/period"),
        reference=command.reference,
        contract=command.contract,
        document_url=command.document_url,
        confirmation_required=required,
    )


def _same(case: Case, event: b.InvoiceIssued) -> bool:
    """Equal content said twice is a repeat, whatever has become of the bill since."""
    said = (event.currency, event.issued_on, issued_as(event), event.period or case.period)
    beside = (event.reference, event.contract, event.document_url)
    known = (case.currency, case.issued_on, case.issued_as, case.period)
    return known == said and (case.reference, case.contract, case.document_url) == beside


def _opened(id: str, account: Account, scene: Scene, stage: str) -> Iterator[Happened]:
    """The case begins; an unknown customer begins with it, bare until the ERP says more."""
    customer = account.customer
    owner, in_turn = owners.chosen(account, account.cases[id], scene)
    name = customer.playbook or scene.settings.segment_playbooks.get(customer.segment) or scene.settings.playbook
    playbook = scene.newest(name)
    go_live = scene.settings.go_live_on
    opened = CaseOpened(
        customer=customer.id,
        playbook=playbook.name,
        playbook_version=playbook.version,
        owner=owner,
        stage=stage,
        recorded_on=scene.today,
        since=max(scene.today, go_live) if go_live else scene.today,
        monthly=customer.billing_cycle == "monthly",
        pod=customer.settles_by_pod,
        grace_days=grace(playbook, customer.segment, scene),
    )
    yield on_case(id, opened)
    if not customer.version:
        yield on_customer(customer.id, CustomerUpdated(review_on=add(scene.today, EVERY)))
    if in_turn:
        yield from owners.took(account, owner)


def amend(command: c.AmendInvoice, account: Account, scene: Scene) -> Iterator[Happened]:
    """A corrected bill: before the confirmation it goes out anew (A12), later only the amount and the clocks follow."""
    case = account.case(command.invoice)
    amount = money(command.amount, case.currency, "/data/amount") if command.amount is not None else None
    due_on = day(command.due_on, scene, "/data/due_on") if command.due_on else None
    if due_on and case.issued_on and due_on < case.issued_on:
        raise Refused("due_before_issued", "/data/due_on", due_on=due_on, issued_on=case.issued_on)
    before = case.stage in ("review", "confirmation")
    resent_on = day(command.resent_on, scene, "/data/resent_on") if case.stage == "confirmation" else None
    if resent_on:
        yield from tasks.leave(account, scene, case, "resent")
    event = b.InvoiceAmended(amount=amount, due_on=due_on if before else None, resent_on=resent_on)
    yield on_case(case.id, event, because(command.reason))
    if due_on and not before:
        yield from new_due_date(account, scene, case.id, due_on, None)
    yield from _money_follows(account, scene, case.id, "amended", scene.today)


def _money_follows(account: Account, scene: Scene, id: str, why: str, on: date) -> Iterator[Happened]:
    """The open amount moved: too much money on the bill goes back to credit; it closes, or is owed again."""
    yield from money_back.free_excess(account, id, why)
    yield from instalments.check(account, scene, id)
    if account.cases[id].stage != "closed":
        yield from weigh(account, scene, id, why)
    yield from close_when_settled(account, scene, account.cases[id], on)
    yield from reopen_when_owed(account, scene, account.cases[id], why)


def confirm(command: c.ConfirmInvoice, account: Account, scene: Scene) -> Iterator[Happened]:
    """The customer agreed: the level falls back and collection begins (A11); after D it is progress and no more."""
    case = account.case(command.invoice)
    confirmed_on = day(command.confirmed_on, scene, "/data/confirmed_on", past=True)
    if case.confirmed_on:
        return
    private: Private = {"": {}}
    if command.confirmed_by:
        private[""]["confirmed_by"] = command.confirmed_by
    if command.tax_invoice:
        private[""]["tax_invoice"] = {
            name: value
            for name in ("title", "tax_id", "address", "bank")
            if (value := getattr(command.tax_invoice, name)) is not None
        }
    event = b.InvoiceConfirmed(confirmed_on=confirmed_on, has_tax_details=command.tax_invoice is not None)
    yield on_case(case.id, event, private if private[""] else None)
    yield from complete_terms(account.cases[case.id], scene)
    case = account.cases[case.id]
    if case.stage == "confirmation":
        yield from tasks.leave(account, scene, case, "confirmed")
        yield from tasks.close_own(case, scene, "confirmed", {"pod", "review"})
        changed = StageChanged(stage="collection", previous="confirmation", why="confirmed", level="none")
        yield on_case(case.id, changed)


def complete_pod(command: c.CompletePod, account: Account, scene: Scene) -> Iterator[Happened]:
    """S for bills that are settled against proof of delivery (A9)."""
    case = account.case(command.invoice)
    completed_on = day(command.completed_on, scene, "/data/completed_on", past=True)
    if case.pod_on:
        return
    yield on_case(case.id, b.PodCompleted(completed_on=completed_on))
    yield from tasks.close_own(account.cases[case.id], scene, "", {"pod"}, done=True)


def tax_invoice(
    command: c.RequestTaxInvoice | c.IssueTaxInvoice | c.DispatchTaxInvoice, account: Account, scene: Scene
) -> Iterator[Happened]:
    """Asked for, issued (which completes finance's task), dispatched (A4, A5)."""
    case = account.case(command.invoice)
    on = day(command.on, scene, "/data/on", past=True)
    state = case.tax.state if case.tax else None
    match command:
        case c.RequestTaxInvoice():
            if state is None:
                yield on_case(case.id, b.TaxInvoiceRequested(on=on, number=command.number))
        case c.IssueTaxInvoice():
            if state in (None, "requested"):
                yield on_case(case.id, b.TaxInvoiceIssued(on=on, number=command.number))
        case c.DispatchTaxInvoice():
            if state != "dispatched":
                event = b.TaxInvoiceDispatched(
                    on=on, number=command.number, courier=command.courier, tracking=command.tracking
                )
                yield on_case(case.id, event)
    if state in (None, "requested") and not isinstance(command, c.RequestTaxInvoice):
        yield from tasks.close_own(account.cases[case.id], scene, "", {"finance"}, done=True)
    yield from complete_terms(account.cases[case.id], scene)


def credit(command: c.CreditInvoice, account: Account, scene: Scene) -> Iterator[Happened]:
    """A credit note; more than the bill is worth leaves nothing of it."""
    case = account.case(command.invoice)
    given = money(command.amount, case.currency, "/data/amount")
    booked = min(given, discounts.to_book(case))
    amount = booked + min(given - booked, case.amount - case.credited)
    on = day(command.on, scene, "/data/on", past=True)
    if not amount:
        return
    yield on_case(case.id, b.InvoiceCredited(amount=amount, on=on, booked=booked), because(command.reason))
    yield from disputes.credited(account, scene, case.id, case)
    yield from _money_follows(account, scene, case.id, "credited", on)


def void(command: c.VoidInvoice, account: Account, scene: Scene) -> Iterator[Happened]:
    """The bill never was: what was paid on it is the customer's credit."""
    case = account.case(command.invoice)
    if case.closed_as == "voided":
        return
    yield from money_back.free_all(account, case.id, "voided")
    yield on_case(case.id, b.InvoiceVoided(), because(command.reason))
    yield from close(account, scene, account.cases[case.id], "voided", scene.today)
