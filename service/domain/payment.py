"""Money that came in: what of it stands on which bill, and what is still the customer's credit."""

from datetime import date

from msgspec import Struct


class Payment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one payment; `applied` by case, in minor units, with what of it `recovered` a write-off. A reversed one
    stands on nothing."""

    id: str
    version: int = 0
    customer: str = ""
    amount: int = 0
    currency: str = ""
    received_on: date | None = None
    method: str = "transfer"
    matures_on: date | None = None
    reference: str | None = None
    draft: bool = False
    reversed_on: date | None = None
    planned: dict[str, int] = {}
    applied: dict[str, int] = {}
    recovered: dict[str, int] = {}

    @property
    def rest(self) -> int:
        """What stands on account: credit, used only on request (D7). A draft's is none before it is honoured."""
        if self.reversed_on or self.draft:
            return 0
        return self.amount - sum(self.applied.values())
