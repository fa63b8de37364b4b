"""C6: what every e-mail that asks for something says, and how, in both languages."""

import re

import pytest

from service.words.compose import compose
from tests.words.letters import a_letter, overdue, section

ASKING = {
    "confirm": "confirm",
    "due-soon": "due_soon",
    "statement": "due_soon",
    "friendly": "overdue",
    "overdue": "overdue",
    "payment-run": "overdue",
}
"""The templates by which we ask for money or for a confirmation, each with the section that it heads."""

EVERY_MAIL = pytest.mark.parametrize(("template", "language"), [(t, lang) for t in ASKING for lang in ("en", "zh")])

GREETING = {"en": "\nDear Ms Wang Fang,\n", "zh": "\n尊敬的王芳女士：\n"}
TO = {
    "en": "To: Ms Wang Fang, Accounts Payable Manager, Huadong Trading Co., Ltd.",
    "zh": "致：华东商贸有限公司 财务经理 王芳女士",
}
BANKS = {
    "en": [
        "To pay in CNY\n  Payee: Dunlog Trading Ltd\n  Bank: ICBC Shanghai\n"
        "  Account: 6222 0000 1111 2222\n  Reference: INV-1\n",
        "To pay in USD\n  Payee: Dunlog Trading Ltd\n  Bank: Citibank\n  Account: 998877\n  Reference: C-1\n",
    ],
    "zh": [
        "CNY 付款账户\n  收款单位：Dunlog Trading Ltd\n  开户银行：ICBC Shanghai\n"
        "  账号：6222 0000 1111 2222\n  付款备注：INV-1\n",
        "USD 付款账户\n  收款单位：Dunlog Trading Ltd\n  开户银行：Citibank\n  账号：998877\n  付款备注：C-1\n",
    ],
}
ANSWER_TO = {
    "en": "please answer to Li Na (+86 21 5555 0100, li.na@example.com).",
    "zh": "请回复李娜（021-5555 0100，li.na@example.com）。",
}
COURTESY = {"en": ("lease ", "Kind regards,\nLi Na\nCollections Specialist\n"), "zh": ("请", "顺祝商祺！")}
A_PART = re.compile(r"\bpart\b|partial|instal|at least|deposit|分期|部分|先付|先支付|首付|至少|定金", re.IGNORECASE)


def mail(template: str, language):
    """One that asks for a bill of 1 200 CNY of which 700 are open, and for 1 200 USD."""
    bills = (overdue(1, 8, open=70000), overdue(2, 3, currency="USD"))
    return compose(a_letter(language, sections=(section(ASKING[template], *bills, template=template),)))


@EVERY_MAIL
def test_C6_a_mail_addresses_a_named_person_with_title_and_salutation(template, language):
    lines = mail(template, language).text.splitlines()
    assert lines[0] == TO[language]
    assert GREETING[language] in mail(template, language).text


@EVERY_MAIL
def test_C6_a_mail_states_bill_numbers_amounts_and_dates(template, language):
    lines = mail(template, language).text.splitlines()
    (first,) = (line for line in lines if line.startswith("- INV-1"))
    (second,) = (line for line in lines if line.startswith("- INV-2"))
    issued, due = (
        ("5 January 2026", ("12 March 2026", "17 March 2026"))
        if language == "en"
        else ("2026年1月5日", ("2026年3月12日", "2026年3月17日"))
    )
    assert "CNY 700.00" in first and "CNY 1,200.00" in first and "USD 1,200.00" in second
    assert all(issued in line and on in line for line, on in zip((first, second), due, strict=True))


@EVERY_MAIL
def test_C6_a_mail_asks_for_the_whole_open_amount_first_and_never_offers_a_part(template, language):
    found = mail(template, language)
    asked = found.text[: found.text.index("- INV-1")]
    for amount in ("CNY 700.00", "USD 1,200.00"):
        assert amount in found.subject and amount in asked
    assert "CNY 1,200.00" not in asked, "what is open, not what was billed"
    assert A_PART.search(found.subject + found.text) is None


@EVERY_MAIL
def test_C6_a_mail_says_where_to_pay_in_each_currency_and_whom_to_answer(template, language):
    text = mail(template, language).text
    assert [bank for bank in BANKS[language] if bank not in text] == []
    assert ANSWER_TO[language] in text


@EVERY_MAIL
def test_C6_a_mail_is_courteous_and_short(template, language):
    text = mail(template, language).text
    assert [word for word in COURTESY[language] if word not in text] == []
    opening = next(part for part in text.split("\n\n")[2:])
    assert len(opening) < (300 if language == "en" else 150)
    assert len(text.splitlines()) < 40
