"""Four eyes: who asked never grants, and what is done is what was asked for, bound by its hash."""

from collections.abc import Iterator

from service.domain.account import Account, ApprovalRow, Happened, on_case, on_customer
from service.domain.case import RANK
from service.domain.commands import GrantApproval, RejectApproval
from service.domain.customer import OpenRequest
from service.domain.decide import holds, tasks
from service.domain.decide.content import opened
from service.domain.decide.messages import recipients, slot
from service.domain.events.case import Decided, Escalated, Lettered, StageChanged
from service.domain.events.customer import ApprovalGranted, ApprovalRejected, LetterIssued, NoticeRaised
from service.domain.playbook import Step
from service.domain.refusals import Conflict, Forbidden, NotFound
from service.domain.scene import Asker, Scene


def grant(command: GrantApproval, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """What was asked for happens with the grant, on the bills that still stand behind it."""
    row, request = _asked(command.approval, account, asker)
    if command.content_hash is not None and command.content_hash != request.content_hash:
        raise Conflict("content_changed", "/content_hash", approval=row.id)
    # A bill that has left the request meanwhile (another due date, a new ladder) is not bound by the answer.
    names = [id for id in row.cases if id in account.cases and account.cases[id].requests.get(row.kind) == row.id]
    granted = ApprovalGranted(
        approval=row.id,
        kind=row.kind,
        cases=names,
        on=scene.today,
        by=asker.actor,
        content_hash=request.content_hash,
    )
    yield on_customer(account.customer.id, granted)
    for id in names:
        yield on_case(id, Decided(kind=row.kind, outcome="granted", on=scene.today, approval=row.id))
    yield from _carry_out(account, scene, row, request, names)


def _carry_out(
    account: Account, scene: Scene, row: ApprovalRow, request: OpenRequest, names: list[str]
) -> Iterator[Happened]:
    content = opened(request.content)
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
            case agreed:
                yield from _hand_on(account, scene, names, agreed, content.rule)


_TAKES_ON = {"credit_stop": "finance", "hand_over": "legal"}


def _hand_on(account: Account, scene: Scene, names: list[str], agreed: str, rule: str) -> Iterator[Happened]:
    """What was agreed is somebody's to carry out; dunning stops at hand-over (J1)."""
    if agreed == "hand_over":
        for id in names:
            yield from tasks.leave(account, scene, account.cases[id], agreed)
            yield on_case(id, StageChanged(stage="legal", previous=account.cases[id].stage, why=agreed))
    customer = account.customer.id
    notice = NoticeRaised(
        rule=rule,
        audience=[_TAKES_ON.get(agreed, "collector")],
        text=f"{agreed}_granted",
        customers=[customer],
        cases=names,
        on=scene.today,
    )
    yield on_customer(customer, notice)


def rise(
    account: Account, scene: Scene, names: list[str], level: str, step: str, rule: str, approval: str | None
) -> Iterator[Happened]:
    """The bills below the level rise to it; the occurrence stays the one that asked."""
    rising = [account.cases[id] for id in names if RANK[account.cases[id].level] < RANK[level]]
    yield from tasks.raise_to_supervisor(account, scene, rising)
    for case in rising:
        mark = case.done.get(step)
        escalated = Escalated(
            step=step,
            rule=rule,
            anchor=mark.anchor if mark else scene.today,
            on=mark.on if mark else scene.today,
            due_at=scene.now,
            level=level,
            previous=case.level,
            reached_on=scene.today,
            approval=approval,
        )
        yield on_case(case.id, escalated)
    if rising and RANK[level] >= RANK["hold"]:
        yield from holds.keep(account)


def letter(
    account: Account, scene: Scene, names: list[str], kind: str, rule: str, approval: str | None
) -> Iterator[Happened]:
    """The letter is decided now and leaves in the next window; without a person to address it waits to be printed."""
    customer = account.customer
    people = recipients(customer, "manager", "email") or [
        c for c in customer.contacts.values() if c.may_receive_details and c.mark is None
    ]
    id = f"{kind}~{customer.id}.{customer.version + 1}"
    leaves = slot(account, scene, people[0], "letter", service=True).at if people else None
    event = LetterIssued(
        letter=id,
        kind=kind,
        rule=rule,
        cases=names,
        on=scene.today,
        message=id if people else None,
        slot=leaves,
        contact=people[0].id if people else None,
        approval=approval,
    )
    yield on_customer(customer.id, event)
    for name in names:
        yield on_case(name, Lettered(letter=id, kind=kind, on=scene.today))


def reject(command: RejectApproval, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """Not agreed, with a reason that is shown when it is asked again."""
    row, _ = _asked(command.approval, account, asker)
    rejected = ApprovalRejected(approval=row.id, kind=row.kind, cases=list(row.cases), on=scene.today, by=asker.actor)
    yield on_customer(account.customer.id, rejected, {"": {"reason": command.reason}})
    for id in row.cases:
        if id in account.cases and account.cases[id].requests.get(row.kind) == row.id:
            yield on_case(id, Decided(kind=row.kind, outcome="rejected", on=scene.today, approval=row.id))


def _asked(id: str, account: Account, asker: Asker) -> tuple[ApprovalRow, OpenRequest]:
    row = account.approvals.get(id)
    if row is None:
        raise NotFound("unknown_approval", None, approval=id)
    request = account.customer.requests.get(row.kind)
    if row.state != "open" or request is None or request.id != id:
        raise Conflict("approval_closed", None, approval=id, state=row.state)
    if asker.role != row.role:
        raise Forbidden("role_may_not_approve", None, role=row.role)
    if asker.actor == request.asked_by:
        raise Forbidden("four_eyes", None, user=asker.actor)
    return row, request


def hold_now(account: Account, scene: Scene, names: list[str], step: Step) -> Iterator[Happened]:
    """A hold that a playbook applies without asking."""
    yield from holds.apply(account, scene, names, None)
    yield from rise(account, scene, names, "hold", step.name, step.rule, None)
