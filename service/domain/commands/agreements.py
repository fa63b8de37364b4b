"""What people agree with a customer about bills, and what the customer contests."""

from datetime import date
from typing import Literal, TypeAlias

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


class OpenDispute(Struct, frozen=True, kw_only=True):
    """The amount is split over the bills, oldest due first; without one each bill's whole undisputed amount is contested.
    `owner` is a user or an audience."""

    customer: str
    cases: tuple[str, ...]
    reason: str
    text: str
    amount: str | None = None
    owner: str | None = None


class ResolveDispute(Struct, frozen=True, kw_only=True):
    """`amount` is what is conceded to the customer; all of it when left out."""

    customer: str
    case: str
    dispute: int
    outcome: Literal["ours", "customers"]
    text: str
    amount: str | None = None
    root_cause: str | None = None


class ExtendCase(Struct, frozen=True, kw_only=True):
    customer: str
    case: str
    due_on: date
    reason: str


class OfferDiscount(Struct, frozen=True, kw_only=True):
    """So much less when all the rest is paid by that day."""

    customer: str
    case: str
    amount: str
    ends_on: date
    reason: str


AgreementCommand: TypeAlias = AgreePlan | OpenDispute | ResolveDispute | ExtendCase | OfferDiscount
