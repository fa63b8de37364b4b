"""The money of a bill as rows that only have to be added up: what is open on a day is their sum up to that day, by due date.

A row stands on its business day under the due date that the bill had on that day. Another due date moves what is open from
the one to the other, and money recorded later for an earlier day moves along: the sum by (day, due date) is always that of
the bill's facts ordered by their days, whatever the order in which they became known.
"""

from collections import Counter
from datetime import date

from msgspec import Struct

from service.domain.case import Case

BILLED, CREDITED, PAID, LOST, DUE = "billed", "credited", "paid", "lost", "due"
"""What a row is: the bill's amount and its corrections, credit notes, money, what was written off; a change of due date."""


class Movement(Struct, frozen=True):
    """By how much the open amount changes from a day on; `due_on` is None while the bill has no due date."""

    kind: str
    day: date
    amount: int
    due_on: date | None


Cells = Counter[tuple[date, date | None]]


def moves(before: Case | None, after: Case) -> bool:
    """Whether an event that left this state can have led to rows."""
    if before is None or before.issued_on is None:
        return after.issued_on is not None
    return (
        before.paid != after.paid
        or before.credited != after.credited
        or before.amount != after.amount
        or before.due_on != after.due_on
        or before.written_off != after.written_off
        or before.recovered != after.recovered
    )


class Book:
    """What has been booked of one bill. One begun at its `standing` due date knows nothing of its past: it books money of
    days on which that due date held already, and no other due date."""

    def __init__(self) -> None:
        self._entries: list[tuple[date, int]] = []
        self._dues: list[tuple[date, date | None]] = []

    @classmethod
    def standing(cls, case: Case) -> "Book":
        """For a bill whose past is not looked at."""
        book = cls()
        book._dues = [(date.min, case.due_on)]
        return book

    def book(self, before: Case | None, after: Case, day: date) -> list[Movement]:
        """The rows of one event of that business day. Nothing counts before the bill was issued, nor for an earlier day."""
        if after.issued_on is None:
            return []
        day = max(day, after.issued_on)
        if before is None or before.issued_on is None:
            self._dues = [(after.issued_on, after.due_on)]
            return self._noted(None, after, after.issued_on)
        if before.due_on == after.due_on and len(self._dues) == 1:
            return self._noted(before, after, day)
        earlier = self._cells()
        since = None
        if before.due_on != after.due_on:
            # A first due date, such as terms become, holds from the bill's own day.
            since = day if before.due_on else after.issued_on
            self._dues = sorted([one for one in self._dues if one[0] != since] + [(since, after.due_on)])
        money = self._noted(before, after, day)
        return money + self._moved(earlier, money, since)

    def _noted(self, before: Case | None, after: Case, day: date) -> list[Movement]:
        """The money itself, under the due date of its day."""
        due_on = self._due_at(day)
        found = [Movement(kind, day, amount, due_on) for kind, amount in _changes(before or _NOTHING, after)]
        self._entries += [(one.day, one.amount) for one in found]
        return found

    def _moved(self, earlier: Cells, money: list[Movement], since: date | None) -> list[Movement]:
        """What makes the sums right again. A change of the due date is told though nothing is open, so that it is found."""
        moved = self._cells()
        moved.subtract(earlier)
        for one in money:
            moved[one.day, one.due_on] -= one.amount
        legs = sorted((day, due_on or date.min, due_on) for (day, due_on), amount in moved.items() if amount)
        rows = [Movement(DUE, day, moved[day, due_on], due_on) for day, _, due_on in legs]
        if since and all(row.day != since for row in rows):
            rows.append(Movement(DUE, since, 0, self._due_at(since)))
        return rows

    def _due_at(self, day: date) -> date | None:
        if len(self._dues) == 1:
            return self._dues[0][1]
        return [due_on for since, due_on in self._dues if since <= day][-1]

    def _cells(self) -> Cells:
        """The sums by day and due date, as they must be."""
        cells: Cells = Counter()
        for day, amount in self._entries:
            cells[day, self._due_at(day)] += amount
        for (_, old), (since, new) in zip(self._dues, self._dues[1:], strict=False):
            balance = sum(amount for day, amount in self._entries if day < since)
            cells[since, old] -= balance
            cells[since, new] += balance
        return cells


_NOTHING = Case(id="")


def _changes(before: Case, after: Case) -> list[tuple[str, int]]:
    """What the open amount is made of, by kind, where it has changed."""
    found = []
    if before.amount != after.amount:
        found.append((BILLED, after.amount - before.amount))
    if before.credited != after.credited:
        found.append((CREDITED, before.credited - after.credited))
    if before.paid != after.paid:
        found.append((PAID, before.paid - after.paid))
    if before.lost != after.lost:
        found.append((LOST, before.lost - after.lost))
    return found
