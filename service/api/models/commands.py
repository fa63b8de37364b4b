"""What people ask: bodies of the calls that change cases, customers, tasks and approvals."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.fields import (
    Body,
    Channel,
    Day,
    Email,
    Id,
    Line,
    Money,
    PersonRole,
    Said,
    Segment,
    Text,
    UserId,
)
from service.domain.commands import ContactRecord

Outcome = Literal[
    "reached",
    "not_reached",
    "wrong_number",
    "left",
    "moved",
    "refused",
    "evasive",
    "promised",
    "disputed",
    "asks_documents",
]
Point = Literal["workplace", "home", "mobile", "relative", "colleague"]
Cause = Literal["forgot", "cash_short", "dissatisfied", "disputed", "invoice_missing", "their_process", "wilful"]
Cases = Field(
    default=None,
    min_length=1,
    max_length=500,
    description="Which of the customer's cases; all its overdue bills when left out.",
    examples=[["INV-1", "INV-2"]],
)


class _Record(Body):
    contact: Id | None = Field(None, description="The id of the customer's contact.", examples=["zhang"])
    point: Point | None = Field(None, description="Where they were called; a wrong number crosses out this one alone.")
    met: list[Line] = Field([], max_length=20, description="Who was met at a visit (C13).", examples=[["Wu Lei, CFO"]])
    agreed: Text | None = Field(None, description="What was agreed.", examples=["Half by Friday, the rest in April."])
    willingness: Literal["yes", "hesitant", "no"] | None = None
    ability: Literal["full", "part", "none"] | None = None
    cause: Cause | None = Field(None, description="Why payment is late.")
    verified: list[Line] = Field([], max_length=20, description="What was verified.", examples=[["identity", "amount"]])
    notes: Text | None = Field(None, examples=["Pays after their month-end closing."])
    next_step: Line | None = Field(None, examples=["call again"])
    next_on: Day | None = Field(None, description="Makes a task of the next step, due on that day.")


class ContactLogBody(_Record):
    """A call, a visit or a message, and what came of it (C4)."""

    channel: Channel
    outcome: Outcome

    def record(self) -> ContactRecord:
        """The record as the domain takes it."""
        return _record(self)


class CustomerContactLogBody(ContactLogBody):
    """The same for several of a customer's bills."""

    cases: list[Id] | None = Cases


class TaskCompleteBody(_Record):
    """The contact record that closes a task; a task that needs no contact may be closed with `{}`."""

    channel: Channel | None = None
    outcome: Outcome | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.model_fields_set and not (self.channel and self.outcome):
            raise PydanticCustomError("record_incomplete", "a record needs channel and outcome")
        return self

    def record(self) -> ContactRecord | None:
        """The record as the domain takes it; None when nothing was said."""
        return _record(self) if self.outcome else None


def _record(body: ContactLogBody | TaskCompleteBody) -> ContactRecord:
    values = {name: getattr(body, name) for name in ContactRecord.__struct_fields__}
    return ContactRecord(**{**values, "verified": tuple(body.verified), "met": tuple(body.met)})


class PromiseBody(Body):
    """A promise to pay (D1)."""

    amount: Money | None = Field(None, description="The whole open amount when left out.")
    due_on: Day = Field(description="The promised day.")
    promised_by: Line | None = Field(None, description="Who promised.", examples=["Zhang Wei"])

    def terms(self) -> dict[str, Any]:
        """The promise as the domain takes it."""
        return {"amount": self.amount, "due_on": self.due_on, "promised_by": self.promised_by}


class CustomerPromiseBody(PromiseBody):
    """The amount is split over the cases, oldest due first."""

    cases: list[Id] | None = Cases


class PauseBody(Body):
    """No contact until the end of a day (F1); a collector's own pause ends within 14 days."""

    until: Day
    reason: Said = Field(examples=["The customer moves house this week."])


class CustomerPauseBody(PauseBody):
    """The same for several of a customer's bills."""

    cases: list[Id] | None = Cases


class ResumeBody(Body):
    """Contact may go on, from the next open day."""

    reason: Text | None = None


class CustomerResumeBody(ResumeBody):
    """The same for several of a customer's bills."""

    cases: list[Id] | None = Cases


class AssignBody(Body):
    """Who owns the case or the task from now on."""

    owner: UserId


class NoteBody(Body):
    """Something worth remembering."""

    text: Said = Field(examples=["Asks for the delivery note once more."])


class CustomerNoteBody(NoteBody):
    """The same for several of a customer's bills; on the customer alone when nothing is overdue."""

    cases: list[Id] | None = Cases


class SnoozeBody(Body):
    """Put off to a day."""

    until: Day
    reason: Said = Field(examples=["Their accountant is back on Monday."])


class GrantBody(Body):
    """Agreement, bound to what was seen."""

    content_hash: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="The approval's `content_hash`; refused when it has changed."
    )


class RejectBody(Body):
    """Disagreement; whoever asks again sees the reason."""

    reason: Said = Field(examples=["The customer pays on the 25th; wait."])


class HoldBody(Body):
    """Stop deliveries to the customer, or let them go on."""

    reason: Said = Field(examples=["Three bills over 90 days, no answer."])


class CreditBody(Body):
    """Deliver on a condition only (E3). `terms` go with `shorter_terms`, `percent` with `prepaid_share`."""

    measure: Literal["stop", "shorter_terms", "prepaid_share", "cash_only", "settle_before_next"]
    terms: str | None = Field(None, max_length=20, description="From the bill's issue.", examples=["P7D"])
    percent: int | None = Field(None, ge=1, le=100, description="The share to be paid before delivery.")
    reason: Said = Field(examples=["Their bank returned two cheques."])


class CreditRestoreBody(Body):
    """Lift a condition."""

    measure: Literal["stop", "shorter_terms", "prepaid_share", "cash_only", "settle_before_next"]
    reason: Said = Field(examples=["Everything is paid; their bank vouches for them."])


class RestrictionBody(Body):
    """Nobody is to contact the customer, or that reason is gone (E5)."""

    restriction: Literal["do_not_contact", "lawyer_represented", "insolvent"]
    reason: Said = Field(examples=["Their lawyer wrote on 2 March."])
    off: bool = Field(False, description="true lifts what people put; what the ERP says is lifted there.")


class SegmentBody(Body):
    """What the reviewer makes of the figures."""

    segment: Segment
    reason: Said = Field(examples=["Pays on the day since they changed their bank."])


_CLEARABLE = frozenset({"title", "salutation", "phone", "email", "mobile"})


class EraseBody(Body):
    """Keep nothing of a person any more."""

    reason: Said = Field(
        description="Stays in the log's keeping, so it must not name the person.",
        examples=["They asked for it in writing on 2 March."],
    )


class _Person(Body):
    title: Line | None = Field(None, examples=["accountant"])
    salutation: Line | None = Field(None, examples=["Ms"])
    phone: Line | None = Field(None, examples=["+86 21 5555 0100"])
    email: Email | None = Field(None, examples=["zhang@example.com"])
    mobile: Line | None = None
    role: PersonRole | None = Field(None, description="Relatives and colleagues are third parties: they learn nothing.")
    may_receive_details: bool | None = Field(None, description="Whether messages that tell of the debt may go there.")

    def given(self) -> dict[str, Any]:
        """The fields that were sent; null clears one."""
        sent = self.model_dump(exclude_unset=True, exclude={"id", "mark"})
        return {name: value for name, value in sent.items() if value is not None or name in _CLEARABLE}


class ContactBody(_Person):
    """A person found at the customer's."""

    id: Id | None = Field(None, description="Made here when left out.")
    name: Line = Field(min_length=1, examples=["Zhang Wei"])


class ContactPatchBody(_Person):
    """A person corrected or marked; absent fields stay, null clears."""

    id: Id | None = Field(None, description="Who, as the address says it.")
    name: Annotated[Line, Field(min_length=1)] | None = None
    mark: Literal["wrong_number", "left", "moved"] | None = Field(
        None, description="Nobody writes to or calls a marked person until the mark is cleared with null."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.model_fields_set <= {"id"}:
            raise PydanticCustomError("nothing_to_change", "nothing to change")
        return self


class NamedContactPatchBody(ContactPatchBody):
    """The same where the address does not say who."""

    id: Id
