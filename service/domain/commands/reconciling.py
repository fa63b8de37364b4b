"""What people ask about reconciliations (H1)."""

from datetime import date
from typing import TypeAlias

from msgspec import Struct


class Reconcile(Struct, frozen=True, kw_only=True):
    """Send the letter that compares the books, about these bills."""

    customer: str
    cases: tuple[str, ...]


class BalanceSaid(Struct, frozen=True, kw_only=True):
    """What the customer's books say in one currency."""

    currency: str
    amount: str


class AnswerReconciliation(Struct, frozen=True, kw_only=True):
    """It came back: signed, or with the balances that the customer's books show instead."""

    customer: str
    reconciliation: str
    cases: tuple[str, ...]
    on: date | None = None
    differs: tuple[BalanceSaid, ...] = ()
    signed_by: str | None = None
    title: str | None = None
    proof: str | None = None
    text: str | None = None


ReconciliationCommand: TypeAlias = Reconcile | AnswerReconciliation
