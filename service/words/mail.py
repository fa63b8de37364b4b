"""A letter as its templates see it: which part comes first, what each claims, sums and banks by currency."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from service.domain.settings import Bank
from service.words.letters import BillLine, Instalment, Kind, Letter, Sender
from service.words.salutations import full_name
from service.words.templates import Said

STAND_INS: dict[Kind, str] = {"overdue": "overdue", "due_soon": "due-soon", "confirm": "confirm"}
"""From severe to mild, each with the template in place of an unknown one; a hold stands above them (C3)."""

MOST_SEVERE = "hold"
NEUTRAL, NEUTRAL_LETTER = "account", "statement"
_DISPATCH = "tax-invoice-dispatched"
_LISTED = 200

RETURNED = {"reconciliation": "reply", "payment_plan": "agreed"}
"""Letters with a part to sign and return."""

_UNASKED = frozenset({"paid_in_full"})
_CONFIRMED_OTHERWISE = frozenset({"confirm", "due-soon"})
_UNCONFIRMED_IS_FINE = frozenset({"reconciliation", "lawyer", "payment_plan", "paid_in_full"})

Bills = tuple[BillLine, ...]


class Total(Struct, frozen=True):
    """The bills of one currency and what is open on them."""

    currency: str
    open: int
    bills: Bills

    @property
    def listed(self) -> Bills:
        """As many as anybody reads; the others are counted."""
        return self.bills[:_LISTED]


class Banking(Struct, frozen=True):
    """Where to pay in one currency; without a bank the text names a person to ask."""

    currency: str
    bank: Bank | None
    reference: str | None


class Part(Struct, frozen=True, kw_only=True):
    """A section or a service item: `claimed` is what its subject speaks of, `unlisted` what no section shows."""

    template: str
    bills: Bills
    claimed: Bills
    unlisted: Bills = ()
    on: date | None = None
    said: Said | None = None
    """What it says in a message; of a letter the whole says it."""

    @property
    def listed(self) -> Bills:
        """Its bills, but below a hold those that no other part shows."""
        return self.unlisted if self.template == MOST_SEVERE else self.bills

    @property
    def asks_confirmation(self) -> bool:
        """Whether it asks, bill by bill, to confirm those that are not; one that asks it of all of them says so once."""
        return self.template not in _CONFIRMED_OTHERWISE

    @property
    def tells_dispatch(self) -> bool:
        """Whether it lists what was sent, not what is open."""
        return self.template == _DISPATCH


class Mail(Struct, frozen=True, kw_only=True):
    """What a template sees. `name` and `title` of the person written to may be empty, and so may the sender's."""

    company: str
    customer: str
    customer_id: str
    today: date
    name: str
    title: str
    sender: Sender
    parts: tuple[Part, ...]
    riders: tuple[Part, ...]
    also_open: Bills
    banks: tuple[Banking, ...]
    watched: Bills
    opening: str
    pay_by: date | None
    instalments: tuple[Instalment, ...]
    said: Said | None = None
    """What its kind of letter says; of a message of the day each part says its own."""

    @property
    def asks(self) -> bool:
        """Whether it asks for what is open."""
        return self.first.template not in _UNASKED

    @property
    def asks_confirmation(self) -> bool:
        """Whether bills that are not confirmed yet are to be confirmed with the answer."""
        return self.first.template not in _UNCONFIRMED_IS_FINE

    @property
    def returns(self) -> str | None:
        """Which part of it is to be signed and returned."""
        return RETURNED.get(self.first.template)

    @property
    def first(self) -> Part:
        """The severest: it gives subject and opening."""
        return self.parts[0]

    @property
    def is_plain(self) -> bool:
        """One part and nothing beside it needs no headings."""
        return len(self.parts) == 1 and not self.also_open and not self.riders


def mail_of(letter: Letter, messages: frozenset[str], letters: frozenset[str]) -> Mail:
    """The letter in order; templates that are not among those that exist are stood in for."""
    shown = (bill for section in letter.sections for bill in section.bills)
    everything = distinct((*shown, *letter.also_open))
    parts, riders = _parts(letter, {bill.id for bill in everything}, messages)
    if letter.kind:
        template = letter.kind if letter.kind in letters else NEUTRAL_LETTER
        parts, riders = [Part(template=template, bills=everything, claimed=everything)], []
    elif not parts:
        parts = [Part(template=NEUTRAL, bills=everything, claimed=everything)]
    served = (bill for item in letter.service for bill in item.bills)
    return Mail(
        company=letter.company,
        customer=letter.customer.name or letter.customer.id,
        customer_id=letter.customer.id,
        today=letter.today,
        name=full_name(letter.contact.name, letter.contact.salutation, letter.language),
        title=letter.contact.title,
        sender=letter.sender,
        parts=tuple(parts),
        riders=tuple(riders),
        also_open=() if parts[0].bills == everything else letter.also_open,
        banks=tuple(_banking(total, letter.banks) for total in totals((*everything, *served)) if total.open > 0),
        watched=distinct(_overdue(letter)) if letter.account_watch else (),
        opening=letter.opening,
        pay_by=letter.pay_by,
        instalments=letter.instalments,
    )


def _parts(letter: Letter, shown: set[str], templates: frozenset[str]) -> tuple[list[Part], list[Part]]:
    """What the message is about, the severest first, and what rides along with it."""
    riders = _riders(letter, shown, templates)
    holds = [one for one in riders if one.template == MOST_SEVERE]
    parts = holds + _sections(letter, templates)
    mild = [one for one in riders if one.template != MOST_SEVERE]
    return (parts, mild) if parts else (mild[:1], mild[1:])


def _sections(letter: Letter, templates: frozenset[str]) -> list[Part]:
    """The severest first."""
    parts = []
    for kind, stand_in in STAND_INS.items():
        for section in letter.sections:
            if section.kind == kind and section.bills:
                # the whole overdue amount is asked for, never a part of it (C6)
                claimed = _overdue(letter) if kind == "overdue" else section.bills
                template = section.template if section.template in templates else stand_in
                parts.append(Part(template=template, bills=section.bills, claimed=distinct(claimed)))
    return parts


def _riders(letter: Letter, shown: set[str], templates: frozenset[str]) -> list[Part]:
    """What rides along. A hold speaks of the whole overdue amount too."""
    parts = []
    for item in letter.service:
        template = item.template if item.template in templates else NEUTRAL
        unlisted = tuple(bill for bill in item.bills if bill.id not in shown)
        claimed = distinct((*item.bills, *_overdue(letter))) if template == MOST_SEVERE else item.bills
        parts.append(Part(template=template, bills=item.bills, claimed=claimed, unlisted=unlisted, on=item.on))
    return parts


def _overdue(letter: Letter) -> Bills:
    sections = (section for section in letter.sections if section.kind == "overdue")
    return (*(bill for section in sections for bill in section.bills), *letter.also_open)


def distinct(bills: Iterable[BillLine]) -> Bills:
    """Each bill once, in the order given."""
    return tuple({bill.id: bill for bill in bills}.values())


def totals(bills: Iterable[BillLine]) -> list[Total]:
    """By currency in order of appearance, within it the oldest due first."""
    groups: dict[str, list[BillLine]] = {}
    for bill in distinct(bills):
        groups.setdefault(bill.currency, []).append(bill)
    return [
        Total(currency, sum(bill.open for bill in group), tuple(sorted(group, key=_age)))
        for currency, group in groups.items()
    ]


def _age(bill: BillLine) -> tuple[date, date, str]:
    return bill.due_on or date.max, bill.issued_on or date.max, bill.id


def _banking(total: Total, banks: dict[str, Bank]) -> Banking:
    bank = banks.get(total.currency)
    reference = bank.reference if bank else None
    return Banking(total.currency, bank, reference or (total.bills[0].id if len(total.bills) == 1 else None))
