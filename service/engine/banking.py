"""What the bank tells came in becomes payments: what is certain is applied, what is not is somebody's task."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

import msgspec
from msgspec import Struct

from service.channels.camt import Credit
from service.domain import commands as c
from service.domain.matching import CANDIDATES, Certain, OpenBill, Received, Uncertain, match
from service.domain.money import MoneyError, format, parse
from service.domain.refusals import Refused
from service.domain.scene import Asker
from service.engine.asks import Ask, Done
from service.engine.desk import Desk, Session
from service.engine.handle import handle
from service.store import inbox, receivable
from service.store.cases import fold_key
from service.store.inbox import Identity

LONGEST_REFERENCE = 200
MOST_WORDS = 100
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,63}")

_ENCODER = msgspec.json.Encoder()


STATUSES = ("applied", "duplicate", "uncertain", "unknown", "taken_back", "rejected")


class Cleared(Struct, frozen=True, kw_only=True):
    """What came of a credit: `applied`, `duplicate`, `uncertain` (a task with its candidates), `unknown` (nothing open fits),
    `taken_back` (the bank reverses it: for people), or `rejected` with why."""

    credit: Credit
    status: str
    payment: str | None = None
    customer: str | None = None
    allocations: tuple[tuple[str, int], ...] = ()
    candidates: tuple[OpenBill, ...] = ()
    refused: Refused | None = None


Print = Callable[[bytes], bytes]


def clear(desk: Desk, tenant: str, asker: Asker, fingerprint: Print, credits: Iterable[Credit]) -> list[Cleared]:
    """Each credit in turn, for the next one sees what is still open. One that was told before changes nothing."""
    return [_one(desk, tenant, asker, fingerprint, credit) for credit in credits]


def rehearse(desk: Desk, tenant: str, credit: Credit) -> Cleared:
    """What would come of the credit as things stand; nothing is changed."""
    looked = _looked(desk, tenant, credit)
    return looked if isinstance(looked, Cleared) else _told(credit, looked.found)


class _Looked(Struct, frozen=True):
    amount: int
    found: Certain | Uncertain


def _looked(desk: Desk, tenant: str, credit: Credit) -> _Looked | Cleared:
    """The bills that it may be for, or what has come of it already."""
    if credit.taken_back:
        return Cleared(credit=credit, status="taken_back")
    try:
        amount = parse(_plain(credit.amount), credit.currency)
    except MoneyError as error:
        return Cleared(credit=credit, status="rejected", refused=Refused(error.code, None, given=str(credit.amount)))
    with desk.open(tenant) as session:
        if inbox.look(session.tx, [(_source(credit), credit.id)]):
            return Cleared(credit=credit, status="duplicate")
        return _Looked(amount, _matched(session, credit, amount))


def _told(credit: Credit, found: Certain | Uncertain) -> Cleared:
    if isinstance(found, Certain):
        return Cleared(
            credit=credit,
            status="applied",
            payment=_id(credit),
            customer=found.customer,
            allocations=found.allocations,
        )
    if not found.bills:
        return Cleared(credit=credit, status="unknown")
    return Cleared(credit=credit, status="uncertain", customer=found.bills[0].customer, candidates=found.bills)


def _one(desk: Desk, tenant: str, asker: Asker, fingerprint: Print, credit: Credit) -> Cleared:
    looked = _looked(desk, tenant, credit)
    if isinstance(looked, Cleared):
        return looked
    amount, found, told = looked.amount, looked.found, _told(credit, looked.found)
    content = fingerprint(_ENCODER.encode(credit))

    def ask(command: c.Command, part: str = "") -> Done:
        identity = Identity(_source(credit), credit.id + part, content)
        return handle(desk, tenant, [Ask(command=command, asker=asker, identity=identity)])[0]

    if isinstance(found, Certain):
        done = ask(_payment(credit, amount, found))
    elif not found.bills:
        return told
    else:
        customer = found.bills[0].customer
        cases = tuple(bill.id for bill in found.bills if bill.customer == customer)
        done = ask(c.LookIntoPayment(customer=customer, cases=cases))
        if done.status == "accepted":
            ask(c.AddNote(customer=customer, cases=(), text=_said(credit)), "~note")
    if done.refused:
        return Cleared(credit=credit, status="rejected", refused=done.refused)
    return Cleared(credit=credit, status="duplicate") if done.repeated else told


def _matched(session: Session, credit: Credit, amount: int) -> Certain | Uncertain:
    tx, today, currency = session.tx, session.scene.today, credit.currency
    words = _words(credit)
    named = receivable.named(tx, currency, today, words, [fold_key(word) or word for word in words])
    name = fold_key(credit.payer)
    customers = receivable.customers_called(tx, name) if name else []
    paid = {one.id: one.amount for one in credit.named}
    received = Received(
        amount=amount,
        named=tuple((named[word].id, _minor(paid.get(word), currency)) for word in words if word in named),
        customers=frozenset(customers),
    )
    theirs = receivable.of_customers(tx, currency, today, customers)
    equal = receivable.of_amount(tx, currency, today, amount, CANDIDATES)
    return match(received, list(named.values()), theirs, equal)


def _words(credit: Credit) -> list[str]:
    """What may be a bill's number: documents as they are named, then the words of the text that hold a digit."""
    text = f"{credit.reference or ''} {credit.text}"
    spoken = (word.rstrip("._/-") for word in _WORD.findall(text))
    words = [*(one.id for one in credit.named), *(word for word in spoken if any(sign.isdigit() for sign in word))]
    return list(dict.fromkeys(words))[:MOST_WORDS]


def _source(credit: Credit) -> str:
    """Under which a credit is known: the bank's own name for it, whatever the message."""
    return f"bank/{credit.account}"[:256]


def _payment(credit: Credit, amount: int, found: Certain) -> c.ReceivePayment:
    money = [c.Allocation(invoice=id, amount=format(part, credit.currency)) for id, part in found.allocations]
    reference = " ".join(f"{credit.reference or ''} {credit.text}".split())[:LONGEST_REFERENCE]
    return c.ReceivePayment(
        payment=_id(credit),
        customer=found.customer,
        amount=format(amount, credit.currency),
        currency=credit.currency,
        received_on=credit.on,
        reference=reference or None,
        allocations=money,
    )


def _id(credit: Credit) -> str:
    return f"bank-{credit.id}"


def _said(credit: Credit) -> str:
    told = (credit.payer, credit.payer_account, credit.reference, credit.text)
    return f"{_plain(credit.amount)} {credit.currency}, {credit.on}: " + ", ".join(part for part in told if part)


def _minor(amount: Decimal | None, currency: str) -> int | None:
    try:
        return None if amount is None else parse(_plain(amount), currency)
    except MoneyError:
        return None


def _plain(amount: Decimal) -> str:
    """Without an exponent or zeros that no currency has."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
