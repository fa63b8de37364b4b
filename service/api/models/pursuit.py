"""What people say of bills that are handed over (J1), and how those stand."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from service.api.models.commands import Cases
from service.api.models.fields import Answer, Body, Currency, Day, Id, Line, Money, Said, Text

Party: TypeAlias = Literal["agency", "lawyer", "legal"]
Milestone: TypeAlias = Literal[
    "mediation", "filed", "preserved", "hearing", "judgment", "enforcement", "recovered", "closed"
]
DeadlineOf: TypeAlias = Literal[
    "mediation", "filed", "preserved", "hearing", "judgment", "enforcement", "recovered", "closed", "other"
]


class HandOverBody(Body):
    """Ask that others pursue the claim."""

    to: Party = Field(description="A collection agency, a law firm, or our own legal department.")
    name: Line | None = Field(
        None, description="The firm's; it stands in the log for ever.", examples=["Blue Sky Law Firm"]
    )
    reference: Line | None = Field(None, description="What they know the claim by.", examples=["2026-0817"])
    reason: Said = Field(examples=["No answer since the lawyer's letter."])


class CustomerHandOverBody(HandOverBody):
    """The same for several of a customer's bills, at most 100."""

    cases: list[Id] | None = Cases


class TakeBackBody(Body):
    """Ours to collect again."""

    reason: Said = Field(examples=["The agency gave up; the customer talks to us again."])


class MilestoneBody(Body):
    """How far they have come."""

    milestone: Milestone
    on: Day | None = Field(None, description="The day it was reached; today when left out.")
    text: Text | None = Field(None, examples=["(2026) Hu 0115 Min Chu 1234; heard by Judge Wang."])


class CustomerMilestoneBody(MilestoneBody):
    """The same for several bills of one suit."""

    cases: list[Id] | None = Field(
        None, description="All overdue bills that are handed over when left out.", max_length=500
    )


class DeadlineBody(Body):
    """A day that must not be missed."""

    what: DeadlineOf = Field(description="The milestone that is expected then, or `other`, which `text` says.")
    on: Day
    text: Text | None = Field(None, examples=["Last day to appeal."])


class DeadlineEndBody(Body):
    """It was met, or has lost its object."""

    outcome: Literal["met", "dropped"]
    reason: Text | None = None


class CostBody(Body):
    """What pursuing the claim costs; shown, and never added to what is owed."""

    kind: Literal["court_fee", "lawyer", "agency", "preservation", "enforcement", "other", "refund"] = Field(
        description="A `refund` takes off what came back, at most what is there."
    )
    amount: Money
    currency: Currency | None = Field(None, description="The bill's when left out.")
    on: Day | None = Field(None, description="Today when left out.")
    text: Text | None = None


class DeadlineAnswer(Answer):
    """A day ahead; what an `other` one is about stands in the case's log."""

    deadline: int = Field(examples=[1])
    what: DeadlineOf
    on: Day


class CostAnswer(Answer):
    """Costs less refunds, in one currency."""

    currency: Currency
    amount: Money


class HandedOverAnswer(Answer):
    """With whom a bill is, how far they have come, what it cost and brought (J1)."""

    to: Party
    name: str | None
    reference: str | None
    on: Day
    back_on: Day | None = Field(description="When it was taken back.")
    milestones: dict[str, Day] = Field(description="The latest day of each.", examples=[{"filed": "2026-07-01"}])
    deadlines: Annotated[list[DeadlineAnswer], Field(description="Those still open, as they were set.")]
    costs: list[CostAnswer]
    recovered: Money = Field(description="What was paid on the bill since it was first handed over.")
