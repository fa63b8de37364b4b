"""Letters as pages: every kind in both languages, one bill and sixty, read back as a person would (H1)."""

import io
from datetime import date, timedelta

import pytest
from msgspec import json
from msgspec.structs import replace
from pypdf import PdfReader

from service.domain.settings import Bank
from service.printing.press import Unprintable, pdf
from service.words.languages import LANGUAGES
from service.words.letters import Addressee, Debtor, Letter, Sender
from service.words.mail import RETURNED
from service.words.pages import MOST_ROWS
from service.words.paper import page_of, paper
from service.words.templates import known_letters
from tests.words.letters import ICBC, TAX, TODAY, a_letter, of_kind, overdue

KINDS = sorted(known_letters())
BOTH = pytest.mark.parametrize("language", LANGUAGES)
EVERY = pytest.mark.parametrize("kind", KINDS)
ASKING = [kind for kind in KINDS if kind != "paid_in_full"]


def printed(letter: Letter) -> list[str]:
    """What can be read on each page, without the spaces that setting it made or lost."""
    document = pdf(page_of(letter), paper(letter, "L~C-1.31"), on=letter.today)
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


def bare(text: str) -> str:
    """The same of a text."""
    return "".join(text.split())


@BOTH
@EVERY
def test_H1_with_one_bill_it_is_one_page_from_a_named_person_to_a_named_person(language, kind):
    letter = a_letter(language, **of_kind(kind, overdue(1, 91, tax=TAX, reference="PO-77")))
    (page,) = printed(letter)
    for person in (letter.contact.name, letter.contact.title, letter.sender.name, letter.sender.title, letter.sender.phone):
        assert bare(person) in page
    assert letter.customer.name.replace(" ", "") in page and bare(letter.company) in page
    assert "INV-1" in page and "PO-77" in page and "CNY1,200.00" in page
    assert bare("20 March 2026" if language == "en" else "2026年3月20日") in page, "of which day it is"
    assert bare("Page 1 of 1" if language == "en" else "第 1 页，共 1 页") in page


@EVERY
def test_H1_chinese_letters_say_renminbi_in_capital_characters_too(kind):
    (page,) = printed(a_letter("zh", **of_kind(kind, overdue(1), overdue(2, amount=50, open=50, currency="USD"))))
    assert "CNY1,200.00人民币壹仟贰佰元整" in page and page.count("人民币") == 1


@BOTH
@EVERY
def test_sixty_bills_all_stand_there_over_pages_that_are_counted(language, kind):
    bills = [overdue(n, n, amount=100 + n, open=100 + n) for n in range(1, 61)]
    pages = printed(a_letter(language, **of_kind(kind, *bills)))
    whole = "".join(pages)
    assert len(pages) in (2, 3)
    for n in range(1, 61):
        assert whole.count(f"INV-{n}2") == 1 or f"INV-{n}" in whole
        assert f"CNY1.{n:02}" in whole
    assert "CNY78.30" in whole, "the sum"
    for n, page in enumerate(pages, start=1):
        assert bare(f"Page {n} of {len(pages)}" if language == "en" else f"第 {n} 页，共 {len(pages)} 页") in page


@BOTH
@pytest.mark.parametrize("kind", ASKING)
def test_where_to_pay_stands_there_by_currency_or_whom_to_ask(language, kind):
    bills = (overdue(1), overdue(2, amount=5000, open=5000, currency="JPY"), overdue(3, amount=1234, open=1234, currency="BHD"))
    banks = {"CNY": ICBC, "BHD": Bank(payee="Dunlog Trading Ltd", bank="Bank of Bahrain", account="BH29", reference="C-1")}
    whole = "".join(printed(a_letter(language, banks=banks, **of_kind(kind, *bills))))
    assert all(part in whole for part in ("CNY1,200.00", "JPY5,000", "BHD1.234", "6222000011112222", "BH29"))
    assert bare("please ask Li Na" if language == "en" else "JPY 付款账户请向李娜索取") in whole


@BOTH
def test_D8_late_interest_is_shown_and_never_added(language):
    letter = a_letter(language, **of_kind("formal_dunning", overdue(1, interest=990), overdue(2)))
    (page,) = printed(letter)
    assert "CNY9.90" in page and "CNY2,400.00" in page and "2,409.90" not in page
    said = "no part of the amounts asked for" if language == "en" else "未计入上述应付金额"
    assert bare(said) in page
    assert bare(said) not in printed(a_letter(language, **of_kind("formal_dunning", overdue(1))))[0]


@BOTH
@EVERY
def test_what_is_to_be_signed_and_returned_has_lines_for_it(language, kind):
    (page,) = printed(a_letter(language, **of_kind(kind, overdue(1))))
    said = "Signature and company seal" if language == "en" else "签字并盖章"
    assert (bare(said) in page) == (kind in RETURNED)


@BOTH
def test_a_plan_lists_its_parts_with_their_days(language):
    (page,) = printed(a_letter(language, **of_kind("payment_plan", overdue(1))))
    assert page.count("CNY600.00") == 2
    assert bare("30 April 2026" if language == "en" else "2026年4月30日") in page


@BOTH
def test_what_is_disputed_paid_in_part_or_unconfirmed_is_told_beside_its_bill(language):
    bills = (overdue(1, open=70000), overdue(2, open=50000, disputed=True), overdue(3, confirmed=False))
    (page,) = printed(a_letter(language, **of_kind("reminder", *bills)))
    for said in (
        ("of CNY 1,200.00", "without the part in dispute", "please confirm this bill")
        if language == "en"
        else ("账单金额 CNY 1,200.00", "不含有争议部分", "请在回复时一并确认")
    ):
        assert bare(said) in page


@BOTH
@EVERY
def test_nothing_is_cut_however_long_it_is(language, kind):
    long = "Nordwestdeutsche Maschinen- und Anlagenbaugesellschaft mit beschränkter Haftung & Co. Kommanditgesellschaft"
    letter = a_letter(
        language,
        customer=Debtor(id="C-1", name=long),
        company=long,
        contact=Addressee(name="Maximiliane von Hohenlohe-Waldenburg-Schillingsfürst", title="Head of Accounts " * 4),
        sender=Sender(name="Li Na", title="Senior Specialist " * 5, phone="+86 21 5555 0100", email="a" * 60 + "@x.example"),
        **of_kind(kind, replace(overdue(1, reference="R" * 120), id="I" * 64), overdue(2, amount=10**14, open=10**14)),
    )
    whole = "".join(printed(letter)).replace("\u200b", "").replace("-", "")
    assert "I" * 64 in whole and "R" * 120 in whole and bare(long).replace("-", "") in whole
    assert "CNY1,000,000,000,000.00" in whole


def test_of_very_many_bills_the_rest_is_counted_and_in_the_sum():
    bills = [overdue(n) for n in range(MOST_ROWS + 200)]
    data = paper(a_letter("en", **of_kind("formal_dunning", *bills)), "L")
    (table,) = data["tables"]
    assert table["groups"][0]["rows"][-1][0] == "… 200 bills" and len(table["groups"][0]["rows"]) == MOST_ROWS + 1
    assert data["totals"] == [{"amount": "CNY 1,440,000.00", "capitals": None}]


@BOTH
@EVERY
def test_the_page_is_plain_data(language, kind):
    data = paper(a_letter(language, **of_kind(kind, overdue(1), overdue(2, currency="USD"))), "L")
    assert json.decode(json.encode(data)) == data
    assert not [text for text in _texts(data) if "{{" in text or "{%" in text]
    for table in data["tables"]:
        for group in table["groups"]:
            rows = [*group["rows"], *([group["total"]] if group["total"] else [])]
            assert {len(row) for row in rows} == {len(table["columns"])}


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for one in value.values() for text in _texts(one)]
        case list():
            return [text for one in value for text in _texts(one)]
        case _:
            return []


def test_a_name_that_no_font_has_is_refused_by_name():
    letter = a_letter("en", contact=Addressee(name="Kim 민지"), **of_kind("reminder", overdue(1)))
    with pytest.raises(Unprintable, match="민"):
        printed(letter)


def test_nobody_named_is_still_addressed_and_signed():
    blank = a_letter("en", contact=Addressee(), sender=Sender(), company="", banks={}, **of_kind("reminder", overdue(1)))
    (page,) = printed(blank)
    assert "AccountsPayable" in page and "AccountsReceivable" in page


def test_the_same_letter_is_the_same_bytes_on_any_day():
    letter = a_letter("zh", **of_kind("lawyer", overdue(1)))
    first = pdf(page_of(letter), paper(letter, "L"), on=letter.today)
    assert first == pdf(page_of(letter), paper(letter, "L"), on=letter.today)
    assert first != pdf(page_of(letter), paper(letter, "L"), on=TODAY + timedelta(1))
    assert date(2026, 3, 20) == TODAY
