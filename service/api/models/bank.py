"""What became of a bank statement."""

from typing import Any, Literal

from pydantic import Field

from service.api.models.fields import Answer, Currency, Day, Id, Money


class Allocated(Answer):
    """What of a credit went to a bill."""

    invoice: Id
    amount: Money


class Candidate(Answer):
    """A bill that a credit may be for."""

    invoice: Id
    customer: Id
    open_amount: Money


class CreditAnswer(Answer):
    """One credit, and what came of it."""

    id: str = Field(description="The same in every message that tells of it.")
    status: Literal["applied", "duplicate", "uncertain", "unknown", "taken_back", "rejected"] = Field(
        description="`uncertain`: finance has a task with the candidates. `unknown`: nothing open fits. `taken_back`: the "
        "bank reverses a credit, which people look into."
    )
    amount: str = Field(examples=["1200.00"])
    currency: Currency
    on: Day
    payer: str | None
    reference: str | None
    payment: Id | None = Field(description="The payment it became.")
    customer: Id | None
    allocations: list[Allocated]
    candidates: list[Candidate] = Field(description="The likeliest first.")
    error: dict[str, Any] | None = Field(description="A problem, when it was rejected.")


class StatementAnswer(Answer):
    """What became of the credits of a statement."""

    credits: int
    applied: int
    duplicate: int
    uncertain: int
    unknown: int
    taken_back: int
    rejected: int
    passed_over: int = Field(description="Debits, and entries that are not booked.")
    results: list[CreditAnswer]
