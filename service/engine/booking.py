"""What a transaction's events move, as rows that reports add up; a bill's past is read only where it matters to them."""

from collections.abc import Iterable, Sequence
from datetime import date

from service.domain.account import State
from service.domain.case import Case
from service.domain.evolve import evolve_case
from service.domain.movements import Book, moves
from service.store import codec, log, movements
from service.store.database import Row, Tx

Change = tuple[log.Entry, State | None, State]
"""An event about to be appended, with the states before and after it."""

_Moving = list[tuple[log.Entry, Case | None, Case]]


def booked(tx: Tx, today: date, changes: Iterable[Change]) -> list[Row]:
    """The rows of these events, in their order within each bill."""
    moving: dict[str, _Moving] = {}
    for entry, before, after in changes:
        if isinstance(after, Case) and (before is None or isinstance(before, Case)) and moves(before, after):
            moving.setdefault(after.id, []).append((entry, before, after))
    books = _books(tx, today, moving) if moving else {}
    return [
        row
        for id, its in moving.items()
        for entry, before, after in its
        for row in movements.rows(
            after.customer, id, after.currency, entry.version, entry.recorded_at, books[id].book(before, after, entry.day)
        )
    ]


def _books(tx: Tx, today: date, moving: dict[str, _Moving]) -> dict[str, Book]:
    books: dict[str, Book] = {}
    late: list[tuple[str, str, date]] = []
    read: list[str] = []
    for id, its in moving.items():
        _, first, after = its[0]
        if first is None or first.issued_on is None:
            books[id] = Book()
        elif any(before and before.due_on != after.due_on for _, before, after in its):
            read.append(id)
        else:
            books[id] = Book.standing(after)
            day = min(entry.day for entry, _, _ in its)
            if day < today:
                late.append((after.customer, id, day))
    read += movements.moved_since(tx, late)
    return books | _replayed(tx, read)


def _replayed(tx: Tx, ids: Sequence[str]) -> dict[str, Book]:
    """Everything that was booked of these bills so far."""
    books = {id: Book() for id in ids}
    cases = {id: Case(id=id) for id in ids}
    for stream, _, type, schema, data, day, _ in log.history(tx, [f"case/{id}" for id in ids]) if ids else ():
        id = stream.partition("/")[2]
        before = cases[id]
        cases[id] = evolve_case(before, codec.event(type, schema, data))  # type: ignore[arg-type]
        if moves(before, cases[id]):
            books[id].book(before, cases[id], day)
    return books
