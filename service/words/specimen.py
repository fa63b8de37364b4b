"""An invented letter of any kind, to look at a template with: what it says is real, its people and bills are not."""

from collections.abc import Mapping
from datetime import date, timedelta

from service.domain.settings import Bank
from service.words.languages import Language
from service.words.letters import Addressee, BillLine, Debtor, Instalment, Letter, Sender
from service.words.templates import Template

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


def specimen(
    language: Language, kind: str, today: date, company: str, banks: Mapping[str, Bank], template: Template | None
) -> Letter:
    """Two bills of an invented customer, written on that day in the company's name."""
    customer, contact, sender = _PEOPLE[language]
    is_paid = kind == "paid_in_full"
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
        )
        for n, (amount, days) in enumerate(((1_280_000, 64), (96_050, 31)), start=1)
    )
    parts = tuple(
        Instalment(due_on=today + timedelta(30 * n), amount=sum(bill.open for bill in bills) // 2, currency="CNY")
        for n in (1, 2)
    )
    return Letter(
        language=language,
        today=today,
        customer=customer,
        company=company,
        contact=contact,
        sender=sender,
        also_open=bills,
        banks=dict(banks),
        kind=kind,
        pay_by=today + timedelta(7),
        since=today - timedelta(3),
        instalments=parts if kind == "payment_plan" else (),
        template=template,
    )
