"""Reports as files: CSV and spreadsheets, in which no text can become a formula."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from service.domain.money import exponent, format
from service.reports import table
from service.reports.table import Rows

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_of(columns: dict[str, str], rows: Rows) -> bytes:
    """A line a row under the columns' names; money as decimals, days as YYYY-MM-DD, nothing where nothing is defined."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(_texts(columns, rows))
    return text.getvalue().encode()


def _texts(columns: dict[str, str], rows: Rows) -> Iterable[list[Any]]:
    at = list(columns).index("currency")
    for row in rows:
        yield [_text(kind, value, row[at]) for kind, value in zip(columns.values(), row, strict=True)]


def _text(kind: str, value: Any, currency: str) -> Any:
    if kind == table.MONEY:
        return None if value is None else format(value, currency)
    return harmless(value) if kind == table.TEXT else value


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def xlsx_of(title: str, columns: dict[str, str], rows: Rows) -> bytes:
    """One sheet of typed cells: money and figures are numbers, days are days, and text is text."""
    from openpyxl import Workbook  # a quarter of a second that only spreadsheets are worth
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    at = list(columns).index("currency")
    for row in rows:
        digits = exponent(row[at])
        pairs = zip(columns.values(), row, strict=True)
        sheet.append([_filled(WriteOnlyCell(sheet), kind, value, digits) for kind, value in pairs])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _filled(cell: Any, kind: str, value: Any, digits: int) -> Any:
    if kind == table.MONEY and value is not None:
        cell.value = Decimal(value).scaleb(-digits)
        cell.number_format = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return cell
    cell.value = value
    if kind == table.TEXT:
        cell.data_type = "s"  # also where it begins like a formula
    return cell
