"""Bank statements and notifications of ISO 20022 (camt.053, camt.054, any version): the credits in them, one a transaction."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MESSAGES = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
"""By message, what holds its entries: of a statement (053), of a notification (054)."""


class StatementMistake(Exception):
    """The text is no statement that is read here; `code` says why, `where` in which element."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.where = where


class Named(NamedTuple):
    """A document that the payer names, with what is paid of it when that is said."""

    id: str
    amount: Decimal | None


class Credit(NamedTuple):
    """Money that came in. `id` is the same in every message of the bank that tells of it."""

    id: str
    account: str
    amount: Decimal
    currency: str
    on: date
    payer: str | None
    payer_account: str | None
    reference: str | None
    text: str
    named: tuple[Named, ...]
    taken_back: bool
    """A credit of before that the bank reverses."""


class Statement(NamedTuple):
    """What a message tells: its credits in order, and how many debits of our own and pending entries were passed over."""

    credits: list[Credit]
    passed_over: int


def read(xml: bytes) -> Statement:
    """The credits that are booked. Raises StatementMistake."""
    try:
        top = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise StatementMistake("statement_no_xml") from None
    message = next((one for one in top if _name(one) in MESSAGES), None)
    if _name(top) != "Document" or message is None:
        raise StatementMistake("statement_no_camt")
    credits: list[Credit] = []
    passed_over = 0
    for statement in _all(message, MESSAGES[_name(message)]):
        account = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id") or ""
        for number, entry in enumerate(_all(statement, "Ntry")):
            found = list(_credits(entry, account, number))
            credits += found
            passed_over += not found
    return Statement(credits, passed_over)


def _credits(entry: Element, account: str, number: int) -> Iterator[Credit]:
    """One a transaction of a booked credit, or of a reversal of one; none of anything else."""
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts") or "BOOK"
    reversed_ = _text(entry, "RvslInd") == "true"
    if status != "BOOK" or _text(entry, "CdtDbtInd") != ("DBIT" if reversed_ else "CRDT"):
        return
    on = _day(entry)
    amount, currency = _amount(entry, "Amt")
    transactions = [tx for details in _all(entry, "NtryDtls") for tx in _all(details, "TxDtls")]
    for n, tx in enumerate(transactions or [entry]):
        part, its = amount, currency
        if len(transactions) > 1:
            part, its = _amount(tx, "Amt") if _at(tx, "Amt") is not None else _amount(tx, "AmtDtls/TxAmt/Amt")
        reference = _said(_text(tx, "Refs/EndToEndId"))
        text = " ".join(one.text.strip() for one in _each(tx, "RmtInf/Ustrd") if one.text)
        named = tuple(_documents(tx))
        payer = _text(tx, "RltdPties/Dbtr/Nm") or _text(tx, "RltdPties/Dbtr/Pty/Nm")
        own = _said(_text(tx, "Refs/AcctSvcrRef")) or _said(_text(entry, "AcctSvcrRef"))
        from_account = _text(tx, "RltdPties/DbtrAcct/Id/IBAN") or _text(tx, "RltdPties/DbtrAcct/Id/Othr/Id")
        # without the bank's own reference, what the entry says of itself and where it stands among equals
        parts = (own, n) if own else (on, part, its, payer, reference, text, number, n)
        id = hashlib.sha256("\0".join(map(str, (account, *parts))).encode()).hexdigest()[:24]
        yield Credit(id, account, part, its, on, payer, from_account, reference, text, named, reversed_)


def _documents(tx: Element) -> Iterator[Named]:
    for structured in _each(tx, "RmtInf/Strd"):
        paid = _decimal(_text(structured, "RfrdDocAmt/RmtdAmt") or _text(structured, "RfrdDocAmt/DuePyblAmt"))
        for document in _all(structured, "RfrdDocInf"):
            if number := _text(document, "Nb"):
                yield Named(number, paid)
        if reference := _text(structured, "CdtrRefInf/Ref"):
            yield Named(reference, paid)


def _day(entry: Element) -> date:
    """The day of value, else of booking."""
    for path in ("ValDt/Dt", "ValDt/DtTm", "BookgDt/Dt", "BookgDt/DtTm"):
        if text := _text(entry, path):
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                raise StatementMistake("statement_no_date", path) from None
    raise StatementMistake("statement_no_date", "BookgDt")


def _amount(element: Element, path: str) -> tuple[Decimal, str]:
    found = _at(element, path)
    amount = _decimal(found.text if found is not None else None)
    if found is None or amount is None or not found.get("Ccy"):
        raise StatementMistake("statement_no_amount", path)
    return amount, str(found.get("Ccy"))


def _decimal(text: str | None) -> Decimal | None:
    try:
        amount = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _said(text: str | None) -> str | None:
    return None if text in (None, "NOTPROVIDED", "NONREF") else text


def _name(element: Element) -> str:
    """Without the namespace, which names the version."""
    return element.tag.rpartition("}")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _name(child) == name)


def _each(element: Element, path: str) -> Iterator[Element]:
    first, _, rest = path.partition("/")
    for child in _all(element, first):
        if rest:
            yield from _each(child, rest)
        else:
            yield child


def _at(element: Element, path: str) -> Element | None:
    return next(_each(element, path), None)


def _text(element: Element, path: str) -> str | None:
    found = _at(element, path)
    return (found.text or "").strip() or None if found is not None else None
