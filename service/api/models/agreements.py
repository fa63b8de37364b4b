"""What is agreed with a customer about bills, and what the customer contests, as it is asked for and as it is answered."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.commands import Cases
from service.api.models.fields import (
    Answer,
    Body,
    Currency,
    Cursor,
    Day,
    Id,
    Line,
    Money,
    Said,
    Text,
    UserId,
    listed,
    one_of,
)
from service.domain.commands import PartGiven, PlanTerms
from service.domain.commitments import MOST_PARTS
from service.domain.dispute_reasons import CAUSES, REASONS


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


_REASONS, _CAUSES = frozenset(REASONS), frozenset(CAUSES)
ReasonCode: TypeAlias = Annotated[
    StrictStr, one_of(_REASONS), listed(_REASONS, "See `GET /v1/dispute-reasons`.", "price")
]
RootCause: TypeAlias = Annotated[StrictStr, one_of(_CAUSES), listed(_CAUSES, "What it came from.", "pricing")]


class DisputeBody(Body):
    """What the customer contests (D5)."""

    reason: ReasonCode
    amount: Money | None = Field(None, description="All that is open and not disputed already when left out.")
    text: Said = Field(examples=["They were promised last year's price."])
    owner: UserId | None = Field(
        None,
        description="A user of ours, or an audience such as `sales`, `quality`, `finance`; whom the reason calls for when "
        "left out.",
        examples=["sales"],
    )

    def said(self) -> dict[str, Any]:
        """The dispute as the domain takes it."""
        return {name: getattr(self, name) for name in ("reason", "amount", "text", "owner")}


class CustomerDisputeBody(DisputeBody):
    """The amount is split over the cases, oldest due first."""

    cases: list[Id] | None = Cases


class ResolveBody(Body):
    """What was decided about a dispute."""

    outcome: Literal["ours", "customers"] = Field(description="`ours`: it is owed. `customers`: a credit is expected.")
    text: Said = Field(examples=["The price list of March applies."])
    amount: Money | None = Field(None, description="Conceded to the customer; all that is disputed when left out.")
    root_cause: RootCause | None = Field(None, description="What it turned out to come from.")


class DisputeAnswer(Answer):
    """A dispute about one bill (D5)."""

    case: Id
    dispute: int = Field(description="Counts on the bill from one.", examples=[1])
    reason: str = Field(examples=["price"])
    root_cause: str = Field(description="The reason's usual one until it is resolved.", examples=["pricing"])
    amount: Money
    currency: Currency
    owner: str = Field(description="A user or an audience.", examples=["sales"])
    text: str | None = Field(None, description="null for viewers and the ERP.")
    opened_on: Day
    until: Day = Field(description="The owner's superior is told on this day.")
    state: Literal["open", "resolved"]
    outcome: Literal["ours", "customers", "lapsed"] | None
    resolved_on: Day | None
    conceded: Money | None = Field(description="The credit that was agreed to.")
    credit_expected: Money | None = Field(description="What of it has not come yet.")


class DisputeList(Answer):
    """Disputes: of a case oldest first, of a customer those just opened."""

    data: list[DisputeAnswer]
    next_cursor: Cursor = None


class DisputeReason(Answer):
    """Why bills are disputed."""

    code: str = Field(examples=["price"])
    text: str = Field(description="In the reader's language.", examples=["The price is wrong"])
    root_cause: str = Field(examples=["pricing"])
    root_cause_text: str = Field(examples=["pricing"])
    owner: str = Field(description="Who takes it up unless somebody else is named.", examples=["sales"])


class DisputeReasons(Answer):
    """All reasons."""

    data: list[DisputeReason]
    next_cursor: Cursor = None


class ExtendBody(Body):
    """A later due date (D4)."""

    due_on: Day
    reason: Said = Field(examples=["They are paid for the harvest in May."])


class DiscountBody(Body):
    """So much less when all the rest is paid in time (D6)."""

    amount: Money
    ends_on: Day = Field(description="The last day; when it is closed, the next open one is in time too.")
    reason: Said = Field(examples=["Settles the complaint about the second delivery."])


class DiscountAnswer(Answer):
    """A discount offered on one bill (D6)."""

    id: str = Field(examples=["INV-1.9"])
    case: Id
    amount: Money
    currency: Currency
    offered_on: Day
    ends_on: Day
    until: Day = Field(description="The last day on which the money is in time.")
    state: Literal["open", "taken", "lapsed"]
    taken: Money | None = Field(None, description="What was credited when the rest had come.")
    approval: str | None = None


class DiscountList(Answer):
    """The discounts offered on a case, oldest first."""

    data: list[DiscountAnswer]
    next_cursor: Cursor = None
