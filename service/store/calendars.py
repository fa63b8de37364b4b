"""The packaged holiday tables as calendars: which days of a country are closed or worked, and until which year that
has been published rather than guessed (T7). It seeds the calendar table; nothing asks it while bills are worked."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

from service.domain.workdays import Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

FIRST_YEAR = 2010
HORIZON = 2035
"""Where a country's law itself fixes the days (a date, an nth Monday, Easter, an astronomical date), they are known
until the law changes. Ten years exceed any term of payment, and a new edition of the tables moves the line."""

# Make-up days before this say little about how a country sets its days today (Taiwan's law of 2025 ended them).
_DECREES_SINCE = 2016


class UnknownCountry(ValueError):
    """No holiday table exists for `country`."""

    code = "country_unknown"

    def __init__(self, country: str) -> None:
        super().__init__(f"no holiday calendar for {country!r}: ISO 3166 codes such as CN, DE or GB-ENG are known")
        self.country = country


@lru_cache(maxsize=64)
def published(country: str, version: int = 1) -> Calendar:
    """The calendar of an ISO 3166 country (`CN`) or subdivision (`GB-ENG`); takes tens of milliseconds the first time.
    Raises UnknownCountry."""
    table = _table(country)
    until = _published_until(table)
    weekend = frozenset(table.weekend)
    # Decrees move work across the year's end too, so the tables reach a little beyond the years asked for.
    years = range(FIRST_YEAR, until + 1)
    # A weekend that was moved since 2010 (the Emirates' in 2022) is taken as it is now: those days lie behind us.
    return Calendar(
        version=version,
        country=country,
        closed=frozenset(d for d in table if d.year in years and d.weekday() not in weekend),
        working=frozenset(d for d in table.weekend_workdays if d.year in years and d.weekday() in weekend),
        weekend=weekend,
        published_until=until,
        source=f"holidays {version_of('holidays')}",
    )


def _table(country: str) -> "HolidayBase":
    # Imported here: the package takes longer to import than the rest of the service's start.
    from holidays import country_holidays

    code, dash, part = country.partition("-")
    if not (code.isascii() and code.isupper() and len(code) == 2) or (dash and not part):
        raise UnknownCountry(country)
    try:
        return country_holidays(code, subdiv=part or None, years=range(FIRST_YEAR, HORIZON + 1), expand=False)
    except NotImplementedError as error:
        raise UnknownCountry(country) from error


@lru_cache(maxsize=1)
def _edition() -> int:
    """The year up to which the installed tables were kept: China's notice comes in November for the year after."""
    return max(_decreed_years(_table("CN")))


def _published_until(table: "HolidayBase") -> int:
    """The package computes the days of any year without a word. What its editors took from a published notice shows in
    the make-up days they typed in, year by year; a label marks dates of the moon that are still estimates."""
    decreed = [year for year in _decreed_years(table) if year >= _DECREES_SINCE]
    if decreed:
        return max(_edition(), *decreed)
    return min(_estimated_years(table, _edition() + 1), default=HORIZON + 1) - 1


def _decreed_years(table: "HolidayBase") -> set[int]:
    """Years for which a decree moved work to a weekend: entries (month, day off, month, day worked[, year])."""
    special: dict[int, Any] = getattr(table, "special_public_holidays", None) or {}
    return {year for year, entries in special.items() for entry in _entries(entries) if len(entry) >= 4}


def _entries(entries: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
    return entries if entries and isinstance(entries[0], tuple) else (entries,)


def _estimated_years(table: "HolidayBase", first: int) -> Iterator[int]:
    labels = [getattr(table, name, None) for name in ("estimated_label", "observed_estimated_label")]
    marks = [table.tr(label).replace("%s", "") for label in labels if label]
    for day, name in table.items():
        if day.year >= first and any(mark in name for mark in marks):
            yield day.year
