"""Statements and reconciliation letters as pages: one bill, sixty and six hundred, several currencies, both languages (H1)."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from service.domain.statement import Entry, Statement, aged, running
from service.printing.press import pdf
from service.words.languages import LANGUAGES, Language
from service.words.letters import Account, Letter
from service.words.paper import page_of, paper
from tests.words.letters import TODAY, a_letter, of_kind, overdue

BOTH = pytest.mark.parametrize("language", LANGUAGES)
SINCE = date(2026, 2, 1)


def a_statement(language: Language, bills: int, *currencies: str, opening: int = 5000, credit: int = 0) -> Letter:
    """So many bills of a currency, each a day older than the one before it, and a payment."""
    lines, accounts = [], []
    for currency in currencies:
        own = [
            overdue(n, n, id=f"{currency}-{n}", amount=100 + n, open=100 + n, currency=currency) for n in range(1, bills + 1)
        ]
        entries = [Entry(kind="bill", day=SINCE, id=one.id, reference=None, amount=one.amount) for one in own]
        entries.append(Entry(kind="payment", day=TODAY, id=f"P-{currency}", reference="bank 7", amount=-opening - credit))
        sums = {"bill": sum(one.amount for one in own), "payment": -opening - credit}
        accounts.append(
            Statement(
                currency=currency,
                opening=opening,
                sums=sums,
                entries=running(opening, entries),
                bills=(),
                ageing=aged([(one.due_on, one.open) for one in own], TODAY),
                credit=credit,
            )
        )
        lines += own
    account = Account(since=SINCE, until=TODAY, statements=tuple(accounts))
    return a_letter(language, kind="statement", account=account, also_open=tuple(lines))


def printed(letter: Letter) -> list[str]:
    """What can be read on each page, without spaces."""
    document = pdf(page_of(letter), paper(letter, "L~C-1.31"), on=letter.today)
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


@BOTH
def test_H1_a_statement_of_one_bill_is_one_page_with_balances_ages_and_entries(language):
    (page,) = printed(a_statement(language, 1, "CNY"))
    for amount in ("CNY50.00", "CNY1.01", "CNY-50.00", "CNY51.01"):
        assert amount in page
    assert ("人民币壹元零壹分" in page) == (language == "zh")
    days = ("1February2026to20March2026", "Balancebefore1February2026", "Balanceon20March2026", "PaymentP-CNY")
    said = days if language == "en" else ("2026年2月1日至2026年3月20日", "2026年2月1日前余额", "2026年3月20日余额", "收款P-CNY")
    assert all(one in page for one in said)


@BOTH
@pytest.mark.parametrize(("bills", "least"), [(60, 4), (600, 20)])
def test_H1_all_its_bills_and_entries_stand_there_over_pages_that_are_counted(language, bills, least):
    pages = printed(a_statement(language, bills, "CNY"))
    whole = "".join(pages)
    assert len(pages) >= least and all(whole.count(f"CNY-{n}") >= 2 for n in range(1, bills + 1))
    last = f"Page{len(pages)}of{len(pages)}" if language == "en" else f"第{len(pages)}页，共{len(pages)}页"
    assert last in pages[-1]


@BOTH
def test_H1_every_currency_has_its_own_balance_and_nothing_is_added_up(language):
    whole = "".join(printed(a_statement(language, 2, "CNY", "JPY", "USD")))
    for amount in ("CNY2.03", "JPY203", "USD2.03"):
        assert amount in whole
    assert whole.count("人民币") == (language == "zh")


@BOTH
def test_H1_what_was_paid_ahead_leads_from_what_is_open_to_the_balance(language):
    page = "".join(printed(a_statement(language, 1, "CNY", credit=21)))
    assert "CNY-0.21" in page and "CNY0.80" in page
    ahead = "".join(printed(a_statement(language, 1, "CNY", credit=500)))
    assert ("CNY3.99toyourcredit" if language == "en" else "贵司贷方余额CNY3.99") in ahead and "负" not in ahead


@BOTH
def test_H1_the_slip_to_return_names_who_signs_with_title_seal_and_day_and_a_line_a_currency(language):
    bills = [overdue(1), overdue(2, currency="USD")]
    pages = printed(a_letter(language, **of_kind("reconciliation", *bills)))
    words = {
        "en": ("Pleasesignandreturn", "Name", "Title", "Signatureandcompanyseal", "Date", "OurbooksshowCNY", "OurbooksshowUSD"),
        "zh": ("请签章后寄回", "经办人", "职务", "签字并盖章", "日期", "我方账面金额CNY", "我方账面金额USD"),
    }
    slip = pages[-1]
    assert all(word.lower() in slip.lower() for word in words[language]) and "L~C-1.31" in slip


@BOTH
def test_H1_a_slip_is_never_cut_in_two(language):
    bills = [overdue(n, n) for n in range(1, 28)]
    pages = printed(a_letter(language, **of_kind("reconciliation", *bills)))
    first, last = ("Reply:", "Date") if language == "en" else ("回执：请", "日期")
    (page,) = [one for one in pages if first in one]
    assert last in page[page.index(first) :]


def test_the_last_of_very_many_is_counted_in_the_sums():
    letter = a_statement("en", 1001, "CNY")
    whole = "".join(printed(letter))
    assert "1more,countedinthesums" in whole
