"""The press: the same bytes for the same data, archivable, in any thread; data are never code, lacking glyphs are named."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from service.printing.press import Unprintable, legible, pdf, png

DAY = date(2026, 3, 20)
PNG = b"\x89PNG\r\n\x1a\n"


def a_page(**facts: Any) -> dict[str, Any]:
    """A letter with nothing optional in it."""
    return {
        "language": "en",
        "title": "REMINDER",
        "company": "Dunlog Trading Ltd",
        "date": "20 March 2026",
        "page": "Page {page} of {pages}",
        "number": "L-1",
        "addressee": ["Ms Wang Fang", "Huadong Trading Co., Ltd."],
        "greeting": "Dear Ms Wang Fang,",
        "opening": "By our books this is open.",
        "totals": [{"amount": "CNY 1,200.00", "capitals": None}],
        "tables": [],
        "notes": [],
        "banks": [],
        "closing": "Please answer.",
        "signature": {"closing": "Yours sincerely,", "name": "Li Na", "lines": ["Collections Specialist"]},
        "slip": None,
        **facts,
    }


def text_of(document: bytes) -> str:
    """All that can be read in it, a page after the other."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def test_the_same_data_make_the_same_bytes():
    assert pdf("letter", a_page(), on=DAY) == pdf("letter", a_page(), on=DAY)
    assert pdf("letter", a_page(), on=DAY) != pdf("letter", a_page(number="L-2"), on=DAY)


def test_a_document_is_of_its_day_not_of_the_machines():
    information = PdfReader(io.BytesIO(pdf("letter", a_page(), on=DAY))).metadata
    assert information and information.creation_date == datetime(2026, 3, 20, tzinfo=UTC)


def test_a_document_can_be_archived():
    document = pdf("letter", a_page(), on=DAY)
    assert b"<pdfaid:part>2</pdfaid:part>" in document and b"<pdfaid:conformance>B</pdfaid:conformance>" in document


def test_threads_print_side_by_side():
    pages = [a_page(number=f"L-{n}") for n in range(12)]
    alone = [pdf("letter", page, on=DAY) for page in pages]
    with ThreadPoolExecutor(4) as hands:
        assert list(hands.map(lambda page: pdf("letter", page, on=DAY), pages)) == alone


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "/etc/passwd": *',
        '#read("base.typ")',
        "#panic()",
        "] #sys.inputs [",
        '"}; #let data = (:) ',
        "$ x^2 $ *bold* _thin_ = head @ref <label> // note /* */",
        r"\u{41} \n `raw` {page} {pages}",
    ],
)
def test_data_are_never_code(hostile):
    read = "".join(text_of(pdf("letter", a_page(opening=hostile, number=hostile, title=hostile), on=DAY)).split())
    assert read.count("".join(hostile.split())) >= 2


def test_what_no_font_can_show_is_an_error_that_names_it():
    with pytest.raises(Unprintable) as refused:
        pdf("letter", a_page(opening="Paid 😀 한"), on=DAY)
    assert refused.value.characters == ("😀", "한")
    assert "U+1F600 grinning face" in str(refused.value) and "U+D55C" in str(refused.value)
    with pytest.raises(Unprintable):
        png("letter", a_page(opening="Paid 😀"), on=DAY)


def test_a_page_can_be_looked_at():
    assert png("letter", a_page(), on=DAY).startswith(PNG)
    with pytest.raises(IndexError):
        png("letter", a_page(), on=DAY, page=2)
    with pytest.raises(IndexError):
        png("letter", a_page(), on=DAY, page=0)


@pytest.mark.parametrize("name", ["nothing", "../press", "letter.typ", ""])
def test_only_templates_of_this_room_are_set(name):
    with pytest.raises(KeyError):
        pdf(name, a_page(), on=DAY)


def a_table(bills: int, total: bool = True) -> dict[str, Any]:
    rows = [[f"INV-{n:03}", "CNY 1.00"] for n in range(bills)]
    columns = [{"label": "Bill", "width": "1fr"}, {"label": "Open", "align": "right"}]
    return {"columns": columns, "groups": [{"rows": rows, "total": ["Total", "CNY 60.00"] if total else None}]}


def test_a_table_flows_over_pages_with_its_head_on_each():
    pages = [
        page.extract_text() for page in PdfReader(io.BytesIO(pdf("letter", a_page(tables=[a_table(90)]), on=DAY))).pages
    ]
    assert len(pages) == 3
    assert all(f"INV-{n:03}" in "".join(pages) for n in range(90))
    assert all("Bill" in page for page in pages if "INV-" in page)
    assert [f"Page {n} of 3" in page for n, page in enumerate(pages, start=1)] == [True] * 3


@pytest.mark.parametrize("bills", range(20, 50))
def test_a_total_stands_on_the_page_of_the_row_above_it(bills):
    pages = [
        page.extract_text() for page in PdfReader(io.BytesIO(pdf("letter", a_page(tables=[a_table(bills)]), on=DAY))).pages
    ]
    assert [page for page in pages if "CNY 60.00" in page] == [page for page in pages if f"INV-{bills - 1:03}" in page]


def test_a_table_may_have_neither_rows_nor_total():
    assert "Bill" in text_of(pdf("letter", a_page(tables=[a_table(0)]), on=DAY))
    assert "INV-000" in text_of(pdf("letter", a_page(tables=[a_table(1, total=False)]), on=DAY))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Sun 😀 Ltd 1", "Sun ? Ltd 1"),
        ("Family 👨‍👩‍👧", "Family ???"),
        ("Kim 민지 " + "".join(chr(0xAC00 + 7 * n) for n in range(300)), "Kim ?? " + "?" * 300),
        ("Shop 1️⃣ of 10", "Shop 1 of 10"),
    ],
)
def test_what_is_not_to_wait_shows_a_stand_in_for_each_sign_that_no_font_has_and_for_no_other(name, shown):
    page = a_page(addressee=[name], tables=[a_table(11)], opening=shown)
    read = "".join(text_of(legible("letter", page, on=DAY)).split())
    assert read.count("".join(shown.split())) == 2 and "INV-010" in read and "20March2026" in read


def test_what_every_font_has_is_printed_as_it_is():
    assert legible("letter", a_page(), on=DAY) == pdf("letter", a_page(), on=DAY)
