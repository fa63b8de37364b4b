"""Payments (D7): money goes where the remittance says, then to the oldest bills; what remains is the customer's credit.

A cheque or acceptance draft that matures later only covers what it will pay.
"""

from collections.abc import Generator, Iterator
from datetime import date
from itertools import chain

from service.domain import commands as c
from service.domain.account import Account, Happened, on_case, on_customer, on_payment
from service.domain.case import Case
from service.domain.decide import broken, discounts, instalments, money_back, promises
from service.domain.decide.amounts import because, day, known_currency, money
from service.domain.decide.closing import close_when_settled, reopen_when_owed
from service.domain.decide.pauses import cover, weigh
from service.domain.events.bill import DraftEnded, DraftReceived, PaymentApplied
from service.domain.events.claim import Recovered
from service.domain.events.customer import CustomerFlagged
from service.domain.events.payment import PaymentAllocated, PaymentHonoured, PaymentReceived, PaymentReversed
from service.domain.events.shape import Applied
from service.domain.evolve.claim import REVERSED
from service.domain.money import format
from service.domain.payment import Payment
from service.domain.refusals import Conflict, NotFound, Refused
from service.domain.scene import Scene

MATURING = frozenset({"cheque", "acceptance_draft"})


def receive(command: c.ReceivePayment, account: Account, scene: Scene) -> Iterator[Happened]:
    """Money came in; a draft that matures later only covers."""
    known_currency(command.currency, "/data/currency")
    amount = money(command.amount, command.currency, "/data/amount")
    received_on = day(command.received_on, scene, "/data/received_on", past=True)
    wanted = _wanted(account, command.allocations, command.currency, amount)
    earlier = account.payments.get(command.payment)
    if earlier:
        if (earlier.customer, earlier.amount, earlier.currency) == (command.customer, amount, command.currency):
            return
        raise Conflict("payment_exists", "/data/payment", payment=command.payment)
    matures_on = day(command.matures_on, scene, "/data/matures_on") if command.matures_on else None
    draft = command.method in MATURING and matures_on is not None and matures_on > scene.today
    draft = draft and not scene.settings.drafts_count_on_receipt
    applied = _distribute(account, command.currency, amount, wanted, drafts=draft)
    event = PaymentReceived(
        customer=command.customer,
        amount=amount,
        currency=command.currency,
        received_on=received_on,
        method=command.method,
        matures_on=matures_on,
        reference=command.reference,
        allocations=applied if draft else wanted,
        applied=[] if draft else applied,
        draft=draft,
        cases=[one.case for one in applied],
    )
    yield on_payment(command.payment, event)
    for one in applied:
        if draft and matures_on:
            yield from _cover(account, scene, command.payment, one, received_on, matures_on)
        else:
            yield from apply(account, scene, command.payment, one, command.currency, received_on)


def _wanted(account: Account, allocations: list[c.Allocation], currency: str, limit: int) -> list[Applied]:
    """The remittance's wishes, understood: known bills of this customer and currency, together within the limit."""
    wanted: dict[str, int] = {}
    for index, one in enumerate(allocations):
        pointer = f"/data/allocations/{index}"
        case = account.case(one.invoice, f"{pointer}/invoice")
        if case.customer != account.customer.id:
            raise Refused("other_customer", f"{pointer}/invoice", invoice=one.invoice)
        if case.currency != currency:
            raise Refused("currency_mismatch", f"{pointer}/invoice", invoice=one.invoice, currency=case.currency)
        amount = money(one.amount, currency, f"{pointer}/amount")
        wanted[one.invoice] = wanted.get(one.invoice, 0) + amount
    if sum(wanted.values()) > limit:
        raise Refused("over_allocated", "/data/allocations", limit=format(limit, currency))
    return [Applied(case, amount) for case, amount in wanted.items()]


def _distribute(
    account: Account, currency: str, amount: int, wanted: list[Applied], spread: bool = True, drafts: bool = False
) -> list[Applied]:
    """Each wish up to its bill's open amount (for a draft less what others cover); the rest over open bills by due date,
    issue date and id, disputed parts after all others, what was written off at the end (J2).
    """
    left = amount
    given: dict[str, int] = {}
    wishes = [(case, one.amount, case.open + case.lost) for one in wanted for case in (account.cases[one.case],)]
    for case, most, owed in chain(wishes, _in_order(account, currency, left) if spread else ()):
        if drafts:
            owed = min(owed, case.open) - sum(draft.amount for draft in case.drafts)
        share = min(left, most, owed - given.get(case.id, 0))
        if share > 0:
            given[case.id] = given.get(case.id, 0) + share
            left -= share
        if not left:
            break
    return [Applied(id, share, 0 if drafts else max(0, share - account.cases[id].open)) for id, share in given.items()]


def _in_order(account: Account, currency: str, amount: int) -> Iterator[tuple[Case, int, int]]:
    """What money goes to by itself, and up to what: bills as far as nobody contests them, then the contested parts, then
    what was written off, each time the oldest due first. Most payments say where all of theirs goes, and never ask."""
    issued = [case for case in account.by_age() if case.currency == currency and case.stage != "review"]
    yield from ((case, amount, case.undisputed) for case in issued)
    yield from ((case, amount, case.open) for case in issued if case.disputes)
    yield from ((case, amount, case.open + case.lost) for case in issued if case.lost)


def apply(
    account: Account, scene: Scene, payment: str, one: Applied, currency: str, received_on: date
) -> Iterator[Happened]:
    """Money on a bill: promises are judged, and the case ends when nothing is left."""
    event = PaymentApplied(
        payment=payment, amount=one.amount, currency=currency, received_on=received_on, recovered=one.recovered
    )
    yield on_case(one.case, event)
    yield from discounts.check(account, scene, one.case)
    if one.recovered:
        yield _recovered(account.cases[one.case], event)
    yield from promises.check_kept(account, scene, one.case)
    yield from instalments.check(account, scene, one.case)
    yield from cover(account, scene, one.case)
    yield from close_when_settled(account, scene, account.cases[one.case], received_on)


def _recovered(case: Case, came: PaymentApplied) -> Happened:
    """What of the money is for what had been written off (J2)."""
    event = Recovered(
        payment=came.payment,
        amount=came.recovered,
        currency=came.currency,
        received_on=came.received_on,
        rest=case.lost,
    )
    return on_case(case.id, event)


def _cover(
    account: Account, scene: Scene, payment: str, one: Applied, received_on: date, matures_on: date
) -> Iterator[Happened]:
    """Progress at once; contact rests when nothing uncovered is left to chase (D7)."""
    yield on_case(
        one.case,
        DraftReceived(payment=payment, amount=one.amount, received_on=received_on, matures_on=matures_on),
    )
    yield from cover(account, scene, one.case)


def _payment(account: Account, id: str) -> Payment:
    try:
        return account.payments[id]
    except KeyError:
        raise NotFound("unknown_payment", "/data/payment", payment=id) from None


def honour(command: c.HonourPayment, account: Account, scene: Scene) -> Iterator[Happened]:
    """A draft turned into money: it is applied now."""
    payment = _payment(account, command.payment)
    on = day(command.on, scene, "/data/on", past=True)
    if not payment.draft or payment.reversed_on:
        return
    wanted = [Applied(case, amount) for case, amount in payment.planned.items() if case in account.cases]
    yield from _end_cover(account, payment.id, list(payment.planned), "honoured")
    applied = _distribute(account, payment.currency, payment.amount, wanted)
    yield on_payment(payment.id, PaymentHonoured(on=on, applied=applied), because(command.reason))
    for one in applied:
        yield from apply(account, scene, payment.id, one, payment.currency, on)


def _end_cover(account: Account, payment: str, cases: list[str], why: str) -> Generator[Happened, None, list[str]]:
    """The draft covers nothing any more; the bills that it had covered. What else covers them is asked by `weigh`."""
    ended = [id for id in cases if id in account.cases and any(d.payment == payment for d in account.cases[id].drafts)]
    for id in ended:
        yield on_case(id, DraftEnded(payment=payment, why=why))
    return ended


def reverse(command: c.ReversePayment, account: Account, scene: Scene) -> Iterator[Happened]:
    """The money went back: every application is taken back, and the customer is flagged."""
    payment = _payment(account, command.payment)
    on = day(command.on, scene, "/data/on", past=True)
    if payment.reversed_on:
        return
    applied = payment.applied
    event = PaymentReversed(on=on, cases=[*applied, *payment.planned])
    yield on_payment(payment.id, event, because(command.reason))
    for id in (yield from _end_cover(account, payment.id, list(payment.planned), "returned")):
        yield from weigh(account, scene, id, "draft_returned")
    for id, amount in applied.items():
        if id in account.cases:
            broken_before = account.cases[id].promises_broken
            one = Applied(id, amount, payment.recovered.get(id, 0))
            yield money_back.take_off(account, payment, one, REVERSED)
            yield from discounts.check_withdrawn(account, scene, id)
            yield from promises.check_broken(account, scene, id)
            yield from instalments.check_broken(account, scene, id)
            yield from reopen_when_owed(account, scene, account.cases[id], "payment_reversed")
            yield from weigh(account, scene, id, "payment_reversed")
            if account.cases[id].promises_broken > broken_before:
                yield from broken.escalate(account, scene, id)
    for flag in ("payment_reversed", *(("instrument_returned",) if payment.method in MATURING else ())):
        flagged = CustomerFlagged(flag=flag, on=on, payment=payment.id, review_on=scene.today)
        yield on_customer(account.customer.id, flagged)


def allocate(command: c.AllocatePayment, account: Account, scene: Scene) -> Iterator[Happened]:
    """Credit is used as asked, each bill up to its open amount."""
    payment = _payment(account, command.payment)
    wanted = _wanted(account, command.allocations, payment.currency, payment.rest)
    applied = _distribute(account, payment.currency, payment.rest, wanted, spread=False)
    if not applied:
        return
    yield on_payment(payment.id, PaymentAllocated(applied=applied))
    for one in applied:
        received_on = payment.received_on or scene.today
        yield from apply(account, scene, payment.id, one, payment.currency, received_on)
