"""Late interest by contract (D8): its terms, and what has accrued."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StrictStr

from service.api.models.fields import Answer, Body, Day, Money

DayCount: TypeAlias = Literal["act/365", "act/360", "30/360"]
Rate: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$", examples=["12.5"])]


class InterestTermsBody(Body):
    """What contracts say of late payment."""

    annual_rate: Rate = Field(description="Per cent a year, as decimal text; 0 means none.")
    day_count: DayCount
    grace_days: Annotated[int, Field(ge=0, le=366)] = Field(0, description="So many days after the due date bear none.")


class InterestTermsAnswer(Answer):
    """What contracts say of late payment."""

    annual_rate: Rate
    day_count: DayCount
    grace_days: int


class LateInterest(InterestTermsAnswer):
    """What has accrued by contract, from one day to the end of another; shown, and not part of what is owed (D8)."""

    amount: Money
    since: Day
    until: Day
