"""What a customer remembers of a reconciliation that they have not confirmed."""

from datetime import date

from msgspec import Struct

KIND = "reconciliation"
"""The letter that asks for it."""

KEPT = 12
"""So many are remembered of one customer; of the oldest ones no answer is awaited any more."""


class Reconciliation(Struct, frozen=True, array_like=True):
    """Our balances by currency as of the day `on`, and how the customer stands to them: they have the letter (`sent`), did
    not answer to the end of the day `until` (`silent`), or say otherwise (`differs`)."""

    on: date
    until: date
    balances: dict[str, int]
    state: str
