"""What people ask to agree with a customer about bills: plans."""

from datetime import date
from typing import TypeAlias

from msgspec import Struct

from service.domain.commands.facts import Money


class PartGiven(Struct, frozen=True, kw_only=True):
    """One instalment as it was named."""

    due_on: date
    amount: Money


class PlanTerms(Struct, frozen=True, kw_only=True):
    """The parts, or `count` equal ones from `first_on` on, so far apart (`every`, an ISO 8601 duration)."""

    parts: tuple[PartGiven, ...] = ()
    count: int = 0
    first_on: date | None = None
    every: str = "P1M"


class AgreePlan(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    terms: PlanTerms
    promised_by: str | None = None
    reason: str | None = None


AgreementCommand: TypeAlias = AgreePlan
