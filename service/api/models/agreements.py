"""What is agreed with a customer about bills: plans, as they are asked for and as they are answered."""

from typing import Any, Literal, Self

from pydantic import Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.commands import Cases
from service.api.models.fields import Answer, Body, Currency, Cursor, Day, Id, Line, Money, Text
from service.domain.commands import PartGiven, PlanTerms
from service.domain.commitments import MOST_PARTS


class PlanPart(Body):
    """One instalment."""

    due_on: Day
    amount: Money


class PlanBody(Body):
    """Dated parts that sum to all that is open and undisputed (D3): named one by one, or as `count` equal ones from
    `first_on` on, of which the last takes what rounding leaves.
    """

    parts: list[PlanPart] | None = Field(
        None, min_length=1, max_length=MOST_PARTS, description="In order of their days; or give `count`."
    )
    count: int | None = Field(None, ge=1, le=MOST_PARTS, description="Equal parts.", examples=[3])
    first_on: Day | None = Field(None, description="The first part's day; with `count`.")
    every: StrictStr | None = Field(
        None,
        pattern=r"^P[0-9YMWD]{2,12}$",
        description="From one part to the next; P1M when left out.",
        examples=["P1M"],
    )
    promised_by: Line | None = Field(None, description="Who agreed to it.", examples=["Zhang Wei"])
    reason: Text | None = Field(
        None, description="For whoever must consent.", examples=["Short of cash until their own customers pay."]
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        beside = {"first_on", "every"} & {name for name in self.model_fields_set if getattr(self, name) is not None}
        if (self.parts is None) == (self.count is None) or (self.parts is not None and beside):
            raise PydanticCustomError("parts_or_count", "one of the two")
        if self.count is not None and self.first_on is None:
            raise PydanticCustomError("first_on_required", "with count")
        return self

    def terms(self) -> dict[str, Any]:
        """The plan as the domain takes it."""
        given = tuple(PartGiven(due_on=part.due_on, amount=part.amount) for part in self.parts or ())
        terms = PlanTerms(parts=given, count=self.count or 0, first_on=self.first_on, every=self.every or "P1M")
        return {"terms": terms, "promised_by": self.promised_by, "reason": self.reason}


class CustomerPlanBody(PlanBody):
    """One plan for several bills: its parts are split over them, oldest due first, and it falls for all of them."""

    cases: list[Id] | None = Cases


class PlanPartAnswer(Answer):
    """One instalment and what became of it."""

    due_on: Day
    amount: Money
    state: Literal["open", "kept", "missed"]


class PlanAnswer(Answer):
    """Instalments agreed on one bill (D3)."""

    id: str = Field(description="The same for all the bills of one plan.", examples=["INV-1.9"])
    case: Id
    amount: Money
    currency: Currency
    agreed_on: Day
    until: Day = Field(description="The last day on which the last part is in time.")
    parts: list[PlanPartAnswer]
    promised_by: str | None = None
    approval: str | None = Field(None, description="The request by which it was consented to.")
    state: Literal["open", "kept", "broken", "cancelled"]


class PlanList(Answer):
    """Plans: of a case oldest first, of a customer one for each of its bills."""

    data: list[PlanAnswer]
    next_cursor: Cursor = None
