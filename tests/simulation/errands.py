"""What an ERP and people ask, thrown from a seed: mostly what makes sense of what there is, sometimes what does not."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal, Protocol

from service.domain import commands as c
from service.domain.scene import Asker

CUSTOMERS = ("C-0", "C-1", "C-2")
BILLS = tuple(f"B-{n}" for n in range(60))
PAYMENTS = tuple(f"P-{n}" for n in range(90))
MANY = 9
"""So many open bills are enough."""

CURRENCIES = ("CNY", "CNY", "CNY", "JPY")
ERP = Asker(actor="erp", role="erp", source="api")
ROLES = ("collector", "supervisor", "boss")


class View(Protocol):
    """What somebody outside can see of the house."""

    @property
    def today(self) -> date: ...

    @property
    def customers(self) -> Sequence[str]: ...

    def bills_of(self, customer: str) -> Sequence[str]:
        """Their bills, open and closed."""

    def open_bills(self) -> Sequence[str]: ...

    def customer_of(self, bill: str) -> str | None:
        """Whose it is; None for one that there is not."""

    def currency_of(self, bill: str) -> str: ...

    def payments(self) -> Sequence[str]: ...

    def approvals(self) -> Sequence[tuple[str, str, str]]:
        """The open ones: id, customer, role."""

    def tasks(self) -> Sequence[tuple[str, str]]:
        """The open ones: id, customer."""

    def holds(self) -> Sequence[tuple[str, str]]:
        """Holds that stand, and those released last: customer, hold."""


Errand = tuple[c.Command, Asker]
Thrown = random.Random


def errand(rng: Thrown, view: View) -> Errand:
    """One command and who asks it."""
    ((make, _),) = rng.choices(_KINDS, _WEIGHTS)
    return make(rng, view)


def facts(rng: Thrown, view: View, most: int) -> list[Errand]:
    """A batch as an ERP posts it."""
    found = [errand(rng, view) for _ in range(rng.randint(1, most))]
    told = [one for one in found if one[1] is ERP]
    return told or [_issue(rng, view)]


def _amount(rng: Thrown, currency: str) -> str:
    whole = rng.choice((1, 40, 100, 100, 100, 250, 999))
    return f"{whole}" if currency == "JPY" else f"{whole}.{rng.choice(('00', '00', '05', '99'))}"


def _bill(rng: Thrown, view: View) -> str:
    known = view.open_bills() if rng.random() < 0.85 else [bill for bill in BILLS if view.customer_of(bill)]
    return rng.choice(known) if known and rng.random() < 0.98 else rng.choice(BILLS)


def _day(rng: Thrown, view: View, *around: int) -> date:
    return view.today + timedelta(rng.choice(around))


def _issue(rng: Thrown, view: View) -> Errand:
    if len(view.open_bills()) >= MANY and rng.random() < 0.9:
        return _confirm(rng, view)
    fresh = [bill for bill in BILLS if not view.customer_of(bill)]
    bill = rng.choice(fresh[:3]) if fresh and rng.random() < 0.95 else rng.choice(BILLS)
    currency = rng.choice(CURRENCIES)
    issued_on = _day(rng, view, 0, 0, 0, -1, -9, -40, -100)
    terms = rng.random() < 0.2
    return (
        c.IssueInvoice(
            invoice=bill,
            customer=rng.choice(view.customers),
            amount=_amount(rng, currency),
            currency=currency,
            issued_on=issued_on,
            due_on=None if terms else issued_on + timedelta(rng.choice((0, 5, 10, 30, 30, 45))),
            terms="P10D" if terms else None,
            terms_from=rng.choice(("issued", "confirmed", "tax_invoice", "month_end")),
            confirmation_required=rng.choice((True, False, None)),
        ),
        ERP,
    )


def _submit(rng: Thrown, view: View) -> Errand:
    fresh = [bill for bill in BILLS if not view.customer_of(bill)]
    fact = c.SubmitInvoice(
        invoice=rng.choice(fresh[:3] or BILLS),
        customer=rng.choice(view.customers),
        amount="100.00",
        currency="CNY",
        period=f"{view.today:%Y-%m}",
    )
    return fact, ERP


def _confirm(rng: Thrown, view: View) -> Errand:
    return c.ConfirmInvoice(invoice=_bill(rng, view), confirmed_on=_day(rng, view, 0, 0, -1)), ERP


def _change(rng: Thrown, view: View) -> Errand:
    bill = _bill(rng, view)
    amount = _amount(rng, view.currency_of(bill))
    match rng.randrange(9):
        case 0 | 1:
            resent = view.today if rng.random() < 0.5 else None
            return c.AmendInvoice(invoice=bill, amount=amount, resent_on=resent), ERP
        case 2 | 3:
            return c.CreditInvoice(invoice=bill, amount=amount), ERP
        case 4:
            return c.VoidInvoice(invoice=bill), ERP
        case 5 | 6:
            return c.ChangeDueDate(invoice=bill, due_on=_day(rng, view, -20, -3, 0, 7, 30)), ERP
        case 7:
            return c.CompletePod(invoice=bill), ERP
        case _:
            kind = rng.choice((c.RequestTaxInvoice, c.IssueTaxInvoice, c.DispatchTaxInvoice))
            return kind(invoice=bill), ERP


def _pay(rng: Thrown, view: View) -> Errand:
    customer, currency = rng.choice(view.customers), rng.choice(CURRENCIES)
    used = set(view.payments())
    fresh = [id for id in PAYMENTS if id not in used]
    id = rng.choice(fresh[:3]) if fresh and rng.random() < 0.95 else rng.choice(PAYMENTS)
    bills = [bill for bill in view.open_bills() if view.customer_of(bill) == customer]
    named = rng.sample(bills, min(len(bills), rng.choice((0, 0, 1, 2))))
    draft = rng.random() < 0.15
    return (
        c.ReceivePayment(
            payment=id,
            customer=customer,
            amount=_amount(rng, currency),
            currency=currency,
            received_on=_day(rng, view, 0, 0, -1, -5),
            method="cheque" if draft else "transfer",
            matures_on=_day(rng, view, 3, 20) if draft else None,
            allocations=[c.Allocation(invoice=bill, amount=rng.choice(("1", "40", "100"))) for bill in named],
        ),
        ERP,
    )


def _move(rng: Thrown, view: View) -> Errand:
    known = view.payments()
    if not known:
        return _pay(rng, view)
    id = rng.choice(known)
    match rng.randrange(5):
        case 0 | 1:
            return c.ReversePayment(payment=id), ERP
        case 2:
            return c.HonourPayment(payment=id), ERP
        case _:
            bill = _bill(rng, view)
            return c.AllocatePayment(payment=id, allocations=[c.Allocation(invoice=bill, amount="40")]), ERP


def _acknowledge(rng: Thrown, view: View) -> Errand:
    holds = view.holds()
    if not holds:
        return _change(rng, view)
    customer, hold = rng.choice(holds)
    return rng.choice((c.AcknowledgeHold, c.AcknowledgeRelease))(customer=customer, hold=hold), ERP


def _update(rng: Thrown, view: View) -> Errand:
    customer = rng.choice(view.customers)
    match rng.randrange(4):
        case 0:
            is_barred = rng.random() < 0.3
            return c.UpdateCustomer(customer=customer, restrictions=["do_not_contact"] if is_barred else []), ERP
        case 1:
            is_monthly, by_pod = rng.random() < 0.5, rng.random() < 0.3
            cycle: Literal["monthly", "none"] = "monthly" if is_monthly else "none"
            return c.UpdateCustomer(customer=customer, billing_cycle=cycle, settles_by_pod=by_pod), ERP
        case 2:
            return c.UpdateCustomer(customer=customer, contacts=[_contact("dm", "decision_maker", rng)]), ERP
        case _:
            return c.UpdateCustomer(customer=customer, contacts=[_contact("ap", "accounts_payable", rng)]), ERP


def _contact(id: str, role: c.ContactRole, rng: Thrown) -> c.ContactGiven:
    email = f"{id}@example.com" if rng.random() < 0.8 else None
    return c.ContactGiven(id=id, role=role, name=id, email=email)


def _person(rng: Thrown) -> Asker:
    role = rng.choice(ROLES)
    return Asker(actor=role, role=role, source="api", key="k")


def _commitment(rng: Thrown, view: View) -> Errand:
    bill, person = _bill(rng, view), _person(rng)
    customer = view.customer_of(bill) or rng.choice(view.customers)
    match rng.randrange(6):
        case 0 | 1 | 2:
            amount = rng.choice((None, None, "40", "250"))
            day = _day(rng, view, 0, 2, 5, 12, 60)
            return c.MakePromise(customer=customer, cases=(bill,), amount=amount, due_on=day), person
        case 3 | 4:
            until = _day(rng, view, 0, 3, 13, 40)
            return c.PauseCases(customer=customer, cases=(bill,), until=until, reason="asked"), person
        case _:
            return c.ResumeCases(customer=customer, cases=(bill,)), person


def _task(rng: Thrown, view: View) -> Errand:
    tasks = view.tasks()
    if not tasks:
        return _commitment(rng, view)
    task, customer = rng.choice(tasks)
    person = _person(rng)
    match rng.randrange(4):
        case 0:
            return c.AssignTask(customer=customer, task=task, owner="wang.wei"), person
        case 1:
            return c.SnoozeTask(customer=customer, task=task, until=_day(rng, view, 1, 4), reason="away"), person
        case _:
            record = c.ContactRecord(channel="phone", outcome="reached", cause="forgot")
            return c.CompleteTask(customer=customer, task=task, record=record), person


def _approval(rng: Thrown, view: View) -> Errand:
    approvals = view.approvals()
    if not approvals:
        return _hold(rng, view)
    id, customer, role = rng.choice(approvals)
    person = Asker(actor=role, role=role, source="api", key="k") if rng.random() < 0.9 else _person(rng)
    if rng.random() < 0.6:
        return c.GrantApproval(customer=customer, approval=id), person
    return c.RejectApproval(customer=customer, approval=id, reason="not now"), person


def _hold(rng: Thrown, view: View) -> Errand:
    kind = rng.choice((c.ApplyHold, c.ReleaseHold))
    return kind(customer=rng.choice(view.customers), reason="seen"), _person(rng)


def _aside(rng: Thrown, view: View) -> Errand:
    bill, person = _bill(rng, view), _person(rng)
    customer = view.customer_of(bill) or rng.choice(view.customers)
    match rng.randrange(3):
        case 0:
            return c.AddNote(customer=customer, cases=(bill,), text="said so"), person
        case 1:
            return c.AssignCase(customer=customer, case=bill, owner="li.na"), person
        case _:
            return c.FlagCases(customer=customer, cases=(bill,), flag="wilful_default"), person


_KINDS: tuple[tuple[Callable[[Thrown, View], Errand], int], ...] = (
    (_issue, 24),
    (_submit, 2),
    (_confirm, 8),
    (_change, 12),
    (_pay, 16),
    (_move, 7),
    (_acknowledge, 2),
    (_update, 4),
    (_commitment, 12),
    (_task, 6),
    (_approval, 8),
    (_hold, 1),
    (_aside, 2),
)
_WEIGHTS = tuple(weight for _, weight in _KINDS)
