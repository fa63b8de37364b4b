"""What a message says: its bills by section with the customer's others, and who writes to whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from service.domain.case import Case
from service.domain.conditions import days_overdue
from service.domain.customer import Customer
from service.domain.events.reconciliation import ReconciliationSent
from service.domain.reconciliation import KIND as RECONCILIATION
from service.domain.scene import Scene
from service.domain.views import interest_of
from service.engine.statements import NO_BOOKS, STATEMENT, Account, Books, lines, told
from service.words.languages import language_of
from service.words.letters import (
    Addressee,
    BillLine,
    Debtor,
    Instalment,
    Kind,
    Letter,
    Section,
    Sender,
    ServiceItem,
    TaxLine,
)

PAY_WITHIN_OPEN_DAYS = 5

WHOLE = frozenset({"reconciliation", "statement", "payment_plan", "paid_in_full"})
"""Letters about the books: they tell all that is open, whatever is disputed, planned or on its way."""

_SECTIONS: tuple[Kind, ...] = ("overdue", "due_soon", "confirm")


class Parts(Struct, frozen=True, kw_only=True):
    """All that one message's words are made of: `items` are the steps' lines that are kept, `owed` the customer's open
    bills, `lettered` those of which a letter of the same day speaks."""

    message: Mapping[str, Any]
    customer: Customer
    contact: Mapping[str, Any]
    sender: Mapping[str, str]
    items: Sequence[Mapping[str, Any]]
    cases: Mapping[str, Case]
    owed: Sequence[Case]
    lettered: frozenset[str]
    opening: str = ""
    children: Mapping[str, Customer] = {}
    books: Books = NO_BOOKS

    def debtor(self, case: Case) -> str:
        """Whose bill it is, where that is not the company written to."""
        child = self.children.get(case.customer)
        return child.name or child.id if child else ""


def letter(scene: Scene, parts: Parts) -> Letter:
    """The message, or the letter of its kind, as plain values for the composer."""
    named = {item["case_id"] for item in parts.items}
    customer, message = parts.customer, parts.message
    whole = message["channel"] == "letter" and message["kind"] in WHOLE
    bills = {id: _line(parts, parts.cases[id], scene.today, whole) for id in named}
    common = between(scene, customer, parts.contact, parts.sender)
    if message["channel"] == "letter" and parts.books.account:
        return statement(common, parts.books.account)
    if message["channel"] == "letter" and parts.books.sent:
        return _reconciliation(common, parts, parts.books.sent)
    if message["channel"] == "letter":
        bills = {id: replace(bill, interest=_interest(parts.cases[id], customer, scene)) for id, bill in bills.items()}
        lines = tuple(bills[id] for id in sorted(bills) if bills[id].open or not any(b.open for b in bills.values()))
        return replace(
            common,
            also_open=lines,
            kind=message["kind"],
            pay_by=scene.workdays.add_open(scene.today, PAY_WITHIN_OPEN_DAYS),
            since=customer.hold.on if customer.hold else None,
            instalments=_instalments(parts.cases[id] for id in named) if message["kind"] == "payment_plan" else (),
        )
    dunning = [item for item in parts.items if not item["service"]]
    service = [item for item in parts.items if item["service"]]
    return replace(
        common,
        short=message["channel"] == "sms",
        pay_by=scene.workdays.add_open(scene.today, PAY_WITHIN_OPEN_DAYS),
        sections=tuple(_sections(dunning, bills, parts.cases)),
        also_open=tuple(_also_open(parts, named, scene.today)) if dunning else (),
        service=tuple(_service(service, parts, scene.today)),
        account_watch=message["copy"] == "finance",
        opening=parts.opening,
    )


def between(
    scene: Scene, customer: Customer, contact: Mapping[str, Any], sender: Mapping[str, str], language: str | None = None
) -> Letter:
    """Who writes to whom, in the customer's language unless another is named; nothing is said yet."""
    return Letter(
        language=language_of(language or customer.language, language_of(scene.settings.language)),
        today=scene.today,
        customer=Debtor(id=customer.id, name=customer.name),
        company=scene.settings.company,
        contact=Addressee(**{k: str(contact.get(k) or "") for k in ("name", "title", "salutation")}),
        sender=Sender(**{name: sender.get(name, "") for name in Sender.__struct_fields__}),
        banks=scene.settings.banks,
    )


def statement(common: Letter, account: Account) -> Letter:
    """The statement of that account, by and to those people."""
    return replace(common, kind=STATEMENT, today=account.until, account=told(account), also_open=lines(account))


def enclosed(parts: Parts, message: Letter) -> Letter | None:
    """What goes with the message as a document: a letter itself, a statement with a mail that announces one."""
    if message.kind:
        return message
    return statement(replace(message, sections=(), service=()), parts.books.account) if parts.books.account else None


def _reconciliation(common: Letter, parts: Parts, sent: ReconciliationSent) -> Letter:
    """It says what our books said on the day it was issued, whatever has come since."""
    stated = parts.books.stated
    bills = [replace(_line(parts, parts.cases[id], sent.on, whole=True), open=stated[id]) for id in stated]
    return replace(common, kind=RECONCILIATION, today=sent.on, pay_by=sent.until, also_open=tuple(bills))


def _instalments(planned: Iterable[Case]) -> tuple[Instalment, ...]:
    """What is to be paid by when, over all bills of the plan."""
    sums: Counter[tuple[date, str]] = Counter()
    for case in planned:
        plan = case.standing_plan()
        for part in plan.parts[plan.kept :] if plan else ():
            sums[part.due_on, case.currency] += part.amount
    return tuple(Instalment(due_on=on, amount=amount, currency=currency) for (on, currency), amount in sorted(sums.items()))


def _interest(case: Case, customer: Customer, scene: Scene) -> int:
    found = interest_of(case, customer, scene)
    return found.amount if found else 0


def _also_open(parts: Parts, named: set[str], today: date) -> Iterator[BillLine]:
    for case in parts.owed:
        unsaid = case.id not in named and case.id not in parts.lettered
        if unsaid and case.pause is None and case.stage != "legal" and case.chased and days_overdue(case, today) > 0:
            yield _line(parts, case, today)


def _sections(
    items: Sequence[Mapping[str, Any]], bills: Mapping[str, BillLine], loaded: Mapping[str, Case]
) -> list[Section]:
    """Each bill once, in the section that its present state calls for; the template is its step's."""
    by_kind: dict[Kind, dict[str, dict[str, BillLine]]] = {kind: {} for kind in _SECTIONS}
    for item in items:
        case, bill = loaded[item["case_id"]], bills[item["case_id"]]
        kind: Kind = "confirm" if case.stage == "confirmation" else "overdue" if bill.days_overdue else "due_soon"
        by_kind[kind].setdefault(item["template"], {})[case.id] = bill
    return [
        Section(kind=kind, template=template, bills=tuple(lines.values()))
        for kind in _SECTIONS
        for template, lines in by_kind[kind].items()
    ]


def _service(items: Sequence[Mapping[str, Any]], parts: Parts, today: date) -> list[ServiceItem]:
    """Only a hold speaks of what is asked for; the others tell of bills as they are."""
    found = []
    for template in dict.fromkeys(item["template"] for item in items):
        is_hold, hold = template == "hold", parts.customer.hold
        cases = [parts.cases[item["case_id"]] for item in items if item["template"] == template]
        bills = tuple(_line(parts, case, today, whole=not is_hold) for case in cases if case.chased or not is_hold)
        on = hold.on if is_hold and hold else today
        found.append(ServiceItem(template=template, bills=bills, on=on))
    return found


def _line(parts: Parts, case: Case, today: date, whole: bool = False) -> BillLine:
    """What is asked for, never the part that is disputed or otherwise covered (D5); the `whole` is for the books."""
    tax = case.tax
    dispatched = TaxLine(number=tax.number, courier=tax.courier, tracking=tax.tracking) if tax else None
    return BillLine(
        id=case.id,
        amount=case.amount,
        open=case.open if whole else case.chased,
        currency=case.currency,
        reference=case.reference,
        debtor=parts.debtor(case),
        issued_on=case.issued_on,
        due_on=case.due_on,
        days_overdue=days_overdue(case, today),
        disputed=case.disputed > 0 and not whole,
        confirmed=case.confirmed_on is not None or not case.confirmation_required,
        tax=dispatched if tax and tax.state == "dispatched" else None,
        settled_on=case.closed_on,
    )
