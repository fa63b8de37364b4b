"""Files row by row in constant memory: CSV, XLSX, and lines of events. Each row knows its line and how to be written again."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from service.api.lines import LONGEST, Line
from service.importing.mapping import Cells, MapMistake, TableMap

LINES = (".ndjson", ".jsonl")
SHEETS = (".xlsx", ".xlsm")


class Row(NamedTuple):
    """A row of a table by column, or a line of a stream; `line` as an editor counts."""

    line: int
    cells: Cells | None
    text: Line | None = None


class Source(NamedTuple):
    """An open file: its rows in order, its columns, how far it has been read, and how much there is."""

    rows: Iterator[Row]
    columns: list[str]
    done: Callable[[], int]
    total: int
    close: Callable[[], None]


def opened(path: Path, table: TableMap | None) -> Source:
    """The file's rows. Raises MapMistake when the map does not fit the file's columns."""
    if path.suffix.lower() in LINES:
        return _lines(path)
    if table is None:
        raise MapMistake(f"{path.name}: a table needs a map: --map FILE. `dunlog import --help` shows one.")
    source = _sheet(path, table) if path.suffix.lower() in SHEETS else _csv(path, table)
    if missing := sorted(table.columns - set(source.columns)):
        source.close()
        there = ", ".join(source.columns)
        raise MapMistake(f"{path.name}: the map names columns that are not there: {', '.join(missing)}. There are {there}.")
    return source


def _lines(path: Path) -> Source:
    file = path.open("rb")

    def rows() -> Iterator[Row]:
        number = 0
        while text := file.readline(LONGEST + 2):
            number += 1
            whole = text.endswith(b"\n") or len(text) <= LONGEST
            while not text.endswith(b"\n") and (more := file.readline(LONGEST)):
                text, whole = more, False
            if bare := text.strip(b" \t\r\n"):
                yield Row(number, None, Line(number, bare if whole else None))

    return Source(rows(), [], file.tell, path.stat().st_size, file.close)


def _csv(path: Path, table: TableMap) -> Source:
    raw = path.open("rb")
    try:
        text = (piece.decode(table.encoding if n == 0 else table.encoding.removesuffix("-sig")) for n, piece in enumerate(raw))
        reader = csv.reader(text, delimiter=table.delimiter)
        columns = [name.strip() for name in next(reader, [])]
    except (LookupError, UnicodeDecodeError) as error:
        raw.close()
        raise MapMistake(f"{path.name}: it is not written in {table.encoding} ({error}). Set encoding in the map.") from None

    def rows() -> Iterator[Row]:
        for cells in reader:
            if any(cells):
                padded = [*cells, *("",) * (len(columns) - len(cells))]
                yield Row(reader.line_num, {c: v.strip() for c, v in zip(columns, padded, strict=False)})

    return Source(rows(), columns, raw.tell, path.stat().st_size, raw.close)


def _sheet(path: Path, table: TableMap) -> Source:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    if table.sheet is not None and table.sheet not in book.sheetnames:
        raise MapMistake(f"{path.name}: there is no sheet {table.sheet}. There are {', '.join(book.sheetnames)}.")
    sheet = book[table.sheet] if table.sheet else book[book.sheetnames[0]]
    found = sheet.iter_rows(values_only=True)
    columns = [_shown(value) for value in next(found, ())]
    here = 1

    def rows() -> Iterator[Row]:
        nonlocal here
        for cells in found:
            here += 1
            if any(value is not None for value in cells):
                yield Row(here, {c: _shown(v) for c, v in zip(columns, cells, strict=False)})

    return Source(rows(), columns, lambda: here, sheet.max_row or 0, book.close)


def _shown(value: Any) -> str:
    """A cell as text: days as ISO, numbers without an exponent."""
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
        case date():
            return value.isoformat()
        case float():
            return format(value, ".10f").rstrip("0").rstrip(".")
        case _:
            return str(value).strip()
