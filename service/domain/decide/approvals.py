"""Four eyes: who asked never grants, and what is done is what was asked for, bound by its hash."""

from collections.abc import Iterator

from service.domain.account import Account, ApprovalRow, Happened, on_case, on_customer
from service.domain.commands import GrantApproval, RejectApproval
from service.domain.customer import OpenRequest
from service.domain.decide import discounts, due_dates, holds, plans, tasks, write_offs
from service.domain.decide.content import opened
from service.domain.decide.measures import letter, rise
from service.domain.events.case import Decided, StageChanged
from service.domain.events.customer import ApprovalGranted, ApprovalRejected, NoticeRaised
from service.domain.refusals import Conflict, Forbidden, NotFound
from service.domain.scene import Asker, Scene


def grant(command: GrantApproval, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """What was asked for happens with the grant, on the bills that still stand behind it."""
    row, request = _asked(command.approval, account, scene, asker)
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
    )
    yield on_customer(account.customer.id, granted)
    for id in names:
        yield on_case(id, Decided(kind=row.kind, outcome="granted", on=scene.today, approval=row.id))
    yield from _carry_out(account, scene, row, request, names)


def _carry_out(
    account: Account, scene: Scene, row: ApprovalRow, request: OpenRequest, names: list[str]
) -> Iterator[Happened]:
    content = opened(row.content if request.bound else request.content, row.content_hash)
    if content.kind == "release":
        yield from holds.release(account, scene, "granted", row.id)
    for deed in content.granted:
        match deed["deed"]:
            case "hold":
                yield from holds.apply(account, scene, names, row.id)
                yield from rise(account, scene, names, "hold", content.step, content.rule, row.id)
            case "letter":
                yield from letter(account, scene, names, deed["kind"], content.rule, row.id)
                if deed["level"]:
                    yield from rise(account, scene, names, deed["level"], content.step, content.rule, row.id)
            case "plan" if request.bound:
                yield from plans.granted(account, scene, deed, row.id)
            case "extension" if request.bound:
                yield from due_dates.extended(account, scene, deed, row.id)
            case "discount" if request.bound:
                yield from discounts.granted(account, scene, deed, row.id)
            case "write_off" if request.bound:
                yield from write_offs.carry_out(account, scene, names, deed, row.id)
                yield _told(account, scene, names, "write_off", content.rule)
            case agreed:
                yield from _hand_on(account, scene, names, agreed, content.rule)


_TAKES_ON = {"credit_stop": "finance", "hand_over": "legal", "write_off": "finance"}


def _hand_on(account: Account, scene: Scene, names: list[str], agreed: str, rule: str) -> Iterator[Happened]:
    """What was agreed is somebody's to carry out; dunning stops at hand-over (J1)."""
    if agreed == "hand_over":
        for id in names:
            yield from tasks.leave(account, scene, account.cases[id], agreed)
            yield on_case(id, StageChanged(stage="legal", previous=account.cases[id].stage, why=agreed))
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


def reject(command: RejectApproval, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """Not agreed, with a reason that is shown when it is asked again."""
    row, _ = _asked(command.approval, account, scene, asker)
    rejected = ApprovalRejected(approval=row.id, kind=row.kind, cases=list(row.cases), on=scene.today, by=asker.actor)
    yield on_customer(account.customer.id, rejected, {"": {"reason": command.reason}})
    for id in row.cases:
        if id in account.cases and account.cases[id].requests.get(row.kind) == row.id:
            yield on_case(id, Decided(kind=row.kind, outcome="rejected", on=scene.today, approval=row.id))


def _asked(id: str, account: Account, scene: Scene, asker: Asker) -> tuple[ApprovalRow, OpenRequest]:
    row = account.approvals.get(id)
    if row is None:
        raise NotFound("unknown_approval", None, approval=id)
    request = account.customer.request(id)
    if row.state != "open" or request is None:
        raise Conflict("approval_closed", None, approval=id, state=row.state)
    # While somebody is away, whoever covers them answers in their place.
    if row.role != asker.role and row.role not in scene.people.stands_in_for(asker.actor, scene.today):
        raise Forbidden("role_may_not_approve", None, role=row.role)
    if asker.actor == request.asked_by:
        raise Forbidden("four_eyes", None, user=asker.actor)
    return row, request
