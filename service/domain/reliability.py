"""How far a customer's word has held: the latest promises that were judged, a plan as one, counted and put in a word."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from msgspec import Struct

from service.domain.case import Case

Word = Literal["reliable", "mixed", "unreliable", "unknown"]
WORDS = frozenset({"reliable", "mixed", "unreliable", "unknown"})

BILLS_LOOKED_AT = 200
"""The last ones issued; so the question has a bound, however many bills there are."""

LOOKED_AT = 10
"""So many of the latest count."""

FEWEST = 2
"""Of fewer nothing is said."""

RELIABLE_FROM, UNRELIABLE_BELOW = 80, 50
"""Kept of a hundred."""


class Judged(Struct, frozen=True, order=True):
    """A promise, or a plan, and what became of it: `kept`, `partially_kept`, `broken`; `contact` gave it, if known."""

    due_on: date
    state: str
    contact: str | None = None


class Record(Struct, frozen=True):
    """The latest, counted."""

    kept: int = 0
    partially_kept: int = 0
    broken: int = 0

    @property
    def word(self) -> Word:
        """What a playbook's condition asks for."""
        judged = self.kept + self.partially_kept + self.broken
        if judged < FEWEST:
            return "unknown"
        share = 100 * self.kept / judged
        return "reliable" if share >= RELIABLE_FROM else "unreliable" if share < UNRELIABLE_BELOW else "mixed"


def judged_on(case: Case) -> list[Judged]:
    """What was promised on the bill and has been judged, as far as its state remembers."""
    found = [
        Judged(one.due_on, one.state, one.contact)
        for one in case.promises
        if one.state in ("kept", "partially_kept", "broken")
    ]
    if case.plan and case.plan.state in ("kept", "broken"):
        found.append(Judged(case.plan.until, case.plan.state, case.plan.contact))
    return found


def record(judged: Iterable[Judged]) -> Record:
    """The latest of them."""
    latest = sorted(judged, key=lambda one: one.due_on)[-LOOKED_AT:]
    counts = {state: sum(one.state == state for one in latest) for state in ("kept", "partially_kept", "broken")}
    return Record(**counts)


def by_contact(judged: Iterable[Judged]) -> dict[str, Record]:
    """The same of each of the customer's people who is known to have promised."""
    people: dict[str, list[Judged]] = {}
    for one in judged:
        if one.contact:
            people.setdefault(one.contact, []).append(one)
    return {contact: record(those) for contact, those in sorted(people.items())}
