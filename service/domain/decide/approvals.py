"""Four eyes: who asked never grants, and what is done is what was asked for, bound by its hash."""

from collections.abc import Iterator

from service.domain.account import Account, ApprovalRow, Happened, on_case, on_customer
from service.domain.authority import in_place_of
from service.domain.commands import GrantApproval, RejectApproval
from service.domain.customer import OpenRequest
from service.domain.decide import credit, discounts, due_dates, hand_overs, holds, plans, write_offs
from service.domain.decide.content import Content, opened
from service.domain.decide.measures import letter, rise
from service.domain.events.approval import ApprovalGranted, ApprovalPassed, ApprovalRejected
from service.domain.events.case import Decided
from service.domain.events.customer import NoticeRaised
from service.domain.refusals import Conflict, Forbidden, NotFound
from service.domain.scene import Asker, Scene


def grant(command: GrantApproval, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """What was asked for happens with the grant, on the bills that still stand behind it."""
    row, request, represented = _asked(command.approval, account, scene, asker)
    if command.content_hash is not None and command.content_hash != row.content_hash:
        raise Conflict("content_changed", "/content_hash", approval=row.id)
    # A bill that has left the request meanwhile (another due date, a new ladder) is not bound by the answer.
    names = [id for id in row.cases if id in account.cases and account.cases[id].requests.get(row.kind) == row.id]
    granted = ApprovalGranted(
        approval=row.id,
        kind=row.kind,
        cases=names,
        on=scene.today,
        by=asker.actor,
        content_hash=row.content_hash,
        in_place_of=represented,
    )
    content = opened(row.content if request.bound else request.content, row.content_hash)
    _recheck(account, content, row, names)
    if content.then not in (None, request.role):
        passed = ApprovalPassed(
            approval=row.id,
            kind=row.kind,
            role=str(content.then),
            previous=request.role,
            cases=names,
            on=scene.today,
            by=asker.actor,
        )
        yield on_customer(account.customer.id, passed)
        return
    yield on_customer(account.customer.id, granted)
    for id in names:
        yield on_case(id, Decided(kind=row.kind, outcome="granted", on=scene.today, approval=row.id))
    yield from _carry_out(account, scene, row, request, content, names)


def _recheck(account: Account, content: Content, row: ApprovalRow, names: list[str]) -> None:
    """What was asked for must still be there to be done; refused, it stays open to be rejected with a reason."""
    if row.cases and not names:
        raise Conflict("content_stale", None, approval=row.id)
    hold = account.customer.hold
    if hold and any(deed["deed"] == "hold" for deed in content.granted):
        raise Conflict("hold_stands", None, customer=account.customer.id)
    if hold is None and content.kind == "release":
        raise Conflict("no_hold", None, customer=account.customer.id)
    # Nothing formal goes to whom nobody may contact (E5); of a credit stop they have no letter.
    formal = content.kind != "credit_stop" and any(deed["deed"] == "letter" for deed in content.granted)
    if formal and account.customer.restrictions:
        raise Conflict("customer_restricted", None, customer=account.customer.id)


def _carry_out(
    account: Account, scene: Scene, row: ApprovalRow, request: OpenRequest, content: Content, names: list[str]
) -> Iterator[Happened]:
    if content.kind == "release":
        yield from holds.release(account, scene, "granted", row.id)
    for deed in content.granted:
        match deed["deed"]:
            case "hold":
                yield from holds.apply(account, scene, names, row.id)
                yield from rise(account, scene, names, "hold", content.step, content.rule, row.id)
            case "letter" if account.customer.restrictions:
                continue
            case "letter":
                yield from letter(account, scene, names or _owed(account), deed["kind"], content.rule, row.id)
                if deed["level"]:
                    yield from rise(account, scene, names, deed["level"], content.step, content.rule, row.id)
            case "plan" if request.bound:
                yield from plans.granted(account, scene, deed, row.id)
            case "extension" if request.bound:
                yield from due_dates.extended(account, scene, deed, row.id)
            case "discount" if request.bound:
                yield from discounts.granted(account, scene, deed, row.id)
            case "hand_over" if request.bound:
                yield from hand_overs.carry_out(account, scene, names, deed, row.id)
                yield _told(account, scene, names, "hand_over", content.rule)
            case "write_off" if request.bound:
                yield from write_offs.carry_out(account, scene, names, deed, row.id)
                yield _told(account, scene, names, "write_off", content.rule)
            case name if name in _OF_CREDIT:
                yield from _OF_CREDIT[name](account, scene, deed, names, row.id)
            case agreed:
                yield from _hand_on(account, scene, row, names, agreed, content.rule)


_OF_CREDIT = {"credit": credit.restrict, "credit_stop": credit.restrict, "credit_restored": credit.restore}
_TAKES_ON = {"hand_over": "legal", "write_off": "finance"}


def _hand_on(
    account: Account, scene: Scene, row: ApprovalRow, names: list[str], agreed: str, rule: str
) -> Iterator[Happened]:
    """What was agreed is somebody's to carry out; dunning stops at hand-over (J1)."""
    if agreed == "hand_over":
        for id in names:
            yield from hand_overs.hand_over(account, scene, id, "legal", row.id)
    yield _told(account, scene, names, agreed, rule)


def _told(account: Account, scene: Scene, names: list[str], agreed: str, rule: str) -> Happened:
    customer = account.customer.id
    notice = NoticeRaised(
        rule=rule,
        audience=[_TAKES_ON.get(agreed, "collector")],
        text=f"{agreed}_granted",
        customers=[customer],
        cases=names,
        on=scene.today,
    )
    return on_customer(customer, notice)


def _owed(account: Account) -> list[str]:
    """What a letter is about that no bill in particular led to."""
    return [case.id for case in account.open_cases()]


def reject(command: RejectApproval, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """Not agreed, with a reason that is shown when it is asked again."""
    row, _, represented = _asked(command.approval, account, scene, asker)
    rejected = ApprovalRejected(
        approval=row.id,
        kind=row.kind,
        cases=list(row.cases),
        on=scene.today,
        by=asker.actor,
        in_place_of=represented,
    )
    yield on_customer(account.customer.id, rejected, {"": {"reason": command.reason}})
    for id in row.cases:
        if id in account.cases and account.cases[id].requests.get(row.kind) == row.id:
            yield on_case(id, Decided(kind=row.kind, outcome="rejected", on=scene.today, approval=row.id))


def _asked(id: str, account: Account, scene: Scene, asker: Asker) -> tuple[ApprovalRow, OpenRequest, str | None]:
    row = account.approvals.get(id)
    if row is None:
        raise NotFound("unknown_approval", None, approval=id)
    request = account.customer.request(id)
    if row.state != "open" or request is None:
        raise Conflict("approval_closed", None, approval=id, state=row.state)
    if asker.actor == request.passed_by:
        raise Forbidden("four_eyes", None, user=asker.actor)
    return row, request, in_place_of(scene.people, scene.today, asker, request.role, row.kind, request.asked_by)
