"""Letters to compose, built by meaning."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from service.domain.settings import Bank
from service.words.languages import Language
from service.words.letters import Addressee, BillLine, Debtor, Instalment, Letter, Section, Sender, ServiceItem, TaxLine

TODAY = date(2026, 3, 20)
ICBC = Bank(payee="Dunlog Trading Ltd", bank="ICBC Shanghai", account="6222 0000 1111 2222")
CITI = Bank(payee="Dunlog Trading Ltd", bank="Citibank", account="998877", reference="C-1")

PEOPLE: dict[Language, dict[str, Any]] = {
    "en": {
        "company": "Dunlog Trading Ltd",
        "customer": Debtor(id="C-1", name="Huadong Trading Co., Ltd."),
        "contact": Addressee(name="Wang Fang", title="Accounts Payable Manager", salutation="Ms"),
        "sender": Sender(
            name="Li Na", title="Collections Specialist", phone="+86 21 5555 0100", email="li.na@example.com"
        ),
    },
    "zh": {
        "company": "敦朗贸易有限公司",
        "customer": Debtor(id="C-1", name="华东商贸有限公司"),
        "contact": Addressee(name="王芳", title="财务经理", salutation="女士"),
        "sender": Sender(name="李娜", title="账款专员", phone="021-5555 0100", email="li.na@example.com"),
    },
}
TAX = TaxLine(number="0031", courier="SF Express", tracking="SF100")


def a_bill(n: int = 1, **facts: Any) -> BillLine:
    """An invoice of 1 200 CNY, fully open, issued in January, not due yet."""
    given: dict[str, Any] = {
        "id": f"INV-{n}",
        "amount": 120000,
        "open": 120000,
        "currency": "CNY",
        "issued_on": date(2026, 1, 5),
        "due_on": date(2026, 3, 25),
    }
    return BillLine(**{**given, **facts})


def overdue(n: int = 1, days: int = 14, **facts: Any) -> BillLine:
    """One past its due date."""
    return a_bill(n, **{"due_on": TODAY - timedelta(days), "days_overdue": days, **facts})


def a_letter(language: Language = "en", **facts: Any) -> Letter:
    """A message of the day to a known person, with banks in two currencies."""
    banks = {"CNY": ICBC, "USD": CITI}
    return Letter(**{"language": language, "today": TODAY, "banks": banks, **PEOPLE[language], **facts})


def of_kind(kind: str, *bills: BillLine) -> dict[str, Any]:
    """What a letter of the kind has beside its people: all of it open, or all of it paid."""
    if kind == "paid_in_full":
        bills = tuple(replace(bill, open=0, days_overdue=0, settled_on=TODAY - timedelta(2)) for bill in bills)
    facts: dict[str, Any] = {"kind": kind, "also_open": bills, "pay_by": date(2026, 3, 27)}
    if kind == "hold_notice":
        facts["since"] = date(2026, 3, 16)
    if kind == "payment_plan":
        facts["instalments"] = tuple(
            Instalment(due_on=date(2026, month, 30), amount=bill.open // 2, currency=bill.currency)
            for month in (3, 4)
            for bill in bills[:2]
        )
    return facts


def section(kind: Any, *bills: BillLine, template: str | None = None) -> Section:
    """A section with the template that the standard playbook names for its kind."""
    return Section(kind=kind, template=template or kind.replace("_", "-"), bills=bills)


def everything(language: Language = "en", **facts: Any) -> Letter:
    """All sections, two currencies, an unconfirmed overdue bill, a tax invoice, and the account watch."""
    given: dict[str, Any] = {
        "sections": (
            section("confirm", a_bill(1, reference="PO-77")),
            section("due_soon", a_bill(2, tax=TAX)),
            section(
                "overdue",
                overdue(3, open=70000, tax=TAX),
                overdue(4, 15, confirmed=False),
                overdue(5, 1, amount=500050, open=500050, currency="USD"),
            ),
        ),
        "also_open": (overdue(6, 44),),
        "service": (ServiceItem(template="tax-invoice-dispatched", bills=(a_bill(2, tax=TAX),)),),
        "account_watch": True,
    }
    return a_letter(language, **{**given, **facts})
