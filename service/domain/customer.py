"""Who owes: the customer's facts and what is open with them across their bills, as their events have left it."""

from datetime import date, datetime

from msgspec import Struct

from service.domain.assignment import ANYBODY
from service.domain.credit import Measure
from service.domain.interest import InterestTerms
from service.domain.payment_run import PaymentRun
from service.domain.reconciliation import Reconciliation

THIRD_PARTIES = frozenset({"relative", "colleague"})
"""They are asked for a call back and learn nothing (C7)."""


class Contact(Struct, frozen=True, omit_defaults=True):
    """A person on the customer's side; their details are private, under the version of the event that brought them."""

    id: str
    role: str = "other"
    may_receive_details: bool = False
    reachable_by: tuple[str, ...] = ()
    details: int | None = None
    mark: str | None = None
    points: dict[str, str] = {}

    def takes(self, channel: str) -> bool:
        """Whether account details may go to this person by this channel (C7, C11)."""
        return self.may_receive_details and self.mark is None and channel in self.reachable_by


class Appointment(Struct, frozen=True, omit_defaults=True):
    """Whom a visit is to meet, and when (C13)."""

    contact: str
    at: datetime


class Withheld(Struct, frozen=True, omit_defaults=True):
    """A message that waits for a superior's advice, to the end of the day `until`; then in which words it opens, private
    under the version `advised` of the event that told (C14).
    """

    message: str
    until: date
    asked: int
    advised: int | None = None


class OpenTask(Struct, frozen=True, omit_defaults=True):
    """A call, visit or search that is open: at most one of a kind (C10). An errand names its first bills in `about`, for
    they do not know of it.
    """

    id: str
    role: str
    owner: str
    bills: int
    created_on: date
    raised: int = 0
    due_on: date | None = None
    told: bool = False
    requires: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    appointment: Appointment | None = None


class OpenRequest(Struct, frozen=True, omit_defaults=True):
    """Something that a person was asked to agree to: at most one of a kind (B8, B9), or `bound` to its bills alone: then
    it is known by its id, and what it says lies with its row, for that may be long.
    """

    id: str
    role: str
    bills: int
    rule: str
    asked_by: str
    asked_on: date
    told_on: date
    expires_on: date | None = None
    remind_open_days: int = 3
    content: str = "[]"
    content_hash: str = ""
    passed_by: str | None = None
    bound: bool = False

    @property
    def kind(self) -> str:
        """What was asked for: ids begin with it."""
        return self.id.partition("~")[0]


class Refusal(Struct, frozen=True, omit_defaults=True):
    """The last request of a kind that was rejected, or by which another's outcome was taken back, and when."""

    approval: str
    on: date


class Hold(Struct, frozen=True, omit_defaults=True):
    """No shipments: since when, and whether the ERP has said that it stopped."""

    id: str
    on: date
    acknowledged_on: date | None = None
    told: bool = False


class Customer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one customer. Bounded: its bills are not in it."""

    id: str
    version: int = 0
    name: str = ""
    segment: str = "standard"
    language: str | None = None
    time_zone: str | None = None
    playbook: str | None = None
    billing_cycle: str = "none"
    settles_by_pod: bool = False
    confirmation_required: bool | None = None
    key_account: bool = False
    credit_limit: int | None = None
    late_interest: InterestTerms | None = None
    currency: str | None = None
    collector: str | None = None
    assigned: str | None = None
    taken_by: str | None = None
    sales: str | None = None
    restrictions: tuple[str, ...] = ()
    contacts: dict[str, Contact] = {}
    tasks: dict[str, OpenTask] = {}
    requests: dict[str, OpenRequest] = {}
    refusals: dict[str, Refusal] = {}
    hold: Hold | None = None
    released: str | None = None
    release_acknowledged: bool = False
    tasks_on: dict[str, date] = {}
    last_contact_on: date | None = None
    last_outcome: str | None = None
    flags: dict[str, date] = {}
    missed: dict[str, int] = {}
    waits_until: date | None = None
    withheld: Withheld | None = None
    credit: dict[str, Measure] = {}
    segment_said: str | None = None
    """What the ERP says while a person's decision stands against it (E2)."""
    restrictions_said: tuple[str, ...] | None = None
    """What the ERP says once people of ours have had their say too."""
    barred: dict[str, date] = {}
    """What people of ours say of restrictions, and since when (E5)."""
    payment_run: PaymentRun | None = None
    parent: str | None = None
    """The company at the head of the family."""
    reviewed_on: date | None = None
    review_on: date | None = None
    reconciliations: dict[str, Reconciliation] = {}
    """By letter, those that the customer has not confirmed."""

    def request(self, id: str) -> OpenRequest | None:
        """The open request of that id."""
        return next((one for one in self.requests.values() if one.id == id), None)

    @property
    def named_owner(self) -> str | None:
        """To whom a person, else the ERP, has given the customer."""
        return self.assigned or self.collector

    @property
    def owner(self) -> str:
        """Whose the customer is: as somebody said, else who took them in turn, else the collectors' as a whole (E6)."""
        return self.named_owner or self.taken_by or ANYBODY
