"""Reading what a command says of money and days: what cannot be understood is refused, with where it stands."""

from datetime import date, timedelta

from service.domain.account import Private
from service.domain.money import MoneyError, is_currency, parse
from service.domain.refusals import Refused
from service.domain.scene import Scene

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def money(text: str, currency: str, pointer: str, positive: bool = True) -> int:
    """Minor units; refuses what is no amount of that currency, and nothing or less where that makes no sense."""
    try:
        amount = parse(text, currency)
    except MoneyError as error:
        where = pointer if error.code != "currency_unknown" else pointer.rsplit("/", 1)[0] + "/currency"
        raise Refused(error.code, where, given=text, currency=currency) from None
    if positive and amount <= 0:
        raise Refused("amount_not_positive", pointer, given=text)
    return amount


def period(text: str | None, pointer: str) -> str | None:
    """A billing month such as `2026-01`, of a year that there are calendars for."""
    if text is not None and not EARLIEST.year <= int(text[:4]) < LATEST.year:
        raise Refused("date_out_of_range", pointer, given=text, earliest=EARLIEST, latest=LATEST)
    return text


def known_currency(code: str, pointer: str) -> str:
    """The code, when ISO 4217 has it."""
    if not is_currency(code):
        raise Refused("currency_unknown", pointer, currency=code)
    return code


def day(given: date | None, scene: Scene, pointer: str, past: bool = False) -> date:
    """The day, or the tenant's today; what has happened may lie at most one day ahead."""
    if given is None:
        return scene.today
    if not EARLIEST <= given <= LATEST:
        raise Refused("date_out_of_range", pointer, given=given, earliest=EARLIEST, latest=LATEST)
    if past and given > scene.today + timedelta(1):
        raise Refused("date_in_future", pointer, given=given, today=scene.today)
    return given


def because(text: str | None) -> Private | None:
    """Why, in somebody's words: private, beside the event."""
    return {"": {"reason": text}} if text else None
