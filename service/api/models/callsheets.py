"""The call sheet: what somebody reads before they call or visit (C5)."""

from typing import Literal, TypeAlias

from pydantic import Field

from service.api.models.cases import TaxInvoiceAnswer
from service.api.models.customers import ContactAnswer, Habits, Sums
from service.api.models.fields import Answer, Currency, Day, Id, Instant, Level, Money, Segment

Tactic: TypeAlias = Literal[
    "avoiding", "charming", "denying", "postponing", "shifting", "wearing_down", "discounts", "cash_short"
]


class SheetBill(Answer):
    """A bill to speak of, the oldest first."""

    case: Id
    reference: str | None
    amount: Money
    open_amount: Money
    disputed_amount: Money
    currency: Currency
    issued_on: Day | None
    due_on: Day | None
    days_overdue: int = Field(examples=[15])
    confirmed_on: Day | None
    level: Level
    promises_broken: int = Field(examples=[1])
    disputes: list[str] = Field(description="The reasons of its open disputes.", examples=[["quality"]])
    tax_invoice: TaxInvoiceAnswer | None = Field(description="Dispatched or not, and by whom.")


class SheetPerson(ContactAnswer):
    """Whom to ask for."""

    to_say: Literal["details", "call_back", "nothing"] = Field(
        description="How far one may go: `call_back` tells nothing of the debt; `nothing` is crossed out (C7)."
    )
    missed: int = Field(description="How often in a row they could not be spoken to.", examples=[0])


class SheetTalk(Answer):
    """The last conversation with anybody of the customer's."""

    at: Instant
    actor: str = Field(examples=["li.na"])
    channel: str = Field(examples=["phone"])
    contact: str | None
    outcome: str = Field(examples=["promised"])
    cause: str | None
    willingness: str | None
    ability: str | None
    verified: list[str] = []
    notes: str | None
    met: list[str] = []
    agreed: str | None
    next_step: str | None
    next_on: Day | None


class SheetReply(Answer):
    """The last answer to a message."""

    at: Instant
    contact: str
    message: str | None
    text: str | None = Field(description="Its first lines.", examples=["We pay on Friday."])


class SheetCommitment(Answer):
    """Something promised, agreed or offered that is still open."""

    kind: Literal["promise", "plan", "discount"]
    case: Id
    amount: Money
    currency: Currency
    due_on: Day


class SheetDeadline(Answer):
    """Our own day to name."""

    on: Day
    why: str
    why_code: str = Field(examples=["sheet.open_days"])


class SheetSpan(Answer):
    """From when to when."""

    from_: Instant = Field(alias="from")
    until: Instant


class SheetObjection(Answer):
    """What they will probably say, and an answer."""

    code: str = Field(examples=["next_payment_run"])
    tactic: Tactic
    says: str
    answer: str
    signs: list[str] = Field(description="What speaks for it.", examples=[["promise_broken"]])


class SheetAppointment(Answer):
    """Whom the visit is to meet, and when (C13)."""

    contact: str
    at: Instant


class CallSheet(Answer):
    """What somebody should know before a conversation."""

    customer: Id
    name: str | None
    segment: Segment
    time_zone: str
    flags: dict[str, Day]
    habits: Habits
    people: list[SheetPerson] = Field(description="Those first to whom details may be told.")
    last: SheetTalk | None
    reply: SheetReply | None = Field(None, description="Of the task that a reply asks for; null for others.")
    appointment: SheetAppointment | None = Field(description="null until a visit has been arranged, and for other tasks.")
    commitments: list[SheetCommitment]
    bills: list[SheetBill] = Field(description="The oldest first, at most 50.")
    bills_in_all: int = Field(examples=[2])
    open: Sums
    overdue: Sums
    deadline: SheetDeadline
    best_time: SheetSpan
    objections: list[SheetObjection] = Field(description="The likeliest first.")

