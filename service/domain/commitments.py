"""What was agreed about one bill, or stands in its way: plans, disputes, discounts, as the bill's state keeps them.

None of it is unbounded: a plan has at most `MOST_PARTS` parts and a bill remembers its latest plan and discount only; at most
`MOST_DISPUTES` are open on a bill at a time.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

MOST_PARTS = 36
MOST_DISPUTES = 5


class Part(Struct, frozen=True, array_like=True):
    """One instalment: so much by that day."""

    due_on: date
    amount: int


class Plan(Struct, frozen=True, omit_defaults=True):
    """Dated parts. `already` is what had been paid on the bill before, `kept` how many parts are settled, `until` the
    last one's last day in time; the `bills` of one plan fall with one another. `state` is open, kept, broken (a part of
    this bill was missed), fallen (one of another bill was) or cancelled.
    """

    id: str
    state: str
    agreed_on: date
    until: date
    parts: tuple[Part, ...]
    already: int = 0
    kept: int = 0
    bills: int = 1
    contact: str | None = None

    @property
    def next_part(self) -> Part | None:
        """The first part that is not settled."""
        return self.parts[self.kept] if self.kept < len(self.parts) else None

    @property
    def to_come(self) -> int:
        """What its parts still to be settled come to; nothing once it has ended."""
        return total(self.parts[self.kept :]) if self.state == "open" else 0


class Dispute(Struct, frozen=True, omit_defaults=True):
    """What the customer contests of a bill; `until` when our people are told that it stands open. Once it is resolved for
    the customer a `credit` of `amount` is expected, and it is still not asked for.
    """

    n: int
    amount: int
    reason: str
    owner: str
    role: str
    opened_on: date
    until: date | None = None
    credit: bool = False


class Discount(Struct, frozen=True, omit_defaults=True):
    """So much less when the rest is paid up to the day `until`; `already` is what had been paid before. Once taken, `taken`
    was credited here, and `booked` of it by the ERP too. `state` is open, taken or lapsed.
    """

    id: str
    state: str
    amount: int
    ends_on: date
    until: date
    already: int = 0
    taken: int = 0
    booked: int = 0


def total(parts: Sequence[Part]) -> int:
    """What the parts come to."""
    return sum(part.amount for part in parts)
