"""Who is to work a bill (E6): of the tenant's rules the first that fits names its owner, or those who take turns."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from service.domain.money import parse

ANYBODY = "collector"
"""Whose the bills are that no rule gives to somebody: the collectors' as a whole."""


class AssignmentRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out binds nothing; `amounts` are the least by currency, and bills of other currencies do not fit then."""

    to: tuple[str, ...]
    customers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    amounts: dict[str, str] = {}

    def fits(self, customer: str, segment: str, currency: str, amount: int) -> bool:
        """Whether the rule speaks of such a bill; `amount` in minor units."""
        if self.customers and customer not in self.customers:
            return False
        if self.segments and segment not in self.segments:
            return False
        return not self.amounts or (currency in self.amounts and amount >= parse(self.amounts[currency], currency))


def least_loaded(pool: Sequence[str], loads: Mapping[str, int]) -> str:
    """Whose turn it is: who has fewest customers, of several the first named."""
    return min(pool, key=lambda user: loads.get(user, 0))
