"""Books compared with a customer: the letter, and what came back of it."""

from typing import Literal

from pydantic import Field

from service.api.models.commands import Cases
from service.api.models.fields import Answer, Body, Currency, Cursor, Day, Id, Line, Money, Text


class ReconciliationBody(Body):
    """Send the letter that compares the books (H1)."""

    cases: list[Id] | None = Cases


class _Returned(Body):
    on: Day | None = Field(None, description="The day it was signed; today when left out.")
    signed_by: Line | None = Field(None, examples=["Zhang Wei"])
    title: Line | None = Field(None, description="Theirs who signed.", examples=["Chief accountant"])
    proof: Line | None = Field(None, description="Where the paper is.", examples=["SF1020304050607"])
    text: Text | None = Field(None, description="What was written beside it.")


class ConfirmBody(_Returned):
    """It came back signed: the customer owes what the letter says."""


class BalanceBody(Body):
    """What the customer's books show in one currency."""

    currency: Currency
    amount: Money


class DifferBody(_Returned):
    """The customer's books show something else."""

    balances: list[BalanceBody] = Field(
        min_length=1, max_length=20, description="Where they differ; in the letter's other currencies they agree."
    )


class ComparedBalance(Answer):
    """One currency, by both books."""

    currency: Currency
    amount: Money = Field(description="By our books.")
    customers_amount: Money | None = Field(description="By theirs; null until they have answered.", examples=["1000.00"])
    difference: Money | None = Field(description="Ours less theirs.", examples=["200.50"])


class ComparedBill(Answer):
    """What was open on one bill when the letter was issued."""

    case: Id
    currency: Currency
    amount: Money


class ReconciliationRow(Answer):
    """A letter that was to be signed and returned, and what became of it."""

    id: str = Field(description="The letter's.", examples=["reconciliation~C-1.31"])
    customer: Id = Field(examples=["C-1"])
    state: Literal["sent", "confirmed", "differs", "silent"]
    on: Day = Field(description="As of when our books are stated.")
    until: Day = Field(description="Unanswered after this day it counts as met with silence.")
    balances: list[ComparedBalance]
    answered_on: Day | None
    signed_by: str | None = Field(description="Viewers and the ERP are not told.")
    title: str | None
    proof: str | None
    text: str | None


class ReconciliationAnswer(ReconciliationRow):
    """The same with the bills that it names."""

    bills: list[ComparedBill]


class ReconciliationList(Answer):
    """All of a customer's, the latest first."""

    data: list[ReconciliationRow]
    next_cursor: Cursor
