"""The ERP's facts as the commands that they came as, read back from the events that they left."""

from collections.abc import Callable
from typing import Any

from service.domain import commands as c
from service.domain.events import bill as b
from service.domain.events import payment as p
from service.domain.events.shape import Applied
from service.domain.money import format


def command_of(id: str, event: Any, currency: str) -> c.Command:
    """The command behind an event of a bill or a payment; `currency` is the bill's or the payment's own."""
    return READ_BACK[type(event)](id, event, currency)


def _received(id: str, event: p.PaymentReceived, _: str) -> c.Command:
    return c.ReceivePayment(
        payment=id,
        customer=event.customer,
        amount=format(event.amount, event.currency),
        currency=event.currency,
        received_on=event.received_on,
        method=event.method,  # type: ignore[arg-type]
        matures_on=event.matures_on,
        reference=event.reference,
        allocations=_allocations(event.allocations, event.currency),
    )


def _allocations(applied: list[Applied], currency: str) -> list[c.Allocation]:
    return [c.Allocation(invoice=one.case, amount=format(one.amount, currency)) for one in applied]


def _issued(id: str, event: b.InvoiceIssued, _: str) -> c.Command:
    return c.IssueInvoice(
        invoice=id,
        customer=event.customer,
        amount=format(event.amount, event.currency),
        currency=event.currency,
        issued_on=event.issued_on,
        due_on=event.due_on,
        terms=event.terms,
        terms_from=event.terms_from,  # type: ignore[arg-type]
        period=event.period,
        reference=event.reference,
        contract=event.contract,
        document_url=event.document_url,
        confirmation_required=event.confirmation_required,
    )


def _submitted(id: str, event: b.InvoiceSubmitted, _: str) -> c.Command:
    return c.SubmitInvoice(
        invoice=id,
        customer=event.customer,
        amount=format(event.amount, event.currency),
        currency=event.currency,
        period=event.period,
        submitted_on=event.submitted_on,
    )


def _amended(id: str, event: b.InvoiceAmended, currency: str) -> c.Command:
    amount = None if event.amount is None else format(event.amount, currency)
    return c.AmendInvoice(invoice=id, amount=amount, due_on=event.due_on, resent_on=event.resent_on)


READ_BACK: dict[type[Any], Callable[[str, Any, str], c.Command]] = {
    b.InvoiceSubmitted: _submitted,
    b.InvoiceIssued: _issued,
    b.InvoiceAmended: _amended,
    b.InvoiceConfirmed: lambda id, e, _: c.ConfirmInvoice(invoice=id, confirmed_on=e.confirmed_on),
    b.PodCompleted: lambda id, e, _: c.CompletePod(invoice=id, completed_on=e.completed_on),
    b.TaxInvoiceRequested: lambda id, e, _: c.RequestTaxInvoice(invoice=id, number=e.number, on=e.on),
    b.TaxInvoiceIssued: lambda id, e, _: c.IssueTaxInvoice(invoice=id, number=e.number, on=e.on),
    b.TaxInvoiceDispatched: lambda id, e, _: c.DispatchTaxInvoice(
        invoice=id, number=e.number, on=e.on, courier=e.courier, tracking=e.tracking
    ),
    b.InvoiceCredited: lambda id, e, currency: c.CreditInvoice(invoice=id, amount=format(e.amount, currency), on=e.on),
    b.InvoiceVoided: lambda id, e, _: c.VoidInvoice(invoice=id),
    p.PaymentReceived: _received,
    p.PaymentHonoured: lambda id, e, _: c.HonourPayment(payment=id, on=e.on),
    p.PaymentReversed: lambda id, e, _: c.ReversePayment(payment=id, on=e.on),
    p.PaymentAllocated: lambda id, e, currency: c.AllocatePayment(
        payment=id, allocations=_allocations(e.applied, currency)
    ),
}
"""The events behind which an ERP's command of the same name stands."""
