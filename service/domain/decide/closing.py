"""The end of a case (B10), and its coming back (D7): what hangs on an open bill goes with it, and returns with it."""

from collections.abc import Iterator
from datetime import date

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import RANK, Case
from service.domain.decide import (
    backfill,
    consents,
    discounts,
    disputes,
    errands,
    holds,
    instalments,
    settling,
    tasks,
)
from service.domain.events.approval import ApprovalCancelled, ApprovalJoined
from service.domain.events.case import CaseClosed, CaseReopened, PromiseCancelled
from service.domain.scene import CLOCK, Scene


def close(account: Account, scene: Scene, case: Case, closed_as: str, on: date) -> Iterator[Happened]:
    """The case ends: its tasks, requests and promises with it; behind the last one a hold is released."""
    yield from tasks.leave_all(account, scene, case, closed_as)
    yield from errands.leave(account, scene, case, closed_as)
    yield from tasks.close_own(case, scene, closed_as)
    asking = (
        one for one in account.customer.requests.values() if case.requests.get(one.kind) == one.id and not one.bound
    )
    asked = sorted(one.kind for one in asking)
    yield from leave_requests(account, scene, case, closed_as)
    yield from instalments.cancel(account, case.id, closed_as)
    yield from disputes.lapse(account, scene, case.id)
    yield from discounts.lapse(account, scene, case.id, closed_as)
    for promise in case.promises:
        if promise.state == "open":
            yield on_case(case.id, PromiseCancelled(promise=promise.id))
    yield on_case(case.id, CaseClosed(closed_as=closed_as, on=on, asked=asked))
    if RANK[case.level] >= RANK["hold"]:
        yield from holds.propose_release(account, scene)


def leave_requests(account: Account, scene: Scene, case: Case, why: str) -> Iterator[Happened]:
    """The bill no longer stands behind anything; the clock's request without bills is cancelled, a person's stays unless
    it was about this very bill."""
    for request in list(account.customer.requests.values()):
        kind = request.kind
        if case.requests.get(kind) != request.id:
            continue
        if request.bound and (request.bills <= 1 or kind not in consents.DIVISIBLE):
            yield from consents.cancel(account, scene, request.id, why)
        elif request.bills <= 1 and request.asked_by == CLOCK:
            cancelled = ApprovalCancelled(approval=request.id, kind=kind, cases=[case.id], why=why)
            yield on_customer(account.customer.id, cancelled)
        else:
            left = ApprovalJoined(approval=request.id, kind=kind, removed=[case.id], bills=request.bills - 1)
            yield on_customer(account.customer.id, left)


def close_when_settled(account: Account, scene: Scene, case: Case, on: date) -> Iterator[Happened]:
    """Nothing is left to collect: paid when money did it, credited when credits alone did; what was written off stays so."""
    if case.open == 0 and case.stage != "closed":
        closed_as = (
            "written_off" if case.lost else "recovered" if case.recovered else "paid" if case.paid else "credited"
        )
        yield from close(account, scene, case, closed_as, on)


def reopen_when_owed(account: Account, scene: Scene, case: Case, why: str) -> Iterator[Happened]:
    """Owed again: at the level it closed with, what was missed meanwhile backfilled (F2)."""
    if case.open > 0 and case.stage == "closed" and case.closed_as != "voided":
        yield on_case(case.id, CaseReopened(why=why, stage=case.reopens_to, since=scene.today))
        if RANK[case.level] >= RANK["hold"]:
            yield from holds.keep(account)
        yield from settling.deadlines(account, scene, case.id)
        yield from backfill.take_level(account, scene, case.id)
