"""What people of ours ask, and what the service asks of itself: the clock's wake-up, and how a message fared."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from service.domain.commands.facts import ContactGiven, Line, Mark
from service.domain.commands.letters import IssueLetter


class Wake(Struct, frozen=True, kw_only=True):
    """The clock: ask the loaded cases of this customer, and the customer, what is due."""

    customer: str


class MakePromise(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    amount: str | None
    due_on: date
    promised_by: str | None = None


class PauseCases(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    until: date
    reason: str


class ResumeCases(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    reason: str | None = None


class AssignCase(Struct, frozen=True, kw_only=True):
    customer: str
    case: str
    owner: str


class AssignCustomer(Struct, frozen=True, kw_only=True):
    """Somebody else works what of this customer was `previous`'s."""

    customer: str
    owner: str
    previous: str


class MoveCases(Struct, frozen=True, kw_only=True):
    """Follow that version of that playbook from now on."""

    customer: str
    cases: tuple[str, ...]
    playbook: str
    version: int


class AddNote(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    text: str


class LookIntoPayment(Struct, frozen=True, kw_only=True):
    """Money came in that may be for these bills, and nobody can say so for certain."""

    customer: str
    cases: tuple[str, ...]


class ContactRecord(Struct, frozen=True, kw_only=True):
    """What a conversation was (C4); `point` is where somebody was called: at work, at home, on their mobile."""

    channel: str
    outcome: str
    contact: str | None = None
    point: str | None = None
    met: tuple[str, ...] = ()
    agreed: str | None = None
    willingness: str | None = None
    ability: str | None = None
    cause: str | None = None
    verified: tuple[str, ...] = ()
    notes: str | None = None
    next_step: str | None = None
    next_on: date | None = None


class LogContact(Struct, frozen=True, kw_only=True):
    customer: str
    cases: tuple[str, ...]
    record: ContactRecord


class CompleteTask(Struct, frozen=True, kw_only=True):
    customer: str
    task: str
    record: ContactRecord | None = None


class AssignTask(Struct, frozen=True, kw_only=True):
    customer: str
    task: str
    owner: str


class SnoozeTask(Struct, frozen=True, kw_only=True):
    """Not before that day."""

    customer: str
    task: str
    until: date
    reason: str


class ChangeContact(Struct, frozen=True, kw_only=True):
    customer: str
    contact: ContactGiven
    mark: Mark | None | UnsetType = UNSET


class EraseContact(Struct, frozen=True, kw_only=True):
    """Keep nothing of this person."""

    customer: str
    contact: str
    reason: str


class FlagCases(Struct, frozen=True, kw_only=True):
    """A person's mark on bills, for playbooks to act on; `off` takes it away."""

    customer: str
    cases: tuple[str, ...]
    flag: Line
    off: bool = False


class FlagCustomer(Struct, frozen=True, kw_only=True):
    """A person's mark on a customer; `off` takes it away, also what the house itself noted."""

    customer: str
    flag: Line
    off: bool = False


class WriteOff(Struct, frozen=True, kw_only=True):
    """Ask that what is open on these bills be given up in the books (J2)."""

    customer: str
    cases: tuple[str, ...]
    reason: str


class RecordReceipt(Struct, frozen=True, kw_only=True):
    """A letter was delivered, or came back signed; what the letter is comes from the log."""

    customer: str
    letter: str
    kind: str
    cases: tuple[str, ...]
    issued_on: date
    on: date | None = None
    signed: bool = False
    received_by: str | None = None
    proof: str | None = None


class GrantApproval(Struct, frozen=True, kw_only=True):
    customer: str
    approval: str
    content_hash: str | None = None


class RejectApproval(Struct, frozen=True, kw_only=True):
    customer: str
    approval: str
    reason: str


class ReleaseHold(Struct, frozen=True, kw_only=True):
    customer: str
    reason: str


class ApplyHold(Struct, frozen=True, kw_only=True):
    customer: str
    reason: str


class RestrictCredit(Struct, frozen=True, kw_only=True):
    """Let goods leave on a condition only (E3); `terms` and `percent` are those of the measure that has them."""

    customer: str
    measure: str
    reason: str
    terms: str | None = None
    percent: int | None = None


class RestoreCredit(Struct, frozen=True, kw_only=True):
    """Lift a condition."""

    customer: str
    measure: str
    reason: str


class RestrictCustomer(Struct, frozen=True, kw_only=True):
    """Nobody is to contact the customer (E5), or that reason is gone."""

    customer: str
    restriction: str
    reason: str
    off: bool = False


class ReviewCustomer(Struct, frozen=True, kw_only=True):
    """Decide the segment by the figures (E2); `suggested` is what those spoke for."""

    customer: str
    segment: str
    suggested: str
    reason: str


class Watch(Struct, frozen=True, kw_only=True):
    """The clock, once a day: look at the customer as a whole (E)."""

    customer: str


class ReportMessage(Struct, frozen=True, kw_only=True):
    """How a message to the customer fared (`handed_over` or `bounced`)."""

    customer: str
    message: str
    contact: str
    channel: str
    cases: tuple[str, ...]
    outcome: Literal["handed_over", "bounced"]
    code: str = ""
    seal: str | None = None


PersonCommand: TypeAlias = (
    MakePromise
    | PauseCases
    | ResumeCases
    | MoveCases
    | AssignCase
    | AssignCustomer
    | AddNote
    | LookIntoPayment
    | LogContact
    | FlagCases
    | FlagCustomer
    | CompleteTask
    | AssignTask
    | SnoozeTask
    | ChangeContact
    | EraseContact
    | GrantApproval
    | RejectApproval
    | ReleaseHold
    | ApplyHold
    | WriteOff
    | IssueLetter
    | RecordReceipt
    | RestrictCredit
    | RestoreCredit
    | RestrictCustomer
    | ReviewCustomer
)
