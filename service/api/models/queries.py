"""What lists may be asked: filters, sort orders, where a page begins. A parameter that is not known is refused."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.fields import Currency, Day, Id, Level, Money, Segment, Stage, UserId


def _searchable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("control_character", "refused")
    return text


Prefix: TypeAlias = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S"), AfterValidator(_searchable)]
Days: TypeAlias = Annotated[int, Field(ge=0, le=36_500)]
EventKind: TypeAlias = Annotated[str, Field(pattern=r"^[a-z_]+\.([a-z_]+|\*)$", max_length=64)]
_OF_A_KIND = "An event type, or all of a kind: `hold.*`."


class Listed(BaseModel):
    """Where a page begins and how long it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    limit: int = Field(50, ge=1, le=200, description="Rows of a page at most.")
    cursor: str | None = Field(None, description="`next_cursor` of the page before; bound to all other parameters.")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value != "" or name not in cls.model_fields}

    def filters(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        return self.model_dump(mode="json", exclude={"limit", "cursor", "fields"}, exclude_none=True)


class Chosen(Listed):
    """Which fields of each row."""

    fields: Annotated[str, Field(pattern=r"^[a-z_]+(,[a-z_]+)*$", max_length=1000)] | None = Field(
        None, description="Only these fields of each row, by commas.", examples=["id,open_amount"]
    )


class CasesAsked(Chosen):
    """Which cases, in which order."""

    stage: Stage | None = Field(None, description="`closed` lists closed cases, which are left out otherwise.")
    level: Level | None = None
    customer: Id | None = Field(None, description="All cases of the customer, closed ones too.")
    owner: UserId | None = None
    overdue_min: Days | None = Field(None, description="Days overdue at least.")
    overdue_max: Days | None = Field(None, description="Days overdue at most.")
    amount_min: Money | None = Field(None, description="Open amount at least; needs `currency`.")
    amount_max: Money | None = Field(None, description="Open amount at most; needs `currency`.")
    currency: Currency | None = None
    paused: Literal["true", "false", "promise", "plan", "dispute", "draft", "manual"] | None = Field(
        None, description="Whether paused, or by what."
    )
    due_before: Day | None = Field(None, description="Due before this day.")
    q: Prefix | None = Field(
        None,
        description="Prefix of the invoice, the customer, the reference or the customer's name; of the last two, case "
        "and width do not matter. A closed case is found by its whole id.",
    )
    sort: Literal[
        "due_on", "-due_on", "open_amount", "-open_amount", "next_action_at", "-next_action_at", "id", "-id"
    ] = Field("due_on", description="Rows without a value come last. `open_amount` needs `currency`.")


class CustomersAsked(Chosen):
    """Which customers, in which order."""

    q: Prefix | None = Field(None, description="Prefix of the id or, whatever its case and width, of the name.")
    segment: Segment | None = None
    owner: UserId | None = None
    hold: Literal["true", "false"] | None = Field(None, description="Whether shipments are stopped.")
    overdue_min: Money | None = Field(None, description="Overdue at least; needs `currency`.")
    currency: Currency | None = Field(
        None, description="Of `overdue_min` and of sorting by `overdue`; alone: customers with open bills in it."
    )
    sort: Literal["overdue", "-overdue", "name", "-name", "id", "-id"] = Field(
        "name", description="`overdue` needs `currency`."
    )


class Paged(Listed):
    """A list without filters."""


class CustomerPaymentsAsked(Chosen):
    """Which payments of a customer; the last received first."""

    received_from: Day | None = None
    received_until: Day | None = None


class PaymentsAsked(CustomerPaymentsAsked):
    """Which payments; the last received first."""

    customer: Id | None = None


class MessagesAsked(Chosen):
    """Which messages; the last queued first."""

    customer: Id | None = Field(None, description="To this customer, or about its bills to the parent it has now.")
    case: Id | None = None
    state: Literal["queued", "captured", "handed_over", "bounced", "replied", "struck"] | None = None


class FeedAsked(Listed):
    """Which events of the feed."""

    type: EventKind | None = Field(None, description=_OF_A_KIND, examples=["case.escalated"])
    customer: Id | None = None


class ChangesAsked(BaseModel):
    """Which changes are told."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    type: EventKind | None = Field(None, description=_OF_A_KIND, examples=["case.escalated"])
    customer: Id | None = None

    def filters(self) -> dict[str, Any]:
        """As those of the feed with the same filters, so that its cursors are good here."""
        return self.model_dump(mode="json", exclude_none=True)
