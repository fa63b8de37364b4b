"""Promises to pay (D1): made, kept as soon as the money is there, broken when it has not come in time."""

from collections.abc import Iterator
from datetime import timedelta

from service.domain.account import Account, Happened, Private, on_case
from service.domain.case import Case, Promise
from service.domain.commands import MakePromise
from service.domain.decide import broken, tasks
from service.domain.decide.amounts import day, money
from service.domain.decide.pauses import pause_case, pause_ended
from service.domain.events.case import PromiseBroken, PromiseKept, PromiseMade
from service.domain.money import format
from service.domain.refusals import Conflict, Forbidden, Refused
from service.domain.scene import Asker, Scene

FAR_AHEAD = frozenset({"supervisor", "manager", "general_manager", "boss", "admin"})


def make(
    command: MakePromise, account: Account, scene: Scene, asker: Asker, details: Private | None = None
) -> Iterator[Happened]:
    """The amount is split over the bills, oldest due first; without one each bill's whole open amount is promised."""
    if day(command.due_on, scene, "/due_on") < scene.today:
        raise Refused("date_in_past", "/due_on", due_on=command.due_on)
    furthest = scene.today + timedelta(scene.settings.promise_days)
    if command.due_on > furthest and asker.role not in FAR_AHEAD:
        raise Forbidden("promise_too_far", "/due_on", until=furthest)
    cases = [account.case(id) for id in dict.fromkeys(command.cases)]
    if not cases:
        raise Refused("nothing_to_promise", "/cases")
    for case in cases:
        if case.stage == "closed":
            raise Conflict("case_closed", None, case=case.id)
        if case.standing_promise():
            raise Conflict("promise_open", None, case=case.id)
        if case.standing_plan():
            raise Conflict("plan_open", None, case=case.id)
    private = {"": {"promised_by": command.promised_by}} if command.promised_by else None
    contact = who(account, command.promised_by, details or {})
    for case, amount in _shares(cases, command.amount):
        yield from _one(account, scene, case, amount, command, private, contact)


def who(account: Account, promised_by: str | None, details: Private) -> str | None:
    """The contact meant by an id or by a whole name; None for nobody known, or for a name that several have."""
    if promised_by is None or promised_by in account.customer.contacts:
        return promised_by
    name = promised_by.casefold().strip()
    named = [id for id, one in details.items() if str(one.get("name", "")).casefold().strip() == name]
    return named[0] if len(named) == 1 else None


def _shares(cases: list[Case], amount: str | None) -> list[tuple[Case, int]]:
    cases = sorted(cases, key=lambda c: (c.due_on is None, c.due_on, c.id))
    if amount is None:
        return [(case, case.open) for case in cases]
    if len({case.currency for case in cases}) > 1:
        raise Refused("currency_mismatch", "/amount")
    left = money(amount, cases[0].currency, "/amount")
    total = sum(case.open for case in cases)
    if left > total:
        raise Refused("promise_too_large", "/amount", open=format(total, cases[0].currency))
    shares = []
    for case in cases:
        share = min(left, case.open)
        left -= share
        if share:
            shares.append((case, share))
    return shares


def _one(
    account: Account,
    scene: Scene,
    case: Case,
    amount: int,
    command: MakePromise,
    private: dict[str, dict[str, str]] | None,
    contact: str | None,
) -> Iterator[Happened]:
    covers = amount >= case.undisputed and case.promises_pausing < scene.settings.promises_that_pause
    until = scene.workdays.next_open(command.due_on + timedelta(1))
    made = PromiseMade(
        promise=f"{case.id}.{case.version + 1}",
        amount=amount,
        due_on=command.due_on,
        until=until,
        made_on=scene.today,
        pauses=covers,
        already=sum(receipt.amount for receipt in case.receipts if receipt.on >= scene.today),
        contact=contact,
    )
    yield on_case(case.id, made, private)
    if covers:
        yield from pause_case(account, scene, account.cases[case.id], "promise", until, made.promise)


def check_kept(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Money came: an open promise may be kept now, a broken one may turn out to have been (recorded late)."""
    for promise in account.cases[id].promises:
        case = account.cases[id]
        if promise.state not in ("open", "broken", "partially_kept"):
            continue
        received = case.received_for(promise)
        # Whoever pays all that is left, after a credit note say, has kept their word.
        if received >= promise.amount or (received and case.open == 0 and promise.state == "open"):
            yield on_case(id, PromiseKept(promise=promise.id, received=received, on=scene.today))
            if case.pause and case.pause.promise == promise.id:
                yield from pause_ended(account, scene, id, "promise_kept")


def check_broken(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Money was taken back: a promise that it had kept is broken after all."""
    for promise in account.cases[id].promises:
        received = account.cases[id].received_for(promise)
        if promise.state == "kept" and received < promise.amount:
            yield _broken(account, scene, id, promise)


def _broken(account: Account, scene: Scene, id: str, promise: Promise) -> Happened:
    received = account.cases[id].received_for(promise)
    state = "partially_kept" if received else "broken"
    broken = PromiseBroken(promise=promise.id, amount=promise.amount, received=received, on=scene.today, state=state)
    return on_case(id, broken)


def judge(account: Account, scene: Scene, id: str, promise_id: str) -> Iterator[Happened]:
    """Its last day is over: broken, wholly or in part; that day somebody calls, and progress is counted anew."""
    case = account.cases[id]
    promise = next((p for p in case.promises if p.id == promise_id and p.state == "open"), None)
    if promise is None:
        return
    yield _broken(account, scene, id, promise)
    if case.pause and case.pause.promise == promise.id:
        yield from pause_ended(account, scene, id, "promise_broken")
    yield from tasks.call_if_may(account, scene, id, "D1", "promise_broken")
    yield from broken.escalate(account, scene, id)
