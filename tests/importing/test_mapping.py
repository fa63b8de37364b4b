"""Maps: what a row's cells become, and what a mistake in a map is told."""

from typing import Any

import pytest

from service.importing.command import shipped
from service.importing.mapping import CellMistake, MapMistake, TableMap, read

HEAD = "import: 1\nsource: erp/test\n"
EVENT = """events:
  - type: invoice.issued
    id: i-{No}
    data: {invoice: "{No}", amount: %s}
"""


def value(text: str, cell: str, head: str = "") -> Any:
    """What the map makes of a cell in column A."""
    table = read(HEAD + head + EVENT % text, "map.yaml")
    (event,) = table.of_row({"No": "1", "A": cell})
    return event["data"].get("amount")


@pytest.mark.parametrize(
    ("cell", "decimal", "amount"),
    [
        ("1234.50", ".", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1'234'567.5", ".", "1234567.5"),
        ("1 234,50", ",", "1234.50"),
        ("1\N{NO-BREAK SPACE}234,50", ",", "1234.50"),
        ("1.234.567,89", ",", "1234567.89"),
        ("-1.234,50", ",", "-1234.50"),
        ("1.234", ",", "1234"),
        ("0,5", ",", "0.5"),
        ("1e3", ".", "1000"),
        ("1.5E+2", ".", "150"),
        ("12", ".", "12"),
        ("", ".", None),
    ],
)
def test_amounts_as_people_write_them(cell: str, decimal: str, amount: str | None):
    assert value("{$amount: A}", cell, f'decimal: "{decimal}"\n') == amount


@pytest.mark.parametrize(
    ("cell", "decimal"), [("12,34.50", "."), ("1,23", "."), ("1.23", ","), ("abc", "."), ("1.2.3", "."), ("12.345.6", ",")]
)
def test_what_could_be_two_amounts_is_none(cell: str, decimal: str):
    with pytest.raises(CellMistake) as caught:
        value("{$amount: A}", cell, f'decimal: "{decimal}"\n')
    assert (caught.value.column, caught.value.code, caught.value.given) == ("A", "cell_no_amount", cell)


def test_days_as_the_file_writes_them():
    assert value("{$date: A}", "2026-01-31") == "2026-01-31"
    assert value("{$date: A}", "2026-01-31T00:00:00") == "2026-01-31"
    assert value("{$date: A}", "31.1.2026", 'dates: "%d.%m.%Y"\n') == "2026-01-31"
    assert value('{$date: A, format: "%Y%m%d"}', "20260131", 'dates: "%d.%m.%Y"\n') == "2026-01-31"
    assert value("{$date: A}", "") is None
    with pytest.raises(CellMistake, match="cell_no_date"):
        value("{$date: A}", "1/31/2026", 'dates: "%d/%m/%Y"\n')


def test_words_and_yes():
    assert value("{$words: A, words: {Eur: EUR}}", "Eur") == "EUR"
    assert value("{$words: A, words: {Eur: EUR}}", "") is None
    with pytest.raises(CellMistake, match="cell_word_unknown"):
        value("{$words: A, words: {Eur: EUR}}", "Yen")
    assert [value("{$yes: A}", cell) for cell in ("Yes", "是", "no", "")] == [True, True, False, None]


def test_a_text_around_empty_cells_is_left_out():
    assert value('"P-{A}"', "7") == "P-7"
    assert value('"P-{A}"', "") is None
    assert value("CNY", "") == "CNY"
    assert value('[{x: "{A}"}]', "") is None
    assert value('[{x: "{A}", y: "1"}]', "") == [{"y": "1"}]


def test_a_row_is_the_events_that_it_is_wanted_for():
    text = HEAD + """events:
  - {type: invoice.voided, id: "v-{No}", when: Voided, data: {invoice: "{No}"}}
  - {type: invoice.confirmed, id: "c-{No}", when: {State: ok, Kind: "B"}, data: {invoice: "{No}"}}
"""
    table = read(text, "map.yaml")
    assert table.columns == {"No", "Voided", "State", "Kind"}

    def types(**cells: str) -> list[str]:
        return [one["type"] for one in table.of_row({"No": "1", "Voided": "", "State": "", "Kind": "", **cells})]

    assert types() == []
    assert types(Voided="yes") == ["invoice.voided"]
    assert types(State="ok", Kind="B") == ["invoice.confirmed"]
    assert types(State="ok", Kind="C") == []
    (event,) = table.of_row({"No": "1", "Voided": "x", "State": "", "Kind": ""})
    assert event == {
        "specversion": "1.0",
        "id": "v-1",
        "source": "erp/test",
        "type": "invoice.voided",
        "data": {"invoice": "1"},
    }


MISTAKES = {
    "import: 2\nsource: x\nevents: []": "map.yaml:1: maps of version 2",
    HEAD + "events: []": "map.yaml:3: no event is mapped",
    HEAD + "event: []": "map.yaml:3: object contains unknown field `event`",
    HEAD + "decimal: ''\nevents: []": "map.yaml:3: decimal is one sign",
    HEAD + "events:\n  - {type: invoice.isued, id: x, data: {}}": "map.yaml:4: there is no event invoice.isued",
    HEAD + "events:\n  - type: invoice.voided\n    id: x": "map.yaml:4: object missing required field `data`",
    HEAD + EVENT % "{$amonut: A}": "map.yaml:6: write $date, $amount, $yes or $words",
    HEAD + EVENT % "{$amount: A, format: x}": "map.yaml:6: format is not known beside $amount",
    HEAD + EVENT % "{$words: A}": "map.yaml:6: $words needs words",
    "import: 1\n\tsource: x": "map.yaml:2: this is no YAML",
}


@pytest.mark.parametrize("text", MISTAKES, ids=list(MISTAKES.values()))
def test_a_mistake_is_told_with_its_line(text: str):
    with pytest.raises(MapMistake) as caught:
        read(text, "map.yaml")
    assert str(caught.value).startswith(MISTAKES[text])


def test_the_shipped_map_reads():
    table = read(shipped("accounts-receivable"), "shipped")
    assert isinstance(table, TableMap) and {"invoiceNumber", "SettledDate"} <= table.columns
    with pytest.raises(MapMistake, match="accounts-receivable"):
        shipped("nothing")
