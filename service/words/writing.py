"""How single things are written for people: days, instants, amounts, lists, and foreign text on one clean line."""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from service.domain import money
from service.words.languages import Language

_PATTERNS = {"zh": "y年M月d日", "en": "d MMMM y"}
_MONTHS = {"zh": "y年M月", "en": "MMMM y"}
_LOCALES = {"zh": "zh_CN", "en": "en_GB"}
_AND_MORE = {"zh": " 等共 {} 项", "en": " and {} more"}
_BETWEEN = {"zh": "、", "en": ", "}
_LISTED = 20


def month(on: date, language: Language) -> str:
    """`2026年3月`, `March 2026`."""
    return format_date(on, _MONTHS[language], locale=_LOCALES[language])


@lru_cache(maxsize=4096)
def day(on: date, language: Language) -> str:
    """`2026年3月6日`, `6 March 2026`."""
    return format_date(on, _PATTERNS[language], locale=_LOCALES[language])


def instant(at: datetime, language: Language) -> str:
    """Day, time and offset, in the zone it comes in."""
    return f"{day(at.date(), language)} {at:%H:%M}{f' {at:%z}' if at.tzinfo else ''}"


def amount(minor: int, currency: str) -> str:
    """`CNY 1,200.50`, with the currency's own decimals; raises MoneyError for an unknown currency."""
    whole, point, decimals = money.format(abs(minor), currency).partition(".")
    return f"{currency} {'-' if minor < 0 else ''}{int(whole):,}{point}{decimals}"


def listed(items: Iterable[str], language: Language) -> str:
    """The first twenty, and how many there are when there are more."""
    named = list(items)
    text = _BETWEEN[language].join(named[:_LISTED])
    if len(named) <= _LISTED:
        return text
    return text + _AND_MORE[language].format(len(named) if language == "zh" else len(named) - _LISTED)


def one_line(text: str, longest: int = 500) -> str:
    """Foreign text as one printable line: no control characters, line breaks, invisible or broken ones."""
    seen = "".join(_seen(char) for char in text[: longest * 4])
    line = " ".join(seen.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _seen(char: str) -> str:
    if char.isprintable():
        return char
    return "" if unicodedata.category(char) == "Cf" else " "
