"""What people ask about claims that are not simply paid, about marks, and about money."""

from typing import Annotated, TypeAlias

from pydantic import Field, StrictStr

from service.api.models.commands import Cases
from service.api.models.fields import Body, Day, Id, Line, Money, Said, Text

FlagName: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["wilful_default"])]


class WriteOffBody(Body):
    """Give up in the books what is open (J2)."""

    reason: Said = Field(examples=["Deregistered in March; nothing to enforce against."])


class CustomerWriteOffBody(WriteOffBody):
    """The same for several of a customer's bills, at most 100."""

    cases: list[Id] | None = Cases


class FlagBody(Body):
    """A mark for playbooks (`flag`, `customer_flag`) and for people, or its end."""

    flag: FlagName
    set: bool = Field(True, description="false takes it away.")


class AllocationBody(Body):
    """Money for one bill."""

    invoice: Id
    amount: Money


class AllocateBody(Body):
    """Which bills a payment's rest goes to (D7)."""

    allocations: list[AllocationBody] = Field(min_length=1, max_length=500)


class PaymentEndBody(Body):
    """A draft was honoured, or money went back."""

    on: Day | None = Field(None, description="Today when left out.")
    reason: Text | None = Field(None, examples=["Returned unpaid by the bank."])


class ReceiptBody(Body):
    """A letter reached the customer, or came back signed (I1)."""

    on: Day | None = Field(None, description="The day on which it was delivered or signed; today when left out.")
    signed: bool = Field(False, description="It came back signed: the customer acknowledges what it says.")
    received_by: Line | None = Field(None, examples=["Zhang Wei"])
    proof: Line | None = Field(None, description="What proves it.", examples=["SF1020304050607"])
