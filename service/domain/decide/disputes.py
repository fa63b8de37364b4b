"""Disputes (D5): the contested part stands still and the rest goes on, until its owner has it decided."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from service.domain.account import Account, Happened, Private, on_case, on_customer
from service.domain.case import Case
from service.domain.commands import OpenDispute, ResolveDispute
from service.domain.commitments import MOST_DISPUTES, Dispute
from service.domain.decide import tasks
from service.domain.decide.amounts import money
from service.domain.decide.pauses import weigh
from service.domain.dispute_reasons import REASONS
from service.domain.events.agreed import DisputeOpened, DisputeOverdue, DisputeResolved
from service.domain.events.customer import NoticeRaised
from service.domain.money import format
from service.domain.reading import AUDIENCES
from service.domain.refusals import Conflict, NotFound, Refused
from service.domain.scene import Scene

HEARS = "supervisor"
"""Who is told when an owner has no superior."""


def open(command: OpenDispute, account: Account, scene: Scene) -> Iterator[Happened]:
    """Each bill's part is contested from now on, and somebody has it on their list."""
    reason = REASONS[command.reason]
    owner = command.owner or reason.owner
    role = owner if owner in AUDIENCES else scene.people.role_of(owner)
    if role is None:
        raise Refused("unknown_user", "/owner", user=owner)
    cases = [account.case(id) for id in dict.fromkeys(command.cases)]
    for case in cases:
        if case.stage == "closed":
            raise Conflict("case_closed", None, case=case.id)
        if len(case.disputes) >= MOST_DISPUTES:
            raise Conflict("disputes_exhausted", None, case=case.id, limit=MOST_DISPUTES)
    for case, amount in _shares(cases, command.amount):
        opened = DisputeOpened(
            dispute=case.disputes_opened + 1,
            amount=amount,
            reason=command.reason,
            root_cause=reason.root_cause,
            owner=owner,
            role=role,
            on=scene.today,
            until=scene.today + timedelta(scene.settings.dispute_days),
        )
        yield from begin(account, scene, case.id, opened, {"": {"text": command.text}})


def begin(account: Account, scene: Scene, id: str, opened: DisputeOpened, private: Private | None) -> Iterator[Happened]:
    """The part stands still, and is on the list of whoever has to decide it."""
    yield on_case(id, opened, private)
    task = _task("dispute", id, opened.dispute)
    yield from _open_task(account, scene, id, "dispute", opened.role, opened.owner, "resolve_dispute", task)
    yield from weigh(account, scene, id, "disputed")


def _shares(cases: Sequence[Case], amount: str | None) -> list[tuple[Case, int]]:
    """Oldest due first, each bill up to what is not contested yet."""
    cases = sorted(cases, key=lambda c: (c.due_on is None, c.due_on, c.id))
    contestable = sum(case.undisputed for case in cases)
    if not contestable:
        raise Refused("nothing_to_dispute", "/cases")
    if amount is None:
        return [(case, case.undisputed) for case in cases if case.undisputed]
    if len({case.currency for case in cases}) > 1:
        raise Refused("currency_mismatch", "/amount")
    left = money(amount, cases[0].currency, "/amount")
    if left > contestable:
        raise Refused("dispute_too_large", "/amount", open=format(contestable, cases[0].currency))
    shares = []
    for case in cases:
        share = min(left, case.undisputed)
        left -= share
        if share:
            shares.append((case, share))
    return shares


def resolve(command: ResolveDispute, account: Account, scene: Scene) -> Iterator[Happened]:
    """For us: the part is owed again, and contact goes on with the next open day. For the customer: it is not asked for
    any more, and finance has a credit to give."""
    case = account.case(command.case)
    dispute = _standing(case, command)
    conceded = 0
    if command.outcome == "customers":
        conceded = dispute.amount if command.amount is None else money(command.amount, case.currency, "/amount")
        if conceded > dispute.amount:
            limit = format(dispute.amount, case.currency)
            raise Refused("dispute_too_large", "/amount", open=limit)
    elif command.amount is not None:
        raise Refused("amount_conceded_to_nobody", "/amount")
    until = scene.today + timedelta(scene.settings.dispute_days) if conceded else None
    resolved = DisputeResolved(
        dispute=dispute.n,
        outcome=command.outcome,
        amount=conceded,
        on=scene.today,
        root_cause=command.root_cause,
        until=until,
    )
    yield on_case(case.id, resolved, {"": {"text": command.text}})
    done = _task("credit" if dispute.credit else "dispute", case.id, dispute.n)
    yield from tasks.close_own(account.cases[case.id], scene, "dispute_resolved", done=not dispute.credit, only=done)
    if conceded:
        task = _task("credit", case.id, dispute.n)
        yield from _open_task(account, scene, case.id, "credit", "finance", "finance", "give_credit", task)
    yield from weigh(account, scene, case.id, "dispute_resolved", scene.workdays.add_open(scene.today, 1))


def _standing(case: Case, command: ResolveDispute) -> Dispute:
    found = next((one for one in case.disputes if one.n == command.dispute), None)
    if found and not (found.credit and command.outcome == "customers"):
        return found
    if 0 < command.dispute <= case.disputes_opened:
        raise Conflict("dispute_closed", None, case=case.id, dispute=command.dispute)
    raise NotFound("unknown_dispute", None, case=case.id, dispute=command.dispute)


def _task(kind: str, case: str, n: int) -> str:
    return f"{kind}~{case}.{n}"


def _open_task(
    account: Account, scene: Scene, id: str, kind: str, role: str, owner: str, why: str, task: str
) -> Iterator[Happened]:
    due_on = scene.today + timedelta(scene.settings.dispute_days)
    yield from tasks.open_own(account.cases[id], scene, kind, role, owner, "D5", why, due_on, task)


def tell(account: Account, scene: Scene, id: str, n: int) -> Iterator[Happened]:
    """Its days are over: the owner's superior is told, or finance that the credit has not been given."""
    dispute = next((one for one in account.cases[id].disputes if one.n == n), None)
    if dispute is None:
        return
    yield on_case(id, DisputeOverdue(dispute=n, on=scene.today))
    superior = None if dispute.credit else scene.people.superior(dispute.owner)
    audience = ["finance", HEARS] if dispute.credit else [superior.role if superior else HEARS]
    notice = NoticeRaised(
        rule="D5",
        audience=audience,
        text="credit_missing" if dispute.credit else "dispute_unresolved",
        customers=[account.customer.id],
        cases=[id],
        about=_task("credit" if dispute.credit else "dispute", id, n),
        users=[superior.id] if superior else [],
        on=scene.today,
    )
    yield on_customer(account.customer.id, notice)


def credited(account: Account, scene: Scene, id: str, before: Case) -> Iterator[Happened]:
    """A credit note came: of the disputes that it was expected for, those that have it all are over."""
    left = {one.n for one in account.cases[id].disputes}
    for one in before.disputes:
        if one.credit and one.n not in left:
            task = _task("credit", id, one.n)
            yield from tasks.close_own(account.cases[id], scene, "", done=True, only=task)


def lapse(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """The bill closed: nothing is left to contest."""
    for one in account.cases[id].disputes:
        yield on_case(id, DisputeResolved(dispute=one.n, outcome="lapsed", amount=0, on=scene.today))
