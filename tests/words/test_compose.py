"""Messages and letters as customers read them; the whole texts stand in `golden`, one a kind and language."""

from collections.abc import Iterator
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from service.domain.money import EXPONENTS, LIMIT
from service.domain.settings import Bank
from service.words.compose import compose
from service.words.languages import LANGUAGES
from service.words.letters import Addressee, BillLine, Debtor, Letter, Section, Sender, ServiceItem, TaxLine
from service.words.salutations import full_name
from service.words.templates import Template, known_letters, known_messages
from tests.words.letters import TAX, TODAY, a_bill, a_letter, everything, of_kind, overdue, section

GOLDEN = Path(__file__).parent / "golden"
BOTH = pytest.mark.parametrize("language", LANGUAGES)

LONG_AGO = overdue(1, 91, issued_on=date(2025, 11, 3), tax=TAX)
LETTERS: dict[str, dict[str, Any]] = {
    "confirm": {"sections": (section("confirm", a_bill(1, reference="PO-77")),)},
    "due-soon": {"sections": (section("due_soon", a_bill(1), a_bill(2, currency="JPY", amount=5000, open=4000)),)},
    "overdue": {"sections": (section("overdue", overdue(1, 1)),), "account_watch": True},
    "friendly": {"sections": (section("overdue", overdue(1, 1), template="friendly"),)},
    "statement-of-the-day": {"sections": (section("due_soon", a_bill(1), template="statement"),)},
    "nameless": {
        "sections": (section("overdue", overdue(1, 1)),),
        "contact": Addressee(),
        "sender": Sender(),
        "company": "",
        "customer": Debtor(id="C-1"),
        "banks": {},
    },
    "tax-invoice-dispatched": {
        "service": (ServiceItem(template="tax-invoice-dispatched", bills=(a_bill(2, tax=TAX),)),)
    },
    "hold": {
        "service": (ServiceItem(template="hold", bills=(LONG_AGO,), on=TODAY),),
        "sections": (section("overdue", overdue(7, 8)),),
    },
    "payment-run": {"sections": (section("overdue", overdue(1, 9), template="payment-run"),)},
    **{kind: of_kind(kind, LONG_AGO, overdue(2, 3, currency="USD")) for kind in sorted(known_letters())},
}


def _cases() -> Iterator[tuple[str, Letter]]:
    for language in LANGUAGES:
        yield f"everything.{language}", everything(language)
        for name, facts in LETTERS.items():
            yield f"{name}.{language}", a_letter(language, **facts)


@pytest.mark.parametrize(("name", "letter"), list(_cases()))
def test_the_text_is_the_one_that_was_read(name, letter):
    composed = compose(letter)
    expected = GOLDEN / f"{name}.txt"
    assert f"{composed.subject}\n\n{composed.text}" == expected.read_text("utf-8"), "look at it, then store it"


@BOTH
def test_c3_the_severest_section_gives_the_subject(language):
    subjects = {
        "overdue": ("Payment overdue", "逾期账款"),
        "due_soon": ("Falling due", "即将到期"),
        "confirm": ("confirm", "确认"),
    }
    sections = [section("confirm", a_bill(1)), section("due_soon", a_bill(2)), section("overdue", overdue(3))]
    for kind in ("overdue", "due_soon", "confirm"):
        subject = compose(a_letter(language, sections=tuple(sections))).subject
        assert subjects[kind][language == "zh"] in subject
        sections.pop()


@BOTH
def test_c3_a_hold_is_severer_than_anything(language):
    letter = everything(language, service=(ServiceItem(template="hold", bills=(overdue(9, 91),), on=TODAY),))
    composed = compose(letter)
    assert ("Deliveries stopped: 5 bills" if language == "en" else "停货通知：逾期 5 笔") in composed.subject
    assert composed.text.count("INV-9") == composed.text.count("INV-3") - 1, "on the watch list stands what is dunned"


@BOTH
def test_c3_sections_have_totals_by_currency(language):
    text = compose(everything(language)).text
    total = "Total {} ({} bill" if language == "en" else "合计 {}（{} 笔"
    for amount, bills in (("CNY 1,900.00", 2), ("USD 5,000.50", 1), ("CNY 1,200.00", 1)):
        assert total.format(amount, bills) in text


@BOTH
def test_c6_the_whole_overdue_amount_is_asked_for_first(language):
    composed = compose(everything(language))
    assert "CNY 3,100.00" in composed.subject, "what is also open is part of it"
    assert composed.text.index("CNY 3,100.00") < composed.text.index("INV-")


@BOTH
def test_c6_a_bank_for_each_currency_or_whom_to_ask(language):
    text = compose(everything(language, banks={"USD": Bank(payee="P", bank="B", account="998877")})).text
    assert "998877" in text
    assert ("in CNY, please ask Li Na" if language == "en" else "CNY 付款账户请向李娜索取") in text


@BOTH
def test_a11_an_unconfirmed_overdue_bill_is_to_be_confirmed_too(language):
    asked = "please confirm this bill" if language == "en" else "请在回复时一并确认"
    bills = section("overdue", overdue(1, confirmed=False), overdue(2))
    assert compose(a_letter(language, sections=(bills,))).text.count(asked) == 1
    unconfirmed = section("confirm", a_bill(1, confirmed=False))
    assert asked not in compose(a_letter(language, sections=(unconfirmed,))).text


@BOTH
def test_a5_later_messages_repeat_courier_and_tracking(language):
    assert "SF100" in compose(a_letter(language, sections=(section("overdue", overdue(1, tax=TAX)),))).text
    letter = a_letter(language, kind="formal_dunning", also_open=(overdue(1, tax=TAX),))
    assert "SF Express" in compose(letter).text


@BOTH
def test_b2_the_watch_list_comes_last_and_only_when_wanted(language):
    title = "Account watch" if language == "en" else "财务盯账邮件"
    text = compose(everything(language)).text
    assert text.index(title) > text.index("li.na@example.com")
    assert title not in compose(everything(language, account_watch=False)).text
    quiet = a_letter(language, sections=(section("confirm", a_bill(1)),), account_watch=True)
    assert title not in compose(quiet).text, "nothing is overdue"


@BOTH
def test_sixty_bills_all_stand_there_oldest_first(language):
    bills = [overdue(n, 60 - n % 7) for n in range(1, 61)]
    composed = compose(a_letter(language, sections=(section("overdue", *bills),)))
    assert "CNY 72,000.00" in composed.subject and len(composed.subject) < 60
    lines = [line for line in composed.text.splitlines() if line.startswith("- INV-")]
    assert len(lines) == 60 and lines[0].startswith("- INV-14"), "the oldest, and of those the lowest id"


@BOTH
def test_of_very_many_bills_some_are_only_counted(language):
    bills = [overdue(n) for n in range(1, 1001)]
    text = compose(a_letter(language, sections=(section("overdue", *bills),))).text
    assert ("and 800 more" if language == "en" else "另有 800 笔") in text
    assert "CNY 1,200,000.00" in text and len(text) < 30_000


@BOTH
def test_many_currencies_keep_the_subject_short(language):
    bills = [overdue(n, currency=currency) for n, currency in enumerate("CNY USD EUR GBP CHF".split())]
    composed = compose(a_letter(language, sections=(section("overdue", *bills),)))
    assert composed.subject.endswith("…") and "GBP" not in composed.subject and "GBP 1,200.00" in composed.text


@BOTH
def test_unknown_templates_are_stood_in_for(language):
    known = a_letter(language, sections=(section("overdue", overdue(1)),))
    for template in ("cheerful", "../zh/overdue", "message", "", "lines"):
        assert compose(a_letter(language, sections=(section("overdue", overdue(1), template=template),))) == compose(
            known
        )
    assert compose(a_letter(language, kind="thunder", also_open=(overdue(1),))).text
    assert compose(a_letter(language, service=(ServiceItem(template="news"),))).subject


@BOTH
def test_nothing_to_say_is_still_a_message(language):
    composed = compose(a_letter(language))
    assert ("nothing is open" if language == "en" else "没有未付账款") in composed.text


def test_foreign_text_cannot_add_lines_or_headers_or_code():
    evil = "Ann\r\nBcc: x@example.com\u202e{{ 7*7 }}{% raw %}\x00\ud800"
    letter = everything(
        contact=Addressee(name=evil, salutation="Ms"), company=evil, customer=Debtor(id="C-1", name=evil)
    )
    composed = compose(letter)
    assert "\nBcc" not in composed.text and "\u202e" not in composed.text and "{{ 7*7 }}" in composed.text
    composed.text.encode()


@pytest.mark.parametrize(
    ("name", "salutation", "en", "zh"),
    [
        ("Wang Fang", "Ms", "Ms Wang Fang", "Wang Fang女士"),
        ("王芳", "女士", "Ms 王芳", "王芳女士"),
        ("王芳女士", "女士", "Ms 王芳女士", "王芳女士"),
        ("Mr. Chen", "mr.", "Mr. Chen", "Mr. Chen先生"),
        ("陈刚", "总", "总 陈刚", "陈刚总"),
        ("Ann", "", "Ann", "Ann"),
        ("", "Ms", "", ""),
        (".", "Ms", "Ms .", ".女士"),
    ],
)
def test_salutations_follow_the_letters_language(name, salutation, en, zh):
    assert full_name(name, salutation, "en") == en
    assert full_name(name, salutation, "zh") == zh


@BOTH
def test_c6_what_a_company_says_itself_is_never_empty_and_other_parts_keep_their_words(language):
    own = Template(subject="{name}\u200b", title="\u202e", opening="\u200b", closing="{name}", ask="OWN")
    nobody = replace(everything(language), contact=Addressee(), company="")
    assert compose(replace(nobody, own={"overdue": own})).subject.strip(), "a place has a stand-in"
    blank = Template(subject="\u200b", title="\u202e", opening=" ", closing="\u2060", ask=" ")
    assert compose(replace(nobody, own={"overdue": blank, "confirm": blank})) == compose(nobody)
    under = compose(replace(nobody, own={"confirm": own})).text
    assert "OWN" in under and compose(nobody).subject in compose(replace(nobody, own={"confirm": own})).subject


def test_every_template_exists_in_both_languages():
    texts = {"confirm", "due-soon", "overdue", "tax-invoice-dispatched", "hold", "account", "friendly", "statement"}
    texts |= {"payment-run"}
    assert known_messages() == texts
    pressing = {"reminder", "urgent", "stern", "final_notice"}
    telling = {"credit_stop", "hold_notice", "payment_plan", "paid_in_full"}
    assert known_letters() == {"formal_dunning", "reconciliation", "lawyer", "statement"} | pressing | telling


_text = st.text(max_size=30)
_maybe = st.none() | _text
_bills = st.lists(
    st.builds(
        BillLine,
        id=st.text(min_size=1, max_size=10),
        amount=st.integers(1 - LIMIT, LIMIT - 1),
        open=st.integers(1 - LIMIT, LIMIT - 1),
        currency=st.sampled_from(sorted(EXPONENTS)),
        reference=_maybe,
        issued_on=st.none() | st.dates(),
        due_on=st.none() | st.dates(),
        days_overdue=st.integers(0, 10_000),
        confirmed=st.booleans(),
        tax=st.none() | st.builds(TaxLine, number=_maybe, courier=_maybe, tracking=_maybe),
    ),
    max_size=4,
).map(tuple)
_templates = st.sampled_from(sorted(known_messages())) | _text
_letters = st.builds(
    Letter,
    language=st.sampled_from(LANGUAGES),
    today=st.dates(),
    customer=st.builds(Debtor, id=st.text(min_size=1, max_size=10), name=_text),
    company=_text,
    contact=st.builds(Addressee, name=_text, title=_text, salutation=_text),
    sender=st.builds(Sender, name=_text, title=_text, phone=_text, email=_text),
    sections=st.lists(
        st.builds(Section, kind=st.sampled_from(["confirm", "due_soon", "overdue"]), template=_templates, bills=_bills),
        max_size=4,
    ).map(tuple),
    also_open=_bills,
    service=st.lists(
        st.builds(ServiceItem, template=_templates, bills=_bills, on=st.none() | st.dates()), max_size=3
    ).map(tuple),
    banks=st.dictionaries(
        st.sampled_from(["CNY", "USD"]), st.builds(Bank, payee=_text, bank=_text, account=_text, reference=_maybe)
    ),
    account_watch=st.booleans(),
    kind=st.none() | st.sampled_from(sorted(known_letters())) | _templates,
    pay_by=st.none() | st.dates(),
)


@settings(max_examples=60, deadline=None)
@given(_letters)
def test_any_letter_becomes_a_text(letter):
    composed = compose(letter)
    assert composed.subject.strip() and all(char.isprintable() or char in "\u3000\u00a0" for char in composed.subject)
    assert composed.text.strip() and composed.text.endswith("\n") and "\n\n\n" not in composed.text
    message = EmailMessage()
    message["To"] = Address("Ann", "ann", "example.com")
    message["Subject"] = composed.subject
    message.set_content(composed.text)
    assert compose(replace(letter)) == composed
