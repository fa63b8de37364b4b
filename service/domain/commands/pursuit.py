"""What people ask about bills that are handed over (J1)."""

from datetime import date
from typing import TypeAlias

from msgspec import Struct


class HandOver(Struct, frozen=True, kw_only=True):
    """Ask that these bills be handed over; `name` is a firm's, `reference` what they know the claim by."""

    customer: str
    cases: tuple[str, ...]
    to: str
    reason: str
    name: str | None = None
    reference: str | None = None


class TakeBack(Struct, frozen=True, kw_only=True):
    """Ours to collect again."""

    customer: str
    cases: tuple[str, ...]
    reason: str


class ReachMilestone(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    milestone: str
    on: date | None = None
    text: str | None = None


class SetDeadline(Struct, frozen=True, kw_only=True):
    """A day ahead that must not be missed."""

    customer: str
    case: str
    what: str
    on: date
    text: str | None = None


class EndDeadline(Struct, frozen=True, kw_only=True):
    customer: str
    case: str
    deadline: int
    outcome: str
    reason: str | None = None


class IncurCost(Struct, frozen=True, kw_only=True):
    """The bill's own currency when none is named."""

    customer: str
    case: str
    kind: str
    amount: str
    currency: str | None = None
    on: date | None = None
    text: str | None = None


PursuitCommand: TypeAlias = HandOver | TakeBack | ReachMilestone | SetDeadline | EndDeadline | IncurCost
