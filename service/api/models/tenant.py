"""The tenant's own things: settings, users, playbooks and the test clock."""

from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.assignment import AssignmentRule
from service.api.models.fields import (
    Answer,
    Body,
    Day,
    Instant,
    Language,
    Line,
    Money,
    Segment,
    Version,
)
from service.api.models.interest import InterestTermsBody

TimeOfDay: TypeAlias = Annotated[StrictStr, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$", examples=["09:00"])]
Approver: TypeAlias = Literal["finance", "legal", "supervisor", "manager", "general_manager", "boss"]
APPROVERS: tuple[str, ...] = get_args(Approver)
Count: TypeAlias = Annotated[int, Field(ge=1, le=100)]
Days: TypeAlias = Annotated[int, Field(ge=0, le=366)]
Limits: TypeAlias = dict[Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")], Money | None]
Cause: TypeAlias = Literal[
    "demand",
    "promise",
    "plan",
    "payment",
    "acknowledgement",
    "mediation",
    "filed",
    "preserved",
    "judgment",
    "enforcement",
]
WriteOffLimit: TypeAlias = dict[Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")], Money]
AgeingBucket: TypeAlias = Literal["current", "days_1_30", "days_31_60", "days_61_90", "days_91_180", "over_180"]


class Window(Body):
    """Local times between which people may be contacted."""

    opens: TimeOfDay
    closes: TimeOfDay


class Bank(Body):
    """Where customers pay in one currency (C6)."""

    payee: Line
    bank: Line
    account: Line
    reference: Line | None = None


class SettingsPatch(Body):
    """What a tenant may choose; absent fields stay."""

    time_zone: Line = Field("Asia/Shanghai", description="IANA name.")
    country: StrictStr = Field(
        "CN", pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", description="ISO 3166 code: whose holidays count."
    )
    language: Language = "zh"
    windows: list[Window] = Field(
        [Window(opens="09:00", closes="11:30"), Window(opens="13:30", closes="17:00")], min_length=1, max_length=6
    )
    in_time_on_next_open_day: bool = Field(True, description="Of money for a due date on a closed day (T6).")
    drafts_count_on_receipt: bool = Field(False, description="Cheques and drafts are applied when they come in (D7).")
    automatic_release: bool = Field(False, description="A hold ends by itself when its last bill closes (B10).")
    confirmation_required: bool = Field(True, description="Of bills that do not say it themselves.")
    playbook: Line = Field("standard", description="For customers and segments without one of their own.")
    segment_playbooks: dict[Segment, Line | None] = Field({}, description="By segment; null removes one.")
    grace_days: dict[Segment, Days | None] = Field({}, description="By segment; null removes one.")
    habit_bills: Count = Field(3, description="Of so many last bills so many late ones make a habit (A10, B5).")
    habit_late: Count = 2
    habit_days: Days = Field(7, description="Settled more days late than this counts as late.")
    promises_that_pause: Annotated[int, Field(ge=0, le=20)] = Field(2, description="Of one case (D2).")
    promise_days: Days = Field(30, description="Promises further ahead need a supervisor (D1).")
    pause_days: Days = Field(14, description="A collector's own pause is not longer (F1).")
    lost_after: Count = Field(3, description="Missed so often in a row, a contact counts as lost (C9).")
    payment_feed_days: Annotated[int, Field(ge=1, le=30)] | None = Field(
        None, description="Without word of payments for more open days than this, dunning messages wait (C12); null for ever."
    )
    contact_budget: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="Contacts a week, calls too (C12).")
    notices_by_mail: bool = Field(
        False, description="Our people with an address get what concerns them by e-mail too, in one mail a day (C3)."
    )
    sms_gateway: StrictStr | None = Field(None, max_length=64, description="Webhook endpoint that sends text messages.")
    go_live_on: Day | None = Field(None, description="Until then nothing goes out and nothing is asked (F2).")
    banks: dict[Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")], Bank | None] = Field(
        {}, description="By currency; null removes one."
    )
    company: Line = Field("", description="How messages are signed.")
    plan_parts: Count = Field(6, description="A plan of more parts needs consent (D3).")
    plan_days: Annotated[int, Field(ge=0, le=3660)] = Field(
        180, description="A plan whose last part is further ahead needs consent."
    )
    dispute_days: Annotated[int, Field(ge=1, le=366)] = Field(
        7, description="So long a dispute may stand open before the owner's superior is told (D5)."
    )
    reconciliation_days: Annotated[int, Field(ge=1, le=250)] = Field(14, description="Open days for a signed reply (H1).")
    extension_days: Annotated[int, Field(ge=0, le=3660)] = Field(
        30, description="An extension further from the first due date needs consent (D4)."
    )
    extension_amounts: Limits = Field({}, description="By currency: to extend a bill of more needs consent.")
    discount_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        5, description="A discount of a larger share of what is open needs consent (D6)."
    )
    discount_amounts: Limits = Field({}, description="By currency: a discount of more needs consent.")
    plan_amounts: Limits = Field({}, description="By currency: a plan of more needs consent; null removes one.")
    law: StrictStr | None = Field(
        None,
        pattern=r"^[A-Za-z]{2,20}$",
        description="Whose rules of limitation count (I1): one of those shipped (CN, FR, IN), or `generic` with the two "
        "fields below; null: the country's, where it is shipped, else `generic`.",
        examples=["CN"],
    )
    limitation_years: Annotated[int, Field(ge=1, le=30)] = Field(3, description="Of the law `generic`.")
    limitation_interrupted_by: list[Cause] = Field(
        ["payment", "acknowledgement", "filed"], max_length=10, description="Of the law `generic`."
    )
    write_off_limits: dict[Literal["supervisor", "manager", "general_manager"], WriteOffLimit | None] = Field(
        {},
        description="By role and currency: the lowest role whose limit covers a write-off is asked, else the boss (J2); null "
        "removes a role's.",
        examples=[{"manager": {"CNY": "10000.00"}}],
    )
    consents: dict[Literal["playbook", "template", "webhook_secret", "limits"], Approver | None] = Field(
        {}, description="What of the company itself needs whose consent; null removes one, by that very consent (I32)."
    )
    bulk_customers: Annotated[int, Field(ge=1, le=500)] = Field(
        50, description="To give more customers to others at once needs consent."
    )
    late_interest: InterestTermsBody | None = Field(
        None, description="By contract, for customers without terms of their own; shown, never posted (D8). null: none."
    )
    contact_parents: bool = Field(False, description="What asks for money goes to the people of a customer's parent.")
    assignment: list[AssignmentRule] = Field(
        [], max_length=100, description="In order: the first rule that fits a new bill names its owner (E6)."
    )
    provision_rates: dict[AgeingBucket, Annotated[int, Field(ge=0, le=10_000)] | None] = Field(
        {},
        description="By ageing bucket, in hundredths of a percent: what is set aside for bad debts; null removes one.",
        examples=[{"days_61_90": 500, "days_91_180": 2000, "over_180": 5000}],
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_to_change", "nothing to change")
        return self

    def changes(self) -> dict[str, Any]:
        """The fields that were sent, as JSON data."""
        return self.model_dump(mode="json", exclude_unset=True)


class TestClockBody(Body):
    """One of the two."""

    __test__ = False

    now: Instant | None = Field(None, description="Where to; everything due on the way is decided in order.")
    follow: Literal[True] | None = Field(None, description="Catch up and run with real time.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.now is None) == (self.follow is None):
            raise PydanticCustomError("now_or_follow", "one of the two")
        return self


class TestClockAnswer(Answer):
    """Where a sandbox's clock stands."""

    __test__ = False

    now: Instant
    follow: bool = Field(description="Whether it runs with real time.")


class SettingsAnswer(SettingsPatch, Answer):
    """The settings as they stand."""

    version: Version
