"""An invented letter or message, to look at a template with: what it says is real, its people and bills are not."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from service.domain.settings import Bank
from service.words.languages import Language
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
from service.words.templates import MESSAGE, Template

_PEOPLE: dict[Language, tuple[Debtor, Addressee, Sender]] = {
    "en": (
        Debtor(id="C-1", name="Huadong Trading Co., Ltd."),
        Addressee(name="Wang Fang", title="Finance Manager", salutation="Ms"),
        Sender(name="Li Na", title="Collections Specialist", phone="+86 21 5555 0100", email="li.na@example.com"),
    ),
    "zh": (
        Debtor(id="C-1", name="华东商贸有限公司"),
        Addressee(name="王芳", title="财务经理", salutation="女士"),
        Sender(name="李娜", title="账款专员", phone="021-5555 0100", email="li.na@example.com"),
    ),
}


_SERVICE = frozenset({"account", "hold", "tax-invoice-dispatched"})
_SECTIONS: dict[str, Kind] = {"confirm": "confirm", "due-soon": "due_soon", "statement": "due_soon", "payment-run": "due_soon"}


def specimen(
    language: Language,
    kind: str,
    today: date,
    company: str,
    banks: Mapping[str, Bank],
    template: Template | None,
    leads: bool = True,
) -> Letter:
    """Two bills of an invented customer, written on that day in the company's name. A message that does not lead stands below
    the news that deliveries were stopped."""
    customer, contact, sender = _PEOPLE[language]
    is_paid = kind == "paid_in_full"
    is_dispatch = kind == f"{MESSAGE}tax-invoice-dispatched"
    bills = tuple(
        BillLine(
            id=f"INV-2026-{n:03}",
            amount=amount,
            open=0 if is_paid else amount,
            currency="CNY",
            reference=f"PO-{700 + n}",
            issued_on=today - timedelta(days + 30),
            due_on=today - timedelta(days),
            days_overdue=0 if is_paid else days,
            settled_on=today,
            tax=TaxLine(number=f"{30 + n:08}", courier="SF Express", tracking=f"SF{1000 + n}") if is_dispatch else None,
        )
        for n, (amount, days) in enumerate(((1_280_000, 64), (96_050, 31)), start=1)
    )
    parts = tuple(
        Instalment(due_on=today + timedelta(30 * n), amount=sum(bill.open for bill in bills) // 2, currency="CNY")
        for n in (1, 2)
    )
    letter = Letter(
        language=language,
        today=today,
        customer=customer,
        company=company,
        contact=contact,
        sender=sender,
        banks=dict(banks),
        pay_by=today + timedelta(7),
        since=today - timedelta(3),
    )
    if kind.startswith(MESSAGE):
        return _message(letter, kind.removeprefix(MESSAGE), bills, template, leads)
    return replace(
        letter,
        also_open=bills,
        kind=kind,
        instalments=parts if kind == "payment_plan" else (),
        template=template,
    )


def _message(letter: Letter, name: str, bills: tuple[BillLine, ...], template: Template | None, leads: bool) -> Letter:
    kind = _SECTIONS.get(name, "overdue")
    late = replace(bills[0], id="INV-2026-000")
    if kind != "overdue":
        bills = tuple(replace(bill, due_on=letter.today + timedelta(5), days_overdue=0) for bill in bills)
    hold = ServiceItem(template="hold", bills=bills if name == "hold" else (late,), on=letter.since)
    told = (hold,) if name == "hold" or not leads else ()
    letter = replace(letter, own={name: template} if template else {})
    if name in _SERVICE - {"hold"}:
        return replace(letter, service=(*told, ServiceItem(template=name, bills=bills, on=letter.today)))
    sections = (Section(kind=kind, template=name, bills=bills),) if name != "hold" else ()
    return replace(letter, service=told, sections=sections)
