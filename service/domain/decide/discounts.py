"""Discounts (D6): offered with a day, earned by paying the rest in time - what is left is then credited - or lapsed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import Case
from service.domain.commands import OfferDiscount
from service.domain.commitments import Discount
from service.domain.decide import consents
from service.domain.decide.amounts import because, day, money
from service.domain.events.agreed import DiscountLapsed, DiscountOffered, DiscountTaken, DiscountWithdrawn
from service.domain.events.customer import NoticeRaised
from service.domain.money import format, parse
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Asker, Scene


def offer(command: OfferDiscount, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """Above the tenant's limits somebody else must agree first."""
    case = account.case(command.case)
    if case.stage == "closed":
        raise Conflict("case_closed", None, case=case.id)
    if case.discount and case.discount.state == "open":
        raise Conflict("discount_open", None, case=case.id)
    amount = money(command.amount, case.currency, "/amount")
    if amount >= case.open:
        raise Refused("discount_too_large", "/amount", open=format(case.open, case.currency))
    ends_on = day(command.ends_on, scene, "/ends_on")
    if ends_on < scene.today:
        raise Refused("date_in_past", "/ends_on", ends_on=ends_on)
    if _needs_consent(case, amount, scene):
        deed = {
            "case": case.id,
            "currency": case.currency,
            "amount": format(amount, case.currency),
            "open": format(case.open, case.currency),
            "ends_on": ends_on.isoformat(),
        }
        yield from consents.ask(account, scene, asker, "discount", "D6", [case.id], deed, command.reason)
        return
    yield _offered(case, scene, amount, ends_on, None, command.reason)


def _needs_consent(case: Case, amount: int, scene: Scene) -> bool:
    most = scene.settings.discount_amounts.get(case.currency)
    by_share = amount * 100 > case.open * scene.settings.discount_percent
    return by_share or (most is not None and amount > parse(most, case.currency))


def granted(account: Account, scene: Scene, deed: dict[str, Any], approval: str) -> Iterator[Happened]:
    """Exactly what was asked for; refused when as much is not open any more, or the day has passed."""
    case = account.case(deed["case"])
    ends_on = date.fromisoformat(deed["ends_on"])
    stands = case.discount is not None and case.discount.state == "open"
    if case.open != parse(deed["open"], deed["currency"]) or stands or ends_on < scene.today:
        raise Conflict("content_stale", None, approval=approval)
    yield _offered(case, scene, parse(deed["amount"], deed["currency"]), ends_on, approval, None)


def _offered(
    case: Case, scene: Scene, amount: int, ends_on: date, approval: str | None, reason: str | None
) -> Happened:
    offered = DiscountOffered(
        discount=f"{case.id}.{case.version + 1}",
        amount=amount,
        on=scene.today,
        ends_on=ends_on,
        until=scene.in_time(ends_on),
        already=case.paid,
        approval=approval,
    )
    return on_case(case.id, offered, because(reason))


def check(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Money came: when no more than the discount is left, and it came in time, that is credited - though it was recorded
    late."""
    case = account.cases[id]
    discount = case.discount
    if discount is None or discount.state not in ("open", "lapsed") or case.paid <= discount.already or not case.open:
        return
    if case.open + _late(case, discount) > discount.amount:
        return
    yield on_case(id, DiscountTaken(discount=discount.id, amount=case.open, on=scene.today))
    notice = NoticeRaised(
        rule="D6",
        audience=["finance"],
        text="discount_taken",
        customers=[account.customer.id],
        cases=[id],
        about=discount.id,
        on=scene.today,
    )
    yield on_customer(account.customer.id, notice)


def check_withdrawn(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Money was taken back: without it the discount was not earned, unless the ERP has booked it."""
    case = account.cases[id]
    discount = case.discount
    if discount is None or discount.state != "taken" or discount.booked:
        return
    if case.open + discount.taken + _late(case, discount) > discount.amount:
        yield on_case(id, DiscountWithdrawn(discount=discount.id, amount=discount.taken, on=scene.today))


def lapse(account: Account, scene: Scene, id: str, why: str) -> Iterator[Happened]:
    """Its day is over, or the bill closed without it."""
    discount = account.cases[id].discount
    if discount and discount.state == "open":
        yield on_case(id, DiscountLapsed(discount=discount.id, on=scene.today, why=why))


def _late(case: Case, discount: Discount) -> int:
    return sum(receipt.amount for receipt in case.receipts if receipt.on > discount.until)


def to_book(case: Case) -> int:
    """What of a discount was credited here and not yet by the ERP: its credit note of so much takes off nothing more."""
    discount = case.discount
    return discount.taken - discount.booked if discount and discount.state == "taken" else 0
