"""A customer's account over a period: what was owed before, what happened in it, and what is open at its end.

It goes by the same days as the reports: a bill counts from its date of issue, money from the day it came, everything else
from the day it was recorded; a payment that was taken back counts as if it had not come. Money counts on the account as a
whole, applied to bills or not, so that the balance is what is open less what was paid ahead.
"""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from service.domain.buckets import BUCKETS, bucket

KINDS = ("bill", "correction", "credit_note", "write_off", "recovery", "payment")
"""What an entry is. A correction changes a bill's amount after its day; a recovery takes back what was written off, for money
came after all."""


class Entry(Struct, frozen=True, kw_only=True):
    """One line: of a bill (its `id` and reference), or of a payment. `amount` is added to what is owed; `balance` is what is
    owed behind it."""

    kind: str
    day: date
    id: str
    reference: str | None
    amount: int
    balance: int = 0


class Open(Struct, frozen=True, kw_only=True):
    """What is open on one bill at the end."""

    case: str
    due_on: date | None
    amount: int


class Statement(Struct, frozen=True, kw_only=True):
    """One currency, in minor units. `sums` are the period's, by kind of entry; `credit` is what was paid and is applied to
    no bill; `bills` and `entries` are as many as were asked for, all sums are of all."""

    currency: str
    opening: int
    sums: dict[str, int]
    entries: tuple[Entry, ...]
    bills: tuple[Open, ...]
    ageing: dict[str, int]
    credit: int

    @property
    def closing(self) -> int:
        """What is owed at the end."""
        return self.opening + sum(self.sums.values())

    @property
    def open(self) -> int:
        """What is open on bills."""
        return sum(self.ageing.values())

    @property
    def overdue(self) -> int:
        """What of it is past its day."""
        return self.open - self.ageing["current"]


def running(opening: int, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """With the balance behind each."""
    behind = list(accumulate((one.amount for one in entries), initial=opening))[1:]
    return tuple(replace(one, balance=balance) for one, balance in zip(entries, behind, strict=True))


def aged(open_by_due: Sequence[tuple[date | None, int]], as_of: date) -> dict[str, int]:
    """What is open by its age; every bucket is there."""
    found = dict.fromkeys(BUCKETS, 0)
    for due_on, amount in open_by_due:
        found[bucket(due_on, as_of)] += amount
    return found
