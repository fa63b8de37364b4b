"""One bill being collected: its state, as its events have left it (`evolve.case`)."""

from datetime import date
from typing import Any

from msgspec import Struct

from service.domain.commitments import Discount, Dispute, Plan
from service.domain.handed import Handed

LEVELS = ("none", "supervisor", "manager", "general_manager", "hold", "formal", "legal")
RANK = {level: rank for rank, level in enumerate(LEVELS)}
ERRANDS = frozenset(
    {"follow_up", "lost_contact", "reply", "confirm_call", "advise", "whose_payment", "documents"}
    | {"reconciliation", "difference"}
)
"""Tasks about a customer: what was agreed to come next, somebody whom nobody reaches, a reply, what a visit agreed, a
message that waits for advice, money that may be theirs, documents they ask for, a reconciliation that nobody answered or
that their books contradict (C4, C9, C12-C14, D7, H1)."""

STANDING = frozenset({"review", "restriction"})
"""Tasks about what kind of customer it is (E2, E5)."""

CONSOLIDATED = frozenset({"call", "visit", "find_contact"}) | ERRANDS | STANDING
"""Tasks of which a customer has at most one open, for all their bills together (C10, C11)."""

STAGES = ("review", "confirmation", "collection", "legal", "closed")
OURS = tuple(stage for stage in STAGES if stage != "legal")


SEVERAL = frozenset({"dispute", "credit"})
"""Tasks of which a bill may have several of one role: one for each of its disputes. They end with what they are about."""


def task_key(kind: str, role: str, task: str) -> str:
    """Under what a case remembers a task: its customer's by kind, its own by role too (two may assist: B6, B7)."""
    if kind in CONSOLIDATED:
        return kind
    return f"{kind}:{role}:{task}" if kind in SEVERAL else f"{kind}:{role}"


class Mark(Struct, frozen=True, array_like=True):
    """How far a step has got on the ladder that `anchor` started."""

    anchor: date
    on: date


class Receipt(Struct, frozen=True, array_like=True):
    """Money of one payment on this bill."""

    payment: str
    amount: int
    on: date


class Draft(Struct, frozen=True, array_like=True):
    """A cheque or acceptance draft that covers `amount` until it matures."""

    payment: str
    amount: int
    received_on: date
    matures_on: date


class Promise(Struct, frozen=True, omit_defaults=True):
    """Money promised; `until` is the last day on which it is in time."""

    id: str
    amount: int
    due_on: date
    until: date
    made_on: date
    pauses: bool = False
    state: str = "open"
    already: int = 0
    contact: str | None = None


class Pause(Struct, frozen=True, omit_defaults=True):
    """No contact to the end of the day `until`."""

    reason: str
    since: date
    until: date | None = None
    promise: str | None = None


class Answer(Struct, frozen=True, omit_defaults=True):
    """How a request that this bill stood behind was answered, first and last."""

    first_on: date
    last_on: date
    outcome: str
    granted_on: date | None = None


class Interruption(Struct, frozen=True, array_like=True):
    """What began the limitation period anew on a day (I1): the type of the event, and where it stands if that is known; in
    the case's own stream when none is named.
    """

    on: date
    by: str
    version: int = 0
    stream: str = ""


class TaxInvoice(Struct, frozen=True, omit_defaults=True):
    """Where the tax invoice is: requested, issued, dispatched."""

    state: str
    on: date
    number: str | None = None
    courier: str | None = None
    tracking: str | None = None


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """The state of one bill; money in minor units of `currency`. Bounded: it is rewritten with every event."""

    id: str
    version: int = 0
    customer: str = ""
    currency: str = ""
    amount: int = 0
    credited: int = 0
    paid: int = 0
    stage: str = "review"
    level: str = "none"
    owner: str = ""
    playbook: str = ""
    playbook_version: int = 0
    grace_days: int = 0
    monthly: bool = False
    pod: bool = False
    period: str | None = None
    reference: str | None = None
    contract: str | None = None
    document_url: str | None = None
    submitted_on: date | None = None
    issued_on: date | None = None
    resent_on: date | None = None
    pod_on: date | None = None
    confirmed_on: date | None = None
    issued_as: tuple[int, str] | None = None
    confirmation_required: bool = True
    due_on: date | None = None
    terms: str | None = None
    terms_from: str | None = None
    tax: TaxInvoice | None = None
    recorded_on: date | None = None
    since: date | None = None
    taken_up: bool = False
    receipts: tuple[Receipt, ...] = ()
    drafts: tuple[Draft, ...] = ()
    promises: tuple[Promise, ...] = ()
    promises_broken: int = 0
    promises_pausing: int = 0
    plan: Plan | None = None
    disputes: tuple[Dispute, ...] = ()
    disputes_opened: int = 0
    disputed_on: date | None = None
    discount: Discount | None = None
    first_due_on: date | None = None
    pause: Pause | None = None
    not_before: date | None = None
    resumed_on: date | None = None
    missed_on: date | None = None
    done: dict[str, Mark] = {}
    levels: dict[str, date] = {}
    answers: dict[str, Answer] = {}
    requests: dict[str, str] = {}
    dropped: tuple[str, ...] = ()
    letters: dict[str, date] = {}
    flags: dict[str, date] = {}
    tasks: dict[str, str] = {}
    reopens_to: str = "collection"
    closed_as: str | None = None
    closed_on: date | None = None
    written_off: int = 0
    recovered: int = 0
    handed: Handed | None = None
    interrupted: dict[str, Interruption] = {}

    @property
    def lost(self) -> int:
        """What was written off and has not come since (J2)."""
        return self.written_off - self.recovered

    def asked(self, days: object) -> dict[str, Any]:
        """By step, what has been worked out of this very state with those days: a decision asks the same many times."""
        known = self.__dict__.get("asked_with")
        if known is None or known[0] is not days:
            known = self.__dict__["asked_with"] = (days, {})
        answers: dict[str, Any] = known[1]
        return answers

    def keep_asked(self, before: "Case", step: str) -> None:
        """Nothing has changed since that state but how far a step has got: what was worked out for the others still holds."""
        known = before.__dict__.get("asked_with")
        if known is not None:
            days, answers = known
            left = dict(answers)
            left.pop(step, None)
            self.__dict__["asked_with"] = (days, left)

    @property
    def open(self) -> int:
        """What is still to be collected."""
        return self.amount - self.credited - self.paid - self.lost

    @property
    def disputed(self) -> int:
        """What of it the customer contests, or is to be credited."""
        return min(self.open, sum(dispute.amount for dispute in self.disputes))

    @property
    def undisputed(self) -> int:
        """What of it the customer does not contest."""
        return self.open - self.disputed

    @property
    def chased(self) -> int:
        """What of it is asked for now: neither disputed, nor covered by drafts, nor spread over a plan's parts (F1)."""
        drafts = sum(draft.amount for draft in self.drafts)
        planned = self.plan.to_come if self.plan else 0
        return max(0, self.undisputed - drafts - planned)

    @property
    def start(self) -> date | None:
        """S: when the bill went out, perhaps again (A12); with proof of delivery not before that is complete (A9)."""
        sent = self.resent_on or self.issued_on
        if not self.pod:
            return sent
        return max(sent, self.pod_on) if sent and self.pod_on else None

    def progress_after(self, start: date) -> date | None:
        """The latest progress whose own day lies after the clock's start; see the definition under B10."""
        days = [r.on for r in self.receipts] + [d.received_on for d in self.drafts]
        days += [p.made_on for p in self.promises if p.state in ("open", "kept")]
        if self.plan and self.plan.state in ("open", "kept"):
            days.append(self.plan.agreed_on)
        if self.disputed_on:
            days.append(self.disputed_on)
        if self.confirmed_on:
            days.append(self.confirmed_on)
        return max((day for day in days if day > start), default=None)

    def received_for(self, promise: Promise) -> int:
        """Money applied to the bill and received from the promise's day to the last day in time."""
        came = sum(receipt.amount for receipt in self.receipts if promise.made_on <= receipt.on <= promise.until)
        return max(0, came - promise.already)

    def standing_plan(self) -> Plan | None:
        """The plan, while it runs."""
        return self.plan if self.plan and self.plan.state == "open" else None

    def standing_promise(self) -> Promise | None:
        """The open promise, if there is one."""
        return next((p for p in self.promises if p.state == "open"), None)
