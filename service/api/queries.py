"""What a reading route makes of its address: known ids, lists under their filters, and amounts in their currency."""

import re
from typing import NoReturn

from service.api.context import Context
from service.api.guards import Principal
from service.api.models.queries import Listed
from service.api.pages import Listing
from service.api.problems import fault
from service.domain.money import MoneyError, is_currency, parse
from service.domain.refusals import NotFound
from service.store.keyset import After

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MADE = re.compile(r"[A-Za-z0-9._~-]{1,400}")
"""Ids made here join those of others with `~`."""


def known_id(id: str, code: str, made: bool = False, **params: str) -> str:
    """The id, when it can be one; what cannot be is not there."""
    if not (_MADE if made else _ID).fullmatch(id):
        raise NotFound(code, None, **params)
    return id


def listing(house: Context, principal: Principal, kind: str, asked: Listed) -> Listing:
    """The list under its filters, whose cursors fit no other."""
    return Listing(house.cursors, principal.tenant, kind, asked)


def after_of(position: tuple[str | int | None, ...] | None) -> After | None:
    """A cursor's position as sort value and id."""
    return None if position is None else (position[0], str(position[1]))


def minor(text: str | None, currency: str | None, name: str) -> int | None:
    """An amount of the query in minor units; raises Problem without a currency or for what is no amount in it."""
    if text is None:
        return None
    try:
        return parse(text, _needed(currency))
    except MoneyError as error:
        raise fault(f"/query/{name}", error.code, given=text, currency=currency) from None


def sorted_by_amount(currency: str | None) -> None:
    """Raises Problem unless there is a currency to sort amounts of."""
    _needed(currency)


def check_currency(currency: str | None) -> None:
    """Raises Problem for what is no currency."""
    if currency is not None and not is_currency(currency):
        raise fault("/query/currency", "currency_unknown", currency=currency)


def _needed(currency: str | None) -> str:
    return currency if currency is not None else _refuse()


def _refuse() -> NoReturn:
    raise fault("/query/currency", "currency_required")
