"""A mail in HTML: the words of its text and no others, its bills as a table, and nothing foreign that becomes markup."""

import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from service.words.compose import compose, compose_mail
from service.words.languages import LANGUAGES
from service.words.letters import Addressee, Debtor, Letter, ServiceItem
from tests.words.letters import a_letter, everything, overdue, section
from tests.words.test_compose import LETTERS, _letters

BOTH = pytest.mark.parametrize("language", LANGUAGES)
HEADS = {"en": "Bill Issued Due Open".split(), "zh": "账单 开具日期 到期日期 未付金额".split()}
"""What only a table says: the columns' heads."""

SAID_BY_COLUMNS = {"en": "issued due", "zh": "开具 到期"}


class Page(HTMLParser):
    """What a reader sees of a page, what stands hidden at its head, and how it is built."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.seen, self.hidden = "", ""
        self.heads: list[str] = []
        self.preview = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.seen += " "
        if tag == "div":
            self.preview = True
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.seen += " "
        if tag == "div":
            self.preview = False

    def handle_data(self, data):
        if {"title", "style"} & set(self.open):
            return
        if self.preview:
            self.hidden += data
        elif "th" in self.open:
            self.heads.append(data)
        else:
            self.seen += data


def words(text: str) -> Counter[str]:
    """Words, and single letters of a writing that does not part them."""
    return Counter(re.findall(r"[A-Za-z0-9_.,@+-]+|[一-鿿]", text))


def told(letter: Letter) -> tuple[Page, str]:
    mail = compose_mail(letter)
    assert (mail.subject, mail.text) == (compose(letter).subject, compose(letter).text)
    page = Page(mail.html)
    assert page.open == []
    return page, mail.text


@BOTH
@pytest.mark.parametrize("name", ["everything", *LETTERS])
def test_html_says_what_the_text_says(language, name):
    letter = everything(language) if name == "everything" else a_letter(language, **LETTERS[name])
    page, text = told(letter)
    seen, said = words(_plain(page.seen)), words(_plain(text))
    columns = words(SAID_BY_COLUMNS[language])
    missing = {word: n for word, n in (said - seen).items() if word not in columns}
    assert not missing and not seen - said
    assert set(page.heads) <= set(HEADS[language])


def _plain(text: str) -> str:
    """Commas and colons between words fall away where a table parts them, and so does what rules off a part of a text."""
    return re.sub(r"[,:.]+(?=\s|$)|-{5,}", " ", re.sub(r"(?m)^\s*- ", "", text))


@BOTH
def test_every_bill_is_a_row_with_day_and_amount(language):
    bills = [overdue(n, 60 - n % 7) for n in range(1, 61)]
    page, _ = told(a_letter(language, sections=(section("overdue", *bills),)))
    assert page.tags["tr"] == 60 + 1 + 1 + 4 + 2, "bills, head, total, bank, sheet"
    assert page.seen.count("CNY 1,200.00") == 60 and "CNY 72,000.00" in page.seen
    assert len(compose_mail(everything(language)).html) < 30_000


@BOTH
def test_the_first_words_show_before_the_mail_is_opened(language):
    page, text = told(everything(language))
    assert page.hidden.strip()[:40] in text and not page.hidden.startswith("Dear")
    html = compose_mail(everything(language)).html
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in html


def test_nothing_foreign_becomes_markup():
    evil = '</td><script>alert(1)</script>"><img src=x onerror=alert(1)> & {{ 7*7 }}'
    hold = ServiceItem(template="hold", bills=(overdue(9, 91),), on=date(2026, 3, 20))
    contact = Addressee(name=evil, title=evil, salutation=evil)
    facts: dict[str, Any] = {"contact": contact, "customer": Debtor(id="C-1", name=evil)}
    bills = (overdue(1, reference=evil),)
    for letter in (
        everything(company=evil, opening=evil, **facts),
        everything(service=(hold,), also_open=bills, company=evil, **facts),
        a_letter(kind="reconciliation", company=evil, also_open=bills, **facts),
    ):
        page, _ = told(letter)
        assert not {"script", "img"} & set(page.tags) and "onerror" not in page.attributes
        assert "<script>alert(1)</script>" in page.seen


@BOTH
def test_it_needs_nothing_from_elsewhere(language):
    """Mail clients load nothing unasked, and whoever reads it is not watched."""
    html = compose_mail(everything(language)).html
    assert "http" not in html and "src=" not in html and "url(" not in html and "@import" not in html


@settings(max_examples=40, deadline=None)
@given(_letters)
def test_any_letter_becomes_a_page(letter):
    page, _ = told(letter)
    assert page.tags["html"] == page.tags["body"] == 1
