"""The events of a reconciliation: our books compared with the customer's, by a letter that they sign and return (H1).

Its id is that of the letter that asks.
"""

from datetime import date
from typing import ClassVar, TypeAlias

import msgspec

from service.domain.events.shape import Shape


class Stated(msgspec.Struct, frozen=True):
    """What is owed in one currency, by whoever's books."""

    currency: str
    amount: int


class ReconciliationSent(Shape, frozen=True, kw_only=True):
    """The customer is asked whether their books say the same as ours said on that day; silence counts from the end of the
    day `until`. What the letter says of each bill stands in the bill's own log, as `case.lettered`."""

    type: ClassVar[str] = "reconciliation.sent"
    reconciliation: str
    cases: list[str]
    balances: list[Stated]
    on: date
    until: date


class ReconciliationConfirmed(Shape, frozen=True, kw_only=True):
    """It came back signed on that day: the customer owes what it says. Who signed, and the proof of it, are private."""

    type: ClassVar[str] = "reconciliation.confirmed"
    reconciliation: str
    cases: list[str]
    on: date


class ReconciliationDiffered(Shape, frozen=True, kw_only=True):
    """The customer's books say otherwise: `balances` as they state them, in every currency of the letter. Who says so, and
    why, is private."""

    type: ClassVar[str] = "reconciliation.differed"
    reconciliation: str
    cases: list[str]
    balances: list[Stated]
    on: date


class ReconciliationSilent(Shape, frozen=True, kw_only=True):
    """Nothing came back in time; an answer counts whenever it comes."""

    type: ClassVar[str] = "reconciliation.silent"
    reconciliation: str
    cases: list[str]
    on: date


ReconciliationEvent: TypeAlias = (
    ReconciliationSent | ReconciliationConfirmed | ReconciliationDiffered | ReconciliationSilent
)
