"""What a message or a letter to a customer is made of, as plain values: the composer needs nothing else.

Amounts are minor units of their currency. Names may be missing; nothing is looked up here.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from service.domain.settings import Bank
from service.domain.statement import Statement
from service.words.languages import Language
from service.words.templates import Template

Kind = Literal["confirm", "due_soon", "overdue"]


class TaxLine(Struct, frozen=True, kw_only=True):
    """A bill's tax invoice, once dispatched with courier and tracking number (A5)."""

    number: str | None = None
    courier: str | None = None
    tracking: str | None = None


class BillLine(Struct, frozen=True, kw_only=True):
    """One bill as the customer reads it; of a `disputed` one `open` is the part that is not. Late `interest` by contract stands
    beside it (D8); `debtor` names whose bill it is where a parent is written to."""

    id: str
    amount: int
    open: int
    currency: str
    reference: str | None = None
    debtor: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    days_overdue: int = 0
    disputed: bool = False
    contested: int = 0
    interest: int = 0
    confirmed: bool = True
    tax: TaxLine | None = None
    settled_on: date | None = None


class Section(Struct, frozen=True, kw_only=True):
    """Bills whose step is due, of one kind, with the template their playbook names."""

    kind: Kind
    template: str
    bills: tuple[BillLine, ...]


class ServiceItem(Struct, frozen=True, kw_only=True):
    """A service message that rides along or stands alone; `on` is the day of what it tells, such as a hold's."""

    template: str
    bills: tuple[BillLine, ...] = ()
    on: date | None = None


class Instalment(Struct, frozen=True, kw_only=True):
    """A part of a payment plan (D3)."""

    due_on: date
    amount: int
    currency: str


class Addressee(Struct, frozen=True, kw_only=True):
    """The person written to."""

    name: str = ""
    title: str = ""
    salutation: str = ""


class Sender(Struct, frozen=True, kw_only=True):
    """The person who signs and is to be answered."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""


class Debtor(Struct, frozen=True, kw_only=True):
    """The customer as addressed."""

    id: str
    name: str = ""


class Account(Struct, frozen=True, kw_only=True):
    """A customer's account from one day to another, by currency."""

    since: date
    until: date
    statements: tuple[Statement, ...]


class Letter(Struct, frozen=True, kw_only=True):
    """A message of a day (C3), or with a `kind` the letter of that kind: `formal_dunning`, `reconciliation`, `lawyer` …

    `account_watch` adds finance's list of the overdue bills below the signature (B2); `pay_by` is a day that words may name;
    `account` is what a statement of account tells; `opening` stands where the template's own first words would, `template`
    where those of our letter of that kind would, `own` by name where those of our messages' templates would. `since` is when
    deliveries were stopped, `instalments` are what a payment plan consists of. What is `short` is a text message: a sentence
    or two.
    """

    language: Language
    today: date
    customer: Debtor
    company: str = ""
    contact: Addressee = Addressee()
    sender: Sender = Sender()
    sections: tuple[Section, ...] = ()
    also_open: tuple[BillLine, ...] = ()
    service: tuple[ServiceItem, ...] = ()
    banks: dict[str, Bank] = {}
    account_watch: bool = False
    opening: str = ""
    kind: str | None = None
    short: bool = False
    pay_by: date | None = None
    account: Account | None = None
    since: date | None = None
    instalments: tuple[Instalment, ...] = ()
    template: Template | None = None
    template_version: int = 0
    own: dict[str, Template] = {}


class Composed(Struct, frozen=True):
    """Ready to send: one line, and plain text that ends with a line break; for a mail the same words in `html`."""

    subject: str
    text: str
    html: str = ""
