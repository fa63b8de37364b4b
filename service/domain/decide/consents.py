"""What people ask each other's consent to about bills (D3, D4, D6): kept exactly as asked until it is answered, and given
up by itself when the bills are no longer what it was asked about."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import Case
from service.domain.decide.content import Content, sealed
from service.domain.directory import above
from service.domain.events.agreed import Asked
from service.domain.events.approval import ApprovalCancelled, ApprovalExpired, ApprovalRequested
from service.domain.events.case import Decided
from service.domain.money import format, parse
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Asker, Scene

EXPIRES_AFTER = timedelta(30)

OPEN_AT_MOST = 16
"""Requests about bills that may wait for one customer: their state stays small."""


MOST_BILLS = 100
"""Of one request: what a grant will do must fit into a webhook."""

DIVISIBLE = frozenset({"write_off", "hand_over"})
"""What is done bill by bill: one of several may leave such a request, and one that shrank is still what was asked about."""


def ask(
    account: Account,
    scene: Scene,
    asker: Asker,
    kind: str,
    rule: str,
    cases: Sequence[str],
    deed: dict[str, Any],
    reason: str | None,
    role: str | None = None,
) -> Iterator[Happened]:
    """The deed waits for the role, or the next one above the asker's, thirty days at most; one of a kind for a bill at a
    time."""
    customer = account.customer
    for id in cases:
        if approval := account.cases[id].requests.get(kind):
            raise Conflict("request_open", None, kind=kind, approval=approval)
    if sum(request.bound for request in customer.requests.values()) >= OPEN_AT_MOST:
        raise Conflict("requests_exhausted", None, limit=OPEN_AT_MOST)
    content, content_hash = sealed(
        Content(kind=kind, customer=customer.id, step=kind, rule=rule, granted=[{"deed": kind, **deed}])
    )
    asked = ApprovalRequested(
        approval=f"{kind}~{customer.id}.{customer.version + 1}",
        kind=kind,
        role=role or above(asker.role),
        customer=customer.id,
        cases=list(cases),
        bills=len(cases),
        rule=rule,
        asked_by=asker.actor,
        asked_on=scene.today,
        content=content,
        content_hash=content_hash,
        expires_on=scene.today + EXPIRES_AFTER,
        bound=True,
    )
    yield on_customer(customer.id, asked, {"": {"reason": reason}} if reason else None)
    for id in cases:
        yield on_case(id, Asked(kind=kind, approval=asked.approval))


def about(account: Account, ids: Sequence[str]) -> list[Case]:
    """The bills that a divisible request is to be about; refuses those that nothing is owed on, or not yet."""
    cases = [account.case(id, "/cases") for id in dict.fromkeys(ids)]
    if len(cases) > MOST_BILLS:
        raise Refused("too_many", "/cases", limit=MOST_BILLS)
    for case in cases:
        if case.stage == "closed":
            raise Conflict("case_closed", None, case=case.id)
        if case.issued_on is None:
            raise Conflict("not_issued", None, case=case.id)
    return cases


def amounts(cases: Sequence[Case]) -> dict[str, str]:
    """What is open on each: a grant acts on that, or on less."""
    return {case.id: format(case.open, case.currency) for case in cases}


def still(account: Account, names: Sequence[str], agreed: Mapping[str, str]) -> Iterator[Case]:
    """The bills of a divisible request that are still there to act on, with at most as much open as was agreed to."""
    for id, amount in agreed.items():
        case = account.cases.get(id)
        if case is None or id not in names or case.stage == "closed":
            continue
        if case.open > parse(amount, case.currency):
            raise Conflict("amount_grown", None, case=id, agreed=amount, open=format(case.open, case.currency))
        yield case


def expire(account: Account, scene: Scene, approval: str) -> Iterator[Happened]:
    """Nobody answered in time."""
    request = account.customer.request(approval)
    if request:
        cases = bills_of(account, approval)
        yield on_customer(account.customer.id, ApprovalExpired(approval=approval, kind=request.kind, cases=cases))
        yield from _ended(account, scene, approval, request.kind, "expired")


def cancel(account: Account, scene: Scene, approval: str, why: str) -> Iterator[Happened]:
    """The request has lost its object."""
    request = account.customer.request(approval)
    if request:
        cases = bills_of(account, approval)
        cancelled = ApprovalCancelled(approval=approval, kind=request.kind, cases=cases, why=why)
        yield on_customer(account.customer.id, cancelled)
        yield from _ended(account, scene, approval, request.kind, "cancelled")


def bills_of(account: Account, approval: str) -> list[str]:
    """The bills behind a request, as far as its row is known."""
    row = account.approvals.get(approval)
    return list(row.cases) if row else []


def _ended(account: Account, scene: Scene, approval: str, kind: str, outcome: str) -> Iterator[Happened]:
    for id in [id for id, case in account.cases.items() if case.requests.get(kind) == approval]:
        yield on_case(id, Decided(kind=kind, outcome=outcome, on=scene.today, approval=approval))


def review(account: Account, scene: Scene, count: int) -> Iterator[Happened]:
    """Requests whose bills are no longer what was asked about are cancelled at once; compared with the bills as they were
    when `count` events had happened."""
    if not any(request.bound for request in account.customer.requests.values()):
        return
    for id, was in account.before(count).items():
        for kind, approval in was.requests.items():
            request = account.customer.request(approval)
            if request and request.bound and _rests_on(kind, was) != _rests_on(kind, account.cases[id]):
                yield from cancel(account, scene, approval, "content_stale")


def _rests_on(kind: str, case: Case) -> tuple[object, ...]:
    """What of a bill must not change while a request of the kind waits."""
    match kind:
        case "plan":
            return case.chased, case.standing_plan()
        case "extension":
            return (case.due_on,)
        case divisible if divisible in DIVISIBLE:
            return ()
        case _:
            return (case.open,)
