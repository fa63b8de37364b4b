"""Money that the bank tells of, and whose it is: certain when two of reference, amount and payer's name say the same."""

from collections.abc import Iterable, Sequence

from msgspec import Struct


class OpenBill(Struct, frozen=True):
    """A bill that money could be for; amounts in minor units of the money's currency."""

    id: str
    customer: str
    open_amount: int
    overdue: bool


class Received(Struct, frozen=True):
    """What is known of the money: the bills its text names, in that order, with what is paid of one when that is said; the
    customers whose name the payer has."""

    amount: int
    named: tuple[tuple[str, int | None], ...]
    customers: frozenset[str]


class Certain(Struct, frozen=True):
    """Whose it is, and for which bills how much; the rest finds its bills as any payment's rest does (D7)."""

    customer: str
    allocations: tuple[tuple[str, int], ...]


class Uncertain(Struct, frozen=True):
    """The bills that it may be for, the likeliest first; of several customers perhaps."""

    bills: tuple[OpenBill, ...]


CANDIDATES = 20


def match(
    received: Received, named: Sequence[OpenBill], theirs: Sequence[OpenBill], equal: Sequence[OpenBill]
) -> Certain | Uncertain:
    """`named` are the open bills that the text names, `theirs` those of customers of the payer's name, `equal` those of just
    that amount."""
    found = _by_reference(received, named) or _by_name(received, theirs)
    if found:
        return found
    candidates = {bill.id: bill for bill in (*named, *_likely(received, theirs), *equal)}
    return Uncertain(tuple(candidates.values())[:CANDIDATES])


def _by_reference(received: Received, named: Sequence[OpenBill]) -> Certain | None:
    owing = {bill.customer for bill in named}
    if len(owing) != 1:
        return None
    (customer,) = owing
    bills = {bill.id: bill for bill in named}
    said = {id: amount for id, amount in received.named if amount is not None and id in bills}
    exact = sum(bill.open_amount for bill in named) == received.amount
    told = bool(said) and sum(said.values()) <= received.amount
    if not (exact or told or customer in received.customers):
        return None
    left = received.amount
    allocations = []
    for id, _ in received.named:
        if id in bills and left:
            part = min(bills.pop(id).open_amount, said.get(id, left), left)
            left -= part
            if part:
                allocations.append((id, part))
    return Certain(customer, tuple(allocations))


def _by_name(received: Received, theirs: Sequence[OpenBill]) -> Certain | None:
    """One bill of that amount, all that is overdue, or all that is open, of the one customer of that name."""
    if received.named or len(received.customers) != 1:
        return None
    (customer,) = received.customers
    exact = [bill for bill in theirs if bill.open_amount == received.amount]
    for bills in (exact if len(exact) == 1 else [], [bill for bill in theirs if bill.overdue], list(theirs)):
        if bills and sum(bill.open_amount for bill in bills) == received.amount:
            return Certain(customer, tuple((bill.id, bill.open_amount) for bill in bills))
    return None


def _likely(received: Received, bills: Iterable[OpenBill]) -> list[OpenBill]:
    return sorted(bills, key=lambda bill: (bill.open_amount != received.amount, not bill.overdue))
