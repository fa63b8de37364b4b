"""Maps: which columns of a table are which events, as people write it in YAML."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import msgspec

from service.domain.commands import FACTS
from service.store.playbook_text import Unreadable, parse

Cells: TypeAlias = Mapping[str, str]
"""A row's cells by column, blanks around them taken off."""

Value: TypeAlias = Callable[[Cells], Any]
"""From a row to a value; None for an empty one. Raises CellMistake."""

YES = frozenset({"yes", "y", "true", "1", "x", "是"})
_COLUMN = re.compile(r"\{([^{}]+)\}")
_ISO = "%Y-%m-%d"


class MapMistake(Exception):
    """The map cannot be used; the text says what, where and how to mend it, a line a mistake."""


class CellMistake(Exception):
    """A cell is not what the map takes it for."""

    def __init__(self, column: str, code: str, given: str, wanted: str) -> None:
        super().__init__(code)
        self.column = column
        self.code = code
        self.given = given
        self.wanted = wanted


class _RawEvent(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    id: str
    data: dict[str, Any]
    when: str | dict[str, str] = {}


class _Raw(msgspec.Struct, forbid_unknown_fields=True, rename={"version": "import"}):
    version: str
    source: str
    events: list[_RawEvent]
    dates: str = _ISO
    decimal: str = "."
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    sheet: str | None = None


class EventMap(NamedTuple):
    """One event that a row may be: `wanted` tells whether this one is, `event` makes it."""

    wanted: Callable[[Cells], bool]
    event: Callable[[Cells], dict[str, Any]]


class TableMap(NamedTuple):
    """How a table is read, which columns it must have, and what each row is."""

    delimiter: str
    encoding: str
    sheet: str | None
    columns: frozenset[str]
    events: tuple[EventMap, ...]

    def of_row(self, cells: Cells) -> list[dict[str, Any]]:
        """The CloudEvents of a row. Raises CellMistake."""
        return [one.event(cells) for one in self.events if one.wanted(cells)]


def read(text: str, name: str) -> TableMap:
    """The map that the text says. Raises MapMistake."""
    try:
        data, marks = parse(text, name)
    except Unreadable as unreadable:
        lines = [f"{name}:{one.line}: this is no YAML that is read here ({one.code})." for one in unreadable.problems]
        raise MapMistake("\n".join(lines)) from None
    reader = _Reader(name, marks)
    try:
        raw = msgspec.convert(data, _Raw)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `$")
        path = tuple(name or int(index) for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", place))
        path += tuple(re.findall(r"unknown field `(\w+)`", said))
        raise MapMistake(f"{reader.place(path)}: {said[:1].lower()}{said[1:]}.") from None
    return reader.whole(raw)


class _Reader:
    """Compiles the values of a map and notes the columns that they name."""

    def __init__(self, name: str, marks: Mapping[Any, tuple[int, int]]) -> None:
        self.name = name
        self.marks = marks
        self.columns: set[str] = set()
        self.dates = _ISO
        self.decimal = "."

    def place(self, path: tuple[Any, ...]) -> str:
        """`file:line` of the nearest thing that stands in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        return f"{self.name}:{self.marks.get(path, (1, 1))[0]}"

    def whole(self, raw: _Raw) -> TableMap:
        """The map."""
        if raw.version != "1":
            raise MapMistake(f"{self.place(('import',))}: maps of version {raw.version} are not known; write import: 1.")
        for name in ("decimal", "delimiter"):
            if len(getattr(raw, name)) != 1:
                raise MapMistake(f"{self.place((name,))}: {name} is one sign.")
        self.dates, self.decimal = raw.dates, raw.decimal
        events = tuple(self._event(raw.source, one, ("events", n)) for n, one in enumerate(raw.events))
        if not events:
            raise MapMistake(f"{self.place(('events',))}: no event is mapped; write at least one.")
        return TableMap(raw.delimiter, raw.encoding, raw.sheet, frozenset(self.columns), events)

    def _event(self, source: str, raw: _RawEvent, path: tuple[Any, ...]) -> EventMap:
        if raw.type not in FACTS:
            known = ", ".join(sorted(FACTS))
            raise MapMistake(f"{self.place((*path, 'type'))}: there is no event {raw.type}. Known are {known}.")
        wanted = {raw.when: ""} if isinstance(raw.when, str) else raw.when
        self.columns.update(wanted)
        id = self._text(raw.id)
        data = self._value(raw.data, (*path, "data"))
        head = {"specversion": "1.0", "source": source, "type": raw.type}

        def applies(cells: Cells) -> bool:
            return all(cells[column] == text if text else cells[column] for column, text in wanted.items())

        return EventMap(applies, lambda cells: {**head, "id": id(cells) or "", "data": data(cells) or {}})

    def _value(self, raw: Any, path: tuple[Any, ...]) -> Value:
        if isinstance(raw, str):
            return self._text(raw)
        if isinstance(raw, list):
            items = [self._value(one, (*path, n)) for n, one in enumerate(raw)]
            return lambda cells: [made for one in items if (made := one(cells)) is not None] or None
        kinds = [name for name in raw if name.startswith("$")]
        if kinds:
            return self._special(raw, kinds[0], path)
        fields = {name: self._value(one, (*path, name)) for name, one in raw.items()}
        return lambda cells: {name: made for name, one in fields.items() if (made := one(cells)) is not None} or None

    def _special(self, raw: dict[str, Any], kind: str, path: tuple[Any, ...]) -> Value:
        column = raw[kind]
        if not isinstance(column, str) or kind not in ("$date", "$amount", "$yes", "$words"):
            raise MapMistake(f"{self.place(path)}: write $date, $amount, $yes or $words with the name of a column.")
        more = {"$date": {"format"}, "$words": {"words"}}.get(kind, set())
        if unknown := raw.keys() - more - {kind}:
            raise MapMistake(f"{self.place((*path, min(unknown)))}: {min(unknown)} is not known beside {kind}.")
        self.columns.add(column)
        if kind == "$date":
            return _date(column, raw.get("format", self.dates))
        if kind == "$amount":
            return _amount(column, self.decimal)
        if kind == "$yes":
            return lambda cells: cells[column].lower() in YES if cells[column] else None
        words = raw.get("words")
        if not isinstance(words, dict) or not words:
            raise MapMistake(f"{self.place(path)}: $words needs words: {{theirs: ours}}.")
        return _word(column, words)

    def _text(self, template: str) -> Value:
        columns = _COLUMN.findall(template)
        self.columns.update(columns)
        if not columns:
            return lambda _: template or None
        if template == f"{{{columns[0]}}}":
            (column,) = columns
            return lambda cells: cells[column] or None
        # a text around nothing says nothing: `P-` is no payment's id
        return lambda cells: _COLUMN.sub(lambda m: cells[m[1]], template) if any(cells[c] for c in columns) else None


def _date(column: str, format: str) -> Value:
    def value(cells: Cells) -> str | None:
        text = cells[column]
        if not text or format == _ISO:
            return text[:10] or None  # of a spreadsheet's cell the day alone
        try:
            return datetime.strptime(text, format).date().isoformat()  # noqa: DTZ007 - a date, no instant
        except ValueError:
            raise CellMistake(column, "cell_no_date", text, format) from None

    return value


def _amount(column: str, decimal: str) -> Value:
    """Grouping signs and blanks are left out: whatever is neither digit, sign nor decimal sign must group by threes."""
    grouped = re.compile(rf"[+-]?\d{{1,3}}([^\d{re.escape(decimal)}+-]\d{{3}})+(?=\D|$)")
    number = re.compile(rf"([+-]?\d+)(?:{re.escape(decimal)}(\d+))?([eE][+-]?\d{{1,2}})?", re.ASCII)

    def value(cells: Cells) -> str | None:
        text = cells[column]
        if not text:
            return None
        plain = text
        if found := grouped.match(text):
            plain = re.sub(r"[^\d+-]", "", found[0]) + text[found.end() :]
        parts = number.fullmatch(plain)
        if parts is None:
            raise CellMistake(column, "cell_no_amount", text, f"1234{decimal}50")
        return format(Decimal(f"{parts[1]}.{parts[2] or 0}{parts[3] or ''}"), "f") if parts[2] or parts[3] else parts[1]

    return value


def _word(column: str, words: Mapping[str, str]) -> Value:
    def value(cells: Cells) -> str | None:
        text = cells[column]
        if not text:
            return None
        if text not in words:
            raise CellMistake(column, "cell_word_unknown", text, ", ".join(words))
        return words[text]

    return value
