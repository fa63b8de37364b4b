"""What a customer's account says over a period."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.models.fields import Answer, Currency, Day, Id, Money


class StatementAsked(BaseModel):
    """Of which days."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    from_: Day | None = Field(
        None, alias="from", description="The first day of the period; the first of the month before when left out."
    )
    to: Day | None = Field(None, description="Its last day, as of whose end it is; today when left out.")
    language: Literal["zh", "en"] | None = Field(None, description="Of the PDF; the customer's when left out.")


class StatementBill(Answer):
    """An open bill on a statement."""

    case: Id
    reference: str | None
    issued_on: Day | None
    due_on: Day | None
    days_overdue: int
    amount: Money
    open_amount: Money
    disputed_amount: Money = Field(description="What of it is disputed, or to be credited, as things stand today.")
    late_interest: Money | None = Field(
        None, description="Accrued by contract to today; in none of the sums, and not told as of an earlier day (D8)."
    )


class StatementEntry(Answer):
    """Something that happened on the account."""

    on: Day
    kind: Literal["bill", "correction", "credit_note", "payment", "write_off", "recovery"]
    case: Id | None
    payment: Id | None
    reference: str | None
    amount: Money = Field(description="Added to what is owed: a payment's is negative.", examples=["-500.00"])
    balance: Money = Field(description="What is owed behind it.")


class StatementAgeing(Answer):
    """What is open by days past due; the buckets add up to `open`."""

    current: Money
    days_1_30: Money
    days_31_60: Money
    days_61_90: Money
    days_91_180: Money
    over_180: Money


class StatementPart(Answer):
    """One currency of a statement."""

    currency: Currency
    opening_balance: Money = Field(description="What was owed when the period began, less what was paid ahead.")
    billed: Money = Field(description="Bills of the period with later corrections of amounts.")
    credited: Money = Field(description="Credit notes; negative.", examples=["-100.00"])
    paid: Money = Field(description="Payments, whatever they were applied to; negative.", examples=["-500.00"])
    written_off: Money = Field(description="Given up in the books, net of what came all the same; mostly negative.")
    entries: list[StatementEntry] = Field(description="In order of their days; their sum leads from one balance to the other.")
    bills: list[StatementBill] = Field(description="What is open at the end, oldest due first.")
    ageing: StatementAgeing
    open: Money
    overdue: Money
    disputed: Money = Field(description="Of the bills listed, as things stand today.")
    late_interest: Money | None = Field(description="Of the bills listed; beside what is owed, never in it (D8).")
    credit: Money = Field(description="Payments that are not applied to any bill.")
    balance: Money = Field(description="When the period ends: `open` less `credit`.")


class StatementAnswer(Answer):
    """What a customer owed, what happened, and what is open."""

    model_config = ConfigDict(validate_by_alias=True, serialize_by_alias=True)

    customer: Id
    name: str | None
    from_: Day = Field(alias="from")
    to: Day
    as_of: Day = Field(description="The same day as `to`.")
    currencies: list[StatementPart]
    complete: bool = Field(
        description="false when there are more bills or entries than a statement lists; the sums are of all."
    )
